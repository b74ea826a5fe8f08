"""The exam's part: marks and absences of both sessions, and the two parts of a grade put together."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from autograder.domain.attempts import Keep
from autograder.domain.events import Absence, ExamCode, ExamMark, History
from autograder.domain.policy import Composition, Policy, WhenExcused, WhenUnexcused
from autograder.domain.standing import Bound


class GradeCode(StrEnum):
    """What stands beside a final grade, or in its place."""

    UNEXCUSED = "ABI"
    """Absent from the exam without excuse, which counts as 0."""
    EXCUSED = "ABJ"
    """Absent with an excuse: the grade waits, or is that of the homework."""
    FAILING = "DEF"
    """No grade, for an absence without excuse."""
    EXEMPT = "DIS"
    """The exam is left out."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """What one session of the exam is worth."""

    mark: Fraction | None = None
    """Between 0 and 1; None where there is none, or none yet."""
    code: GradeCode | None = None
    alone: bool = False
    """Whether the homework is the whole grade."""
    line: ExamMark | None = None
    """Where the mark stands."""

    @property
    def waits(self) -> bool:
        """Whether the mark is not known yet."""
        return self.mark is None and not self.alone and self.code is not GradeCode.FAILING

    def at(self, bound: Bound) -> Fraction | None:
        """The mark with an open one taken so; None where it takes no part."""
        if not self.waits:
            return self.mark
        return {Bound.LOW: Fraction(0), Bound.HIGH: Fraction(1), Bound.SO_FAR: None}[bound]


def sit(policy: Policy, history: History, session: int) -> Sitting | None:
    """What a session is worth to a student; None where nothing is known of it.

    A mark says that the student was there, whatever else is written of an absence.
    """
    lines = [each for each in history.of_kind(ExamMark) if each.session == session]
    absences = [e for e in history.of_kind(Absence) if e.work is None and e.session == session]
    line = lines[-1] if lines else None
    found = line.mark if line else None
    if absences and not isinstance(found, Fraction) and found is not ExamCode.EXEMPT:
        found = ExamCode.EXCUSED if absences[-1].excused else ExamCode.UNEXCUSED
    if isinstance(found, Fraction):
        return Sitting(found, line=line)
    return None if found is None else _absent(policy, found, line)


def _absent(policy: Policy, code: ExamCode, line: ExamMark | None) -> Sitting:
    if code is ExamCode.EXEMPT:
        return Sitting(code=GradeCode.EXEMPT, alone=True, line=line)
    if code is ExamCode.EXCUSED:
        alone = policy.excused is WhenExcused.HOMEWORK_ALONE
        return Sitting(code=GradeCode.EXCUSED, alone=alone, line=line)
    if policy.unexcused is WhenUnexcused.ZERO:
        return Sitting(Fraction(0), GradeCode.UNEXCUSED, line=line)
    return Sitting(code=GradeCode.FAILING, line=line)


@dataclass(frozen=True, slots=True)
class Composed:
    """A grade between 0 and 1, with the session that gave it."""

    mark: Fraction | None
    """None where there is no number."""
    code: GradeCode | None
    session: int = 1


def compose(
    policy: Policy, homework: Fraction | None, first: Sitting | None, second: Sitting | None, bound: Bound
) -> Composed:
    """The grade of a homework part and of both sessions, with what is open taken as `bound` says.

    The second session replaces a first one that waits or has no number; else the better of both counts, or
    the last. Whoever was absent from the second keeps the first, unless the last counts.
    """
    before = first if first and policy.composition.exam else Sitting(alone=not policy.composition.exam)
    one = _join(policy.composition, homework, before, bound)
    awaits_second = before.code is not None and before.waits
    if second is None and not awaits_second:
        return Composed(one, before.code)
    rule = policy.second_session
    after = second or Sitting(code=before.code)
    two = Composed(_join(rule.composition, homework, after, bound), after.code, 2)
    if awaits_second or (one is None and after.mark is not None) or rule.keeps is Keep.LAST:
        return two
    if after.mark is None or two.mark is None or (one is not None and one > two.mark):
        return Composed(one, before.code)
    return two


def _join(
    composition: Composition, homework: Fraction | None, sitting: Sitting, bound: Bound
) -> Fraction | None:
    """Both parts by their weights; one alone where the other takes no part."""
    if sitting.code is GradeCode.FAILING:
        return None
    if homework is None and bound is not Bound.SO_FAR:
        homework = Fraction(bound is Bound.HIGH)
    exam = sitting.at(bound) if composition.exam else None
    if exam is None or homework is None:
        return homework if exam is None else exam
    return composition.homework * homework + composition.exam * exam
