"""`autograder feedback NAME`."""

from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.main import from_here
from autograder.cli.privacy import tighten
from autograder.cli.progress import say_how_to_grade
from autograder.course.opened import course_here
from autograder.course.people_named import require_students
from autograder.domain.counts import describe_count


@click.command()
@click.argument("name")
@options.out
@options.students
def command(name: str, out: Path | None, students: tuple[str, ...]) -> None:
    """Write the reports of NAME again, from the gradebook: nothing is graded.

    \b
    Example:
        autograder feedback gradients --student amelie.durand
    """
    course = course_here()
    course.settings(name)  # known, or refused
    tighten(course)
    files = course.report_files(name, out)
    with course.gradebook(read_only=True) as gradebook:
        require_students(course, gradebook, students)
        written = files.complete(gradebook, name, students=students or None, anew=True)
    click.echo(f"{describe_count(written, 'report')} written to {from_here(str(files.folder))}")
    if not written:
        say_how_to_grade(name)
