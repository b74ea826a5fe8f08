"""The list of exam marks: every flaw told at once, shown with what it changes, then recorded."""

from starlette.responses import Response

from autograder.course.graded import GradedClass
from autograder.errors import CourseError, Flaw
from autograder.gradebook.store import Gradebook
from autograder.services.decisions import Proposal, Propose, propose_exam_marks
from autograder.services.uploads import course_uploads
from autograder.web.staff.deciding import (
    DecisionForm,
    DecisionPage,
    Typed,
    record_decision,
    show_decision,
)
from autograder.web.visit import Visit


def show_exam(visit: Visit) -> Response:
    """The form that takes a list; of one that was sent, what it would change."""
    return show_decision(visit, _page(visit))


def take_exam_list(visit: Visit) -> Response:
    """Keep a list until it is confirmed; record one that is."""
    if visit.form.has("state"):
        answer = record_decision(visit, _page(visit))
        if answer.status_code == 303:
            course_uploads(visit.read.opened).forget(visit.form.get("list"))
        return answer
    upload, pasted = visit.form.uploads.get("file"), visit.form.get("text")
    filename, content = "pasted-list.csv", pasted.encode()
    if upload is not None and upload.content:
        filename, content = upload.filename, upload.content
    key = (
        course_uploads(visit.read.opened).keep(filename, content, now=visit.site.clock())
        if content.strip()
        else ""
    )
    session = "2" if visit.form.get("session") == "2" else "1"
    back = "&back=1" if visit.form.get("back") else ""
    return visit.redirect(f"/class/exam?list={key}&session={session}{back}")


def _page(visit: Visit) -> DecisionPage:
    return DecisionPage(_FORM, "/class/exam", {})


def _read(visit: Visit, typed: Typed) -> Propose:
    file = course_uploads(visit.read.opened).find(typed.get("list", ""))
    if file is None:
        what = "choose its file, or paste it; one that was sent is kept for a day"
        raise CourseError([Flaw("the list", "is not there", what)])

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        session = 2 if typed.get("session") == "2" else 1
        back, why = bool(typed.get("back")), typed.get("why", "")
        return propose_exam_marks(graded, file, name=file.name, session=session, why=why, taking_back=back)

    return propose


_FORM = DecisionForm("exam", "Exam marks", _read, at_once=False, needs_reason=False)
