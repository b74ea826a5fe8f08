"""Comparisons up to what does not matter."""

import math
from fractions import Fraction

import numpy as np
import pytest

from autograder.domain.sentences import say
from autograder.questions.case_score import Finding, Tolerance
from autograder.questions.invariance import compare_rows, compare_spans, compare_up_to_sign

TOLERANCE = Tolerance()


def test_each_row_of_a_trajectory_is_scaled_by_the_largest_so_far(rng) -> None:
    path = np.array([[1e6, 1.0], [1.0, 1.0], [1e-6, 0.0]])
    noise = path + 1e-4  # an honest rounding error of the first row is carried along
    assert compare_rows(noise, path, None, TOLERANCE).credit == 1
    growing = path[::-1]
    assert compare_rows(growing + 1e-4, growing, None, TOLERANCE).credit == 0


def test_the_first_wrong_row_is_named() -> None:
    path = np.arange(10.0).reshape(5, 2)
    wrong = path.copy()
    wrong[3] += 1
    assert compare_rows(wrong, path, None, TOLERANCE).sentence == say("rows.later")
    assert compare_rows(path.tolist(), path, None, TOLERANCE).credit == 1
    assert compare_rows(path + 1e-6, path + 0, 1.0, TOLERANCE).finding is Finding.DIGITS
    assert compare_rows(path[:4], path, None, TOLERANCE).finding is Finding.SHAPE


def test_losses_are_a_trajectory_of_numbers() -> None:
    losses = np.array([3.0, 2.0, 1.0])
    assert compare_rows([3, 2, 1], losses, None, TOLERANCE).credit == 1
    assert compare_rows([3, 2, math.nan], losses, None, TOLERANCE).finding is Finding.NOT_FINITE
    assert compare_rows(None, losses, None, TOLERANCE).finding is Finding.NONE


def test_a_trajectory_that_runs_away_must_run_away_alike() -> None:
    path = np.array([[1.0], [1e200], [math.inf], [-math.inf]])
    assert compare_rows(path, path, None, TOLERANCE).credit == 1
    assert compare_rows(-path, path, None, TOLERANCE).credit == 0
    late = np.array([1.0, math.inf, 5.0])
    assert compare_rows([1.0, math.inf, 7.0], late, None, TOLERANCE).credit == 0


def test_an_empty_trajectory_equals_itself() -> None:
    assert compare_rows(np.zeros((0, 2)), np.zeros((0, 2)), None, TOLERANCE).credit == 1
    assert compare_rows(np.zeros((3, 0)), np.zeros((3, 0)), None, TOLERANCE).credit == 1


def test_iterates_in_columns_are_right_numbers_in_another_shape() -> None:
    path = np.arange(12.0).reshape(4, 3) ** 2
    score = compare_rows(path.T, path, None, TOLERANCE)
    assert (score.credit, score.sentence.key) == (Fraction(1, 2), "shape.numbers_right")


def test_the_sign_of_every_column_is_free(rng) -> None:
    basis = np.linalg.qr(rng.normal(size=(5, 3)))[0]
    assert compare_up_to_sign(basis * [1, -1, -1], basis, None, TOLERANCE).credit == 1
    assert compare_up_to_sign(-basis[:, 0], basis[:, 0], None, TOLERANCE).credit == 1
    assert compare_up_to_sign(basis[:, ::-1], basis, None, TOLERANCE).credit == 0
    assert compare_up_to_sign(np.abs(basis), basis, None, TOLERANCE).credit == 0
    assert compare_up_to_sign(basis.T, basis, None, TOLERANCE).credit == 0
    row = compare_up_to_sign(-basis[:, :1].T, basis[:, 0], None, TOLERANCE)
    assert (row.credit, row.sentence.key) == (Fraction(1, 2), "shape.numbers_right")
    assert compare_up_to_sign("basis", basis, None, TOLERANCE).finding is Finding.KIND


def test_any_basis_of_the_same_space_spans_it(rng) -> None:
    basis = rng.normal(size=(5, 2))
    assert compare_spans(basis @ [[3.0, 1.0], [1.0, 2.0]], basis, None, TOLERANCE).credit == 1
    assert compare_spans(1e200 * basis, basis, None, TOLERANCE).credit == 1
    assert compare_spans(rng.normal(size=(5, 2)), basis, None, TOLERANCE).credit == 0
    assert compare_spans(basis[:, 0], basis[:, 0] * -2, None, TOLERANCE).credit == 1


@pytest.mark.parametrize("bad", [np.zeros((5, 2)), np.full((5, 2), 1e308), np.full((5, 2), math.nan), [[1]]])
def test_what_spans_less_or_is_no_basis_is_wrong(bad, rng) -> None:
    assert compare_spans(bad, rng.normal(size=(5, 2)), None, TOLERANCE).credit == 0
