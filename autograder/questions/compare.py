"""An answer against a reference: right, right with digits lost, right numbers in a wrong shape, or wrong.

Numbers are compared by scaled error, max |answer - reference| / S, where S is the size of the rounding
error that any honest computation may make: one tolerance then serves every magnitude, and cancellation is
harmless. Shape, kind and finiteness come first, so NaN never passes where the reference is finite.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.domain.answer import Opaque
from autograder.questions.standing import (
    DIGITS_LOST,
    FULL,
    RIGHT,
    WRONG_SHAPE,
    Finding,
    Standing,
    Tolerance,
    wrong,
)

TINY = 1e-300
Real = NDArray[np.float64]


def compare_values(answer: Any, reference: Any, scale: Any, tolerance: Tolerance) -> Standing:
    """Compare by scaled error; `scale` mirrors the reference: a number or array, a tuple, a dict, or None."""
    if isinstance(answer, Opaque):
        return wrong(Finding.KIND, f"Your function returned {_named(answer)}, which is not data.")
    if answer is None or reference is None:
        return _compare_none(answer, reference)
    if isinstance(reference, tuple):
        return _compare_tuple(answer, reference, scale, tolerance)
    if isinstance(reference, Mapping):
        return _compare_dict(answer, reference, scale, tolerance)
    if isinstance(reference, str | bool | np.bool_) or _is_boolean_array(reference):
        return compare_exactly(answer, reference)
    return _compare_numbers(answer, np.asarray(reference, float), scale, tolerance)


def compare_exactly(answer: Any, reference: Any) -> Standing:
    """Booleans, strings, labels and whole numbers: equal or not."""
    if answer is None or reference is None:
        return _compare_none(answer, reference)
    if isinstance(reference, str):
        if not isinstance(answer, str):
            return wrong(Finding.KIND, f"Your function returned {_named(answer)}; a string is asked for.")
        return RIGHT if answer == reference else wrong(Finding.VALUE, "The answer is not the right one.")
    if isinstance(reference, tuple | list) and not _is_regular(reference):
        return _compare_tuple(answer, tuple(reference), None, Tolerance(0.0, None))
    return _compare_exact_arrays(answer, np.asarray(reference))


def as_real(answer: Any) -> tuple[Real | None, Standing]:
    """The answer as an array of real numbers, or None and the standing that says why it is none."""
    if answer is None:
        return None, wrong(Finding.NONE, _NONE_SENTENCE)
    if isinstance(answer, str | bytes | dict | Opaque):
        return None, wrong(Finding.KIND, f"Your function returned {_named(answer)}; numbers are asked for.")
    try:
        array = np.asarray(answer)
    except (ValueError, TypeError, OverflowError):
        return None, wrong(Finding.KIND, "Your function returned parts of different lengths, not an array.")
    if array.dtype.kind in "fiu":
        return array.astype(np.float64), RIGHT
    kinds = {"b": "booleans", "c": "complex numbers", "O": "parts that are not numbers"}
    kind = kinds.get(array.dtype.kind, f"data of type {array.dtype}")
    return None, wrong(Finding.KIND, f"Your function returned {kind}; real numbers are asked for.")


_NONE_SENTENCE = "Your function returned None: is a `return` missing?"
DIGITS_SENTENCE = (
    "The formula is right, but digits are lost: compute in float64, "
    "and avoid differences of nearly equal numbers."
)


def _named(answer: Any) -> str:
    name = answer.type_name if isinstance(answer, Opaque) else type(answer).__name__
    article = "an" if name[:1].lower() in "aeiou" else "a"
    return f"{article} {name}"


def _compare_none(answer: Any, reference: Any) -> Standing:
    if answer is None and reference is None:
        return RIGHT
    if answer is None:
        return wrong(Finding.NONE, _NONE_SENTENCE)
    return wrong(Finding.VALUE, "None is the right answer for some arguments.")


def _compare_tuple(answer: Any, reference: tuple[Any, ...], scale: Any, tolerance: Tolerance) -> Standing:
    if not isinstance(answer, tuple | list) or len(answer) != len(reference):
        return wrong(Finding.KIND, f"Your function must return {len(reference)} values.")
    scales = scale if isinstance(scale, tuple | list) else (scale,) * len(reference)
    standings = [
        compare_values(a, r, s, tolerance) for a, r, s in zip(answer, reference, scales, strict=True)
    ]
    return _worst({f"value {k} of {len(reference)}": s for k, s in enumerate(standings, 1)})


def _compare_dict(answer: Any, reference: Mapping[str, Any], scale: Any, tolerance: Tolerance) -> Standing:
    if not isinstance(answer, Mapping) or answer.keys() != reference.keys():
        keys = ", ".join(repr(key) for key in reference)
        return wrong(Finding.KIND, f"Your function must return a dictionary with the keys {keys}.")
    scales = scale if isinstance(scale, Mapping) else dict.fromkeys(reference, scale)
    return _worst(
        {f"entry {k!r}": compare_values(answer[k], reference[k], scales[k], tolerance) for k in reference}
    )


def _worst(standings: Mapping[str, Standing]) -> Standing:
    part = min(standings, key=lambda name: standings[name].worth)
    worst = standings[part]
    if worst.worth == FULL:
        return RIGHT
    others_right = all(s.worth == FULL for name, s in standings.items() if name != part)
    rest = " (the rest is right)" if others_right and len(standings) > 1 else ""
    sentence = worst.sentence or "The number is not the right one."
    return Standing(worst.worth, worst.finding, f"In {part}{rest}: {sentence}")


def _compare_numbers(answer: Any, reference: Real, scale: Any, tolerance: Tolerance) -> Standing:
    given, trouble = as_real(answer)
    if given is None:
        return trouble
    size = max(largest(reference if scale is None else scale), TINY)
    if given.shape != reference.shape:
        return compare_shapes(given, reference, size, tolerance)
    if not np.array_equal(np.isfinite(given), np.isfinite(reference)):
        return wrong(Finding.NOT_FINITE, "Your answer holds NaN or infinite numbers.")
    error = _scaled_error(given, reference, size)
    if error <= tolerance.right:
        return RIGHT
    if tolerance.digits is not None and error <= tolerance.digits:
        return Standing(DIGITS_LOST, Finding.DIGITS, DIGITS_SENTENCE)
    return wrong(Finding.VALUE, "")


def compare_shapes(given: Real, reference: Real, size: float, tolerance: Tolerance) -> Standing:
    shapes = f"shape {given.shape} instead of {reference.shape}"
    if given.size == reference.size and given.size:
        error = _scaled_error(given.reshape(reference.shape), reference, size)
        if error <= (tolerance.digits or tolerance.right):
            return Standing(WRONG_SHAPE, Finding.SHAPE, f"The numbers are right but have {shapes}.")
    return wrong(Finding.SHAPE, f"Your answer has {shapes}.")


def _scaled_error(given: Real, reference: Real, size: float) -> float:
    finite = np.isfinite(reference)
    if not finite.all():
        same = given[~finite] == reference[~finite]
        if not (same | (np.isnan(given[~finite]) & np.isnan(reference[~finite]))).all():
            return float("inf")
    if not finite.any():
        return 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        error = float(np.max(np.abs(given[finite] - reference[finite])) / size)
    return float("inf") if np.isnan(error) else error


def _compare_exact_arrays(answer: Any, reference: NDArray[Any]) -> Standing:
    try:
        given = np.asarray(answer)
    except (ValueError, TypeError, OverflowError):
        return wrong(Finding.KIND, "Your function returned parts of different lengths, not an array.")
    boolean = reference.dtype.kind == "b"
    if (given.dtype.kind == "b") != boolean or given.dtype.kind not in "biufU":
        asked = "True or False" if boolean else "a number"
        return wrong(Finding.KIND, f"Your function returned {_named(answer)}; {asked} is asked for.")
    if given.shape != reference.shape:
        same = given.size == reference.size and bool((given.reshape(reference.shape) == reference).all())
        shapes = f"shape {given.shape} instead of {reference.shape}"
        if same and given.size:
            return Standing(WRONG_SHAPE, Finding.SHAPE, f"The answer is right but has {shapes}.")
        return wrong(Finding.SHAPE, f"Your answer has {shapes}.")
    return RIGHT if bool((given == reference).all()) else wrong(Finding.VALUE, "")


def largest(values: Any) -> float:
    array = np.abs(np.asarray(values, float))
    array = array[np.isfinite(array)]
    return float(array.max()) if array.size else 0.0


def _is_boolean_array(reference: Any) -> bool:
    return isinstance(reference, np.ndarray) and reference.dtype.kind == "b"


def _is_regular(reference: Any) -> bool:
    try:
        return np.asarray(reference).dtype.kind in "biufU"
    except ValueError:
        return False
