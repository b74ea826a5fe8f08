"""An answer against a reference: right, right with digits lost, right numbers in a wrong shape, or wrong.

Numbers are compared by scaled error, max |answer - reference| / S, where S is the size of the rounding
error that any honest computation may make: one tolerance then serves every magnitude, and cancellation is
harmless. Shape, kind and finiteness come first, so NaN never passes where the reference is finite.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.domain.answer import Opaque
from autograder.domain.sentences import SILENT, Sentence, say, say_count
from autograder.questions.case_score import (
    DIGITS_LOST,
    FULL,
    NOTHING,
    RIGHT,
    WRONG_SHAPE,
    CaseScore,
    Finding,
    Tolerance,
    wrong,
)
from autograder.questions.kinds import name_content, name_kind, tell_opaque
from autograder.questions.parts import PartsRule, share_parts, split

TINY = 1e-300
Real = NDArray[np.float64]
NO_ARRAY = (ValueError, TypeError, OverflowError, RecursionError, MemoryError)
"""What numpy raises of values that do not make an array."""
_NO_IMAGINARY_PART = 1e-12
"""Of the largest real part: what rounding leaves of real numbers that went through complex ones."""


def compare_values(
    answer: Any, reference: Any, scale: Any, tolerance: Tolerance, *, parts: PartsRule = share_parts
) -> CaseScore:
    """Compare by scaled error.

    Args:
        answer: the student's.
        reference: what is right.
        scale: size of honest rounding errors, in the form of the reference; None for its largest entry.
        tolerance: how exact an answer must be.
        parts: what an answer of several parts earns.
    """
    if answer is None or reference is None:
        return _compare_none(answer, reference)
    if isinstance(answer, Opaque):
        return wrong(Finding.KIND, tell_opaque(answer))
    if isinstance(reference, tuple):
        return _compare_tuple(
            answer, reference, scale, lambda a, r, s: compare_values(a, r, s, tolerance, parts=parts), parts
        )
    if isinstance(reference, Mapping):
        return _compare_dict(
            answer, reference, scale, lambda a, r, s: compare_values(a, r, s, tolerance, parts=parts), parts
        )
    is_boolean_array = isinstance(reference, np.ndarray) and reference.dtype.kind == "b"
    if is_boolean_array or isinstance(reference, str | bool | np.bool_):
        return compare_exactly(answer, reference)
    return _compare_numbers(answer, np.asarray(reference, float), scale, tolerance)


def compare_exactly(answer: Any, reference: Any, *, parts: PartsRule = share_parts) -> CaseScore:
    """Booleans, strings, labels and whole numbers: equal or not."""
    if answer is None or reference is None:
        return _compare_none(answer, reference)
    if isinstance(reference, str):
        if not isinstance(answer, str):
            return _returned_not(name_kind(answer), "string")
        return RIGHT if answer == reference else wrong(Finding.VALUE, SILENT)
    if isinstance(reference, Mapping):
        return _compare_dict(
            answer, reference, None, lambda a, r, _: compare_exactly(a, r, parts=parts), parts
        )
    if isinstance(reference, tuple | list) and not _is_regular(reference):
        return _compare_tuple(
            answer, tuple(reference), None, lambda a, r, _: compare_exactly(a, r, parts=parts), parts
        )
    return _compare_exact_arrays(answer, np.asarray(reference))


def as_real(answer: Any) -> tuple[Real | None, CaseScore]:
    """The answer as an array of real numbers, or None and the score that says why it is none."""
    if isinstance(answer, float) or (isinstance(answer, np.ndarray) and answer.dtype == np.float64):
        return np.asarray(answer), RIGHT
    if answer is None:
        return None, wrong(Finding.NONE, say("returned_none"))
    if isinstance(answer, str | bytes | dict | Opaque):
        return None, _returned_not(name_kind(answer), "numbers")
    try:
        array = np.asarray(answer)
        if array.dtype.kind == "O" and all(type(item) in (int, float) for item in array.flat):
            array = array.astype(np.float64)  # whole numbers of Python have no bound
    except OverflowError:
        return None, wrong(Finding.NOT_FINITE, say("beyond_range"))
    except NO_ARRAY:
        return None, wrong(Finding.KIND, say("ragged"))
    with np.errstate(all="ignore"):  # a long double may be beyond a double's range
        if array.dtype.kind == "c":
            rounding = _NO_IMAGINARY_PART * largest(array.real)
            array = array.real if (np.abs(array.imag) <= rounding).all() else array
        if array.dtype.kind not in "fiu":
            return None, _returned_not(name_content(array), "real_numbers")
        return array.astype(np.float64), RIGHT


def largest(values: Any) -> float:
    """The largest finite size among numbers, 0 where there is none."""
    if type(values) is float:
        return abs(values) if isfinite(values) else 0.0
    array = np.abs(np.asarray(values, float))
    size = float(array.max(initial=0.0))
    if size < np.inf:
        return size
    return float(array[np.isfinite(array)].max(initial=0.0))


def compare_shapes(given: Real, reference: Real, size: float, tolerance: Tolerance) -> CaseScore:
    """An answer whose shape is not the reference's: perhaps the numbers are."""
    if given.size == reference.size and given.size:
        error = scaled_error(given.reshape(reference.shape), reference, size)
        if error <= max(tolerance.digits or 0.0, tolerance.right):
            return CaseScore(WRONG_SHAPE, Finding.SHAPE, say("shape.numbers_right"))
    return wrong(Finding.SHAPE, say("shape"))


