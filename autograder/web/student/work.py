"""One assignment of a student: until when, the notebook, handing in, and what was handed in so far."""

from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from math import ceil
from pathlib import Path

from starlette.responses import JSONResponse, Response

from autograder.domain.course import Student
from autograder.domain.phrases import phrase
from autograder.domain.policy_text import percent
from autograder.domain.teams import find_mates
from autograder.services.hand_in import HandedInFile, find_event, hand_in, make_receipt
from autograder.services.own_work import HandInOutlook, OwnWork, read_own_course
from autograder.web.downloads import send_download
from autograder.web.rates import require_slow
from autograder.web.visit import PageNotFound, PageRefused, Upload, Visit

_A_MINUTE = 20
_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def show_work(visit: Visit) -> Response:
    """The page of an assignment."""
    return _page(visit)


def send_notebook(visit: Visit) -> Response:
    """The notebook as it was released."""
    name = find_assignment(visit)
    file, opens = _released(visit, name), visit.read.opened.settings(name).opens
    if not file.is_file() or (opens and opens > visit.site.clock()):
        raise PageNotFound
    return send_download(file.name, file.read_bytes())


def receive_file(visit: Visit) -> Response:
    """Receive a file: whatever it is, and however late. Its page says what it is and what comes of it."""
    name, student = find_assignment(visit), student_of(visit)
    require_slow(visit, "upload", at_once=_A_MINUTE, a_minute=_A_MINUTE, person=True)
    upload, pasted = visit.form.uploads.get("file"), visit.form.get("pasted")
    if pasted.strip() and (upload is None or not (upload.filename or upload.content)):
        upload = Upload(f"{name}.ipynb", pasted.encode("utf-8", "replace"))
    if upload is None or not (upload.filename or upload.content):
        if visit.program:
            raise PageRefused(phrase("web.no_file.program"))
        return _page(visit, phrase("web.no_file"))
    most = visit.read.opened.settings(name).limits.notebook_mb
    if len(upload.content) > most * 1_000_000:
        size = f"{ceil(len(upload.content) / 1e5) / 10:.1f}"  # never as small as what is taken
        raise PageRefused(phrase("web.file_too_large", size=size, most=most), _TOO_LARGE)
    # As it was when the request began: what a file that comes now would cost.
    ahead = find_work(visit, visit.received).outlook if visit.program else None
    done = hand_in(
        visit.read.opened,
        visit.site.gradebook,
        student.id,
        name,
        filename=upload.filename,
        content=upload.content,
        received=visit.received,
    )
    page = f"/work/{name}/{done.number}"
    if ahead is not None:
        return _tell_program(visit, done, page, ahead)
    return visit.redirect(page if done.new else f"{page}?again=1")


def _tell_program(visit: Visit, done: HandedInFile, page: str, ahead: HandInOutlook) -> Response:
    """The receipt, and what it means that the file came when it came."""
    event = find_event(visit.site.gradebook, student_of(visit).id, visit.params["name"], done.number)
    if event is None:
        raise PageNotFound
    size = visit.site.gradebook.size(event.blob)
    told = {
        "number": done.number,
        "new": done.new,
        "sha256": event.blob,
        "receipt": make_receipt(visit.read.opened, event, done.number, size=size).to_text(),
        "page": visit.site.served.url + page,
    }
    if done.new:
        told["late_days"], told["counts"] = ahead.late_days, ahead.counts
        told["costs"] = percent(ahead.cost)
    return JSONResponse(told)


def student_of(visit: Visit) -> Student:
    """The student who asks."""
    if visit.who.student is None:
        raise PageNotFound
    return visit.who.student


def find_number(visit: Visit) -> int:
    """The student's own number of a file, which the path names; 0 where it names none."""
    text = visit.params["number"]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def find_work(visit: Visit, at: datetime | None = None) -> OwnWork:
    """The work that a path names, as its student finds it now, or at a moment."""
    moment = at or visit.site.clock()
    own = read_own_course(visit.read.opened, visit.site.gradebook, student_of(visit), moment)
    work = own.work(find_assignment(visit))
    if work is None:
        raise PageNotFound
    return work


def find_assignment(visit: Visit) -> str:
    """The name of the assignment that the path names."""
    name = visit.params["name"]
    if visit.read.opened.course.settings(name) is None:
        raise PageNotFound
    return name


def _released(visit: Visit, name: str) -> Path:
    return visit.read.opened.folder.path / "release" / name / f"{name}.ipynb"


def _page(visit: Visit, trouble: str = "") -> Response:
    work, name = find_work(visit), visit.params["name"]
    events = visit.site.gradebook.events.all()
    mates = find_mates(events, name, visit.who.id)
    return visit.page(
        "web/work.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK,
        work=work,
        settings=visit.read.opened.settings(name),
        mates=[each.name or each.id for each in visit.read.opened.course.roster if each.id in mates],
        released=sha256(file.read_bytes()).hexdigest() if (file := _released(visit, name)).is_file() else "",
        trouble=trouble,
    )
