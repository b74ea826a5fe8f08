"""The final grade of one student: one pure function of the policy, of what happened and of the moment.

Whatever shows a grade asks it: nothing that it gives is stored. What is open is taken once as low and once as
high as it can become; since no better mark ever lowers a grade, the two grades enclose every possible one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from autograder.domain.events import Happening, History, MarkedFile
from autograder.domain.exam import Composed, GradeCode, Sitting, compose, sit
from autograder.domain.homework import HomeworkMark, mark_homework
from autograder.domain.policy import Policy
from autograder.domain.ruling import Ruling
from autograder.domain.standing import Bound, WorkStanding, Worth, stand


@dataclass(frozen=True, slots=True)
class WorkGrade:
    """One piece of work in a grade."""

    standing: WorkStanding
    low: Fraction
    """The least its mark can become, between 0 and 1, lateness paid for."""
    high: Fraction
    so_far: Fraction | None
    """As it stands; None where nothing of it is known, or where it is excused."""
    file: MarkedFile | None
    """Which one counts."""
    late_days: int
    free_days: int
    """Spent on it."""
    dropped: bool

    @property
    def name(self) -> str:
        """Of the assignment or quiz."""
        return self.standing.work.name

    @property
    def paid_days(self) -> int:
        """Days late for which no free day was spent."""
        return max(0, self.late_days - self.free_days)

    @property
    def mark(self) -> Fraction | None:
        """The mark that counts, or None while it is open."""
        return self.so_far if self.low == self.high else None


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade of one student at one moment, with all that leads to it. Nothing of it is stored."""

    works: tuple[WorkGrade, ...]
    homework: HomeworkMark
    """As it stands: open work is left out."""
    homework_range: tuple[Fraction, Fraction]
    """The least and the greatest mark the homework can become, between 0 and 1."""
    exam: tuple[Sitting | None, Sitting | None]
    """Both sessions."""
    session: int
    """Which one gives the grade."""
    so_far: Fraction | None
    """Of the scale, what is open left out; None where nothing is known."""
    low: Fraction | None
    """Of the scale, exactly, before it is rounded; None where the grade has no number."""
    high: Fraction | None
    code: GradeCode | None
    final: Fraction | None
    """Of the scale, rounded; None while anything is open, and where the grade has no number."""
    decided: str = ""
    """What a person decided of the final grade, and why."""

    @property
    def exact(self) -> Fraction | None:
        """The grade before it is rounded, or None while it is open."""
        return self.low if self.final is not None else None

    @property
    def open(self) -> bool:
        """Whether something is still to come: such a grade is not published."""
        return self.final is None and self.code is not GradeCode.FAILING


def grade_of(policy: Policy, happenings: Iterable[Happening], now: datetime) -> Grade:
    """The grade of one student from all that happened to them, in whatever order it comes, at a moment."""
    history = History.of(happenings)
    return GradedHomework.of(policy, history, now).grade(history)


@dataclass(frozen=True, slots=True)
class GradedHomework:
    """The homework of one student, which no exam changes: nine tenths of the time that a grade takes."""

    policy: Policy
    standings: Sequence[WorkStanding]
    marks: dict[Bound, HomeworkMark]

    @classmethod
    def of(cls, policy: Policy, history: History, now: datetime) -> "GradedHomework":
        """The homework from all that happened to a student."""
        standings = [stand(work, history, free_days=policy.free_days, now=now) for work in policy.works]
        return cls(policy, standings, _homework(policy, standings))

    def grade(self, history: History) -> Grade:
        """The grade of a student by this homework and by the exams of a history."""
        sittings = sit(self.policy, history, 1), sit(self.policy, history, 2)
        composed = {bound: compose(self.policy, self.marks[bound].mark, *sittings, bound) for bound in Bound}
        return _decided(self.policy, history, self.standings, self.marks, sittings, composed)


def _homework(policy: Policy, standings: Sequence[WorkStanding]) -> dict[Bound, HomeworkMark]:
    """The homework as it stands and as it can become; worked out once where nothing is open."""
    known = not policy.to_come and all(each.low == each.high == each.so_far for each in standings)
    so_far = mark_homework(policy, standings, Bound.SO_FAR)
    if known:
        return dict.fromkeys(Bound, so_far)
    others = {bound: mark_homework(policy, standings, bound) for bound in (Bound.LOW, Bound.HIGH)}
    return {**others, Bound.SO_FAR: so_far}


def _decided(
    policy: Policy,
    history: History,
    standings: Sequence[WorkStanding],
    homework: dict[Bound, HomeworkMark],
    sittings: tuple[Sitting | None, Sitting | None],
    composed: dict[Bound, Composed],
) -> Grade:
    """The grade with what a person decided of it, rounded once."""
    ruling, most = Ruling.of(history, None), homework[Bound.HIGH].mark
    low, high, so_far = (composed[bound].mark for bound in (Bound.LOW, Bound.HIGH, Bound.SO_FAR))
    code = composed[Bound.LOW].code
    fixed, withheld = (ruling.fixed, ruling.withheld) if ruling else (False, False)
    if ruling and (fixed or low is not None):
        low, high = ruling.lowest(low or Fraction(0)), ruling.highest(high or Fraction(0))
        shown = high if fixed else so_far
        so_far = None if withheld or shown is None else ruling.highest(shown)
        code = None if fixed else code
    sitting = sittings[composed[Bound.LOW].session - 1]
    waits = withheld or (code is GradeCode.EXCUSED and not (sitting and sitting.alone))
    exact = None if low is None or waits or low != high else low * policy.scale
    # What a person decided of the final grade stands as it was given.
    final = exact if exact is None or fixed else policy.rounding(exact)
    return Grade(
        tuple(_work(each, homework) for each in standings),
        homework[Bound.SO_FAR],
        (homework[Bound.LOW].mark or Fraction(0), Fraction(1) if most is None else most),
        sittings,
        composed[Bound.LOW].session,
        _scaled(policy, so_far),
        _scaled(policy, low),
        _scaled(policy, high),
        code,
        final,
        ruling.told() if ruling else "",
    )


def _scaled(policy: Policy, mark: Fraction | None) -> Fraction | None:
    return None if mark is None else mark * policy.scale


def _work(standing: WorkStanding, homework: dict[Bound, HomeworkMark]) -> WorkGrade:
    """One piece of work, with the free days that were spent on it."""
    name, shown = standing.work.name, homework[Bound.SO_FAR]
    worths, spent = standing.so_far, shown.spent.get(name, 0)
    worth = worths[min(spent, len(worths) - 1)] if worths else Worth()
    # While other work is open, where free days will be spent is open too.
    settled = homework[Bound.LOW] is homework[Bound.HIGH]
    return WorkGrade(
        standing,
        worth.mark if settled else standing.low[0].mark,
        worth.mark if settled else standing.high[-1].mark,
        None if standing.excused or standing.so_far is None else worth.mark,
        worth.file or standing.waiting,
        worth.late_days,
        spent,
        name in shown.dropped,
    )
