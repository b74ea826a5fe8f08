"""What may be seen of numbers that are wrong: one function an observation.

Each looks at all failing cases of one group together and answers only if it explains every one of them. What
it says is one of a closed list: no factor, place or number of the student's gets through, since their code
could choose it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.domain.sentences import Sentence, say
from autograder.questions.compare import TINY, Real, rounds_to

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
    free_signs: bool = False
    """Whether the signs of the columns are free, as those of eigenvectors."""


def observe(pairs: Sequence[Pair]) -> Diagnosis | None:
    """The first observation that explains every pair."""
    with np.errstate(all="ignore"):
        same = all(pair.given.shape == pair.expected.shape for pair in pairs)
        looks = _OBSERVATIONS if same else OF_OTHER_SHAPES
        return next((found for one in looks if (found := one(pairs)) is not None), None)


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
    if all(not pair.expected.ndim for pair in pairs):
        return Diagnosis(say("zero.number"), (say("try.by_hand"),))
    arrays = ((value for value in pair.args if isinstance(value, np.ndarray)) for pair in pairs)
    whole = all(any(value.dtype.kind in "iu" for value in values) for values in arrays)
    return Diagnosis(say("zero"), (say("try.integers" if whole else "try.filled"),))


def _opposite_sign(pairs: Sequence[Pair]) -> Diagnosis | None:
    if not _everywhere(pairs, lambda pair: -pair.expected):
        return None
    return Diagnosis(say("minus"), (say("try.sign"),))


def _is_one_number(pairs: Sequence[Pair]) -> bool:
    """Whether a factor would follow from one number alone: any wrong number is some multiple of it."""
    return bool(sum(np.count_nonzero(pair.expected) for pair in pairs) < 2)


def _constant_factor(pairs: Sequence[Pair]) -> Diagnosis | None:
    told = [pair for pair in pairs if pair.given.shape == pair.expected.shape and pair.scale > 0]
    if _is_one_number(told):
        return None
    unit = told[0].expected / told[0].scale
    factor = float(np.sum(told[0].given / told[0].scale * unit) / np.sum(unit * unit))
    trivial = not np.isfinite(factor) or abs(factor) < 1e-9 or abs(factor - 1) < _CLOSE
    if trivial or not _everywhere(pairs, lambda pair: factor * pair.expected):
        return None
    return Diagnosis(_spoken(factor), (say("try.constant"),))


_FACTORS = {
    Fraction(1, 4): "quarter",
    Fraction(1, 3): "third",
    Fraction(1, 2): "half",
    Fraction(2): "twice",
    Fraction(3): "three",
    Fraction(4): "four",
    Fraction(-1, 2): "minus_half",
    Fraction(-2): "minus_twice",
}


def _spoken(factor: float) -> Sentence:
    """A factor of the closed list by its name; any other is not said, since the student's code chose it."""
    for known, name in _FACTORS.items():
        if abs(float(known) - factor) <= _CLOSE * abs(factor):
            return say("factor", factor=say(f"factor.{name}"))
    return say("factor_unnamed")


def _mean_for_sum(pairs: Sequence[Pair]) -> Diagnosis | None:
    for key, power in (("mean_for_sum", -1), ("sum_for_mean", 1)):
        for counted in _COUNTED:
            if _times_everywhere(pairs, counted, lambda n, power=power: n**power):  # type: ignore[misc]
                return _tell_length(key, counted, pairs)
    return None


def _tell_length(key: str, counted: str, pairs: Sequence[Pair]) -> Diagnosis:
    """A factor with a number of samples; of rows, where all matrices are square and may hold no samples."""
    shapes = [np.shape(value) for pair in pairs for value in pair.args if np.ndim(value) == 2]
    if counted == "samples" and all(rows == columns for rows, columns in shapes):
        counted = "rows"
    advice = say("try.twice" if counted == "samples" else "try.reread")
    return Diagnosis(say(key, counted=say(f"counted.{counted}")), (advice,))


