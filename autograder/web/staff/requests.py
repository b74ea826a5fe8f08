"""Requests for a second look: the list of them, and one beside what the report says, to be answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from starlette.background import BackgroundTask
from starlette.responses import Response

from autograder.domain.course import Student
from autograder.domain.course_events import CourseEvent
from autograder.domain.people import CourseRole
from autograder.domain.second_looks import LONGEST, SHORTEST, LookOutcome, SecondLook
from autograder.domain.teams import find_mates
from autograder.errors import CourseError
from autograder.services.decisions import PreviewedProposal, describe_for_students
from autograder.services.hand_in import find_own
from autograder.services.second_looks import (
    REMEDIES,
    LookAnswer,
    preview_answer,
    propose_answer,
    record_answer,
)
from autograder.web.rights import Right, allows
from autograder.web.viewed import note_view
from autograder.web.visit import PageNotFound, Visit

_UNTYPED = dict.fromkeys(("outcome", "mark", "remedy", "why", "reply", "together"), "")


@dataclass(frozen=True, slots=True)
class ListedLook:
    """A request in the list."""

    look: SecondLook
    title: str
    """Of the work."""
    student: Student


def show_requests(visit: Visit) -> Response:
    """The requests of whom one looks after: those that wait first, the oldest of them first."""
    looks = _visible(visit)
    waiting = [each for each in looks if each.look.is_open]
    answered = [each for each in looks if not each.look.is_open][::-1]
    waits = [wait for each in looks for wait in each.look.waits]
    usual = sum(waits, timedelta(0)) / len(waits) if waits else None
    return visit.page("web/staff/requests.html", waiting=waiting, answered=answered, usual=usual)


def show_request(visit: Visit) -> Response:
    """One request, with the form of its answer."""
    return _page(visit, _find(visit), {})


def answer_request(visit: Visit) -> Response:
    """Show what an answer would change; record it once that is confirmed. Assistants propose."""
    listed, form, who = _find(visit), visit.form, visit.who
    fields = {name: value.replace("\r\n", "\n") for name, value in form.fields}
    outcome = next((each for each in LookOutcome if each == form.get("outcome")), None)
    if outcome is None:
        return _page(visit, listed, fields, ["Choose what the answer says of the mark."])
    given = {LookOutcome.CHANGED: form.get("mark"), LookOutcome.QUESTION_WRONG: form.get("remedy")}
    answer = LookAnswer(
        outcome,
        fields.get("reply", ""),
        given.get(outcome, "").strip(),
        fields.get("why", "").strip(),
        together=form.has("together"),
    )
    seen = int(form.get("seen")) if form.get("seen").isdecimal() and len(form.get("seen")) < 16 else -1
    course, gradebook, now = visit.read.opened, visit.site.gradebook, visit.site.clock()
    try:
        if CourseRole.INSTRUCTOR not in who.roles:
            propose_answer(gradebook, listed.look, answer, by=who.id, seen=seen, now=now)
            return visit.redirect("/class/requests")
        shown = preview_answer(course, gradebook, listed.look, answer, by=who.id, now=now)
    except CourseError as error:
        return _page(visit, listed, fields, [str(flaw) for flaw in error.flaws])
    state = form.get("state")
    if not form.has("confirm") or not state:
        return _page(visit, listed, fields, shown=shown)
    record_answer(gradebook, listed.look, answer, shown, by=who.id, seen=seen, state=state)
    answered = visit.redirect("/class/requests")
    asked = listed.look.asked
    answered.background = BackgroundTask(visit.site.write_reports, asked.work, (asked.student,))
    return answered


def _visible(visit: Visit) -> list[ListedLook]:
    course = visit.read.opened.course
    titles = {each.name: each.title for each in course.works}
    events = visit.site.gradebook.events.all()
    return [
        ListedLook(
            look,
            titles.get(look.asked.work, look.asked.work),
            course.student(look.asked.student) or Student(look.asked.student),
        )
        for look in visit.site.gradebook.second_looks.all()
        if _may_see(visit, look, events)
    ]


def _may_see(visit: Visit, look: SecondLook, events: Sequence[CourseEvent]) -> bool:
    """Whether whoever asks looks after the student in this work; nobody answers their own team's."""
    names = {"name": look.asked.work, "student": look.asked.student}
    mates = find_mates(events, look.asked.work, look.asked.student)
    own = visit.who.id in (look.asked.student, *mates)
    return not own and allows(Right.SCOPE, visit.who, visit.read.opened.course, names)


def _find(visit: Visit) -> ListedLook:
    """The request that the path names by its number."""
    found = next((each for each in _visible(visit) if str(each.look.number) == visit.params["look"]), None)
    if found is None:
        raise PageNotFound
    return found


def _page(
    visit: Visit,
    listed: ListedLook,
    fields: Mapping[str, str],
    troubles: Sequence[str] = (),
    *,
    shown: PreviewedProposal | None = None,
) -> Response:
    look = listed.look
    proposal = look.proposal
    if not fields and proposal is not None and proposal.outcome is not None:
        key = "mark" if proposal.outcome is LookOutcome.CHANGED else "remedy"
        fields = {"outcome": proposal.outcome.value, "reply": proposal.text, key: proposal.given}
    note_view(visit, look.asked.student, look.asked.work)
    files = find_own(visit.site.gradebook, look.asked.student, look.asked.work)
    number = next((each.number for each in files if each.id == look.asked.submission), 0)
    report = visit.site.gradebook.report_on(look.asked.submission, published=visit.site.clock())
    verdicts = report.verdicts if report is not None else ()
    course, events = visit.read.opened.course, visit.site.gradebook.events.all()
    mates = find_mates(events, look.asked.work, look.asked.student)
    return visit.page(
        "web/staff/request.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if troubles else HTTPStatus.OK,
        listed=listed,
        look=look,
        file=f"/class/work/{look.asked.work}/student/{look.asked.student}/{number}",
        sees_cases=allows(
            Right.CASES, visit.who, course, {"name": look.asked.work, "student": look.asked.student}
        ),
        verdict=next((each for each in verdicts if each.question == look.asked.question), None),
        typed={**_UNTYPED, **fields},
        troubles_found=troubles,
        shown=shown,
        told=[] if shown is None else list(describe_for_students(shown, visit.site.zone)),
        decides=CourseRole.INSTRUCTOR in visit.who.roles,
        mates=[each.name or each.id for each in course.roster if each.id in mates],
        remedies=REMEDIES,
        bounds=(SHORTEST, LONGEST),
    )
