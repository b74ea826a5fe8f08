"""Slips that need no author to declare them: the reference, asked something else than the student was.

An answer that leaves the last index out is what the reference gives for arguments without it; two arguments
in each other's place, a matrix taken for its transpose, a number for a multiple of it, labels 0 and 1 in
place of -1 and 1 are found in the same way. Only where every failing case agrees is anything said, and
nothing of truth values and words: two of them agree by chance too often.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, permutations
from typing import Any

import numpy as np

from autograder.domain.answer import Answer, Call, Ending, Given, Oracle
from autograder.domain.sentences import Sentence, say
from autograder.questions.compare import NO_ARRAY, as_real
from autograder.questions.diagnose import find_wrong_part, of_part
from autograder.questions.in_process import run_here
from autograder.questions.judged_case import JudgedCase
from autograder.questions.observations import Diagnosis
from autograder.questions.parts import list_parts
from autograder.questions.question import Question
from autograder.questions.recognise import agree

_Data = np.ndarray | int | float
_SECONDS = 0.5
"""For one call of the reference. One that takes longer is not asked again: slips are worth less than time."""
_MOST_CALLS = 600
Ask = Callable[..., Any]
Slip = Callable[[Ask, tuple[Any, ...]], Any]
"""What comes out where the reference `ask` is asked something else than these arguments; None for nothing."""


class _SlowError(Exception):
    """The reference takes too long to be asked for slips."""


def find_slip(question: Question, judged: Sequence[JudgedCase]) -> Diagnosis | None:
    """The slip that explains every one of these failing cases, at least two, or None.

    Where several values are asked for, it may explain the first of them that is wrong alone.
    """
    if question.variable or len(judged) < 2:
        return None
    for one in judged:
        plain = all(isinstance(value, _Data | Oracle | Given) for value in one.case.call.args)
        if not plain or one.case.call.kwargs or one.answer.ending is not Ending.RETURNED:
            return None
        if not _holds_numbers(one.expected.value):
            return None
    part = find_wrong_part(judged)
    try:
        with np.errstate(all="ignore"):
            for sentence, slip in _slips(question, [one.case.call.args for one in judged]):
                if all(_explains(slip, question, one, part) for one in judged):
                    told = sentence if part is None else of_part(part, judged, sentence)
                    return Diagnosis(told, (say("try.reread"),))
    except _SlowError:
        pass
    return None


def _holds_numbers(value: Any) -> bool:
    if isinstance(value, Mapping | tuple | list):
        return any(map(_holds_numbers, value.values() if isinstance(value, Mapping) else value))
    return value is not None and np.asarray(value).dtype.kind in "iufc"


def _explains(slip: Slip, question: Question, one: JudgedCase, part: int | None) -> bool:
    left = [_MOST_CALLS]

    def ask(*args: Any) -> Any:
        left[0] -= 1
        told: Answer = run_here(question.reference, Call(args), seconds=_SECONDS)
        if told.ending is Ending.TIMED_OUT or left[0] < 0:
            raise _SlowError
        return told.value if told.ending is Ending.RETURNED else None

    try:
        value = slip(ask, one.case.call.args)
    except NO_ARRAY:  # numbers that no longer go with one another
        return False
    if value is None:
        return False
    given, expected = one.answer.value, one.expected.value
    if part is not None:
        value, given, expected = (
            list_parts(whole, like=expected)[part] for whole in (value, given, expected)
        )
    return agree(value, given) and not agree(value, expected)


def _slips(question: Question, asked: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Sentence, Slip]]:
    names, args = tuple(question.signature.parameters), asked[0]
    for place, value in enumerate(args):
        if np.ndim(value) == 2 and value.shape[0] == value.shape[1] > 1:
            yield say("slip.transposed", name=names[place]), _with(place, np.transpose)
    for one, other in combinations(range(len(args)), 2):
        alike = isinstance(args[one], _Data) is isinstance(args[other], _Data)
        if alike and np.ndim(args[one]) == np.ndim(args[other]):
            yield say("slip.swapped", one=names[one], other=names[other]), _swapped(one, other)
    for place, value in enumerate(args):
        yield from _slips_of_one(names[place], place, value)
        if isinstance(value, float) and value:
            yield from _multiples(names[place], place, asked)
            for power in (1, -1, 2, -2):
                yield say("slip.factor", name=names[place]), _times_power(place, power)
    for axes in _common_axes(asked):
        yield say("slip.without_last"), _cut(axes, slice(0, -1))
        yield say("slip.without_first"), _cut(axes, slice(1, None))
        yield say("slip.first_alone"), _cut(axes, slice(0, 1))
        yield say("slip.last_alone"), _cut(axes, slice(-1, None))
    for place, value in enumerate(args):
        if np.ndim(value) == 1 and (np.abs(value) == 1).all():
            yield say("slip.labels", name=names[place]), _of_labels(place)
    if len(args) > 1 and all(isinstance(value, np.ndarray) and value.ndim == 2 for value in args[:2]):
        yield say("slip.sum_of_sizes"), _by_sums_of_sizes


def _slips_of_one(name: str, place: int, value: Any) -> Iterator[tuple[Sentence, Slip]]:
    """One argument taken for another: its negative, zero, its square; a matrix without one of its lines."""
    if isinstance(value, np.ndarray | float) and np.any(value):
        yield say("slip.negated", name=name), _with(place, np.negative)
        yield say("slip.left_out", name=name), _with(place, lambda value: np.zeros_like(value)[()])
        yield say("slip.squared", name=name), _with(place, np.square)
    if isinstance(value, float) and value:
        yield say("slip.inverted", name=name), _with(place, np.reciprocal)
        yield say("slip.missing", name=name), _with(place, lambda _: 1.0)
    if np.ndim(value) == 2:
        for where, index in _LINES.items():
            yield say(f"slip.{where}", name=name), _with(place, _without(index))
        yield say("slip.first_row_alone", name=name), _with(place, _without((slice(1, None),)))
        yield say("slip.last_row_alone", name=name), _with(place, _without((slice(None, -1),)))


def _with(place: int, change: Callable[[Any], Any]) -> Slip:
    return lambda ask, args: ask(*args[:place], change(args[place]), *args[place + 1 :])


def _times_power(place: int, power: int) -> Slip:
    """The value times a power of one of the arguments."""

    def scaled(ask: Ask, args: tuple[Any, ...]) -> Any:
        value = ask(*args)
        return _add(value, value, float(args[place]) ** power - 1)

    return scaled


def _multiples(name: str, place: int, asked: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Sentence, Slip]]:
    """A number times a factor; and the value with what does not depend on that number times a factor."""
    axes = list(map(min, _common_axes(asked)))
    for k in range(len(_factors(axes, asked[0]))):

        def times(ask: Ask, args: tuple[Any, ...], k: int = k) -> Any:
            return ask(*args[:place], args[place] * _factors(axes, args)[k], *args[place + 1 :])

        def rest_times(ask: Ask, args: tuple[Any, ...], k: int = k) -> Any:
            rest = ask(*args[:place], 0.0, *args[place + 1 :])
            return _add(ask(*args), rest, _factors(axes, args)[k] - 1)

        yield say("slip.multiple", name=name), times
        yield say("slip.rest", name=name), rest_times


def _factors(axes: Sequence[tuple[int, int]], args: tuple[Any, ...]) -> list[float]:
    """Minus one, constants of squares and halves; lengths of the arguments, their roots, ratios, one off."""
    lengths = [1.0, *(float(np.shape(args[at])[axis]) for at, axis in axes)]
    ratios = [one / other for one, other in permutations(lengths, 2)]
    roots = [length**power for length in lengths[1:] for power in (0.5, -0.5)]
    one_off = [1 + sign / length for length in lengths[1:] for sign in (-1, 1)]
    return [-1.0, 2.0, 0.5, 2**0.5, 0.5**0.5, *ratios, *roots, *one_off]


def _add(value: Any, other: Any, factor: float) -> Any:
    """A value and another times a factor, in the form of the values; None where one is missing."""
    if isinstance(value, tuple) and isinstance(other, tuple):
        return tuple(_add(one, another, factor) for one, another in zip(value, other, strict=True))
    return None if value is None or other is None else np.asarray(value) + factor * np.asarray(other)


_LINES: dict[str, tuple[Any, ...]] = {
    "first_row": (0,),
    "last_row": (-1,),
    "first_column": (slice(None), 0),
    "last_column": (slice(None), -1),
}


def _without(index: tuple[Any, ...]) -> Callable[[Any], Any]:
    def without(values: Any) -> Any:
        left = np.array(values)
        left[index] = 0
        return left

    return without


def _swapped(one: int, other: int) -> Slip:
    def swap(ask: Ask, args: tuple[Any, ...]) -> Any:
        changed = list(args)
        changed[one], changed[other] = args[other], args[one]
        return ask(*changed)

    return swap


def _common_axes(asked: Sequence[tuple[Any, ...]]) -> Iterator[frozenset[tuple[int, int]]]:
    """The axes of arguments, by place and number, that are equally long in every case, if not all 1."""
    together: dict[tuple[int, ...], set[tuple[int, int]]] = {}
    for place in range(min(map(len, asked))):
        for axis in range(min(np.ndim(args[place]) for args in asked)):
            lengths = tuple(np.shape(args[place])[axis] for args in asked)
            together.setdefault(lengths, set()).add((place, axis))
    yield from (frozenset(axes) for lengths, axes in together.items() if max(lengths) > 1)


def _cut(axes: frozenset[tuple[int, int]], part: slice) -> Slip:
    """The reference for arguments of which only these indices are kept, along these axes."""

    def keep(place: int, value: Any) -> Any:
        cut = tuple(part if (place, axis) in axes else slice(None) for axis in range(np.ndim(value)))
        return value[cut] if cut else value

    return lambda ask, args: ask(*(keep(place, value) for place, value in enumerate(args)))


def _of_labels(place: int) -> Slip:
    """What the formula for labels 0 and 1 gives at -1 and 1, where it is affine in each label.

    Its value at 0 is the reference's at -1, so that at -1 it is twice that less the value at 1.
    """

    def carried_on(ask: Ask, args: tuple[Any, ...]) -> Any:
        if not (args[place] < 0).any():
            return None
        right, ones = ask(*args), _with(place, np.abs)(ask, args)
        return None if right is None or ones is None else 2 * np.asarray(right) - np.asarray(ones)

    return carried_on


def _by_sums_of_sizes(ask: Ask, args: tuple[Any, ...]) -> Any:
    """The sum of absolute values for the length of x - z, where the reference depends on that alone."""
    rows, others, *rest = args
    pairs, width = len(rows) * len(others), rows.shape[1]
    if width != others.shape[1] or width < 2 or pairs > _MOST_CALLS // 2:
        return None
    right = ask(*args)
    if right is None or np.shape(right) != (len(rows), len(others)):
        return None
    values = np.empty(np.shape(right))
    for i, j in np.ndindex(*values.shape):
        origin, moved = np.zeros((1, width)), np.zeros((1, width))
        moved[0, 0] = np.abs(rows[i] - others[j]).sum()
        one, _ = as_real(ask(moved, origin, *rest))
        if one is None or one.size != 1:
            return None
        values[i, j] = one.ravel()[0]
    return values