def _root_of_a_length(pairs: Sequence[Pair]) -> Diagnosis | None:
    """The root of a number of samples, or one over it."""
    for counted in _COUNTED:
        for power in (-0.5, 0.5):
            if _times_everywhere(pairs, counted, lambda n, power=power: n**power):  # type: ignore[misc]
                return _tell_length("root_of_length", counted, pairs)
    return None


def _less_one(pairs: Sequence[Pair]) -> Diagnosis | None:
    """A number less one: n - 1 in place of n, a variance with the other divisor."""
    for counted in _COUNTED:
        for factor in _LESS_ONE:
            if _times_everywhere(pairs, counted, factor):
                return _tell_length("less_one", counted, pairs)
    return None


def _length_in_factor(pairs: Sequence[Pair]) -> Diagnosis | None:
    """A factor of the closed list beside the number of samples: half a mean in place of a sum."""
    for counted in _COUNTED:
        for power in (-1, 1):
            for factor in (*_FACTORS, Fraction(-1)):
                if _times_everywhere(pairs, counted, lambda n, f=float(factor), p=power: f * n**p):  # type: ignore[misc]
                    return _tell_length("length_in_factor", counted, pairs)
    return None


def _not_symmetric(pairs: Sequence[Pair]) -> Diagnosis | None:
    def is_symmetric(values: Real, pair: Pair) -> bool:
        return values.ndim == 2 and values.shape[0] == values.shape[1] > 1 and close(values, values.T, pair)

    if not all(is_symmetric(pair.expected, pair) and not is_symmetric(pair.given, pair) for pair in pairs):
        return None
    return Diagnosis(say("not_symmetric"), (say("try.symmetric"),))


_COUNTED = ("samples", "coordinates", "entries")
_LESS_ONE: tuple[Callable[[float], float], ...] = (
    lambda n: n - 1,
    lambda n: 1 / (n - 1),
    lambda n: n / (n - 1),
    lambda n: (n - 1) / n,
)


def _times_everywhere(pairs: Sequence[Pair], counted: str, factor: Callable[[float], float]) -> bool:
    """Whether the answer is the reference times a factor made from a length, and no single number says so."""
    return not _is_one_number(pairs) and _everywhere(pairs, _times(counted, factor))


def _times(counted: str, factor: Callable[[float], float]) -> Callable[[Pair], Real | None]:
    """The reference times a factor made from a length of the arguments: of a matrix, else of a vector."""

    def times(pair: Pair) -> Real | None:
        arrays = [value for value in pair.args if isinstance(value, np.ndarray)]
        vectors = {value.size for value in arrays if value.ndim == 1}
        shapes = [value.shape for value in arrays if value.ndim == 2]
        shapes.sort(key=lambda shape: shape[0] not in vectors)  # first the samples, which have labels
        if counted == "entries" and not shapes:
            lengths = [value.size for value in arrays if value.ndim == 1]
        else:
            lengths = [shape[_COUNTED.index(counted)] for shape in shapes if counted != "entries"]
        return pair.expected * factor(float(lengths[0])) if lengths and lengths[0] > 1 else None

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

    def is_one_number(rows: Real) -> bool:
        return bool((rows == rows.flat[0]).all())

    if not all(repeats(pair.given) and not repeats(pair.expected) for pair in pairs):
        return None
    # One number everywhere is a constant rather than an array that was stored again and again; of one
    # column nobody can tell.
    if all(is_one_number(pair.given) for pair in pairs) and any(pair.given.shape[1] > 1 for pair in pairs):
        return None
    return Diagnosis(say("same_rows"), (say("try.copies"),))


def _truncated(pairs: Sequence[Pair]) -> Diagnosis | None:
    if not any((p.given != 0).any() and (p.expected != np.trunc(p.expected)).any() for p in pairs):
        return None
    if not _everywhere(pairs, lambda pair: np.trunc(pair.expected)):
        return None
    return Diagnosis(say("truncated"), (say("try.integers"),))


