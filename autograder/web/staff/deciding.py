"""What an instructor decides of one student: typed, shown with what it changes, then confirmed.

A form is sent by GET and shown with what would come of it; what is confirmed is what was shown, or nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from itertools import islice
from typing import Any

from starlette.responses import Response

from autograder.course.graded import GradedClass
from autograder.course.targets import require_work
from autograder.domain.course_events import Whom, find_standing
from autograder.domain.decision_words import describe_decision
from autograder.domain.events import Absence, Extension, Override, OverrideKind
from autograder.domain.given_marks import read_local_time
from autograder.errors import CourseError, Flaw, OvertakenError
from autograder.gradebook.store import Gradebook
from autograder.publishing.proposals import find_student
from autograder.services.decisions import (
    LineForStudent,
    PreviewedProposal,
    Proposal,
    Propose,
    WantedDecision,
    describe_for_students,
    preview_proposal,
    propose_absence,
    propose_extension,
    propose_override,
    propose_revocation,
    record_proposal,
    require_reason,
)
from autograder.web.visit import PageNotFound, PageRefused, Visit

_TOLD = 20
"""Lines that are shown of what students will read."""
Typed = Mapping[str, str]
"""The fields of a form, by their names."""
FINAL_GRADE = "final grade"
"""What a form calls it: no name of a work holds a space, and one may be called final."""
FORM_FIELDS = frozenset(("form_key", "state"))
"""What a form carries that nobody typed."""


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """One form by which something is decided."""

    name: str
    """The last part of its address, and the name of its template."""
    heading: str
    read: Callable[[Visit, Typed], Propose]
    """What was typed, as a proposal. Raises CourseError."""
    at_once: bool = True
    """Whether students see it without a publication."""
    needs_reason: bool = True


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """Where a form is shown."""

    form: DecisionForm
    back: str
    """The page it belongs to, which is shown when it is recorded."""
    values: Mapping[str, Any]
    """What its template shows besides."""


def show_student_form(visit: Visit) -> Response:
    """A form on one student; where anything is typed, with what would come of it."""
    return show_decision(visit, _page_of(visit))


def record_student_form(visit: Visit) -> Response:
    """Record what was shown."""
    return record_decision(visit, _page_of(visit))


def show_decision(visit: Visit, page: DecisionPage) -> Response:
    """A form, and once something is typed a preview of it with a button that confirms it."""
    typed = {name: value.strip() for name, value in visit.query.items()}
    if not typed or typed.keys() <= {"work", "event", "what"}:
        return _draw(visit, page, typed)
    try:
        shown = _preview(visit, page, typed)
    except CourseError as error:
        return _draw(visit, page, typed, error=error)
    return _draw(visit, page, typed, shown=shown)


def record_decision(visit: Visit, page: DecisionPage) -> Response:
    """Record what was shown; where it is otherwise by now, show it anew."""
    typed = {name: value.strip() for name, value in visit.form.fields if name not in FORM_FIELDS}
    try:
        shown = _preview(visit, page, typed)
    except CourseError as error:
        return _draw(visit, page, typed, error=error)
    refuse_own(visit, shown)
    try:
        record_proposal(visit.site.gradebook, shown, state=visit.form.get("state"))
    except OvertakenError:
        return _draw(visit, page, typed, shown=_preview(visit, page, typed), moved=True)
    return visit.redirect(page.back)


def refuse_own(visit: Visit, shown: PreviewedProposal) -> None:
    """Refuse what somebody decides of themselves, also where they are one of many."""
    if any(event.whom.student == visit.who.id for event in shown.events):
        what = "One of these decisions is on you: another instructor records it."
        raise PageRefused(what, HTTPStatus.FORBIDDEN)


def _preview(visit: Visit, page: DecisionPage, typed: Typed) -> PreviewedProposal:
    propose = page.form.read(visit, typed)
    if page.form.needs_reason:
        require_reason(typed.get("why", ""))
    return preview_proposal(
        visit.read.opened,
        visit.site.gradebook,
        propose,
        by=visit.who.id,
        note=typed.get("note", ""),
        now=visit.site.clock(),
    )


def _draw(
    visit: Visit,
    page: DecisionPage,
    typed: Typed,
    *,
    shown: PreviewedProposal | None = None,
    error: CourseError | None = None,
    moved: bool = False,
) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.CONFLICT if moved else HTTPStatus.OK
    told = list[LineForStudent]()
    if shown is not None:
        told = list(islice(describe_for_students(shown, visit.site.zone), _TOLD))
    return visit.page(
        f"web/staff/decide_{page.form.name}.html",
        status=status,
        form=page.form,
        back=page.back,
        typed=typed,
        shown=shown,
        told=told,
        troubles=[str(flaw) for flaw in error.flaws] if error else [],
        moved=moved,
        works=[(each.name, each.title) for each in visit.read.opened.course.works],
        action=visit.path,
        **page.values,
    )


def _page_of(visit: Visit) -> DecisionPage:
    form = STUDENT_FORMS[visit.path.rpartition("/")[2]]
    student = visit.params["student"]
    person = visit.read.opened.course.student(student)
    if person is None and student not in visit.site.gradebook.students():
        raise PageNotFound
    standing = [(str(number), told) for number, told, _ in find_decisions(visit, student)]
    values = {"student": student, "name": (person.name if person else "") or student, "standing": standing}
    return DecisionPage(form, f"/class/students/{student}", values)


def find_decisions(visit: Visit, student: str) -> list[tuple[int, str, str]]:
    """What was decided of one student alone and holds, the newest first: its number, what, and why."""
    standing = find_standing(visit.site.gradebook.events.all())
    kinds = Extension | Absence | Override
    own = [e for e in reversed(standing) if e.whom.student == student and isinstance(e.what, kinds)]
    return [(e.number, describe_decision(e, visit.site.zone), e.what.why) for e in own]


def _whom(graded: GradedClass, visit: Visit) -> Whom:
    return Whom(find_student(graded.history.students, visit.params["student"]).id)


def read_extension(visit: Visit, typed: Typed) -> Extension:
    """More time as it was typed: until a moment, or so many minutes. Raises CourseError."""
    until, minutes = typed.get("until", ""), typed.get("minutes", "")
    if bool(until) == bool(minutes):
        what = "write until when, or how many minutes more" if not until else "write one of both"
        raise CourseError([Flaw("more time", what)])
    if minutes and not (minutes.isascii() and minutes.isdigit() and 0 < int(minutes[:7]) <= 100_000):
        raise CourseError([Flaw("minutes", f"{minutes!r} is no number of minutes", "1 to 100000")])
    end = read_local_time(until, visit.site.zone, where="until") if until else None
    return Extension(0, typed.get("work", ""), end, typed.get("why", ""), int(minutes or 0))


def _extend(visit: Visit, typed: Typed) -> Propose:
    days = typed.get("plus", "")
    wanted = None if days in ("1", "2", "7") else read_extension(visit, typed)

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        whom, extension = _whom(graded, visit), wanted
        if extension is None:
            work = require_work(graded.policy, typed.get("work", ""))
            grade = graded.history.grade(whom.student, graded.policy, graded.now)
            due = next(each.standing.due for each in grade.works if each.name == work)
            if due is None:
                raise CourseError([Flaw(work, "has no due date that could be moved")])
            # By the clock on the wall, as due dates are.
            until = due.astimezone(visit.site.zone) + timedelta(days=int(days))
            extension = Extension(0, work, until, typed.get("why", ""))
        together = bool(typed.get("together"))
        return propose_extension(visit.read.opened, graded, gradebook, extension, whom, together=together)

    return propose


def _excuse(visit: Visit, typed: Typed) -> Propose:
    work, session = typed.get("work", ""), 2 if typed.get("work") == "exam/2" else 1
    of_exam = work in ("exam/1", "exam/2")
    excused = typed.get("kind") != "unexcused"
    absence = Absence(0, None if of_exam else work, excused, session, typed.get("why", ""))

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        return propose_absence(graded, absence, _whom(graded, visit), together=bool(typed.get("together")))

    return propose


def _override(visit: Visit, typed: Typed) -> Propose:
    kinds = (OverrideKind.MARK, OverrideKind.ADJUST, OverrideKind.SANCTION)
    kind = next((each for each in kinds if each == typed.get("kind")), None)
    if kind is None:
        raise CourseError([Flaw("what", "choose what is decided", "a mark, an adjustment or zero")])
    given = typed.get("given", "")
    if kind is not OverrideKind.SANCTION and not given:
        raise CourseError([Flaw("the mark", "is missing", "such as 9/10 or 80 %, of an adjustment +1/2")])
    return _decide(visit, typed, kind, "" if kind is OverrideKind.SANCTION else given)


def _decide(visit: Visit, typed: Typed, kind: OverrideKind, given: str) -> Propose:
    work, question = typed.get("work", ""), typed.get("question", "")
    target = None if work == FINAL_GRADE else f"{work}/{question}" if question else work
    wanted = WantedDecision(target, kind, given, typed.get("why", ""))

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        together = bool(typed.get("together"))
        return propose_override(visit.read.opened, graded, wanted, _whom(graded, visit), together=together)

    return propose


def _revoke(visit: Visit, typed: Typed) -> Propose:
    event, why, student = typed.get("event", ""), typed.get("why", ""), visit.params["student"]

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        return propose_revocation(graded, event, Whom(student), why)

    return propose


STUDENT_FORMS: Mapping[str, DecisionForm] = {
    each.name: each
    for each in (
        DecisionForm("extend", "More time", _extend),
        DecisionForm("excuse", "Absence", _excuse),
        DecisionForm("override", "Decide a mark", _override, at_once=False),
        DecisionForm(
            "withhold",
            "Withhold a mark",
            lambda visit, typed: _decide(visit, typed, OverrideKind.WITHHELD, ""),
            at_once=False,
        ),
        DecisionForm("revoke", "Take a decision back", _revoke),
    )
}
"""The forms on one student, by the last part of their addresses."""
