"""An assignment checked, released, collected, graded, judged again: long work is done beside the pages."""

from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from autograder.errors import CourseError
from autograder.gradebook.errands import Errand, ErrandKind, Errands
from autograder.publishing.publication import find_last_publication
from autograder.regrading.outdated import say_outdated
from autograder.services.preparing import files_state, preview_release, released_file
from autograder.services.uploads import course_uploads
from autograder.web.links import is_grading
from autograder.web.visit import PageNotFound, PageRefused, Visit

_MOST_CHANGES = 400
"""Lines of a notebook that are shown as changed."""


def show_check(visit: Visit) -> Response:
    """What the last check found, and whether it is of the files as they are."""
    return _page(visit, ErrandKind.CHECK, "check", fresh=_is_fresh(visit, _last(visit, ErrandKind.CHECK)))


def ask_check(visit: Visit) -> Response:
    """Check the assignment, or stop."""
    _assignment(visit)
    return _ask(visit, ErrandKind.CHECK, {})


def show_release(visit: Visit) -> Response:
    """What students would be given, beside what they have."""
    course, name, troubles = visit.read.opened, _assignment(visit), list[str]()
    shown = None
    try:
        shown = preview_release(course, name)
    except CourseError as error:
        troubles = [str(flaw) for flaw in error.flaws]
    received = sum(each.assignment == name for each in visit.site.gradebook.marked_submissions())
    return _page(
        visit,
        ErrandKind.RELEASE,
        "release",
        shown=shown,
        changes=shown.changes[:_MOST_CHANGES] if shown else (),
        more=max(0, len(shown.changes) - _MOST_CHANGES) if shown else 0,
        released=released_file(course, name).is_file(),
        opens=course.settings(name).opens,
        received=received,
        troubles=troubles,
    )


def ask_release(visit: Visit) -> Response:
    """Release what was shown, once it is checked; or stop."""
    state, name = visit.form.get("state"), _assignment(visit)
    if visit.form.get("do") != "stop":
        try:
            moved = preview_release(visit.read.opened, name).state != state
        except CourseError:
            return show_release(visit)
        if moved:
            answer = show_release(visit)
            answer.status_code = HTTPStatus.CONFLICT
            return answer
    return _ask(visit, ErrandKind.RELEASE, {"state": state})


def show_collect(visit: Visit) -> Response:
    """The form that takes a download; of one that was sent, what would be collected."""
    return _page(visit, ErrandKind.COLLECT, "collect")


def ask_collect(visit: Visit) -> Response:
    """Look at what was sent; collect what was shown."""
    _assignment(visit)
    uploads, last = course_uploads(visit.read.opened), _last(visit, ErrandKind.COLLECT)
    if visit.form.get("do") == "stop":
        return _ask(visit, ErrandKind.COLLECT, {})
    if visit.form.has("state"):
        shown = last.told if last is not None and not last.open else {}
        if not shown or shown.get("done") or shown.get("state") != visit.form.get("state"):
            answer = show_collect(visit)
            answer.status_code = HTTPStatus.CONFLICT
            return answer
        wanted = {
            "upload": shown.get("upload"),
            "times": shown.get("times_upload"),
            "confirmed": visit.form.get("state"),
        }
        return _ask(visit, ErrandKind.COLLECT, wanted)
    upload, now = visit.form.uploads.get("file"), visit.site.clock()
    if upload is None or not upload.content:
        trouble = "Choose the file first: a zip of Moodle, Canvas, nbgrader or Gradescope."
        answer = _page(visit, ErrandKind.COLLECT, "collect", troubles=[trouble])
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return answer
    times = visit.form.uploads.get("times")
    _refuse_second(last, {})
    kept = {"upload": uploads.keep(upload.filename, upload.content, now=now), "times": None}
    if times is not None and times.content:
        kept["times"] = uploads.keep(times.filename, times.content, now=now)
    return _ask(visit, ErrandKind.COLLECT, kept)


def show_grade(visit: Visit) -> Response:
    """How much waits to be judged, and whether it is."""
    name = _assignment(visit)
    waiting = sum(each.assignment == name for each in visit.site.gradebook.ungraded())
    held = name in Errands(visit.site.transient).held()
    return _page(visit, ErrandKind.RECEIVE, "grade", waiting=waiting, held=held)


def steer_grading(visit: Visit) -> Response:
    """Receive what lies in submissions/ and let all of it be judged; or let nothing be judged for now."""
    name, errands, now = _assignment(visit), Errands(visit.site.transient), visit.site.clock()
    if visit.form.get("do") == "stop":
        errands.hold(name, by=visit.who.id, now=now)
    else:
        errands.let_go_on(name)
        errands.ask(ErrandKind.RECEIVE, name, {}, by=visit.who.id, now=now)
    return visit.redirect(visit.path)


