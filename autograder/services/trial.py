"""The solved notebook, graded as a student's is: what no reference called by itself would show."""

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction

from autograder.check.subject import AssignmentUnderTest
from autograder.course.opened import OpenCourse
from autograder.course.recipe import own_recipe_of
from autograder.domain.report import CellEnding, Outcome, Report
from autograder.domain.submission import ReceivedBy, Submission
from autograder.errors import CourseError, Flaw
from autograder.notebook.assignment import Role
from autograder.notebook.solved import solve
from autograder.questions.source import answers_to
from autograder.sandbox.isolation import LIMITS_ONLY


def grade_solved(course: OpenCourse, name: str, subject: AssignmentUnderTest) -> tuple[Flaw, ...]:
    """What goes wrong where the solved notebook of an assignment is graded for real; nothing is recorded.

    Cells may stop that only the class would run: a file that is not there, a name that nothing defines. How
    fast this machine is just now decides nothing.

    Raises:
        CourseError: a reference cannot stand in a notebook.
    """
    asked = [prepared.question for prepared in subject.solutions.questions]
    content = solve(
        course.released_source(name), answers_to(course.module(name), asked), path=subject.notebook
    )
    grader = own_recipe_of(course, name, accept_level=LIMITS_ONLY)()
    try:
        handed_in = Submission("solved", name, content, datetime.now(UTC), ReceivedBy.SERVER, f"{name}.ipynb")
        report = grader(handed_in).report
    finally:
        grader.close()
    if report.trouble:
        what = f"the solved notebook cannot be graded: {report.trouble}"
        raise CourseError([Flaw(subject.notebook, what, "`autograder doctor` says what this machine can do")])
    stopped = tuple(_find_stopped(report, subject))
    return stopped or tuple(_find_lost(report, subject))  # marks are lost by what stopped


def _find_stopped(report: Report, subject: AssignmentUnderTest) -> Iterator[Flaw]:
    for cell in report.cells:
        if cell.ending is not CellEnding.RAN:
            why = (
                f"{cell.exception}: {cell.message}" if cell.exception else str(cell.ending).replace("_", " ")
            )
            line = f", line {cell.line}" if cell.line else ""
            what = f"stops where it is graded, though every question is answered: {why}"
            yield Flaw(f"{subject.notebook}, cell {cell.number}{line}", what, "mend the cell")


def _find_lost(report: Report, subject: AssignmentUnderTest) -> Iterator[Flaw]:
    """References that lose more than a busy machine may cost; one may use what students must not."""
    for verdict in report.verdicts:
        statement = subject.text.statement(verdict.question)
        speed = sum((group.share for group in verdict.groups if group.name == "speed"), Fraction(0))
        earns_all = verdict.mark is not None and verdict.mark >= 1 - speed
        if statement is not None and verdict.outcome is not Outcome.FORBIDDEN and not earns_all:
            what = f"its reference earns {verdict.mark} where notebooks are graded: {verdict.sentence}"
            yield Flaw(f"{subject.cell(statement, Role.STUB)}: {verdict.question}", what)
