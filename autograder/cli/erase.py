"""`autograder erase --person STUDENT` and `--course`."""

import sys
from datetime import UTC, datetime

import click

from autograder.cli.main import USAGE
from autograder.course.opened import course_here
from autograder.domain.counts import describe_count
from autograder.render import clean
from autograder.services.persons import erase, erase_everybody, preview_erasure


@click.command()
@click.option("--person", "student", metavar="STUDENT", help="Whom, by their id.")
@click.option("--course", "everybody", is_flag=True, help="Everybody, once [privacy] keep is over.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(student: str | None, *, everybody: bool, yes: bool) -> None:
    """Erase a person, or with --course everybody: from gradebook, submissions, reports and students.csv.

    Files, answers, texts and the name go for good; marks, outcomes and times stay under a random number. The
    chain of the gradebook says that they were erased, and goes on checking all else. Exports, returns,
    marking tables and pages on the class lose what they hold of them. Backups that were made before hold them
    still.

    --course erases when the time of [privacy] keep in course.toml is over since the last publication, and
    thirty days more.

    It is shown first what goes. Without --yes and without a terminal nothing is erased.

    \b
    Exit codes: 0 erased, 2 nothing was done.

    \b
    Example:
        autograder export --person amelie.durand --out amelie.zip
        autograder erase --person amelie.durand
    """
    if (student is None) is not everybody:
        raise click.UsageError("either --person STUDENT or --course")
    course = course_here()
    if student is None:
        _confirm("everybody in this course", yes=yes)
        numbers = erase_everybody(course, now=datetime.now(UTC))
        many = describe_count(len(numbers), "person", "people")
        click.echo(f"{many} erased. Backups made before today hold them still.")
        return
    for line in preview_erasure(course, student):
        click.echo(clean(line))
    _confirm(clean(student), yes=yes)
    number = erase(course, student)
    click.echo(f"Erased; what is left stands under {number}. Backups made before today hold them still.")


def _confirm(whom: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        click.echo("Nothing was erased: --yes erases.", err=True)
        sys.exit(USAGE)
    if not click.confirm(f"Erase {whom} for good?"):
        sys.exit(USAGE)
