"""What happened to one student that decides the grade: files, extensions, absences, exam marks, decisions.

All are facts with a number; taking one back is a fact too. Of several that say the same thing, the one with
the greatest number holds, so the order in which they are read means nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """What one question of a file earned, in points."""

    name: str
    points: Fraction
    earned: Fraction | None
    """None while it waits for a person."""
    attempted: bool = True

    def __post_init__(self) -> None:
        if self.earned is not None and not 0 <= self.earned <= self.points:
            raise ValueError(f"{self.earned} of {self.points} points for {self.name!r}")


@dataclass(frozen=True, slots=True)
class MarkedFile:
    """A file that was handed in, or an attempt at a quiz, with what it earned."""

    work: str
    number: int
    """From 1, in the order in which what the student handed in for this work was recorded."""
    received: datetime
    """With its time zone."""
    questions: tuple[QuestionMark, ...] | None
    """None while it is not judged."""
    blob: str = ""
    """SHA-256 of the file: an equal file counts as its first arrival."""
    time_known: bool = True
    """A doubtful time is never late."""
    team: str = ""
    """The team that handed it in, where one did."""
    mates: tuple[str, ...] = ()
    """The same file of each other member: the student and its number, such as `ben/1`."""
    platform: str = ""
    """Which platform said whether it is late by its own deadline; empty where none did."""
    late_there: bool = False
    """What it said."""
    no_more: bool = False
    """Whether no other one can follow: the attempts at a quiz are used up, or it has closed."""
    attempt: bool = False
    """Whether it is an attempt at a quiz."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A later due date for one piece of work."""

    id: int
    work: str
    until: datetime | None
    """With its time zone; one before the deadline takes nothing away. None: so many minutes more."""
    why: str = ""
    minutes: int = 0
    """After the deadline, wherever that is; of a quiz also beyond its time limit."""

    def end(self, deadline: datetime) -> datetime:
        """Until when it gives, for work that is due at `deadline`; in the zone of that."""
        if self.until is None:
            # Minutes pass alike in every zone; in one whose clocks change they would not.
            end = deadline.astimezone(UTC) + timedelta(minutes=self.minutes)
            return end.astimezone(deadline.tzinfo)
        return self.until.astimezone(deadline.tzinfo)


@dataclass(frozen=True, slots=True)
class Absence:
    """The student could not hand in, or could not sit an exam; or that is not believed."""

    id: int
    work: str | None
    """None: the exam."""
    excused: bool = True
    session: int = 1
    """Of the exam: 1 or 2."""
    why: str = ""


class OverrideKind(StrEnum):
    """What a person decided of a mark."""

    MARK = "mark"
    """It is this share, between 0 and 1."""
    ADJUST = "adjust"
    """It is so much more or less, but neither negative nor more than all."""
    SANCTION = "sanction"
    """It is 0, and no drop takes it away."""
    WITHHELD = "withheld"
    """It is open until somebody decides."""


@dataclass(frozen=True, slots=True)
class Override:
    """A person's decision on a question, on a piece of work or on the final grade."""

    id: int
    work: str | None
    """None: the final grade."""
    kind: OverrideKind
    value: Fraction = Fraction(0)
    """A share of all points there: of a mark between 0 and 1, of an adjustment between -1 and 1."""
    question: str = ""
    why: str = ""
    given: str = ""
    """The value as it was given, such as "9/10"."""


class Remedy(StrEnum):
    """What is done about a bad question."""

    LEFT_OUT = "left out"
    """Left out where that helps: the better of the marks with it and without it."""
    FULL = "full"
    FULL_IF_ATTEMPTED = "full if attempted"


@dataclass(frozen=True, slots=True)
class BadQuestion:
    """A question that was found wrong after it had been handed in."""

    id: int
    work: str
    question: str
    remedy: Remedy
    why: str = ""


class ExamCode(StrEnum):
    """What stands in a list of exam marks in place of a mark."""

    UNEXCUSED = "ABI"
    EXCUSED = "ABJ"
    EXEMPT = "DIS"


@dataclass(frozen=True, slots=True)
class ExamMark:
    """A line of a list of exam marks: a share between 0 and 1, or a code."""

    id: int
    mark: Fraction | ExamCode
    session: int = 1
    out_of: Fraction = Fraction(20)
    """In what the list counts; for people alone."""
    source: str = ""
    """Where it stands: the list and its line."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Revocation:
    """Takes an event back, which may be a revocation."""

    id: int
    revokes: int
    why: str = ""


Decision = Extension | Absence | Override | BadQuestion | ExamMark | Revocation
Happening = MarkedFile | Decision
D = TypeVar("D", Extension, Absence, Override, BadQuestion, ExamMark)


@dataclass(frozen=True, slots=True)
class History:
    """What happened to one student, without what was taken back, the oldest first."""

    files: tuple[MarkedFile, ...]
    decisions: tuple[Decision, ...]

    @classmethod
    def of(cls, happenings: Iterable[Happening]) -> "History":
        """The history of these happenings, in whatever order they come."""
        every = list(happenings)
        files = [each for each in every if isinstance(each, MarkedFile)]
        decisions = [each for each in every if not isinstance(each, MarkedFile)]
        return cls(
            tuple(sorted(files, key=lambda file: (file.received, file.number))),
            tuple(_standing(decisions)),
        )

    def files_of(self, work: str) -> tuple[MarkedFile, ...]:
        """What was handed in for one piece of work, the oldest first."""
        return tuple(file for file in self.files if file.work == work)

    def touches(self, work: str) -> bool:
        """Whether a file or a decision is of one piece of work."""
        every = (*self.files, *self.decisions)
        return any(not isinstance(each, ExamMark | Revocation) and each.work == work for each in every)

    def of_kind(self, kind: type[D]) -> Iterator[D]:
        """The decisions of one kind, the oldest first."""
        return (each for each in self.decisions if isinstance(each, kind))


def _standing(decisions: Iterable[Decision]) -> list[Decision]:
    """Those that are not taken back. The newest is read first: what takes it back is known by then."""
    revoked: set[int] = set()
    standing: list[Decision] = []
    for each in sorted(decisions, key=lambda one: one.id, reverse=True):
        if each.id in revoked:
            continue
        if isinstance(each, Revocation):
            revoked.add(each.revokes)
        else:
            standing.append(each)
    return standing[::-1]
