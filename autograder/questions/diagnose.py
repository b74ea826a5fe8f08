"""What is wrong with an answer, found without the author's help.

Each observation looks at all failing cases of one group together and answers only if it explains every one of
them: a constant factor, a sign, a transpose, a mean for a sum, a shift by one iterate, one array stored many
times, truncated integers, or which entries differ.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.domain.answer import Ending
from autograder.questions.compare import as_real
from autograder.questions.exhibits import Exhibit
from autograder.questions.standing import Finding

_CLOSE = 1e-6
Real = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was seen, and what to try next."""

    sentence: str
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """An answer and its reference as arrays of one shape, with the arguments they belong to."""

    given: Real
    expected: Real
    args: tuple[Any, ...]
    scale: float


def diagnose(exhibits: Sequence[Exhibit]) -> Diagnosis | None:
    """The first observation that explains every one of these failing cases, or None."""
    same = _same_finding(exhibits)
    if same is not None:
        return same
    return _diagnose_parts(exhibits) or _diagnose_values(exhibits)


def _same_finding(exhibits: Sequence[Exhibit]) -> Diagnosis | None:
    """Where every case failed in one way that says it all: a shape, a kind, an exception, a property."""
    first = exhibits[0].standing
    if first.finding is Finding.VALUE or any(e.standing.finding is not first.finding for e in exhibits):
        return None
    return Diagnosis(first.sentence, _ADVICE.get(first.finding, ()))


_ADVICE = {
    Finding.NONE: ("Check that every path of your function ends with `return`.",),
    Finding.SHAPE: (
        "Print `np.shape(...)` of what your function returns and compare it with the statement.",
    ),
    Finding.KIND: ("Print `type(...)` of what your function returns and compare it with the statement.",),
    Finding.RAISED: ("Call your function on the public example, then on one dimension and on zeros.",),
    Finding.NOT_FINITE: ("Look for a division by zero, a logarithm or a root of a negative number.",),
    Finding.ENDED: ("Look for a loop whose condition never becomes false, or an array that grows.",),
    Finding.DIGITS: ("Print `.dtype` along your computation: everything should be float64.",),
    Finding.SLOW: ("Replace Python loops over the entries by operations on whole arrays.",),
}


def _diagnose_parts(exhibits: Sequence[Exhibit]) -> Diagnosis | None:
    """Of answers that are tuples: which value is wrong, and how."""
    if not all(_is_tuple_like(e) for e in exhibits):
        return None
    count = len(exhibits[0].expected.value)
    if any(len(e.expected.value) != count for e in exhibits):
        return None
    for k in range(count):
        parts = [_part(e, k) for e in exhibits]
        if not all(_agrees(part) for part in parts):
            found = _diagnose_values([part for part in parts if not _agrees(part)])
            return found and Diagnosis(
                f"In value {k + 1} of {count}: {_lowered(found.sentence)}", found.advice
            )
    return None


def _is_tuple_like(exhibit: Exhibit) -> bool:
    answer, expected = exhibit.answer.value, exhibit.expected.value
    return isinstance(expected, tuple) and isinstance(answer, tuple | list) and len(answer) == len(expected)


def _part(exhibit: Exhibit, k: int) -> Exhibit:
    return replace(
        exhibit,
        answer=replace(exhibit.answer, value=exhibit.answer.value[k]),
        expected=replace(exhibit.expected, value=exhibit.expected.value[k]),
    )


def _agrees(exhibit: Exhibit) -> bool:
    pair = _pair(exhibit)
    return (
        pair is not None
        and pair.given.shape == pair.expected.shape
        and _close(pair.given, pair.expected, pair)
    )


def _diagnose_values(exhibits: Sequence[Exhibit]) -> Diagnosis | None:
    if any(e.answer.ending is not Ending.RETURNED for e in exhibits):
        return None
    pairs = [pair for pair in map(_pair, exhibits) if pair is not None]
    if len(pairs) != len(exhibits):
        return None
    return next((found for observe in _OBSERVATIONS if (found := observe(pairs)) is not None), None)


def _pair(exhibit: Exhibit) -> Pair | None:
    given, _ = as_real(exhibit.answer.value)
    expected, _ = as_real(exhibit.expected.value)
    if given is None or expected is None:
        return None
    size = float(np.max(np.abs(expected), initial=0.0))
    return Pair(given, expected, exhibit.case.call.args, size)


def _close(one: Real, other: Real, pair: Pair) -> bool:
    if one.shape != other.shape or not np.isfinite(one).all():
        return False
    return bool(np.max(np.abs(one - other), initial=0.0) <= _CLOSE * max(pair.scale, 1e-300))


def _informative(pairs: Sequence[Pair]) -> bool:
    return any(pair.scale > 0 for pair in pairs)


def _everywhere(pairs: Sequence[Pair], transform: Callable[[Pair], Real | None]) -> bool:
    """Whether the answer is this transform of the reference in every case."""
    for pair in pairs:
        transformed = transform(pair)
        if transformed is None or not _close(pair.given, transformed, pair):
            return False
    return _informative(pairs)


def _opposite_sign(pairs: Sequence[Pair]) -> Diagnosis | None:
    if not _everywhere(pairs, lambda pair: -pair.expected):
        return None
    return Diagnosis(
        "Your answer is minus what is asked for.", ("Follow the sign through one line of your derivation.",)
    )


