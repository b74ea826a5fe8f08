"""`autograder erase --person STUDENT`."""

import sys

import click

from autograder.cli.main import USAGE
from autograder.course.opened import course_here
from autograder.course.persons import erase, preview_erasure
from autograder.render import clean


@click.command()
@click.option("--person", "student", metavar="STUDENT", required=True, help="Whom, by their id.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(student: str, *, yes: bool) -> None:
    """Erase a person: from the gradebook, from submissions, reports, students.csv and teams.

    Files, answers, texts and the name go for good; marks, outcomes and times stay under a random number. The
    chain of the gradebook says that they were erased, and goes on checking all else. Backups that were made
    before hold them still.

    It is shown first what goes. Without --yes and without a terminal nothing is erased.

    \b
    Exit codes: 0 erased, 2 nothing was done.

    \b
    Example:
        autograder export --person amelie.durand --out amelie.zip
        autograder erase --person amelie.durand
    """
    course = course_here()
    for line in preview_erasure(course, student):
        click.echo(clean(line))
    if not yes:
        if not sys.stdin.isatty():
            click.echo("Nothing was erased: --yes erases.", err=True)
            sys.exit(USAGE)
        if not click.confirm(f"Erase {clean(student)} for good?"):
            sys.exit(USAGE)
    number = erase(course, student)
    click.echo(f"Erased; what is left stands under {number}. Backups made before today hold them still.")
