"""What is said of wrong numbers that nothing explains: too large, too small, in part right.

Less than an observation, and as true: it holds of every failing case.
"""

from collections.abc import Callable, Sequence

import numpy as np

from autograder.domain.answer import Ending
from autograder.domain.sentences import say
from autograder.questions.compare import Real, as_real, largest
from autograder.questions.judged_case import JudgedCase
from autograder.questions.observations import Diagnosis, Pair, close
from autograder.questions.question import Question

_ADVICE = (say("try.by_hand"),)
Holds = Callable[[Pair], bool]


def find_tendency(judged: Sequence[JudgedCase], *, free_signs: bool = False) -> Diagnosis | None:
    """The first of these that holds of all cases; None where an answer is no array.

    `free_signs` tells whether the signs of columns are free: only what does not depend on them is said.
    """
    pairs = [pair for one in judged if (pair := _pair(one)) is not None]
    if len(pairs) < len(judged):
        return None
    numbers = all(pair.expected.ndim == 0 for pair in pairs)
    looks = _OF_NUMBERS if numbers else _OF_ARRAYS
    if not numbers and all(np.asarray(one.expected.value).dtype.kind in "iub" for one in judged):
        looks = {key: looks[key] for key in _OF_LABELS}
    with np.errstate(all="ignore"):
        for key, holds in looks.items():
            if (key in _OF_ANY_SIGN or not free_signs) and all(map(holds, pairs)):
                return Diagnosis(say(key), _ADVICE)
    return None


def find_where_right(question: Question, judged: Sequence[JudgedCase]) -> Diagnosis | None:
    """The matrix that is symmetric wherever the answer is right, and nowhere else; None where there is none.

    Cases in which zero is asked for tell nothing: there most formulas are right.
    """
    telling = [one for one in judged if (asked := as_real(one.expected.value)[0]) is None or asked.any()]
    right = [one.score.credit == 1 for one in telling]
    for place, name in enumerate(question.signature.parameters):
        given = [value for one in telling for value in one.case.call.args[place : place + 1]]
        if len(given) < len(telling) or any(np.ndim(value) != 2 for value in given):
            continue
        symmetric = [np.array_equal(value, value.T) for value in given]
        larger = [value for value, is_right in zip(given, right, strict=True) if is_right and value.size > 1]
        if symmetric == right and larger:
            return Diagnosis(say("right_where.symmetric", name=name), _ADVICE)
    return None


def _pair(one: JudgedCase) -> Pair | None:
    """The numbers of a case; None where they are no arrays of one shape, or not finite."""
    if isinstance(one.expected.value, tuple):  # looked at part by part
        return None
    given, expected = as_real(one.answer.value)[0], as_real(one.expected.value)[0]
    if one.answer.ending is not Ending.RETURNED or given is None or expected is None:
        return None
    if given.shape != expected.shape or not (np.isfinite(given).all() and np.isfinite(expected).all()):
        return None
    return Pair(given, expected, one.case.call.args, largest(expected))


def _is_same_everywhere(pair: Pair) -> bool:
    def alike(values: Real) -> bool:
        return values.size > 1 and bool((values == values.flat[0]).all())

    return alike(pair.given) and not alike(pair.expected)


def _is_right_in_part(pair: Pair) -> bool:
    right = np.abs(pair.given - pair.expected) <= 1e-9 * pair.scale
    return bool((right & (pair.expected != 0)).any())


def _entries(compare: Callable[[Real, Real], Real]) -> Holds:
    def holds(pair: Pair) -> bool:
        differs = np.abs(pair.given - pair.expected) > 1e-9 * pair.scale
        return bool(differs.any() and compare(pair.given, pair.expected)[differs].all())

    return holds


def _norms(compare: Callable[[float, float], bool]) -> Holds:
    return lambda pair: compare(float(np.linalg.norm(pair.given)), float(np.linalg.norm(pair.expected)))


_OF_NUMBERS: dict[str, Holds] = {
    "tendency.sign": lambda pair: bool(pair.given * pair.expected < 0),
    "tendency.large": lambda pair: bool(pair.given > pair.expected),
    "tendency.small": lambda pair: bool(pair.given < pair.expected),
}
_OF_ANY_SIGN = frozenset({"tendency.same_everywhere", "tendency.longer", "tendency.shorter"})
_OF_LABELS = ("tendency.same_everywhere", "tendency.in_part")
"""Of whole numbers, which may be names of classes: neither their size nor their norm tells anything."""
_OF_ARRAYS: dict[str, Holds] = {
    "tendency.same_everywhere": _is_same_everywhere,
    "tendency.in_part": _is_right_in_part,
    "tendency.entries_large": _entries(np.greater),
    "tendency.entries_small": _entries(np.less),
    "tendency.length": lambda pair: close(
        np.linalg.norm(pair.given, axis=0), np.linalg.norm(pair.expected, axis=0), pair
    ),
    "tendency.against": lambda pair: bool(np.sum(pair.given * pair.expected) < 0),
    "tendency.longer": _norms(lambda given, expected: given > expected),
    "tendency.shorter": _norms(lambda given, expected: given < expected),
}
