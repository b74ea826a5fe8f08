"""Comparisons up to what does not matter, and of whole trajectories."""

from typing import Any

import numpy as np

from autograder.domain.sentences import say
from autograder.questions.case_score import DIGITS_LOST, RIGHT, CaseScore, Finding, Tolerance, wrong
from autograder.questions.compare import (
    TINY,
    Real,
    as_real,
    compare_finiteness,
    compare_layouts,
    compare_shapes,
    compare_values,
    largest,
)


def compare_rows(answer: Any, reference: Any, scale: Any, tolerance: Tolerance) -> CaseScore:
    """Compare a trajectory row by row, each row scaled by the largest reference row so far."""
    expected = np.asarray(reference, float)
    given, trouble = as_real(answer)
    if given is None:
        return trouble
    if given.shape != expected.shape:
        return compare_layouts(given, expected, max(largest(expected), TINY), tolerance)
    finiteness = compare_finiteness(given, expected)
    if finiteness is not None or not given.size:
        return finiteness or RIGHT
    errors = _row_errors(given, expected, 0.0 if scale is None else largest(scale))
    bad = np.flatnonzero(~(errors <= tolerance.right))
    if not bad.size:
        return RIGHT
    if tolerance.digits is not None and float(errors.max()) <= tolerance.digits:
        return CaseScore(DIGITS_LOST, Finding.DIGITS, say("digits_lost"))
    # No more exactly than first, last or later: a number could carry anything.
    where = "start" if bad[0] == 0 else "last" if bad[0] == len(expected) - 1 else "later"
    return wrong(Finding.VALUE, say(f"rows.{where}"))


def _row_errors(given: Real, expected: Real, floor: float) -> Real:
    """The scaled error of every row; rows that run away to infinity must do so alike."""
    rows = len(expected)
    sizes = np.where(np.isfinite(expected), np.abs(expected), 0.0).reshape(rows, -1).max(axis=1)
    scales = np.maximum(np.maximum.accumulate(sizes), max(floor, TINY))
    same = (given == expected) | (np.isnan(given) & np.isnan(expected))
    with np.errstate(all="ignore"):
        differences = np.where(same, 0.0, np.abs(given - expected))
        return np.asarray(differences.reshape(rows, -1).max(axis=1) / scales, float)


def compare_up_to_sign(answer: Any, reference: Any, scale: Any, tolerance: Tolerance) -> CaseScore:
    """Compare columns (or one vector) whose signs are free, such as eigenvectors."""
    expected = np.asarray(reference, float)
    given, trouble = as_real(answer)
    if given is None:
        return trouble
    if given.size == expected.size and np.isfinite(given).all():
        with np.errstate(all="ignore"):
            signs = np.where(np.sum(given.reshape(expected.shape) * expected, axis=0) < 0, -1.0, 1.0)
            given = (given.reshape(expected.shape) * signs).reshape(given.shape)
    if given.shape != expected.shape:
        return compare_shapes(given, expected, max(largest(expected), TINY), tolerance)
    return compare_values(given, expected, scale, tolerance)


def compare_spans(answer: Any, reference: Any, scale: Any, tolerance: Tolerance) -> CaseScore:
    """Compare the spaces spanned by the columns of two (d, k) matrices, by their orthogonal projectors."""
    expected = np.asarray(reference, float)
    given, trouble = as_real(answer)
    if given is None:
        return trouble
    if given.shape != expected.shape:
        return compare_shapes(given, expected, max(largest(expected), TINY), tolerance)
    if not np.isfinite(given).all():
        return wrong(Finding.NOT_FINITE, say("not_finite"))
    return compare_values(_projector(given), _projector(expected), 1.0, tolerance)


def _projector(columns: Real) -> Real:
    matrix = columns.reshape(len(columns), -1) / max(largest(columns), TINY)
    basis, sizes, _ = np.linalg.svd(matrix, full_matrices=False)
    kept = basis[:, sizes > 1e-10 * max(float(sizes.max(initial=0.0)), TINY)]
    return np.asarray(kept @ kept.T, float)
