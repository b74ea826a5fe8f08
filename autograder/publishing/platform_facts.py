"""What platforms tell of files that are recorded already: when they were received, and whether late there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from autograder.domain.course_events import (
    CourseEvent,
    PlatformLateness,
    ReceiptTime,
    Recorded,
    Whom,
    find_standing,
)
from autograder.domain.submission import PlatformWord, Submission
from autograder.gradebook.marks import MarkedSubmission
from autograder.gradebook.store import Gradebook
from autograder.inbox.notice import Notice
from autograder.publishing.recording import record_found


@dataclass(frozen=True, slots=True)
class PlatformFact:
    """What is told of one file of a student."""

    student: str
    blob: str
    """SHA-256 of the file."""
    received: datetime | None = None
    """When it was received; None where that is not told."""
    word: PlatformWord | None = None
    """Whether it is late by the platform's own deadline; None where that is not told."""


@dataclass(frozen=True, slots=True)
class NewFact:
    """An event that says what was told, and of which submission."""

    what: Recorded
    one: MarkedSubmission

    @property
    def decision(self) -> tuple[Recorded, Whom]:
        """What is recorded, and for whom."""
        return self.what, Whom(self.one.student)


def find_new_facts(
    submissions: Iterable[MarkedSubmission],
    events: Iterable[CourseEvent],
    work: str,
    facts: Iterable[PlatformFact],
    *,
    source: str,
) -> Iterator[NewFact]:
    """What is told and not recorded, of the last submission of these bytes.

    A time is told of doubtful ones alone, and never against what somebody recorded.
    """
    standing = [each.what for each in find_standing(events)]
    times = {what.submission for what in standing if isinstance(what, ReceiptTime)}
    late = {what.submission: what for what in standing if isinstance(what, PlatformLateness)}
    last = {(one.student, one.blob): one for one in submissions if one.assignment == work}
    for fact in facts:
        one = last.get((fact.student, fact.blob))
        if one is None:
            continue
        if fact.received is not None and one.received_by.doubtful and one.id not in times:
            yield NewFact(ReceiptTime(0, work, one.id, fact.received, f"by {source}"), one)
        said, known = fact.word, late.get(one.id)
        if said is not None and (known is None or (known.platform, known.late) != (said.platform, said.late)):
            yield NewFact(PlatformLateness(0, work, one.id, said.late, said.platform), one)


def learn(
    gradebook: Gradebook,
    work: str,
    facts: Sequence[PlatformFact],
    *,
    source: str,
    by: str,
    now: datetime,
    dry: bool = False,
) -> tuple[NewFact, ...]:
    """Record what is told and not recorded, unless `dry`; return it.

    Raises:
        OvertakenError: others record all the time.
    """
    if not facts:
        return ()
    submissions = gradebook.marked_submissions(students={fact.student for fact in facts})
    found: list[NewFact] = []

    def find(events: Sequence[CourseEvent]) -> list[tuple[Recorded, Whom]]:
        found[:] = find_new_facts(submissions, events, work, facts, source=source)
        return [each.decision for each in found]

    if dry:
        find(gradebook.events.all())
    else:
        record_found(gradebook, find, by=by, now=now)
    return tuple(found)


def hear(arrivals: Iterable[Submission | Notice], heard: list[PlatformFact]) -> Iterator[Submission | Notice]:
    """Pass on what arrived, and note what platforms said of it."""
    for one in arrivals:
        if isinstance(one, Submission) and one.word is not None:
            heard.append(PlatformFact(one.student, one.blob, word=one.word))
        yield one
