"""What a grade would be: with marks that are not known yet, and which exam mark reaches a grade."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction

from autograder.domain.events import ExamMark, Happening, History, MarkedFile, Override, OverrideKind
from autograder.domain.exam import Sitting
from autograder.domain.grade import Grade, GradedHomework, grade_of
from autograder.domain.policy import Policy


def what_if(
    policy: Policy,
    happenings: Iterable[Happening],
    now: datetime,
    *,
    works: Mapping[str, Fraction] | None = None,
    exam: Fraction | None = None,
    session: int = 1,
) -> Grade:
    """The grade if open works and the exam ended with these marks, each between 0 and 1.

    Marks that are known already stay as they are.
    """
    every = list(happenings)
    supposed = _next_number(every)
    known = grade_of(policy, every, now)
    is_open = {each.name for each in known.works if each.low != each.high}
    for name, mark in (works or {}).items():
        if name in is_open:
            every.append(Override(supposed, name, OverrideKind.MARK, mark))
            supposed += 1
    if exam is not None and _is_open(known.exam[session - 1]):
        every.append(ExamMark(supposed, exam, session))
    return grade_of(policy, every, now)


def find_exam_needed(
    policy: Policy,
    happenings: Iterable[Happening],
    now: datetime,
    *,
    reach: Fraction,
    session: int = 1,
    out_of: int = 20,
    step: Fraction = Fraction(1, 4),
) -> Fraction | None:
    """The least exam mark, in steps, with which the grade so far reaches `reach` of the scale; None for none.

    The grade is taken before it is rounded, and open work is left out. Since a better exam never lowers a
    grade, halving finds the least mark whatever the rules are.
    """
    every = list(happenings)
    supposed, history = _next_number(every), History.of(every)
    homework = GradedHomework.of(policy, history, now)
    is_open = _is_open(homework.grade(history).exam[session - 1])

    def reaches(steps: int) -> bool:
        mark = [ExamMark(supposed, steps * step / out_of, session)] if is_open else []
        so_far = homework.grade(History.of([*every, *mark])).so_far
        return so_far is not None and so_far >= reach

    low, high = 0, int(out_of / step)
    if not reaches(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle + 1, high)
    return low * step


def _next_number(happenings: Iterable[Happening]) -> int:
    """A number that comes after those of all events."""
    return max((each.id for each in happenings if not isinstance(each, MarkedFile)), default=0) + 1


def _is_open(sitting: Sitting | None) -> bool:
    """Whether the mark of an exam can still be supposed."""
    return sitting is None or sitting.waits
