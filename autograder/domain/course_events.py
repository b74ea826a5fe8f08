"""What people record of a course: for whom it holds, who recorded it and when, and what the student reads.

An event is a fact with a number, added to the others and never changed; taking one back is an event too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from autograder.domain.course import Student
from autograder.domain.events import (
    Absence,
    BadQuestion,
    Decision,
    ExamMark,
    Extension,
    Override,
    Revocation,
)


class EventKind(StrEnum):
    """What an event says. The list is closed: a store that holds another kind is refused."""

    EXTENSION = "extension"
    TEAM = "team"
    RECEIPT_TIME = "receipt time"
    PLATFORM_LATENESS = "platform lateness"
    ABSENCE = "absence"
    OVERRIDE = "override"
    EXAM_MARK = "exam mark"
    BAD_QUESTION = "bad question"
    RUBRIC_CHANGE = "rubric change"
    NAME_SHOWN = "name shown"
    PUBLICATION = "publication"
    REVOCATION = "revocation"


@dataclass(frozen=True, slots=True)
class Team:
    """That a student hands in a piece of work together with whoever has a team of the same name."""

    id: int
    work: str
    name: str
    """Empty: with nobody any more."""
    why: str = ""
    source: str = ""
    """What names the team: `teams/NAME.csv`, or the platform from which it was collected."""


@dataclass(frozen=True, slots=True)
class ReceiptTime:
    """When a submission was received, known from now on."""

    id: int
    work: str
    submission: int
    """Its number in the store, which never changes."""
    received: datetime | None
    """With its time zone; None: when the store says."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class PlatformLateness:
    """What the platform said of the lateness of a submission: a fact for people, by which nobody is late."""

    id: int
    work: str
    submission: int
    """Its number in the store."""
    late: bool
    platform: str
    """Such as Canvas."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class RubricChange:
    """That a part is marked by other criteria than its author wrote, of as many points together."""

    id: int
    work: str
    part: str
    """Its title."""
    written: tuple[tuple[str, Fraction], ...]
    """The criteria as they were written then: where they are others by now, those hold."""
    rubric: tuple[tuple[str, Fraction], ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class NameShown:
    """That whoever marked an answer had its student's name shown; the note says why."""

    id: int
    work: str
    part: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """That grades were shown to students, as they stood."""

    id: int
    work: str | None
    """None: the final grades."""
    policy: str
    """By which they were worked out, in sentences."""
    why: str = ""


Recorded = Decision | Team | ReceiptTime | PlatformLateness | RubricChange | NameShown | Publication

KINDS: dict[type[Recorded], EventKind] = {
    Extension: EventKind.EXTENSION,
    Team: EventKind.TEAM,
    ReceiptTime: EventKind.RECEIPT_TIME,
    PlatformLateness: EventKind.PLATFORM_LATENESS,
    Absence: EventKind.ABSENCE,
    Override: EventKind.OVERRIDE,
    ExamMark: EventKind.EXAM_MARK,
    BadQuestion: EventKind.BAD_QUESTION,
    RubricChange: EventKind.RUBRIC_CHANGE,
    NameShown: EventKind.NAME_SHOWN,
    Publication: EventKind.PUBLICATION,
    Revocation: EventKind.REVOCATION,
}


@dataclass(frozen=True, slots=True)
class Whom:
    """For whom an event holds: a student, a group of students.csv, or all, where neither is named."""

    student: str = ""
    group: str = ""

    def includes(self, student: Student) -> bool:
        """Whether it holds for a student, who may have joined the group since."""
        if self.student:
            return self.student == student.id
        return not self.group or self.group == student.group

    def __str__(self) -> str:
        return self.student or (f"group {self.group}" if self.group else "all")


ALL = Whom()


@dataclass(frozen=True, slots=True)
class CourseEvent:
    """An event as it is recorded."""

    what: Recorded
    """With its reason, `why`, which the student reads."""
    whom: Whom
    at: datetime
    """When it was recorded, with its time zone."""
    by: str
    """Who recorded it."""
    note: str = ""
    """For staff alone."""

    @property
    def number(self) -> int:
        """Counted from 1 in the order of recording; 0 while it is not recorded."""
        return self.what.id

    @property
    def kind(self) -> EventKind:
        """What it says."""
        return KINDS[type(self.what)]

    def numbered(self, number: int) -> "CourseEvent":
        """The same with its number."""
        return replace(self, what=replace(self.what, id=number))


def find_standing(events: Iterable[CourseEvent]) -> tuple[CourseEvent, ...]:
    """The events that are not taken back, the oldest first, without revocations themselves."""
    revoked: set[int] = set()
    standing: list[CourseEvent] = []
    # The newest first: what takes an event back is known by then, and so is what takes that back.
    for each in sorted(events, key=lambda one: one.number, reverse=True):
        if each.number in revoked:
            continue
        if isinstance(each.what, Revocation):
            revoked.add(each.what.revokes)
        else:
            standing.append(each)
    return tuple(standing[::-1])
