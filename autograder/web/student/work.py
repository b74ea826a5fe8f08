"""One assignment of a student: until when, the notebook, handing in, and what was handed in so far."""

from http import HTTPStatus
from pathlib import Path

from starlette.responses import Response

from autograder.course.hand_in import hand_in
from autograder.course.own_work import OwnWork, read_own_course
from autograder.domain.course import Student
from autograder.domain.teams import find_mates
from autograder.web.downloads import send_download
from autograder.web.rates import require_slow
from autograder.web.visit import PageNotFound, PageRefused, Visit

_A_MINUTE = 20
_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def show_work(visit: Visit) -> Response:
    """The page of an assignment."""
    return _page(visit)


def send_notebook(visit: Visit) -> Response:
    """The notebook as it was released."""
    name = _known(visit)
    file = _released(visit, name)
    if not file.is_file():
        raise PageNotFound
    return send_download(file.name, file.read_bytes())


def receive_file(visit: Visit) -> Response:
    """Receive a file: whatever it is, and however late. Its page says what it is and what comes of it."""
    name, student = _known(visit), student_of(visit)
    require_slow(visit, "upload", at_once=_A_MINUTE, a_minute=_A_MINUTE, person=True)
    upload = visit.form.uploads.get("file")
    if upload is None or not (upload.filename or upload.content):
        return _page(visit, "Choose the file first: your notebook, which ends in .ipynb.")
    most = visit.read.opened.settings(name).limits.notebook_mb
    if len(upload.content) > most * 1_000_000:
        what = (
            f"It has {len(upload.content) / 1e6:.1f} MB, and at most {most} MB are taken. Clear its outputs "
        )
        raise PageRefused(what + "(in Jupyter: Edit, Clear outputs), save it and hand it in.", _TOO_LARGE)
    done = hand_in(
        visit.read.opened,
        visit.site.gradebook,
        student.id,
        name,
        filename=upload.filename,
        content=upload.content,
        received=visit.received,
    )
    return visit.redirect(f"/work/{name}/{done.number}" + ("" if done.new else "?again=1"))


def student_of(visit: Visit) -> Student:
    """The student who asks."""
    if visit.who.student is None:
        raise PageNotFound
    return visit.who.student


def find_work(visit: Visit) -> OwnWork:
    """The work that a path names, as its student finds it."""
    own = read_own_course(visit.read.opened, visit.site.gradebook, student_of(visit), visit.site.clock())
    work = own.work(_known(visit))
    if work is None:
        raise PageNotFound
    return work


def _known(visit: Visit) -> str:
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
        notebook=_released(visit, name).is_file(),
        trouble=trouble,
    )
