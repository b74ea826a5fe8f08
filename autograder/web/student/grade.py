"""What a student's grade is made of, as far as it is known to them, and what it would be with other marks."""

from dataclasses import dataclass
from fractions import Fraction

from starlette.responses import Response

from autograder.domain.derivation import derive
from autograder.domain.given_marks import read_share
from autograder.domain.grade import Grade
from autograder.domain.language import localize_number
from autograder.domain.phrases import phrase
from autograder.domain.rounding import decimal
from autograder.domain.shown_reports import Shown
from autograder.domain.what_if import find_exam_needed, what_if
from autograder.errors import CourseError
from autograder.publishing.proposals import describe_final
from autograder.services.own_work import OwnCourse, read_own_course
from autograder.web.student.work import student_of
from autograder.web.visit import Visit

_REACH = (10, 12, 14)


@dataclass(frozen=True, slots=True)
class TrialGrade:
    """What the grade would be with the marks that were typed."""

    told: str
    trouble: tuple[str, ...]


def show_grade(visit: Visit) -> Response:
    """The grade line by line."""
    now = visit.site.clock()
    own = read_own_course(visit.read.opened, visit.site.gradebook, student_of(visit), now)
    graded = own.graded
    hidden = [w.name for w in own.works if w.plan and any(e.how is not Shown.FULL for e in w.plan.files)]
    lines = derive(
        graded.policy, own.happenings, own.grade, heading=(), zone=visit.site.zone, unpublished=hidden
    ).lines
    titles = {work.name: work for work in own.works}
    return visit.page(
        "web/grade.html",
        own=own,
        lines=lines,
        works=titles,
        open_works=[each for each in own.works if each.grade.low != each.grade.high],
        exam_open=_exam_is_open(own),
        typed=dict(visit.query),
        trial=_try(own, dict(visit.query)) if visit.query else None,
        needed=_needed(own) if _exam_is_open(own) else [],
        free_days=(graded.policy.free_days, sum(each.grade.free_days for each in own.works)),
    )


def _exam_is_open(own: OwnCourse) -> bool:
    sitting = own.grade.exam[0]
    return bool(own.graded.policy.composition.exam) and (sitting is None or sitting.waits)


def _try(own: OwnCourse, typed: dict[str, str]) -> TrialGrade:
    """The grade with what was typed; what cannot be read is said and left out."""
    trouble: list[str] = []

    def read(name: str, label: str) -> Fraction | None:
        text = typed.get(name, "").strip().replace(",", ".")
        if not text:
            return None
        if name == "exam" and text.replace(".", "", 1).isdigit():
            text += "/20"  # as exam marks are told here
        try:
            return read_share(text, where=label)
        except CourseError as error:
            trouble.append(str(error))
            return None

    works = {w.name: mark for w in own.works if (mark := read(f"work-{w.name}", w.title)) is not None}
    exam = read("exam", phrase("trial.exam"))
    graded = own.graded
    grade: Grade = what_if(graded.policy, own.happenings, graded.now, works=works, exam=exam)
    return TrialGrade(describe_final(graded.policy, grade), tuple(trouble))


def _needed(own: OwnCourse) -> list[tuple[str, str]]:
    """The exam marks with which the grade so far reaches some grades."""
    graded, scale = own.graded, own.graded.policy.scale
    found = []
    for number in _REACH:
        reach = number * scale / 20
        mark = find_exam_needed(graded.policy, own.happenings, graded.now, reach=reach)
        told = phrase("trial.unreachable")
        if mark is not None:
            told = phrase("grade.of", mark=decimal(mark), points=20)
        found.append((localize_number(decimal(reach)), told))
    return found