def _only_the_first(pairs: Sequence[Pair]) -> Diagnosis | None:
    """The first entry or row is right and nothing else is filled."""

    def first_alone(pair: Pair) -> Real | None:
        if not pair.expected.ndim or len(pair.expected) < 2:
            return None
        left = np.zeros_like(pair.expected)
        left[0] = pair.expected[0]
        return left

    if not _everywhere(pairs, first_alone) or not any(pair.given[0].any() for pair in pairs):
        return None
    what = "row" if all(pair.given.ndim > 1 for pair in pairs) else "entry"
    return Diagnosis(say(f"first_alone.{what}"), (say("try.return_inside"),))


def _rounded(pairs: Sequence[Pair]) -> Diagnosis | None:
    """Closer than rounding errors of other origin: to few digits, the same number in every case."""
    if not any(pair.given.any() for pair in pairs):
        return None
    for digits in range(7):
        if all(rounds_to(pair.given, pair.expected, digits) for pair in pairs):
            return Diagnosis(say("rounded"), (say("try.all_digits"),))
    return None


_FUNCTIONS: dict[str, Callable[[Real], Real]] = {
    "absolute": np.abs,
    "square": np.square,
    "root": np.sqrt,
    "exponential": np.exp,
    "logarithm": np.log,
    "reciprocal": np.reciprocal,
    "one_minus": lambda values: 1.0 - values,
    "off_by_one.more": lambda values: values + 1.0,
    "off_by_one.less": lambda values: values - 1.0,
}


def _is_a_function_of_it(pairs: Sequence[Pair]) -> Diagnosis | None:
    """A square for a root, an absolute value, a logarithm: entry by entry."""
    if sum(pair.expected.size for pair in pairs) < 2:
        return None
    for name, function in _FUNCTIONS.items():
        if _everywhere(pairs, lambda pair, function=function: function(pair.expected)):  # type: ignore[misc]
            advice = say("try.sign") if name == "absolute" else say("try.reread")
            return Diagnosis(say(f"function.{name}"), (advice,))
    return None


_PARTS: dict[str, Callable[[Real], Real]] = {
    "diagonal": lambda matrix: np.diag(np.diag(matrix)),
    "symmetric": lambda matrix: (matrix + matrix.T) / 2,
    "upper": np.triu,
    "lower": np.tril,
}


def _part_of_matrix(pairs: Sequence[Pair]) -> Diagnosis | None:
    """Only a part of a square matrix was filled."""
    if any(p.expected.ndim != 2 or p.expected.shape[0] != p.expected.shape[1] for p in pairs):
        return None
    for name, part in _PARTS.items():
        if _everywhere(pairs, lambda pair, part=part: part(pair.expected)):  # type: ignore[misc]
            return Diagnosis(say(f"part_of_matrix.{name}"), (say("try.small_matrix"),))
    return None


def _in_another_order(pairs: Sequence[Pair]) -> Diagnosis | None:
    """Entries, rows or columns that are right, each in the wrong place."""
    for name, arranged in _ARRANGED.items():
        if _everywhere(pairs, arranged):
            return Diagnosis(say(f"order.{name}"), (say("try.order"),))
    return None


def _reversed(axis: int, rank: int) -> Callable[[Pair], Real | None]:
    def flip(pair: Pair) -> Real | None:
        ready = pair.expected.ndim == rank and pair.expected.shape[axis] > 1
        return _with_its_signs(np.flip(pair.expected, axis), pair) if ready else None

    return flip


def _permuted(axis: int, rank: int) -> Callable[[Pair], Real | None]:
    """The reference's entries, rows or columns, put where the answer has them; each is used once."""

    def permute(pair: Pair) -> Real | None:
        expected = np.moveaxis(pair.expected, axis, 0) if pair.expected.ndim == rank else np.zeros(0)
        if not 2 <= len(expected) <= 64 or pair.given.shape != pair.expected.shape:
            return None
        left, order = list(range(len(expected))), list[int]()
        for line in np.moveaxis(pair.given, axis, 0):
            signs = (1.0, -1.0) if pair.free_signs and rank == 2 else (1.0,)
            fits = [k for k in left if any(close(sign * line, expected[k], pair) for sign in signs)]
            if not fits:
                return None
            order.append(fits[0])
            left.remove(fits[0])
        return _with_its_signs(np.take(pair.expected, order, axis), pair)

    return permute


