"""`autograder explain NAME STUDENT [QUESTION]`."""

import click

from autograder.cli import options
from autograder.course.class_look import explain_submission
from autograder.course.opened import course_here
from autograder.course.people_named import require_students
from autograder.errors import CourseError, Flaw
from autograder.render import clean


@click.command()
@click.argument("name")
@click.argument("student")
@click.argument("question", required=False)
@options.accept_isolation
def command(name: str, student: str, question: str | None, accept_isolation: int) -> None:
    """Show every hidden case of STUDENT's latest submission for NAME: for instructors, for appeals.

    Prints arguments, expected value, answer and difference; of an adopted assignment each test, hidden ones
    too, with the statement where it stops. Nothing is recorded.

    \b
    Example:
        autograder explain gradients amelie.durand quad_grad
    """
    course = course_here()
    with course.gradebook(read_only=True) as gradebook:
        require_students(course, gradebook, [student])
        submission = next(iter(gradebook.latest_submissions(name, students=[student])), None)
    if submission is None:
        what = f"has handed in nothing for {name}"
        raise CourseError([Flaw(student, what, "`autograder grades` shows who has a score")])
    told = explain_submission(course, submission, accept_level=accept_isolation, question=question or "")
    for line in told:
        click.echo(clean(line))
