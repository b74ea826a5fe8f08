"""Whose turn which answer is: an order for each marker, shares of what there is, and how far it is."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from autograder.domain.course import ShareRule, Student
from autograder.domain.people import CoursePerson, CourseRole, StaffMember
from autograder.marking.copies import MarkedCopy, PartCopies

C = TypeVar("C", bound=MarkedCopy)
_PRESENT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class MarkingShares:
    """How a course gives its markers their shares of what there is to mark."""

    rule: ShareRule | None
    """None: everybody marks whatever they look after."""
    staff: Sequence[StaffMember]
    students: Mapping[str, Student]
    """Those of the class list, by id."""
    secret: bytes

    def marker_of(self, part: PartCopies, copy: MarkedCopy) -> str:
        """Who is to mark an answer; empty for anybody.

        Assistants who look after the student, or else instructors. Who is added or leaves changes nothing of
        the shares of others but what must change hands.
        """
        if self.rule is None:
            return ""
        student = self.students.get(copy.student, Student(copy.student))
        may = [m for m in self.staff if CoursePerson(m.id, staff=m).looks_after(copy.assignment, student)]
        assistants = [each for each in may if each.role is CourseRole.ASSISTANT]
        what = f"share/{copy.assignment}/{part.part.title}"
        if self.rule is ShareRule.ANSWERS:
            what += f"/{copy.number}"
        candidates = [each.id for each in assistants or may]
        return max(candidates, key=lambda id: _draw(self.secret, f"{what}/{id}"), default="")


@dataclass(frozen=True, slots=True)
class MarkingProgress:
    """How far the marking of a part is."""

    answers: int
    marked: int
    own: int
    """Answers that are the asker's to mark; where there are no shares, those that they marked."""
    own_marked: int
    others_now: int
    """Others who marked something a moment ago."""


def order_answers(answers: Iterable[C], *, marker: str, part: str, secret: bytes) -> list[C]:
    """The answers in an order that is the marker's own for this part, and always the same."""
    return sorted(answers, key=lambda one: _draw(secret, f"order/{marker}/{part}/{one.number}"))


def is_marked(answer: MarkedCopy) -> bool:
    """Whether an answer has a mark, given for it or for the same one in an earlier file."""
    return answer.mark is not None and answer.mark.blob == answer.blob


def measure_progress(
    part: PartCopies, shares: MarkingShares, *, marker: str, busy: Iterable[str], now: datetime
) -> MarkingProgress:
    """How far a part is; `busy` are those who are writing."""
    marked = [each for each in part.answers if is_marked(each)]
    if shares.rule is None:
        own = [each for each in marked if each.mark is not None and each.mark.marker == marker]
    else:
        own = [each for each in part.answers if shares.marker_of(part, each) == marker]
    recent = {each.mark.marker for each in marked if each.mark and each.mark.marked > now - _PRESENT}
    others = len((recent | set(busy)) - {marker})
    return MarkingProgress(len(part.answers), len(marked), len(own), sum(map(is_marked, own)), others)


def _draw(secret: bytes, text: str) -> bytes:
    return hmac.digest(secret, text.encode(), "sha256")