def _with_its_signs(values: Real, pair: Pair) -> Real:
    """The values with the signs of the answer's columns, where these are free."""
    if not pair.free_signs or values.shape != pair.given.shape:
        return values
    signed: Real = values * np.where(np.sum(values * pair.given, axis=0) < 0, -1.0, 1.0)
    return signed


def _rows_for_columns(pair: Pair) -> Real | None:
    """The transpose of a square reference with free signs: its columns as rows."""
    square = pair.expected.ndim == 2 and pair.expected.shape[0] == pair.expected.shape[1] > 1
    if not square or not pair.free_signs or pair.given.shape != pair.expected.shape:
        return None
    transposed = pair.expected.T
    return transposed * np.where(np.sum(transposed * pair.given, axis=1) < 0, -1.0, 1.0)[:, None]


_ARRANGED: dict[str, Callable[[Pair], Real | None]] = {
    "entries_reversed": _reversed(0, 1),
    "rows_reversed": _reversed(0, 2),
    "columns_reversed": _reversed(1, 2),
    "rows_for_columns": _rows_for_columns,
    "entries": _permuted(0, 1),
    "rows": _permuted(0, 2),
    "columns": _permuted(1, 2),
}


def _row_of_eigenvectors(pairs: Sequence[Pair]) -> Diagnosis | None:
    """A row of the matrix whose column is asked for: equally long, with the one entry that they share."""
    vectors = all(pair.free_signs and pair.expected.ndim == 1 < pair.expected.size for pair in pairs)
    if not vectors or len(pairs) < 2 or max(pair.expected.size for pair in pairs) < 3:
        return None
    if any(abs(np.linalg.norm(p.given) - np.linalg.norm(p.expected)) > _CLOSE * p.scale for p in pairs):
        return None
    for row, column in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        apart = (abs(abs(p.given[column]) - abs(p.expected[row])) / p.scale for p in pairs)
        if max(apart) <= _CLOSE:
            return Diagnosis(say("order.row_of_eigenvectors"), (say("try.columns"),))
    return None


def _shifted_by_a_constant(pairs: Sequence[Pair]) -> Diagnosis | None:
    """Every entry is off by the same; how much is not said."""
    if any(pair.expected.size < 3 for pair in pairs):
        return None
    if not _everywhere(pairs, lambda pair: pair.expected + np.mean(pair.given - pair.expected)):
        return None
    return Diagnosis(say("shifted"), (say("try.constant_term"),))


def _which_rows(pairs: Sequence[Pair]) -> Diagnosis | None:
    """How many of the first rows are right: none, one, all but the last, or some."""
    if any(pair.expected.ndim != 2 or len(pair.expected) < 3 for pair in pairs):
        return None
    found = set()
    for pair in pairs:
        wrong = [k for k in range(len(pair.given)) if not close(pair.given[k], pair.expected[k], pair)]
        if not wrong or (pair.given[wrong[0]] == pair.expected[wrong[0]]).all():
            return None
        last = len(pair.given) - 1
        found.add("start" if wrong[0] == 0 else "last" if wrong == [last] else "later")
    if len(found) != 1:
        return None
    [where] = found
    return None if where == "start" else Diagnosis(say(f"rows.{where}"), (say("try.ends"),))


def _right_direction(pairs: Sequence[Pair]) -> Diagnosis | None:
    """Vectors with the right direction and another length, by a factor that is not the same everywhere."""
    vectors = all(pair.expected.ndim == 1 and np.count_nonzero(pair.expected) > 1 for pair in pairs)
    if not vectors or len(pairs) < 2:
        return None

    def stretched(pair: Pair) -> Real | None:
        unit = pair.expected / pair.scale
        factor = float(np.sum(pair.given / pair.scale * unit) / np.sum(unit * unit))
        return factor * pair.expected if factor > 1e-9 else None

    if not _everywhere(pairs, stretched):
        return None
    return Diagnosis(say("direction"), (say("try.length"),))


