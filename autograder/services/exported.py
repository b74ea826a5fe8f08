"""The marks of a class as they are exported: of an assignment, of a quiz, and final."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from autograder.course.graded import graded_class
from autograder.course.opened import OpenCourse
from autograder.domain.counts import describe_count
from autograder.domain.events import History
from autograder.domain.exam import GradeCode
from autograder.domain.grade import Grade, WorkGrade
from autograder.domain.language import speaking
from autograder.domain.policy import Policy
from autograder.domain.standing import find_waiting
from autograder.errors import CourseError, Flaw
from autograder.gradebook.store import Gradebook
from autograder.interop.marks import ExportedMark, MarksToExport
from autograder.publishing.scores import count_points
from autograder.render.feedback import render_feedback

FINAL, FINAL_BESIDE = "final", "final grade"
"""What the final grade is called in a table of one's own: beside a homework called final, otherwise."""


def final_marks(course: OpenCourse, now: datetime) -> MarksToExport:
    """The final grade of each student at a moment, where it is not open. Raises CourseError, StoreError."""
    with graded_class(course, now) as (graded, _):
        policy, grades = graded.policy, graded.grades()
    students = {student: _final(grade, policy) for student, grade in grades.items()}
    works = {name.casefold() for each in policy.works for name in (each.name, each.title)}
    # Else a column of the homework would take the final grades, and one file the place of the other.
    called = FINAL_BESIDE if FINAL in works else FINAL
    return MarksToExport(called, "Final grade", policy.scale, students, policy.rounding, is_final=True)


def work_marks(course: OpenCourse, name: str, now: datetime, *, feedback: bool = False) -> MarksToExport:
    """What an assignment or a quiz counts for each student at a moment: lateness and decisions reckoned in.

    With `feedback`, what the report of an assignment says of each question comes with it.

    Raises:
        CourseError: there is nothing of that name, or a quiz cannot be read.
        StoreError: the gradebook cannot be read.
    """
    quiz = course.course.quiz_settings(name)
    title = quiz.title if quiz else course.settings(name).title
    with graded_class(course, now) as (graded, gradebook):
        works = {
            student: next(work for work in grade.works if work.name == name)
            for student, grade in graded.grades().items()
        }
        happenings = graded.history.happenings()
        waiting = {
            student: find_waiting(work.file, History.of(happenings[student]))
            for student, work in works.items()
            if work.file
        }
        told = {}
        if feedback:
            if quiz:
                raise CourseError([Flaw(name, "is a quiz, which has no reports", "leave --feedback out")])
            with speaking(course.course.language):
                told = _feedback(gradebook, name, works)
    points = count_points(work.file for work in works.values())
    students = {
        student: replace(_mark(work, waiting.get(student, ())), feedback=told.get(student, ""))
        for student, work in works.items()
    }
    policy = graded.policy
    changing = sum(work.so_far is not None and work.low != work.high for work in works.values())
    remarks = (
        (f"{describe_count(changing, 'mark')} may still change: more files, or free days",)
        if changing
        else ()
    )
    forgeable = "" if quiz else course.forgeable(name)
    remarks = (*remarks, forgeable) if forgeable else remarks
    points = points or _count_asked(course, name)
    return MarksToExport(name, title, points or policy.scale, students, policy.rounding, remarks=remarks)


def _count_asked(course: OpenCourse, name: str) -> Fraction:
    """The points of all that is asked of a work of which nobody handed in anything; 0 where nothing tells."""
    try:
        if course.course.quiz_settings(name):
            return course.quiz(name).points
        return sum((each.points for each in course.text(name).statements), Fraction(0))
    except CourseError:
        return Fraction(0)  # a decision may stand on work that is written nowhere yet


def _mark(work: WorkGrade, waiting: Sequence[str]) -> ExportedMark:
    """What a piece of work counts for one student, or why there is nothing to export."""
    if work.standing.excused:
        return ExportedMark(why="is excused")
    if work.so_far is None:
        return ExportedMark(why="was not judged" if work.file else "nothing was handed in")
    if waiting and work.low != work.high:
        return ExportedMark(why=f"waits for a person: {', '.join(waiting)}")
    return ExportedMark(work.so_far)


def _final(grade: Grade, policy: Policy) -> ExportedMark:
    """A final grade as a registrar takes it: a number, a code, or both.

    Whoever was absent without excuse has a number, since the exam counts as 0, and the code goes before it
    where codes are taken: what the absence means there, the registrar's own rules say.
    """
    code = grade.code
    if grade.final is not None:
        first = code is GradeCode.UNEXCUSED
        return ExportedMark(grade.final / policy.scale, code.value if code else "", code_first=first)
    sitting = grade.exam[grade.session - 1]
    waits = code is GradeCode.EXCUSED and not (sitting and sitting.alone)
    if code is not None and (waits or code is GradeCode.FAILING):
        return ExportedMark(code=code.value)
    return ExportedMark(why="the grade is still open")


def _feedback(gradebook: Gradebook, name: str, works: Mapping[str, WorkGrade]) -> dict[str, str]:
    """What each student reads beside the mark."""
    told = {}
    for report in gradebook.latest_reports(name):
        work = works.get(report.student)
        counts = None if work is None or work.so_far is None else work.so_far * report.points
        told[report.student] = render_feedback(report, counts=counts)
    return told
