"""`autograder feedback NAME`."""

from pathlib import Path

import click

from autograder.cli import options
from autograder.course.opened import course_here
from autograder.grading.batch import Graded, drawing, write_report


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
    folder = out or course.folder.path / "reports" / name
    draw, written = drawing(course.course), 0
    with course.gradebook(read_only=True) as gradebook:
        for report in gradebook.latest_reports(name, students=students or None):
            write_report(Graded(report, draw(report)), folder)
            written += 1
    click.echo(f"{written} reports written to {folder}")