def _one_row_more_or_less(pairs: Sequence[Pair]) -> Diagnosis | None:
    for key, taken in _ROWS.items():
        if all(pair.given.ndim == pair.expected.ndim > 0 and taken(pair) for pair in pairs):
            what = "rows" if all(pair.given.ndim > 1 for pair in pairs) else "entries"
            advice = "try.break" if key == "end_early" else "try.ends"
            return Diagnosis(say(f"lines.{what}.{key}"), (say(advice),))
    return None


def _equal(one: Real, other: Real, pair: Pair) -> bool:
    return one.size > 0 and close(one, other, pair)


_ROWS: dict[str, Callable[[Pair], bool]] = {
    "missing_first": lambda pair: _equal(pair.given, pair.expected[1:], pair),
    "missing_last": lambda pair: _equal(pair.given, pair.expected[:-1], pair),
    "extra_last": lambda pair: _equal(pair.given[:-1], pair.expected, pair),
    "extra_first": lambda pair: _equal(pair.given[1:], pair.expected, pair),
    "end_early": lambda pair: (
        len(pair.given) > 1 and _equal(pair.given, pair.expected[: len(pair.given)], pair)
    ),
}


def _only_one_of_them(pairs: Sequence[Pair]) -> Diagnosis | None:
    """One entry or row where all of them are asked for."""
    for where, index in (("last", -1), ("first", 0)):
        if all(_is_row(pair, index) for pair in pairs):
            what = "row" if all(pair.expected.ndim > 1 for pair in pairs) else "entry"
            return Diagnosis(
                say(f"only.{where}.{what}"), (say("try.return_inside"),) if where == "first" else ()
            )
    return None


def _is_row(pair: Pair, index: int) -> bool:
    if pair.expected.ndim == 0 or len(pair.expected) < 2:
        return False
    row = pair.expected[index]
    return pair.given.size == row.size and close(pair.given.reshape(row.shape), row, pair)


def _not_summed(pairs: Sequence[Pair]) -> Diagnosis | None:
    """The sum over an axis, or over everything, would be right; or a sum was taken that is not asked for."""
    for key, sums in (("not_summed", True), ("summed", False)):
        if all(_sums_to(p.given, p.expected, p) if sums else _sums_to(p.expected, p.given, p) for p in pairs):
            return Diagnosis(say(key), (say("try.product"),) if sums else (say("try.shape"),))
    return None


def _sums_to(one: Real, other: Real, pair: Pair) -> bool:
    """Whether an array becomes the other when it is summed, over one axis or all."""
    if one.ndim <= other.ndim or one.size <= other.size or not one.size or not other.any():
        return False
    return any(close(np.sum(one, axis), other, pair) for axis in (None, *range(one.ndim)))


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


def _of_square(make: Callable[[NDArray[np.bool_]], NDArray[np.bool_]]) -> Mask:
    return lambda shape: make(np.ones(shape, bool)) if len(shape) == 2 and shape[0] == shape[1] > 1 else None


_PATTERNS: dict[str, Mask] = {
    "first": _at(0),
    "last": _at(-1),
    "diagonal": _of_square(lambda ones: np.eye(*ones.shape) > 0),
    "above": _of_square(lambda ones: np.triu(ones, 1)),
    "below": _of_square(lambda ones: np.tril(ones, -1)),
    "off": _of_square(lambda ones: np.eye(*ones.shape) == 0),
}

_OBSERVATIONS = (
    _all_zero,
    _opposite_sign,
    _constant_factor,
    _mean_for_sum,
    _length_in_factor,
    _root_of_a_length,
    _less_one,
    _transposed,
    _one_behind,
    _only_the_first,
    _stored_many_times,
    _truncated,
    _rounded,
    _is_a_function_of_it,
    _part_of_matrix,
    _in_another_order,
    _row_of_eigenvectors,
    _shifted_by_a_constant,
    _which_entries,
    _which_rows,
    _right_direction,
    _not_symmetric,
)
"""The more special ones first: what they say is more."""

OF_OTHER_SHAPES = (
    _one_row_more_or_less,
    _only_one_of_them,
    _not_summed,
)
"""Of answers that have another shape than is asked for."""
