"""Which declared mistake a student made: the one that answers as they do, case by case."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.domain.answer import Answer, Ending
from autograder.questions.compare import TINY, largest
from autograder.questions.exhibits import Exhibit
from autograder.questions.question import Mistake
from autograder.questions.solutions import Prepared


def recognise(prepared: Prepared, exhibits: Sequence[Exhibit]) -> Mistake | None:
    """The declared mistake whose values, endings and changed arguments are the student's in every case."""
    ordinary = exhibits[: prepared.ordinary]
    if all(e.standing.worth == 1 and not e.answer.changed for e in ordinary):
        return None
    known = prepared.expected.mistakes
    for mistake in prepared.question.mistakes:
        if all(_same(theirs, e) for theirs, e in zip(known[mistake.name], ordinary, strict=True)):
            return mistake
    return None


def _same(theirs: Answer, exhibit: Exhibit) -> bool:
    answer = exhibit.answer
    if theirs.ending is not answer.ending or bool(theirs.changed) != bool(answer.changed):
        return False
    if theirs.ending is Ending.RETURNED:
        return agree(theirs.value, answer.value)
    return theirs.exception == answer.exception


def agree(one: Any, other: Any, *, relative: float = 1e-6) -> bool:
    """Whether two answers have one structure and numbers equal up to `relative` of the largest."""
    if one is None or other is None or isinstance(one, str) or isinstance(other, str):
        return type(one) is type(other) and bool(one == other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(agree(one[k], other[k], relative=relative) for k in one)
    if isinstance(one, tuple) or isinstance(other, tuple):
        return (
            isinstance(one, tuple | list)
            and isinstance(other, tuple | list)
            and len(one) == len(other)
            and all(agree(a, b, relative=relative) for a, b in zip(one, other, strict=True))
        )
    return _arrays_agree(one, other, relative)


def _arrays_agree(one: Any, other: Any, relative: float) -> bool:
    try:
        x, y = np.asarray(one), np.asarray(other)
    except (ValueError, TypeError, OverflowError):
        return False
    if x.shape != y.shape or (x.dtype.kind == "b") != (y.dtype.kind == "b"):
        return False
    if x.dtype.kind not in "biufc" or y.dtype.kind not in "biufc":
        return False
    x, y = x.astype(complex), y.astype(complex)
    finite = np.isfinite(x)
    if not np.array_equal(finite, np.isfinite(y)):
        return False
    size = max(largest(np.abs(x[finite])), largest(np.abs(y[finite])), TINY)
    return largest(np.abs(x[finite] - y[finite])) <= relative * size
