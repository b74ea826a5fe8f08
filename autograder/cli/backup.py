"""`autograder backup [TO]`."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.main import DONE, NEEDS_PERSON
from autograder.cli.privacy import remind
from autograder.course.backups import TriedBackup, back_up, try_out
from autograder.course.opened import course_here
from autograder.render import clean


@click.command()
@click.argument("to", required=False, type=click.Path(path_type=Path))
@click.option("--try", "trying", is_flag=True, help="Bring it back into a scratch folder and judge again.")
@options.accept_isolation
@options.as_json
def command(to: Path | None, *, trying: bool, accept_isolation: int, as_json: bool) -> None:
    """Keep gradebook, secret and course in one file: TO, or in the folder TO, or in backups/.

    What is kept: the gradebook as it stands between two programs that write (of PostgreSQL as well, as a
    file), the secret, course.toml, students.csv, teams, assignments, solutions, quizzes, submissions and
    marking tables. Every entry is checked before; nothing is made of a damaged gradebook. The file holds the
    secret and all that students handed in: keep it where only you can read.

    With --try, the backup (or the one that TO names, if it is there) is brought back into a folder that is
    thrown away, every entry is checked, and ten submissions are judged again: their scores must be those that
    were recorded.

    \b
    Exit codes: 0 done, 1 done but a score came out differently, 2 nothing was done.

    \b
    Example:
        autograder backup
        autograder backup /mnt/backups --try
    """
    tried = None
    if trying and to is not None and to.is_file():
        file, told = to, {}
        tried = try_out(to, accept_level=accept_isolation)
    else:
        course = course_here()
        made = back_up(course, to, now=datetime.now(UTC))
        remind(course)
        file, told = made.file, {"sha256": made.sha256, **asdict(made.contents)}
        if not as_json:
            rows = made.contents.rows
            entries = sum(n for table, n in rows.items() if table not in ("chain", "report_marks"))
            click.echo(f"{file}: {entries} entries of the gradebook, {len(made.contents.files)} files")
            click.echo(f"SHA-256 {made.sha256}")
        tried = try_out(file, accept_level=accept_isolation) if trying else None
    if as_json:
        again = None if tried is None else {"tried": len(tried.scores), "differing": len(tried.differing)}
        click.echo(json.dumps({"file": str(file), **told, "try": again}))
    elif tried is not None:
        _print_tried(file, tried)
    sys.exit(NEEDS_PERSON if tried is not None and tried.differing else DONE)


def _print_tried(file: Path, tried: TriedBackup) -> None:
    same = len(tried.scores) - len(tried.differing)
    click.echo(f"{file}: brought back, {tried.entries} entries as they were recorded")
    if tried.scores:
        click.echo(f"{same} of {len(tried.scores)} scores came out as they were recorded")
    else:
        click.echo(
            "no score could be worked out again: no report was made by the solutions as they are in it"
        )
    for each in tried.differing:
        who = clean(f"{each.assignment}, {each.student}")
        click.echo(
            f"look at {who}: {float(each.kept):g} was recorded, {float(each.again):g} came out", err=True
        )
