"""What a grade would be: with marks that are not known yet, and which exam mark reaches a grade."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction

from autograder.domain.events import ExamMark, Happening, MarkedFile, Override, OverrideKind
from autograder.domain.grade import Grade, grade_of
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
    supposed = max((each.id for each in every if not isinstance(each, MarkedFile)), default=0) + 1
    known = grade_of(policy, every, now)
    is_open = {each.name for each in known.works if each.low != each.high}
    for name, mark in (works or {}).items():
        if name in is_open:
            every.append(Override(supposed, name, OverrideKind.MARK, mark))
            supposed += 1
    sitting = known.exam[session - 1]
    if exam is not None and (sitting is None or sitting.waits):
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

    def reaches(steps: int) -> bool:
        so_far = what_if(policy, every, now, exam=steps * step / out_of, session=session).so_far
        return so_far is not None and so_far >= reach

    low, high = 0, int(out_of / step)
    if not reaches(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle + 1, high)
    return low * step
