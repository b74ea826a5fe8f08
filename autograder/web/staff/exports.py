"""Marks for other platforms: their own file is completed, told line by line, and given as a download."""

from fractions import Fraction
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.responses import Response

from autograder.domain.given_marks import read_number
from autograder.errors import CourseError, Flaw
from autograder.interop.grades_csv import STYLES
from autograder.publishing.export import PLATFORMS
from autograder.services.exporting import (
    MadeExport,
    WantedExport,
    make_export,
    make_otter_table,
    make_person_archive,
)
from autograder.services.uploads import course_uploads
from autograder.web.downloads import send_download
from autograder.web.staff.deciding import FINAL_GRADE
from autograder.web.visit import PageNotFound, Visit

_FIELDS = ("work", "to", "column", "session", "out_of", "feedback", "no_codes", "language", "overwrite")


def show_exports(visit: Visit) -> Response:
    """The form; of a file that was sent, what would stand in it."""
    if not visit.query.get("to"):
        return _draw(visit, None)
    try:
        return _draw(visit, _make(visit))
    except CourseError as error:
        return _draw(visit, None, troubles=[str(flaw) for flaw in error.flaws])


def take_platform_file(visit: Visit) -> Response:
    """Keep the platform's file, and show what would stand in it."""
    upload = visit.form.uploads.get("file")
    typed = {name: visit.form.get(name).strip() for name in _FIELDS if visit.form.get(name).strip()}
    if upload is not None and upload.content:
        now = visit.site.clock()
        typed["into"] = course_uploads(visit.read.opened).keep(upload.filename, upload.content, now=now)
    return visit.redirect(f"/class/exports?{urlencode(typed)}")


def send_export(visit: Visit) -> Response:
    """The completed file."""
    try:
        made = _make(visit)
    except CourseError as error:
        return _draw(visit, None, troubles=[str(flaw) for flaw in error.flaws])
    return send_download(made.filename, made.content)


def send_otter_table(visit: Visit) -> Response:
    """The table of an assignment for Otter."""
    name = visit.params["name"]
    if visit.read.opened.course.settings(name) is None:
        raise PageNotFound
    return send_download(*make_otter_table(visit.read.opened, name, now=visit.site.clock()))


def send_person(visit: Visit) -> Response:
    """All that is recorded of one student, as a zip."""
    student = visit.params["student"]
    try:
        content = make_person_archive(
            visit.read.opened, student, scratch=course_uploads(visit.read.opened).folder
        )
    except CourseError:
        raise PageNotFound from None
    return send_download(f"{student}.zip", content)


def _make(visit: Visit) -> MadeExport:
    typed, course = visit.query, visit.read.opened
    platform, work = typed.get("to", ""), typed.get("work", "")
    if platform not in PLATFORMS:
        raise CourseError([Flaw("for which platform", f"{platform!r} is none", ", ".join(PLATFORMS))])
    if work != FINAL_GRADE and all(each.name != work for each in course.course.works):
        raise CourseError([Flaw("the marks of what", f"{work!r} is no assignment or quiz")])
    into = course_uploads(visit.read.opened).find(typed.get("into", ""))
    if into is None and platform != "csv":
        what = "choose the file that the platform gives; one that was sent is kept for a day"
        raise CourseError([Flaw("the platform's file", "is not there", what)])
    out_of: Fraction | None = None
    if typed.get("out_of"):
        try:
            out_of = read_number(typed["out_of"])
        except ValueError:
            out_of = None
        if not out_of:
            raise CourseError([Flaw("out of", f"{typed['out_of']!r} is no number of points above 0")])
    language = typed.get("language", "en")
    wanted = WantedExport(
        None if work == FINAL_GRADE else work,
        platform,
        into if platform != "csv" else None,
        column=typed.get("column", ""),
        session=int(typed["session"]) if typed.get("session") in ("0", "1", "2") else None,
        out_of=out_of,
        feedback=bool(typed.get("feedback")),
        codes=not typed.get("no_codes"),
        language=language if language in STYLES else "en",
        overwrite=bool(typed.get("overwrite")),
    )
    return make_export(
        course, wanted, scratch=course_uploads(visit.read.opened).folder, now=visit.site.clock()
    )


def _draw(visit: Visit, made: MadeExport | None, *, troubles: list[str] | None = None) -> Response:
    course = visit.read.opened.course
    return visit.page(
        "web/staff/exports.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if troubles else HTTPStatus.OK,
        typed=dict(visit.query),
        query=urlencode(dict(visit.query)),
        made=made,
        works=[(FINAL_GRADE, "The final grades"), *((each.name, each.title) for each in course.works)],
        assignments=course.assignments,
        troubles=troubles or [],
    )
