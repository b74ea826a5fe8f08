"""How marks become a final grade: what course.toml says of lateness, groups, drops, exam and rounding."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from autograder.domain.attempts import Keep
from autograder.domain.rounding import Rounding


class PenaltyOf(StrEnum):
    """What the penalty of a late day is a share of."""

    POINTS = "points"
    """Of the points of the assignment: the same for a good file and a bad one."""
    EARNED = "earned"
    """Of the points earned."""


class WhenUnexcused(StrEnum):
    """What an exam counts for whoever was absent without an excuse."""

    ZERO = "zero"
    NO_GRADE = "no grade"


class WhenExcused(StrEnum):
    """What an exam counts for whoever was absent with an excuse."""

    WAITS = "waits"
    """The grade waits for the second session."""
    HOMEWORK_ALONE = "homework alone"


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """What lateness costs. Without any, late work counts in full."""

    penalty: Fraction = Fraction(0)
    """Share lost for each late day that no free day covers."""
    of: PenaltyOf = PenaltyOf.POINTS
    until: int | None = None
    """Late days after which a file is received and does not count; None where it always counts."""
    free_days_most: int = 0
    """Free days a student may spend on one piece of work."""

    def value(self, mark: Fraction, late_days: int) -> Fraction:
        """What a mark between 0 and 1 is worth with so many late days to pay for.

        >>> LatePolicy(Fraction(1, 10)).value(Fraction(8, 10), 2)
        Fraction(3, 5)
        >>> LatePolicy(Fraction(1, 10), PenaltyOf.EARNED).value(Fraction(8, 10), 2)
        Fraction(16, 25)
        """
        if not late_days:
            return mark
        lost = self.penalty * late_days
        of_earned = self.of is PenaltyOf.EARNED
        return max(Fraction(0), mark - (mark * lost if of_earned else lost))


@dataclass(frozen=True, slots=True)
class WorkPolicy:
    """How one assignment or quiz counts."""

    name: str
    title: str = ""
    weight: Fraction = Fraction(1)
    """Within its group, in proportion to the others there; of a bonus, a share of the homework."""
    group: str = ""
    deadline: datetime | None = None
    """With its time zone; late days are calendar days of that zone."""
    grace: timedelta = timedelta(0)
    late: LatePolicy = LatePolicy()
    counts: Keep = Keep.LAST
    bonus: bool = False
    """Whether it is added on top and never counted against anybody."""
    closes: datetime | None = None
    """When a quiz ends by its own file: nothing is begun after it, whether or not there is a deadline."""


@dataclass(frozen=True, slots=True)
class WorkGroup:
    """Work that is averaged together."""

    name: str = ""
    share: Fraction = Fraction(1)
    """Of the homework, all groups together 1."""
    drop_lowest: int = 0
    """How many of its works are left out, those whose absence helps most."""


@dataclass(frozen=True, slots=True)
class Composition:
    """The parts of a final grade, together 1."""

    homework: Fraction = Fraction(1, 2)
    exam: Fraction = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class SecondSession:
    """The grade of whoever sits the exam a second time."""

    keeps: Keep = Keep.BEST
    """Which of both sessions' grades stands."""
    composition: Composition = Composition()


@dataclass(frozen=True, slots=True)
class Policy:
    """All that turns marks into a final grade."""

    works: tuple[WorkPolicy, ...] = ()
    groups: tuple[WorkGroup, ...] = (WorkGroup(),)
    free_days: int = 0
    """Late days that each student may spend for nothing, in the whole course."""
    to_come: Fraction = Fraction(0)
    """Weight of work that is not written yet; only where there is one group."""
    composition: Composition = Composition()
    scale: Fraction = Fraction(20)
    """The greatest final grade."""
    rounding: Rounding = field(default_factory=Rounding)
    unexcused: WhenUnexcused = WhenUnexcused.ZERO
    excused: WhenExcused = WhenExcused.WAITS
    second: SecondSession | None = None
    """None: as the first session, and the best counts."""
    never_down: bool = False
    """Whether no mark that was published goes down when work is judged again."""

    @property
    def second_session(self) -> SecondSession:
        """What holds for the second session, also where course.toml says nothing of it."""
        return self.second or SecondSession(composition=self.composition)
