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

from autograder.domain.sentences import Sentence, say
from autograder.questions.compare import TINY, Real

_CLOSE = 1e-6
Mask = Callable[[tuple[int, ...]], NDArray[np.bool_] | None]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was seen, and what to try next."""

    sentence: Sentence
    advice: tuple[Sentence, ...] = ()


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
    return Diagnosis(say("zero"), (say("try.filled"),))


def _opposite_sign(pairs: Sequence[Pair]) -> Diagnosis | None:
    if not _everywhere(pairs, lambda pair: -pair.expected):
        return None
    return Diagnosis(say("minus"), (say("try.sign"),))


def _constant_factor(pairs: Sequence[Pair]) -> Diagnosis | None:
    told = [pair for pair in pairs if pair.given.shape == pair.expected.shape and pair.scale > 0]
    if sum(np.count_nonzero(pair.expected) for pair in told) < 2:
        return None  # any wrong number is some multiple of the right one
    unit = told[0].expected / told[0].scale
    factor = float(np.sum(told[0].given / told[0].scale * unit) / np.sum(unit * unit))
    trivial = not np.isfinite(factor) or abs(factor) < 1e-9 or abs(factor - 1) < _CLOSE
    if trivial or not _everywhere(pairs, lambda pair: factor * pair.expected):
        return None
    return Diagnosis(say("factor", factor=_spoken(factor)), (say("try.constant"),))


def _spoken(factor: float) -> Sentence:
    near = Fraction(factor).limit_denominator(12)
    if near and abs(float(near) - factor) <= _CLOSE * abs(factor):
        named = {Fraction(1, 2): "half", Fraction(2): "twice"}.get(near)
        return say(f"factor.{named}") if named else say("factor.times", factor=str(near))
    return say("factor.times", factor=f"{factor:.4g}")


def _mean_for_sum(pairs: Sequence[Pair]) -> Diagnosis | None:
    for key, power in (("mean_for_sum", -1), ("sum_for_mean", 1)):
        for axis, counted in ((0, "samples"), (1, "coordinates")):
            if _everywhere(pairs, _times_length(axis, power)):
                return Diagnosis(say(key, counted=say(f"counted.{counted}")), (say("try.twice"),))
    return None


def _times_length(axis: int, power: int) -> Callable[[Pair], Real | None]:
    def times(pair: Pair) -> Real | None:
        lengths = [a.shape[axis] for a in pair.args if isinstance(a, np.ndarray) and a.ndim == 2]
        return pair.expected * float(lengths[0]) ** power if lengths and lengths[0] else None

    return times


def _transposed(pairs: Sequence[Pair]) -> Diagnosis | None:
    if not _everywhere(pairs, lambda pair: pair.expected.T if pair.expected.ndim == 2 else None):
        return None
    return Diagnosis(say("transposed"), (say("try.row"),))


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
            what = "iterates" if any(p.given.ndim > 1 for p in pairs) else "entries"
            return Diagnosis(say(f"one_step.{what}_{late}"), (say("try.ends"),))
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
    return Diagnosis(say("same_rows"), (say("try.copies"),))


def _truncated(pairs: Sequence[Pair]) -> Diagnosis | None:
    if not any((p.given != 0).any() and (p.expected != np.trunc(p.expected)).any() for p in pairs):
        return None
    if not _everywhere(pairs, lambda pair: np.trunc(pair.expected)):
        return None
    return Diagnosis(say("truncated"), (say("try.integers"),))


def _which_entries(pairs: Sequence[Pair]) -> Diagnosis | None:
    """The pattern of the entries that differ, where the same words hold in every case."""
    if any(p.given.shape != p.expected.shape or p.expected.ndim == 0 for p in pairs):
        return None
    differs = [~(np.abs(p.given - p.expected) <= _CLOSE * max(p.scale, TINY)) for p in pairs]
    for where, pattern in _PATTERNS.items():
        masks = [pattern(d.shape) for d in differs]
        if all(
            m is not None and m.any() and not m.all() and np.array_equal(d, d & m)
            for d, m in zip(differs, masks, strict=True)
        ):
            return Diagnosis(say(f"differs.{where}"))
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
    "first": _at(0),
    "last": _at(-1),
    "diagonal": _of_matrix(lambda ones: np.eye(*ones.shape) > 0),
    "above": _of_matrix(lambda ones: np.triu(ones, 1)),
    "below": _of_matrix(lambda ones: np.tril(ones, -1)),
    "off": _of_matrix(lambda ones: np.eye(*ones.shape) == 0),
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
