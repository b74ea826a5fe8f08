"""The grades of the class: a table, the same as a file, and how each grade comes about."""

from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from autograder.course.graded import derive_for_staff
from autograder.domain.attempt_words import say_others
from autograder.domain.course import Student
from autograder.domain.events import History
from autograder.publishing.final_table import (
    describe_exam,
    describe_homework,
    describe_work,
    final_csv,
    head_works,
)
from autograder.publishing.proposals import describe_final
from autograder.render.environment import environment
from autograder.services.class_state import ClassState
from autograder.web.downloads import send_download
from autograder.web.viewed import note_view
from autograder.web.visit import PageNotFound, Visit

STATES = (
    ("", "all"),
    ("open", "open grade"),
    ("settled", "settled grade"),
    ("person", "waits for a person"),
    ("changed", "unpublished change"),
)


@dataclass(frozen=True, slots=True)
class GradeRow:
    """A student in the table."""

    student: Student
    grade: str
    homework: str
    works: tuple[str, ...]
    exam: str


def show_grades(visit: Visit) -> Response:
    """The table, filtered by group and state; as a file where that is asked for."""
    state = visit.site.class_state(visit.read.opened)
    policy = state.graded.policy
    group, which = visit.query.get("group", ""), visit.query.get("state", "")
    so_far = visit.query.get("show") == "so-far"
    every = state.students(visit.who)
    wanted = _find_in_state(state, which)
    students = [each for each in every if group in ("", each.group) and (not which or each.id in wanted)]
    if visit.query.get("as") == "csv":
        # Marked as UTF-8, without which a spreadsheet guesses.
        text = "\ufeff" + final_csv(policy, students, state.grades)
        return send_download(f"{visit.read.opened.course.name}-grades.csv", text.encode())
    groups = sorted({each.group for each in every} - {""})
    return visit.page(
        "web/staff/grades.html",
        rows=[_draw_row(visit, state, each, so_far=so_far) for each in students],
        works=list(zip((w.name for w in policy.works), head_works(policy, taken=()), strict=True)),
        groups=[("", "all"), *((each, each) for each in groups)],
        group=group,
        states=STATES,
        which=which,
        so_far=so_far,
        scale=policy.scale,
        query=visit.query,
    )


def show_derivation(visit: Visit) -> Response:
    """How one grade comes about, line by line."""
    state = visit.site.class_state(visit.read.opened)
    student = next((s for s in state.students(visit.who) if s.id == visit.params["student"]), None)
    if student is None:
        raise PageNotFound
    note_view(visit, student.id, "")
    own = state.by_student[student.id]
    grade, happenings = own.grade, own.happenings
    history = History.of(happenings)
    return visit.page(
        "web/staff/derivation.html",
        student=student,
        derivation=derive_for_staff(visit.read.opened, state.graded, student, happenings, grade),
        others=[str(each) for work in grade.works for each in say_others(work, history)],
        titles={each.name: each.title for each in state.works},
        unpublished=[
            (work, each)
            for work, changes in state.unpublished.items()
            for each in changes
            if each.student == student.id
        ],
    )


def _find_in_state(state: ClassState, which: str) -> frozenset[str]:
    """The students whose grade is in a state."""
    match which:
        case "open":
            return frozenset(id for id, grade in state.grades.items() if grade.open)
        case "settled":
            return frozenset(id for id, grade in state.grades.items() if not grade.open)
        case "person":
            every = (each for works in state.by_work.values() for each in works)
            return frozenset(each.student.id for each in every if each.unjudged or each.awaiting)
        case "changed":
            return frozenset(each.student for changes in state.unpublished.values() for each in changes)
    return frozenset()


def _draw_row(visit: Visit, state: ClassState, student: Student, *, so_far: bool) -> Markup:
    """A row of the table; of a student of whom nothing has changed, as it was drawn before."""

    def draw() -> str:
        row, template = _row(state, student, so_far=so_far), "web/staff/grade_row.html"
        return environment().get_template(template).render(row=row, url=visit.url)

    return visit.site.grade_rows.get((student.id, so_far), state.by_student[student.id], draw)


def _row(state: ClassState, student: Student, *, so_far: bool) -> GradeRow:
    grade = state.by_student[student.id].grade
    policy = state.graded.policy
    if so_far:  # what is open is left out
        final = "-" if grade.so_far is None else policy.rounding.text(grade.so_far)
    else:
        final = describe_final(policy, grade)
    works = tuple(describe_work(each, so_far=so_far) for each in grade.works)
    return GradeRow(student, final, describe_homework(grade), works, describe_exam(grade))