def compare_layouts(given: Real, reference: Real, size: float, tolerance: Tolerance) -> CaseScore:
    """An answer whose shape is not the reference's, as it is or with rows for columns."""
    turned = given.T if given.T.shape == reference.shape else given
    in_turn = (compare_shapes(numbers, reference, size, tolerance) for numbers in (turned, given))
    return max(in_turn, key=lambda score: score.credit)


def rounds_to(given: Real, exact: Real, digits: int) -> bool:
    """Whether numbers are others rounded to so many digits, closer than anything else explains."""
    few = np.round(exact, digits)
    return bool((np.abs(given - few) <= 1e-12 * np.maximum(np.abs(few), 1.0)).all())


def _is_rounded(given: Real, reference: Real) -> bool:
    """Whether digits were lost by rounding.

    Numbers of float32 that are so large that it holds few places behind the point look rounded, and are not.
    """
    size = largest(reference)
    return any(rounds_to(given, reference, digits) for digits in range(7) if size * 2**digits <= 1e5)


def compare_finiteness(given: Real, reference: Real) -> CaseScore | None:
    """Why two arrays of one shape cannot be equal: one is finite where the other is not."""
    finite = np.isfinite(given)
    if np.array_equal(finite, np.isfinite(reference)):
        return None
    if finite.all():
        return wrong(Finding.NOT_FINITE, say("finite"))
    return wrong(Finding.NOT_FINITE, say("not_finite"))


def scaled_error(given: Real, reference: Real, size: float) -> float:
    """The largest difference of two arrays of one shape by `size`; inf where one is NaN and the other not."""
    with np.errstate(all="ignore"):
        error = float(np.abs(given - reference).max(initial=0.0))
        if error < np.inf:
            return error / size
        same = (given == reference) | (np.isnan(given) & np.isnan(reference))
        error = float(np.abs(given - reference)[~same].max(initial=0.0)) / size
    return error if error == error else float("inf")


def _compare_none(answer: Any, reference: Any) -> CaseScore:
    if answer is None and reference is None:
        return RIGHT
    if answer is None:
        return wrong(Finding.NONE, say("returned_none"))
    return wrong(Finding.VALUE, say("returned_for_none", what=name_kind(answer)))


Compare = Callable[[Any, Any, Any], CaseScore]
"""Compares one part: answer, reference, scale."""


def _compare_tuple(
    answer: Any, reference: tuple[Any, ...], scale: Any, compare: Compare, parts: PartsRule
) -> CaseScore:
    if isinstance(answer, np.ndarray) and answer.ndim and len(answer) == len(reference):
        answer = tuple(answer)
    if not isinstance(answer, tuple | list) or len(answer) != len(reference):
        among = _compare_values_among(answer, reference, scale, compare, parts)
        if among is not None:
            return among
        # A length of 10 and more could carry a hidden value out.
        if isinstance(answer, tuple | list) and len(answer) < 10:
            told = say_count("wrong_count", len(reference), asked=len(reference), count=len(answer))
        else:
            told = say_count("no_values", len(reference), asked=len(reference), what=name_kind(answer))
        return wrong(Finding.KIND, told)
    scales = scale if isinstance(scale, tuple | list) else (scale,) * len(reference)
    scores = {
        say("part.value", number=k, total=len(reference)): compare(a, r, s)
        for k, (a, r, s) in enumerate(zip(answer, reference, scales, strict=True), 1)
    }
    return _join(scores, reference, parts)


