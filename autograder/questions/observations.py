"""What may be seen of numbers that are wrong: one function an observation.

Each looks at all failing cases of one group together and answers only if it explains every one of them:
zeros, a constant factor, a sign, a transpose, a mean for a sum, a shift by one iterate, one array stored many
times, truncated integers, or which entries differ.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.questions.compare import TINY, Real

_CLOSE = 1e-6
Mask = Callable[[tuple[int, ...]], NDArray[np.bool_] | None]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was seen, and what to try next."""

    sentence: str
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """An answer and its finite reference as arrays, with the arguments they belong to."""

    given: Real
    expected: Real
    args: tuple[Any, ...]
    scale: float


def observe(pairs: Sequence[Pair]) -> Diagnosis | None:
    """The first observation that explains every pair."""
    with np.errstate(all="ignore"):
        return next((found for one in _OBSERVATIONS if (found := one(pairs)) is not None), None)


def close(one: Real, other: Real, pair: Pair) -> bool:
    """Whether two arrays are equal up to what rounding could do."""
    if one.shape != other.shape or not np.isfinite(one).all():
        return False
    return bool(np.max(np.abs(one - other), initial=0.0) <= _CLOSE * max(pair.scale, TINY))


def _everywhere(pairs: Sequence[Pair], transform: Callable[[Pair], Real | None]) -> bool:
    """Whether the answer is this transform of the reference in every case, and one of them is not zero."""
    for pair in pairs:
        transformed = transform(pair)
        if transformed is None or not close(pair.given, transformed, pair):
            return False
    return any(pair.scale > 0 for pair in pairs)


def _all_zero(pairs: Sequence[Pair]) -> Diagnosis | None:
    if any(pair.given.any() or not pair.given.size for pair in pairs) or not any(p.scale for p in pairs):
        return None
    return Diagnosis(
        "Your answer is zero everywhere.",
        ("Print the array you fill, line by line: is it ever written to, and is it the one you return?",),
    )


def _opposite_sign(pairs: Sequence[Pair]) -> Diagnosis | None:
    if not _everywhere(pairs, lambda pair: -pair.expected):
        return None
    return Diagnosis(
        "Your answer is minus what is asked for.", ("Follow the sign through one line of your derivation.",)
    )


def _constant_factor(pairs: Sequence[Pair]) -> Diagnosis | None:
    told = [pair for pair in pairs if pair.given.shape == pair.expected.shape and pair.scale > 0]
    if sum(np.count_nonzero(pair.expected) for pair in told) < 2:
        return None  # any wrong number is some multiple of the right one
    unit = told[0].expected / told[0].scale
    factor = float(np.sum(told[0].given / told[0].scale * unit) / np.sum(unit * unit))
    trivial = not np.isfinite(factor) or abs(factor) < 1e-9 or abs(factor - 1) < _CLOSE
    if trivial or not _everywhere(pairs, lambda pair: factor * pair.expected):
        return None
    advice = ("Check the constant in the smallest case: one dimension, one sample, everything equal to 1.",)
    return Diagnosis(f"Your answer is {_spoken(factor)} what is asked for.", advice)


def _spoken(factor: float) -> str:
    near = Fraction(factor).limit_denominator(12)
    if near and abs(float(near) - factor) <= _CLOSE * abs(factor):
        return {Fraction(1, 2): "half of", Fraction(2): "twice"}.get(near, f"{near} times")
    return f"{factor:.4g} times"


def _mean_for_sum(pairs: Sequence[Pair]) -> Diagnosis | None:
    for sentence, power in (("a mean where a sum is asked for", -1), ("a sum where a mean is asked for", 1)):
        for axis, counted in ((0, "samples"), (1, "coordinates")):
            if _everywhere(pairs, _times_length(axis, power)):
                return Diagnosis(
                    f"Your answer is off by a factor that is the number of {counted}: {sentence}?",
                    ("Reread the statement: what happens to the answer when every sample is there twice?",),
                )
    return None


def _times_length(axis: int, power: int) -> Callable[[Pair], Real | None]:
    def times(pair: Pair) -> Real | None:
        lengths = [a.shape[axis] for a in pair.args if isinstance(a, np.ndarray) and a.ndim == 2]
        return pair.expected * float(lengths[0]) ** power if lengths and lengths[0] else None

    return times


