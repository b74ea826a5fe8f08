"""`autograder received NAME`."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from autograder.cli import options
from autograder.cli.final_grades import zone_of
from autograder.cli.recording import note_option, record, require_why, why_option, yes_option
from autograder.course.graded import GradedClass
from autograder.course.opened import course_here
from autograder.domain.course_events import ReceiptTime, Recorded, Whom
from autograder.domain.given_marks import read_local_time
from autograder.domain.moments import describe_moment
from autograder.errors import CourseError, Flaw
from autograder.gradebook.marks import MarkedSubmission
from autograder.gradebook.store import Gradebook
from autograder.publishing.class_history import ClassHistory
from autograder.publishing.proposals import find_last_of_each, find_student, revoke
from autograder.services.decisions import Proposal


@click.command()
@click.argument("name")
@click.argument("whose", required=False, metavar="[STUDENT[/NUMBER]]")
@click.argument("time", required=False)
@click.option("--confirm", is_flag=True, help="Every doubtful time of NAME is right.")
@click.option("--revoke", "taking_back", is_flag=True, help="Take the last one back, in place of TIME.")
@why_option
@note_option
@yes_option
@options.as_json
def command(
    name: str,
    whose: str | None,
    time: str | None,
    confirm: bool,  # noqa: FBT001 - click passes options by name
    taking_back: bool,  # noqa: FBT001
    why: str,
    note: str,
    yes: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Say when a file was received for the assignment NAME, where nobody knows or the time is wrong.

    Nobody is late by a doubtful time, such as that of a download. NUMBER is that of the file, from 1; without
    it the student's last one. What a team handed in is received from each member at that time. --confirm
    makes all doubtful times known as they are.

    \b
    Exit codes: 0 done, 2 nothing was recorded.

    \b
    Example:
        autograder received gradients ada 2026-12-14T09:30 --why "by Moodle's log"
        autograder received gradients --confirm --why "times of the exchange folder"
    """
    if (confirm and (whose or time)) or (not confirm and (whose is None or (time is None) != taking_back)):
        raise click.UsageError("write NAME STUDENT[/NUMBER] TIME, or NAME --confirm")
    require_why(why)
    course = course_here()
    zone = zone_of(course)
    received: datetime | None = None if time is None else read_local_time(time, zone, where="TIME")
    if received is not None and received.timestamp() > datetime.now(UTC).timestamp():
        raise CourseError([Flaw("TIME", f"{time!r} is in the future", "write when the file was received")])
    course.settings(name)

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        if confirm:
            doubtful = list(_doubtful(graded.history, name))
            told = (f"{one.student}/{one.number}: {describe_moment(one.received, zone)}" for one in doubtful)
            said = [(ReceiptTime(0, name, one.id, None, why), Whom(one.student)) for one in doubtful]
            return Proposal(said, tuple(told))
        one = _find(graded.history, name, str(whose))
        same = graded.history.shared_with(one)
        if taking_back:

            def fits(what: Recorded) -> bool:
                return isinstance(what, ReceiptTime) and what.submission in {each.id for each in same}

            every = [Whom(one.student), *(Whom(each.student) for each in same if each is not one)]
            last = find_last_of_each(graded.history, every, fits, "time")
            return Proposal([revoke(each, why) for each in last])
        notes = [
            f"{each.student}/{each.number}: {describe_moment(each.received, zone)} -> "
            f"{describe_moment(received or each.received, zone)}"
            for each in same
        ]
        return Proposal(
            [(ReceiptTime(0, name, each.id, received, why), Whom(each.student)) for each in same],
            tuple(notes),
        )

    record(course, propose, yes=yes, note=note, as_json=as_json)


def _doubtful(history: ClassHistory, name: str) -> Iterator[MarkedSubmission]:
    """The submissions whose time nobody knows for sure."""
    known = history.known_times()
    for one in history.submissions:
        if one.assignment == name and one.received_by.doubtful and one.id not in known:
            yield one


def _find(history: ClassHistory, name: str, text: str) -> MarkedSubmission:
    """The submission that `STUDENT` or `STUDENT/NUMBER` names. Raises CourseError where there is none."""
    student, slash, number = text.rpartition("/") if "/" in text else (text, "", "")
    who = find_student(history.students, student).id
    own = [one for one in history.submissions if (one.student, one.assignment) == (who, name)]
    if slash:
        own = [one for one in own if str(one.number) == number]
    if not own:
        what = f"has no file {number} for {name}" if slash else f"handed in nothing for {name}"
        raise CourseError([Flaw(text, what, f"`autograder grades {name}` shows who handed in what")])
    return own[-1]