def show_regrade(visit: Visit, *, trouble: str = "") -> Response:
    """Which reports are outdated; once they are judged again, whose marks change and how."""
    course, name = visit.read.opened, visit.params["name"]
    if all(each.name != name for each in course.course.works):
        raise PageNotFound
    outdated, troubles, reports = "", [trouble] if trouble else list[str](), 0
    if course.course.settings(name) is not None:
        try:
            found = course.find_outdated(name, visit.site.gradebook)
            outdated, reports = say_outdated(name, found), len(found)
        except CourseError as error:
            troubles += [str(flaw) for flaw in error.flaws]
    recorded = _last(visit, ErrandKind.RECORD)
    judged = _last(visit, ErrandKind.REGRADE)
    last = max((each for each in (recorded, judged) if each), key=lambda each: each.number, default=None)
    is_quiz = course.course.settings(name) is None
    events = visit.site.gradebook.events.all()
    return _page(
        visit,
        last.kind if last else ErrandKind.REGRADE,
        "regrade",
        outdated=outdated.partition(": autograder")[0],
        reports=reports,
        is_quiz=is_quiz,
        published=bool(find_last_publication(events, name) or find_last_publication(events, None)),
        troubles=troubles,
    )


def ask_regrade(visit: Visit) -> Response:
    """Judge again; or record what was shown."""
    if not visit.form.has("state"):
        return _ask(visit, ErrandKind.REGRADE, {})
    errands = (_last(visit, ErrandKind.REGRADE), _last(visit, ErrandKind.RECORD))
    last = max((each for each in errands if each), key=lambda each: each.number, default=None)
    state = visit.form.get("state")
    if last is None or last.open or last.told.get("state") != state or last.told.get("recorded"):
        answer = show_regrade(visit)
        answer.status_code = HTTPStatus.CONFLICT
        return answer
    why = visit.form.get("why").strip()
    if last.told.get("needs_reason") and not why:
        answer = show_regrade(visit, trouble="Say why marks change: the students read it.")
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return answer
    return _ask(visit, ErrandKind.RECORD, {"state": state, "why": why})


def _assignment(visit: Visit) -> str:
    """The name of the assignment that the path names."""
    name = visit.params["name"]
    if visit.read.opened.course.settings(name) is None:
        raise PageNotFound
    return name


def _last(visit: Visit, kind: ErrandKind) -> Errand | None:
    return Errands(visit.site.transient).last(kind, visit.params["name"])


def _is_fresh(visit: Visit, errand: Errand | None) -> bool:
    """Whether a check was of the files as they are."""
    if errand is None or "files" not in errand.told:
        return False
    try:
        return bool(files_state(visit.read.opened, _assignment(visit)) == errand.told["files"])
    except CourseError:
        return False


def _ask(visit: Visit, kind: ErrandKind, wanted: dict[str, Any]) -> Response:
    """Ask for an errand, or that it is stopped, and show how far it is."""
    errands, now, name = Errands(visit.site.transient), visit.site.clock(), visit.params["name"]
    if all(each.name != name for each in visit.read.opened.course.works):
        raise PageNotFound
    if visit.form.get("do") == "stop":
        errands.stop(kind, name, now)
    else:
        _refuse_second(errands.last(kind, name), wanted)
        errands.ask(kind, name, wanted, by=visit.who.id, now=now)
    return visit.redirect(visit.path)


def _refuse_second(under_way: Errand | None, wanted: dict[str, Any]) -> None:
    """Refuse something else than what is done already: it would be passed over in silence."""
    if under_way is not None and under_way.open and under_way.wanted != wanted:
        what = "Something like it is under way already: wait until it is done, or stop it first."
        raise PageRefused(what, HTTPStatus.CONFLICT)


def _page(visit: Visit, kind: ErrandKind, template: str, **values: Any) -> Response:
    course = visit.read.opened.course
    name, errand = visit.params["name"], _last(visit, kind)
    title = next((each.title for each in course.works if each.name == name), None)
    if title is None:
        raise PageNotFound
    shown = {
        "name": name,
        "title": title,
        "errand": errand,
        "action": visit.path,
        "alive": is_grading(visit.site.transient, visit.site.clock()),
        "names": {each.id: each.name or each.id for each in course.roster},
        "troubles": [],
        **values,
    }
    if visit.fragment:
        answer = visit.page("web/staff/errand.html", **shown)
        if errand is None or not errand.open:
            answer.headers["hx-refresh"] = "true"  # what came of it is there: the page is shown anew
        return answer
    return visit.page(f"web/staff/do_{template}.html", **shown)
