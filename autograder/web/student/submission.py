"""One file that a student handed in: its receipt at once, and its report as soon as there is one."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response

from autograder.domain.report import Report
from autograder.domain.shown_reports import Shown, ShownReport
from autograder.errors import SubmissionError
from autograder.gradebook.marks import MarkedSubmission
from autograder.gradebook.store import Event
from autograder.inbox.content import is_notebook_content
from autograder.render.page import report_values
from autograder.services.hand_in import (
    FileReceipt,
    QueuePlace,
    find_event,
    find_own,
    find_place,
    find_why_not_withdraw,
    hand_in,
    make_receipt,
    withdraw,
)
from autograder.services.own_work import OwnWork
from autograder.services.shown_report import read_report_for_student
from autograder.web.downloads import send_download
from autograder.web.rates import require_slow
from autograder.web.student.second_look import list_askable
from autograder.web.student.work import find_assignment, find_number, find_work, student_of
from autograder.web.visit import PageNotFound, PageRefused, Visit

_LONG = 180
"""Seconds after which something is wrong: a person is told, and the student too."""


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that a student handed in."""

    work: OwnWork
    submission: MarkedSubmission
    event: Event

    @property
    def shown(self) -> ShownReport:
        """What is shown of the report on it."""
        return self.work.shown(self.submission.number)


def show_submission(visit: Visit) -> Response:
    """The receipt of a file, with its report or with where it stands."""
    with visit.site.gradebook.at_once():
        return _show_file(visit)


def _show_file(visit: Visit) -> Response:
    file = _find(visit)
    gradebook, blob = visit.site.gradebook, file.event.blob
    place = _place(visit, file.submission)
    return visit.page(
        "web/submission.html",
        work=file.work,
        file=file.submission,
        receipt=_receipt(visit, file),
        # Read only where the page says so: a report says itself what is wrong with a file.
        is_notebook=lambda: is_notebook_content(gradebook.content(blob)),
        place=place,
        long=_waits_long(visit, file.submission),
        name=file.work.name,
        again=visit.query.get("again") == "1",
        withdrawable=not find_why_not_withdraw(
            visit.read.opened, gradebook, file.work, file.submission.number
        ),
        disclosed=file.shown,
        **_part(visit, file, place),
    )


def withdraw_file(visit: Visit) -> Response:
    """Let the file before count again."""
    require_slow(visit, "upload", at_once=20, a_minute=20, person=True)
    file = _find(visit)
    name, number = file.work.name, file.submission.number
    try:
        done = withdraw(visit.read.opened, visit.site.gradebook, file.work, number, received=visit.received)
    except SubmissionError as error:
        raise PageRefused(str(error), HTTPStatus.CONFLICT) from error
    return visit.redirect(f"/work/{name}/{done.number}")


def hand_in_instead(visit: Visit) -> Response:
    """Hand a file in for the homework whose notebook it is, by what its report says."""
    require_slow(visit, "upload", at_once=20, a_minute=20, person=True)
    file, course, gradebook = _find(visit), visit.read.opened, visit.site.gradebook
    other = _part(visit, file, _place(visit, file.submission)).get("other")
    if other is None:
        raise PageNotFound
    content, filename = gradebook.content(file.event.blob), file.event.filename
    who, received = student_of(visit).id, visit.received
    done = hand_in(course, gradebook, who, other.name, filename=filename, content=content, received=received)
    return visit.redirect(f"/work/{other.name}/{done.number}" + ("" if done.new else "?again=1"))


def show_state(visit: Visit) -> Response:
    """Where a file stands: for a script of the page a part of it, for programs JSON, else the whole page."""
    # While it waits this is asked again and again: what a grade or the page would need is left out.
    with visit.site.gradebook.at_once():
        submission = _find_submission(visit)
        place = _place(visit, submission)
    accepted = visit.headers.get("accept", "*/*")
    whole = place is None and _find(visit).shown.how is Shown.FULL
    if visit.fragment:
        long, name = _waits_long(visit, submission), submission.assignment
        told: dict[str, Any] = {"place": place, "long": long, "name": name, "file": submission}
        answer = visit.page("web/state.html", whole=whole, **told)
        if place is None:
            answer.headers["hx-refresh"] = "true"  # the report is there: the page is shown anew
        return answer
    if "text/html" in accepted:
        return show_submission(visit)
    if place is None:
        return JSONResponse({"state": "report" if whole else "received", "before": 0})
    told = {"state": "judging" if place.judging else "waiting", "before": place.before}
    return JSONResponse(told, headers={"retry-after": str(place.again)})


def send_file(visit: Visit) -> Response:
    """One's own file, as it was received."""
    file = _find(visit)
    name = file.event.filename or f"{file.event.assignment}-{file.submission.number}.ipynb"
    return send_download(name, visit.site.gradebook.content(file.event.blob))


def send_receipt(visit: Visit) -> Response:
    """The receipt as a text to keep."""
    file = _find(visit)
    receipt = _receipt(visit, file)
    name = f"receipt-{receipt.assignment}-{receipt.number}.txt"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(receipt.to_text(), headers=headers)


def _find(visit: Visit) -> OwnFile:
    """The file that a path names by the student's own number, with the work it is for."""
    number, name = find_number(visit), find_assignment(visit)
    event = find_event(visit.site.gradebook, student_of(visit).id, name, number)
    if event is None:
        raise PageNotFound
    work = find_work(visit)
    seen = work.file(number)  # as the student may see it
    if seen is None:
        raise PageNotFound
    return OwnFile(work, seen, event)


def _find_submission(visit: Visit) -> MarkedSubmission:
    """The file alone, as it was graded."""
    number, name = find_number(visit), find_assignment(visit)
    own = find_own(visit.site.gradebook, student_of(visit).id, name)
    found = next((one for one in own if one.number == number), None)
    if found is None:
        raise PageNotFound
    return found


def _place(visit: Visit, submission: MarkedSubmission) -> QueuePlace | None:
    if submission.marks is not None:
        return None
    waiting = visit.site.queue.read(visit.site.gradebook)
    return find_place(waiting, visit.site.transient, submission.id, visit.site.clock())


def _waits_long(visit: Visit, submission: MarkedSubmission) -> bool:
    came = max(submission.received, submission.recorded or submission.received)
    return (visit.site.clock() - came).total_seconds() > _LONG


def _receipt(visit: Visit, file: OwnFile) -> FileReceipt:
    size = visit.site.gradebook.size(file.event.blob)
    return make_receipt(visit.read.opened, file.event, file.submission.number, size=size)


def _part(visit: Visit, file: OwnFile, place: QueuePlace | None) -> dict[str, Any]:
    """What the page shows of the report; nothing where there is none so far."""
    report: Report | None = None
    if place is None:
        shown = file.work.published_at
        report = read_report_for_student(
            visit.read.opened, visit.site.gradebook, file.submission.id, published=shown
        )
    if report is None or file.shown.how not in (Shown.FULL, Shown.EXAMPLES):
        return {}
    other = visit.read.opened.course.settings(str(dict(report.trouble.values).get("other", "")))
    if file.shown.how is Shown.EXAMPLES:
        return {"questions": report.verdicts, "trouble": report.trouble, "other": other}
    askable = list_askable(visit, file.work, report)
    whole = report_values(report, standalone=False)
    return {**whole, "instructor": False, "askable": askable, "other": other}
