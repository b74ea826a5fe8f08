"""`autograder restore BACKUP FOLDER`."""

import os
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from autograder.course.read import read_course
from autograder.domain.moments import describe_moment
from autograder.errors import CourseError
from autograder.services.backups import restore


@click.command()
@click.argument("backup", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
def command(backup: Path, folder: Path) -> None:
    """Bring a course back from BACKUP into FOLDER, which must be empty; by default the current folder.

    Its gradebook notes which backup it came from. Reports and what was released are made again by `autograder
    feedback` and `autograder release`. With AUTOGRADER_STORE, the gradebook goes into that database, which
    must be empty.

    \b
    Example:
        autograder restore backups/ml-kernels-20261129T134500Z.zip ~/ml-kernels
    """
    made = restore(backup, folder, store=os.environ.get("AUTOGRADER_STORE", ""))
    contents = made.contents
    made_at = describe_moment(datetime.fromisoformat(contents.made), _zone_of(folder))
    click.echo(f"{folder}: the course {contents.course} as it was on {made_at}")
    click.echo("Next: `autograder feedback NAME` writes the reports of NAME again.")


def _zone_of(folder: Path) -> tzinfo:
    """That of the course brought back; what is wrong with its settings is for other commands to tell."""
    try:
        return ZoneInfo(read_course(folder).timezone)
    except CourseError:
        return UTC
