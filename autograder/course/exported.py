"""The marks of a class as they are exported: of an assignment, of a quiz."""

from dataclasses import replace
from fractions import Fraction

from autograder.course.opened import OpenCourse
from autograder.course.quizzes import quizzes_of
from autograder.interop.marks import ExportedMark, MarksToExport
from autograder.render.feedback import render_feedback


def marks_of(course: OpenCourse, name: str, *, feedback: bool = False) -> MarksToExport:
    """What each student has of an assignment or of a quiz that counts; whoever handed in nothing has no mark.

    With `feedback`, what the report of an assignment says of each question comes with it.

    Raises:
        CourseError: there is nothing of that name, or its quiz cannot be read.
        StoreError: the gradebook cannot be read.
    """
    quiz = course.course.quiz_settings(name)
    if quiz is not None:
        lines = [line for line in quizzes_of(course).scores(name) if line.handed_in is not None]
        points = lines[0].points if lines else course.quiz(name).points
        students = {line.student: _mark(line.score, line.points, line.waiting) for line in lines}
        title = quiz.title
    else:
        title, points, students = course.settings(name).title, Fraction(0), {}
        with course.gradebook(read_only=True) as gradebook:
            for report in gradebook.latest_reports(name):
                waiting = tuple(verdict.question for verdict in report.verdicts if verdict.mark is None)
                mark = _mark(report.score, report.points, waiting)
                students[report.student] = replace(mark, feedback=render_feedback(report) if feedback else "")
                points = max(points, report.points)
    return MarksToExport(name, title, points, students, course.course.policy.rounding)


def _mark(score: Fraction | None, points: Fraction, waiting: tuple[str, ...]) -> ExportedMark:
    if score is None or not points:
        return ExportedMark(why=f"waits for a person: {', '.join(waiting)}")
    return ExportedMark(score / points)
