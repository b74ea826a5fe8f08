"""Which of several attempts counts: one rule for homework and for quizzes."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

T = TypeVar("T")


class Keep(StrEnum):
    """Which attempt counts."""

    BEST = "best"
    LAST = "last"


def choose_attempt(attempts: Sequence[T], keep: Keep, *, score: Callable[[T], Fraction]) -> T | None:
    """The attempt that counts of those a student made, the oldest first; None where there is none.

    The best one is that with the highest `score`; of equal ones, the earliest. For the last one no score
    is asked, so that what is not marked yet may count.

    >>> choose_attempt([2, 3, 3, 1], Keep.BEST, score=Fraction)
    3
    >>> choose_attempt([2, 3, 3, 1], Keep.LAST, score=Fraction)
    1
    """
    if not attempts:
        return None
    return attempts[-1] if keep is Keep.LAST else max(attempts, key=score)