def _compare_values_among(
    answer: Any, reference: tuple[Any, ...], scale: Any, compare: Compare, parts: PartsRule
) -> CaseScore | None:
    """Half where the values are right and others follow, or they stand in a dictionary; else None."""
    count = len(reference)
    if isinstance(answer, Mapping) and len(answer) == count:
        values = tuple(answer.values())
        said = say("values_right.kind", asked=count, what=name_kind(answer))
    elif isinstance(answer, tuple | list) and count < len(answer) < 10:
        values, said = tuple(answer[:count]), say("values_right.more", asked=count, count=len(answer))
    else:
        return None
    if count < 2 or _compare_tuple(values, reference, scale, compare, parts).credit < FULL:
        return None
    halves = split(WRONG_SHAPE, reference)
    credit = NOTHING if all(part.is_guessable for part in halves) else parts(halves)
    return CaseScore(credit, Finding.KIND, said, halves)


def _compare_dict(
    answer: Any, reference: Mapping[Any, Any], scale: Any, compare: Compare, parts: PartsRule
) -> CaseScore:
    if not isinstance(answer, Mapping) or answer.keys() != reference.keys():
        return wrong(Finding.KIND, say("wrong_keys", keys=tuple(map(repr, reference))))
    scales = scale if isinstance(scale, Mapping) else dict.fromkeys(reference, scale)
    scores = {
        say("part.entry", entry=repr(k)): compare(answer[k], reference[k], scales[k]) for k in reference
    }
    return _join(scores, tuple(reference.values()), parts)


def _join(scores: Mapping[Sentence, CaseScore], reference: tuple[Any, ...], rule: PartsRule) -> CaseScore:
    """The score of all parts together; the sentence is that of the worst."""
    part = min(scores, key=lambda name: scores[name].credit, default=None)
    if part is None or scores[part].credit == FULL:
        return RIGHT
    worst = scores[part]
    others_right = all(s.credit == FULL for name, s in scores.items() if name != part)
    key = "part.alone" if others_right and len(scores) > 1 else "part"
    sentence = say(key, part=part, inner=worst.sentence or say("part_not_asked"))
    parts = tuple(
        one
        for score, asked in zip(scores.values(), reference, strict=True)
        for one in score.parts or split(score.credit, asked)
    )
    return CaseScore(rule(parts), worst.finding, sentence, parts)


def _compare_numbers(answer: Any, reference: Real, scale: Any, tolerance: Tolerance) -> CaseScore:
    given, trouble = as_real(answer)
    if given is None:
        return trouble
    size = max(largest(reference if scale is None else scale), TINY)
    if given.shape != reference.shape:
        return compare_layouts(given, reference, size, tolerance)
    error = scaled_error(given, reference, size)
    if error <= tolerance.right:
        return RIGHT
    finiteness = compare_finiteness(given, reference)
    if finiteness is not None:
        return finiteness
    if tolerance.digits is not None and error <= tolerance.digits:
        return CaseScore(
            DIGITS_LOST, Finding.DIGITS, say("rounded" if _is_rounded(given, reference) else "digits_lost")
        )
    return wrong(Finding.VALUE, SILENT)


def _compare_exact_arrays(answer: Any, reference: NDArray[Any]) -> CaseScore:
    try:
        given = np.asarray(answer)
    except NO_ARRAY:
        return wrong(Finding.KIND, say("ragged"))
    asked = {"b": "truth", "U": "text"}.get(reference.dtype.kind, "number")
    numbers = "iuf" if asked == "number" else reference.dtype.kind
    if given.dtype.kind not in numbers:
        came = name_kind(answer) if given.ndim == 0 else name_content(given)
        told = _returned_not(came, asked)
        as_truth = asked == "truth" and given.dtype.kind in "iuf" and np.array_equal(given, reference)
        return replace(told, credit=WRONG_SHAPE) if as_truth else told  # 1 for True, 0 for False
    if given.shape == reference.shape:
        if (given == reference).all():
            return RIGHT
        is_truth = reference.dtype.kind == "b" and not reference.ndim
        said = say("true_for_false" if given else "false_for_true") if is_truth else SILENT
        return wrong(Finding.VALUE, said)
    if given.size and given.size == reference.size and (given.reshape(reference.shape) == reference).all():
        return CaseScore(WRONG_SHAPE, Finding.SHAPE, say("shape.answer_right"))
    if asked == "truth" and not reference.ndim:  # one for each entry: `all` or `any` is missing
        return _returned_not(name_kind(answer), asked)
    return wrong(Finding.SHAPE, say("shape"))


def _returned_not(what: Sentence, asked: str) -> CaseScore:
    """What came back is of another kind than what is asked for."""
    return wrong(Finding.KIND, say("returned_not", what=what, asked=say(f"asked.{asked}")))


def _is_regular(reference: Any) -> bool:
    try:
        return np.asarray(reference).dtype.kind in "biufU"
    except ValueError:
        return False
