"""`autograder whatif STUDENT`."""

import json
from datetime import UTC, datetime
from fractions import Fraction

import click

from autograder.cli import options
from autograder.course.graded import GradedClass, graded_class
from autograder.course.opened import course_here
from autograder.course.targets import require_work
from autograder.domain.given_marks import read_share
from autograder.domain.rounding import decimal
from autograder.domain.what_if import find_exam_needed, what_if
from autograder.publishing.proposals import describe_final, find_student

_REACH = (10, 12, 14)
"""Grades out of 20 for which the exam mark is told that reaches them."""


@click.command()
@click.argument("student")
@click.option("--exam", help="A mark in the exam, such as 14.5/20.")
@click.option("--session", type=click.IntRange(1, 2), default=1, help="Of the exam.")
@click.option(
    "--mark", "marks", nargs=2, multiple=True, metavar="NAME MARK", help="A mark of a work that is open."
)
@options.as_json
def command(
    student: str,
    exam: str | None,
    session: int,
    marks: tuple[tuple[str, str], ...],
    as_json: bool,  # noqa: FBT001 - click passes options by name
) -> None:
    """Print what the grade of STUDENT would be with marks that are not known yet. Nothing is recorded.

    Marks that are known stay as they are. Without any option, prints which exam marks reach 10, 12 and 14.

    \b
    Example:
        autograder whatif ada --exam 14.5/20 --mark final 8/10
    """
    with graded_class(course_here(), datetime.now(UTC)) as (graded, _):
        found = find_student(graded.history.students, student)
    works = {require_work(graded.policy, name): read_share(text, where=name) for name, text in marks}
    supposed = None if exam is None else read_share(exam, where="--exam")
    happenings = graded.history.happenings()[found.id]
    grade = what_if(graded.policy, happenings, graded.now, works=works, exam=supposed, session=session)
    needed = _needed(graded, found.id, session)
    if as_json:
        told = {
            "id": found.id,
            "final": None if grade.final is None else graded.policy.rounding.text(grade.final),
            "exact": None if grade.exact is None else str(grade.exact),
            "range": [None if end is None else str(end) for end in (grade.low, grade.high)],
            "exam_needed": {
                str(reach): None if mark is None else str(mark) for reach, mark in needed.items()
            },
        }
        click.echo(json.dumps(told))
        return
    click.echo(f"trial, nothing is recorded: {describe_final(graded.policy, grade)}")
    if graded.policy.composition.exam and exam is None:
        for reach, mark in needed.items():
            told_mark = "no exam mark reaches it" if mark is None else f"{decimal(mark)} of 20"
            click.echo(f"for {decimal(reach)}, needed in the exam: {told_mark}")


def _needed(graded: GradedClass, student: str, session: int) -> dict[Fraction, Fraction | None]:
    """The least exam mark of 20 for each grade, which are those of a scale of 20, carried over."""
    happenings, scale = graded.history.happenings()[student], graded.policy.scale
    return {
        reach: find_exam_needed(graded.policy, happenings, graded.now, reach=reach, session=session)
        for reach in (number * scale / 20 for number in _REACH)
    }