def _constant_factor(pairs: Sequence[Pair]) -> Diagnosis | None:
    informative = [p for p in pairs if p.given.shape == p.expected.shape and p.scale > 0]
    if not informative:
        return None
    with np.errstate(all="ignore"):
        first = informative[0]
        unit = first.expected / first.scale
        factor = float(np.sum(first.given / first.scale * unit) / np.sum(unit * unit))
    if not np.isfinite(factor) or abs(factor) < 1e-9 or not _everywhere(pairs, lambda p: factor * p.expected):
        return None
    advice = ("Check the constant in the smallest case: one dimension, one sample, everything equal to 1.",)
    return Diagnosis(f"Your answer is {_spoken(factor)} what is asked for, in every case.", advice)


def _spoken(factor: float) -> str:
    near = Fraction(factor).limit_denominator(12)
    if near and abs(float(near) - factor) <= _CLOSE * abs(factor):
        return "half of" if near == Fraction(1, 2) else f"{near} times"
    return f"{factor:.4g} times"


def _mean_for_sum(pairs: Sequence[Pair]) -> Diagnosis | None:
    for sentence, power in (("a mean where a sum is asked for", -1), ("a sum where a mean is asked for", 1)):
        for axis in (0, 1):
            if _everywhere(pairs, lambda p, a=axis, k=power: _times_length(p, a, k)):  # type: ignore[misc]
                over = "samples" if axis == 0 else "coordinates"
                return Diagnosis(
                    f"Your answer is off by a factor that is the number of {over}: {sentence}?",
                    ("Reread the statement: what happens to the answer when every sample is there twice?",),
                )
    return None


def _times_length(pair: Pair, axis: int, power: int) -> Real | None:
    lengths = [a.shape[axis] for a in pair.args if isinstance(a, np.ndarray) and a.ndim == 2]
    return pair.expected * float(lengths[0]) ** power if lengths else None


def _transposed(pairs: Sequence[Pair]) -> Diagnosis | None:
    if not _everywhere(pairs, lambda p: p.expected.T if p.expected.ndim == 2 else None):
        return None
    return Diagnosis("Your answer is the transpose of what is asked for.", ("Which index is the row?",))


def _one_behind(pairs: Sequence[Pair]) -> Diagnosis | None:
    if any(p.given.ndim == 0 or p.expected.ndim == 0 for p in pairs) or not _informative(pairs):
        return None
    if all(p.given.shape == p.expected.shape and len(p.given) > 2 for p in pairs):
        for given, expected in ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))):
            if all(_close(p.given[given], p.expected[expected], p) for p in pairs):
                late = "behind" if given.start else "ahead"
                return Diagnosis(
                    f"Your iterates are one step {late}.", ("What should row 0 hold, and what the last row?",)
                )
    return None


def _stored_many_times(pairs: Sequence[Pair]) -> Diagnosis | None:
    def all_rows_equal(rows: Real) -> bool:
        return len(rows) > 1 and bool((rows == rows[:1]).all())

    if all(p.given.ndim > 1 and all_rows_equal(p.given) and not all_rows_equal(p.expected) for p in pairs):
        return Diagnosis(
            "All rows of your answer are the same array.",
            ("A list that holds one array many times shows its last state everywhere: store copies.",),
        )
    return None


def _truncated(pairs: Sequence[Pair]) -> Diagnosis | None:
    if not any((p.expected != np.trunc(p.expected)).any() for p in pairs):
        return None
    if not _everywhere(pairs, lambda p: np.trunc(p.expected)):
        return None
    return Diagnosis(
        "The fractional part of your answer is lost.",
        ("An array made from integers stays an integer array: what is the `.dtype` of the array you fill?",),
    )


def _which_entries(pairs: Sequence[Pair]) -> Diagnosis | None:
    """The pattern of the entries that differ, where the same words hold in every case."""
    if any(p.given.shape != p.expected.shape or p.expected.ndim == 0 for p in pairs):
        return None
    differs = [np.abs(p.given - p.expected) > _CLOSE * max(p.scale, 1e-300) for p in pairs]
    for words, pattern in _PATTERNS.items():
        masks = [pattern(d.shape) for d in differs]
        if all(
            m is not None and m.any() and not m.all() and np.array_equal(d, d & m)
            for d, m in zip(differs, masks, strict=True)
        ):
            return Diagnosis(
                f"Only {words} differ{'s' if words.endswith('entry') else ''} from what is asked for."
            )
    return None


def _mask_of(index: Any) -> Callable[[tuple[int, ...]], NDArray[np.bool_] | None]:
    def mask(shape: tuple[int, ...]) -> NDArray[np.bool_] | None:
        if len(shape) != 1:
            return None
        marked = np.zeros(shape, bool)
        marked[index] = True
        return marked

    return mask


def _matrix_mask(make: Callable[[NDArray[np.bool_]], NDArray[np.bool_]]) -> Callable[[tuple[int, ...]], Any]:
    return lambda shape: make(np.ones(shape, bool)) if len(shape) == 2 else None


_PATTERNS: dict[str, Callable[[tuple[int, ...]], NDArray[np.bool_] | None]] = {
    "the first entry": _mask_of(0),
    "the last entry": _mask_of(-1),
    "entries on the diagonal": _matrix_mask(lambda ones: np.eye(*ones.shape) > 0),
    "entries off the diagonal": _matrix_mask(lambda ones: np.eye(*ones.shape) == 0),
    "entries above the diagonal": _matrix_mask(lambda ones: np.triu(ones, 1)),
    "entries below the diagonal": _matrix_mask(lambda ones: np.tril(ones, -1)),
}


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


_OBSERVATIONS = (
    _opposite_sign,
    _constant_factor,
    _mean_for_sum,
    _transposed,
    _one_behind,
    _stored_many_times,
    _truncated,
    _which_entries,
)