def _transposed(pairs: Sequence[Pair]) -> Diagnosis | None:
    if not _everywhere(pairs, lambda pair: pair.expected.T if pair.expected.ndim == 2 else None):
        return None
    return Diagnosis("Your answer is the transpose of what is asked for.", ("Which index is the row?",))


def _one_behind(pairs: Sequence[Pair]) -> Diagnosis | None:
    if any(p.given.shape != p.expected.shape or p.given.ndim == 0 or len(p.given) < 3 for p in pairs):
        return None
    if all((p.expected == p.expected[:1]).all() for p in pairs):
        return None
    for given, expected, late in (
        (slice(1, None), slice(None, -1), "behind"),
        (slice(None, -1), slice(1, None), "ahead"),
    ):
        if all(close(p.given[given], p.expected[expected], p) for p in pairs):
            what = "iterates are" if any(p.given.ndim > 1 for p in pairs) else "entries are"
            return Diagnosis(
                f"Your {what} one step {late}.", ("What should entry 0 hold, and what the last one?",)
            )
    return None


def _stored_many_times(pairs: Sequence[Pair]) -> Diagnosis | None:
    def repeats(rows: Real) -> bool:
        return rows.ndim > 1 and len(rows) > 1 and rows.size > 0 and bool((rows == rows[:1]).all())

    def is_zero(rows: Real) -> bool:
        return not rows.any()

    if not all(repeats(p.given) and not repeats(p.expected) for p in pairs) or all(
        is_zero(p.given) for p in pairs
    ):
        return None
    return Diagnosis(
        "All rows of your answer are the same.",
        ("A list that holds one array many times shows its last state everywhere: store copies.",),
    )


def _truncated(pairs: Sequence[Pair]) -> Diagnosis | None:
    if not any((p.given != 0).any() and (p.expected != np.trunc(p.expected)).any() for p in pairs):
        return None
    if not _everywhere(pairs, lambda pair: np.trunc(pair.expected)):
        return None
    return Diagnosis(
        "The fractional part of your answer is lost.",
        ("An array made from integers stays an integer array: what is the `.dtype` of the array you fill?",),
    )


def _which_entries(pairs: Sequence[Pair]) -> Diagnosis | None:
    """The pattern of the entries that differ, where the same words hold in every case."""
    if any(p.given.shape != p.expected.shape or p.expected.ndim == 0 for p in pairs):
        return None
    differs = [~(np.abs(p.given - p.expected) <= _CLOSE * max(p.scale, TINY)) for p in pairs]
    for words, pattern in _PATTERNS.items():
        masks = [pattern(d.shape) for d in differs]
        if all(
            m is not None and m.any() and not m.all() and np.array_equal(d, d & m)
            for d, m in zip(differs, masks, strict=True)
        ):
            return Diagnosis(f"Only {words} from what is asked for.")
    return None


def _at(index: int) -> Mask:
    def mask(shape: tuple[int, ...]) -> NDArray[np.bool_] | None:
        if len(shape) != 1 or not shape[0]:
            return None
        marked = np.zeros(shape, bool)
        marked[index] = True
        return marked

    return mask


def _of_matrix(make: Callable[[NDArray[np.bool_]], NDArray[np.bool_]]) -> Mask:
    return lambda shape: make(np.ones(shape, bool)) if len(shape) == 2 else None


_PATTERNS: dict[str, Mask] = {
    "the first entry differs": _at(0),
    "the last entry differs": _at(-1),
    "entries on the diagonal differ": _of_matrix(lambda ones: np.eye(*ones.shape) > 0),
    "entries above the diagonal differ": _of_matrix(lambda ones: np.triu(ones, 1)),
    "entries below the diagonal differ": _of_matrix(lambda ones: np.tril(ones, -1)),
    "entries off the diagonal differ": _of_matrix(lambda ones: np.eye(*ones.shape) == 0),
}

_OBSERVATIONS = (
    _all_zero,
    _opposite_sign,
    _constant_factor,
    _mean_for_sum,
    _transposed,
    _one_behind,
    _stored_many_times,
    _truncated,
    _which_entries,
)
