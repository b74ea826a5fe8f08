"""A student asks for a second look at a question, and reads what is answered."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import Response

from autograder.domain.report import Report, Verdict
from autograder.domain.second_looks import LONGEST, SHORTEST, SecondLook
from autograder.errors import LookRefusedError
from autograder.services.own_work import OwnCourse, OwnWork, read_own_course
from autograder.services.second_looks import AskedLook, ask, find_why_not_ask
from autograder.services.shown_report import read_report_for_student
from autograder.web.rates import require_slow
from autograder.web.student.work import find_number, student_of
from autograder.web.visit import PageNotFound, Visit


@dataclass(frozen=True, slots=True)
class AskableQuestion:
    """A question of a file, with what was asked about it."""

    verdict: Verdict
    looks: tuple[SecondLook, ...]


@dataclass(frozen=True, slots=True)
class _Asking:
    own: OwnCourse
    work: OwnWork
    number: int
    report: Report
    question: AskableQuestion


def show_ask(visit: Visit) -> Response:
    """The form, below what the report says of the question."""
    return _page(visit, _find(visit))


def ask_for_look(visit: Visit) -> Response:
    """Record what the student asks."""
    require_slow(visit, "ask", at_once=10, a_minute=5, person=True)
    found = _find(visit)
    text, ran = (visit.form.get(name).replace("\r\n", "\n") for name in ("text", "ran"))
    asked = AskedLook(found.question.verdict.question, text, ran)
    try:
        ask(
            visit.read.opened,
            visit.site.gradebook,
            found.own,
            found.work,
            found.number,
            asked,
            now=visit.received,
        )
    except LookRefusedError as error:
        return _page(visit, found, text=text, ran=ran, trouble=str(error))
    return visit.redirect(f"/work/{found.work.name}/{found.number}#second-looks")


def list_askable(visit: Visit, work: OwnWork, report: Report) -> tuple[AskableQuestion, ...]:
    """The questions of a report, with the student's requests; none while its marks are not published."""
    if work.published_at is None or report.trouble:
        return ()
    looks = visit.site.gradebook.second_looks.all(student=visit.who.id)
    return tuple(
        AskableQuestion(verdict, tuple(each for each in looks if each.is_about(work.name, verdict.question)))
        for verdict in report.verdicts
    )


def _find(visit: Visit) -> _Asking:
    student = student_of(visit)
    own = read_own_course(visit.read.opened, visit.site.gradebook, student, visit.site.clock())
    work, number = own.work(visit.params["name"]), find_number(visit)
    file = work.file(number) if work is not None else None
    if work is None or file is None or work.published_at is None:
        raise PageNotFound
    course, gradebook, shown = visit.read.opened, visit.site.gradebook, work.published_at
    report = read_report_for_student(course, gradebook, file.id, published=shown)
    askable = list_askable(visit, work, report) if report is not None else ()
    question = next((each for each in askable if each.verdict.question == visit.params["question"]), None)
    if report is None or question is None:
        raise PageNotFound
    return _Asking(own, work, number, report, question)


def _page(visit: Visit, found: _Asking, *, text: str = "", ran: str = "", trouble: str = "") -> Response:
    question = found.question.verdict.question
    course, gradebook = visit.read.opened, visit.site.gradebook
    return visit.page(
        "web/ask.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK,
        work=found.work,
        number=found.number,
        asked=found.question,
        rule=course.course.looks,
        why_not=find_why_not_ask(course, gradebook, found.own, found.work, found.number, question),
        typed={"text": text, "ran": ran},
        trouble=trouble,
        bounds=(SHORTEST, LONGEST),
    )
