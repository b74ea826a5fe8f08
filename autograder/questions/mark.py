"""From the scores of the cases to the mark of the question, and how the question ended."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from autograder.domain.answer import Ending
from autograder.domain.report import GroupScore, Outcome
from autograder.questions.cases import Case, Group, shares
from autograder.questions.judged_case import JudgedCase
from autograder.questions.question import Mistake
from autograder.questions.score_case import asked_too_often

CHANGED_ARGUMENTS = Fraction(4, 5)
"""What is left of a mark where the function changed its caller's arrays."""


def score_groups(cases: Iterable[Case], judged: Sequence[JudgedCase]) -> tuple[GroupScore, ...]:
    """Each group is worth its worst case and never more than the core; one that was not asked, nothing."""
    parts = shares(case.group for case in cases)
    worst = {
        group: min((one.score.credit for one in judged if one.case.group is group), default=Fraction(0))
        for group in parts
    }
    bound = worst.get(Group.CORE, Fraction(1))
    return tuple(GroupScore(str(group), parts[group], min(worst[group], bound)) for group in parts)


def decide_mark(groups: Sequence[GroupScore], mistake: Mistake | None, *, changed: bool) -> Fraction:
    """The shares that were earned; of a mistake that shows on the core, its own credit if that is more."""
    mark = sum((group.share * group.worth for group in groups), Fraction(0))
    if mistake and not any(group.worth == 1 for group in groups if group.name == Group.CORE):
        mark = max(mark, mistake.credit)
    return mark * CHANGED_ARGUMENTS if changed else mark


def decide_outcome(judged: Sequence[JudgedCase], mark: Fraction) -> Outcome:
    """How the question ended; where it earned nothing, by what befell the core cases that earned nothing."""
    if mark == 1:
        return Outcome.RIGHT
    if mark > 0:
        return Outcome.WRONG
    lost = [one for one in judged if one.score.credit == 0 and one.case.group is Group.CORE]
    endings = {
        Ending.TIMED_OUT if asked_too_often(one.case, one.answer) else one.answer.ending for one in lost
    }
    for ending in (Ending.CRASHED, Ending.OUT_OF_MEMORY, Ending.TIMED_OUT):
        if ending in endings:
            return Outcome(ending.value)
    return Outcome.RAISED if endings == {Ending.RAISED} else Outcome.WRONG
