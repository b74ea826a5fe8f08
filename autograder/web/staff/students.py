"""The students of the class, and one of them with all work that the visitor looks after."""

from dataclasses import dataclass

from starlette.responses import Response

from autograder.domain.course import Student
from autograder.domain.course_events import find_standing
from autograder.domain.decision_words import describe_decision
from autograder.domain.people import CourseRole
from autograder.publishing.proposals import describe_final
from autograder.services.class_state import ClassState
from autograder.web.staff.deciding import find_decisions
from autograder.web.viewed import list_views, note_view
from autograder.web.visit import PageNotFound, Visit


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student in the list."""

    student: Student
    listed: bool
    received: int
    works: int
    open: int
    """Pieces of work in which something waits for a person."""


def show_students(visit: Visit) -> Response:
    """Everybody whom one looks after, with what they handed in; by name, id and group."""
    state = visit.site.class_state(visit.read.opened)
    every = state.students(visit.who)
    wanted, group = visit.query.get("q", "").strip(), visit.query.get("group", "")
    rows = _count_work(visit, state)
    shown = [
        rows[each.id]
        for each in every
        if wanted.casefold() in f"{each.name} {each.id}".casefold() and group in ("", each.group)
    ]
    groups = sorted({each.group for each in every} - {""})
    return visit.page(
        "web/staff/students.html",
        rows=shown,
        wanted=wanted,
        group=group,
        groups=[(each, each) for each in groups],
    )


def _count_work(visit: Visit, state: ClassState) -> dict[str, StudentRow]:
    """A row for each student, of the work that the visitor looks after."""
    rows = {each.id: StudentRow(each, each.id in state.listed, 0, 0, 0) for each in state.students(visit.who)}
    for settings in state.works:
        for work in state.students_work(visit.who, settings.name):
            row = rows[work.student.id]
            rows[work.student.id] = StudentRow(
                row.student,
                row.listed,
                row.received + bool(work.files),
                row.works + 1,
                row.open + (work.unjudged or work.awaiting),
            )
    return rows


def show_student(visit: Visit) -> Response:
    """One student: work, and for instructors the grade, what was recorded, and who looked."""
    state = visit.site.class_state(visit.read.opened)
    student = next((each for each in state.students(visit.who) if each.id == visit.params["student"]), None)
    if student is None:
        raise PageNotFound
    note_view(visit, student.id, "")
    works = [
        (settings.title, each)
        for settings in state.works
        for each in state.students_work(visit.who, settings.name)
        if each.student.id == student.id
    ]
    instructor = CourseRole.INSTRUCTOR in visit.who.roles
    standing = find_standing(state.graded.history.events) if instructor else ()
    own = [each for each in standing if each.whom.includes(student)]
    return visit.page(
        "web/staff/student.html",
        student=student,
        listed=student.id in state.listed,
        works=works,
        is_instructor=instructor,
        final=describe_final(state.graded.policy, state.by_student[student.id].grade) if instructor else None,
        events=[(each, describe_decision(each, visit.site.zone)) for each in own],
        views=list_views(visit.site.transient, student.id) if instructor else [],
        decisions=find_decisions(visit, student.id) if instructor else [],
    )
