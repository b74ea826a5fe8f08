"""Handing in for oneself: a file is received, whatever it is, and its receipt says what and when."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from autograder.course.opened import OpenCourse
from autograder.domain.attempts import Keep
from autograder.domain.moments import describe_moment
from autograder.domain.phrases import phrase
from autograder.domain.submission import ReceivedBy, Submission
from autograder.domain.teams import find_mates
from autograder.errors import SubmissionError
from autograder.gradebook.claims import find_claimed
from autograder.gradebook.errands import Errands
from autograder.gradebook.marks import MarkedSubmission
from autograder.gradebook.store import Event, Gradebook, UngradedSubmission
from autograder.gradebook.transient import TransientStore
from autograder.grading.waiting import count_before
from autograder.inbox.upload import take_upload
from autograder.services.own_work import OwnWork

_PURPOSE = b"receipt/of the course"
_A_SECOND, _MOST_SECONDS = 10, 10
"""How many submissions are judged in a second, and after how many seconds it is asked again at the latest."""


@dataclass(frozen=True, slots=True)
class HandedInFile:
    """What became of a file that was handed in."""

    number: int
    """From 1, among what was recorded of the student for this assignment."""
    new: bool
    """Whether it is an event of its own; False: it equals the file that was handed in last, which counts."""


def hand_in(
    course: OpenCourse,
    gradebook: Gradebook,
    student: str,
    name: str,
    *,
    filename: str,
    content: bytes,
    received: datetime,
) -> HandedInFile:
    """Receive a file of a student for an assignment; team mates have it at the same moment.

    It is recorded when this returns, also where it is late, is no notebook or cannot be read.

    Raises:
        CourseError: there is no such assignment.
        StoreError: it could not be recorded.
    """
    upload = take_upload(filename, content, course.settings(name).limits)
    mates = find_mates(gradebook.events.all(), name, student)
    submissions = [
        Submission(each, name, upload.content, received, ReceivedBy.SERVER, upload.filename)
        for each in (student, *mates)
    ]
    new = gradebook.receive(submissions)
    own = find_own(gradebook, student, name)
    blob = submissions[0].blob
    same = [one for one in own if one.blob == blob]
    this = next((one for one in same if one.received == received), None)
    return HandedInFile((this or same[-1]).number, bool(new) and this is not None)


def find_own(gradebook: Gradebook, student: str, name: str) -> tuple[MarkedSubmission, ...]:
    """What a student handed in for an assignment, the oldest first."""
    own = gradebook.marked_submissions(students=[student])
    return tuple(one for one in own if one.assignment == name)


def find_event(gradebook: Gradebook, student: str, name: str, number: int) -> Event | None:
    """What a student handed in for an assignment under this number, or None."""
    events = gradebook.history(student)
    return next((each for each in events if (each.assignment, each.number) == (name, number)), None)


def find_why_not_withdraw(course: OpenCourse, gradebook: Gradebook, work: OwnWork, number: int) -> str:
    """Why a student's file cannot be withdrawn for the one before it; empty where it can."""
    if course.settings(work.name).counts is not Keep.LAST:
        return phrase("withdraw.best")
    if number != work.files[-1].number:
        return phrase("withdraw.not_last")
    if _find_before_last(work) is None:
        return phrase("withdraw.only")
    if work.published_at is not None:
        return phrase("withdraw.published")
    if gradebook.hand_marks.of(work.name):
        return phrase("withdraw.marking")
    return ""


def withdraw(
    course: OpenCourse, gradebook: Gradebook, work: OwnWork, number: int, *, received: datetime
) -> HandedInFile:
    """Let the file before a student's last one count again, for team mates too.

    It is handed in once more, and counts as it came first. Nothing of what was withdrawn is lost.

    Raises:
        SubmissionError: it cannot be withdrawn, with the reason.
    """
    why_not = find_why_not_withdraw(course, gradebook, work, number)
    if why_not:
        raise SubmissionError(why_not)
    last = _find_before_last(work)
    before = None if last is None else find_event(gradebook, last.student, work.name, last.number)
    assert before is not None  # noqa: S101 - else there is a reason above
    content = gradebook.content(before.blob)
    name, filename = work.name, before.filename
    return hand_in(
        course, gradebook, before.student, name, filename=filename, content=content, received=received
    )


def _find_before_last(work: OwnWork) -> MarkedSubmission | None:
    """The last file that is another than the last one; the same one may have been sent twice."""
    return next((one for one in reversed(work.files) if one.blob != work.files[-1].blob), None)


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where a submission stands that has no report so far."""

    judging: bool
    before: int
    """How many are judged before it."""
    held: bool = False
    """Whether nothing of its assignment is judged for now."""

    @property
    def again(self) -> int:
        """Seconds after which it is worth while to ask again.

        Two hundred who wait and ask every second would take the time from judging that they wait for.
        """
        return min(1 + self.before // _A_SECOND, _MOST_SECONDS)


def find_place(
    waiting: Sequence[UngradedSubmission], transient: TransientStore, submission: int, now: datetime
) -> QueuePlace | None:
    """Where a submission stands among all that wait, by its number in the store; None where it is judged."""
    if all(each.id != submission for each in waiting):
        return None
    judging = find_claimed(transient, now)
    if submission in judging:
        return QueuePlace(judging=True, before=0)
    name = next(each.assignment for each in waiting if each.id == submission)
    held = name in Errands(transient).held()
    return QueuePlace(judging=False, before=count_before(waiting, submission), held=held)


@dataclass(frozen=True, slots=True)
class FileReceipt:
    """That a file was received: proof for its student."""

    course: str
    student: str
    assignment: str
    number: int
    filename: str
    size: int
    blob: str
    received: datetime
    """In the zone of the course."""
    signature: str

    def to_text(self) -> str:
        """The receipt as a text to keep."""
        return phrase(
            "receipt",
            course=self.course,
            student=self.student,
            assignment=self.assignment,
            number=self.number,
            moment=describe_moment(self.received),
            iso=self.received.isoformat(),
            file=self.filename or phrase("receipt.unnamed"),
            size=self.size,
            blob=self.blob,
            signature=self.signature,
        )


def make_receipt(course: OpenCourse, event: Event, number: int, *, size: int) -> FileReceipt:
    """The receipt of a submission, signed with the course's secret."""
    received = event.received.astimezone(ZoneInfo(course.course.timezone))
    said = (course.course.name, event.student, event.assignment, event.blob, event.received.isoformat())
    key = hmac.digest(course.folder.secret(), _PURPOSE, "sha256")
    signature = hmac.digest(key, "\n".join(said).encode(), "sha256").hex()[:32]
    return FileReceipt(
        course.course.title,
        event.student,
        event.assignment,
        number,
        event.filename,
        size,
        event.blob,
        received,
        signature,
    )
