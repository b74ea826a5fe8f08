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
from autograder.course.opened import OpenCourse, course_here, find_course
from autograder.domain.counts import describe_count
from autograder.render import clean
from autograder.services.backups import TriedBackup, back_up, note_tried, try_out


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
    thrown away and every entry is checked. Ten submissions are judged again: their scores must be those that
    were recorded. Ten published grades are worked out again from what was recorded before they were
    published: they must be the same.

    \b
    Exit codes: 0 done, 1 done but a score or a grade came out differently, 2 nothing was done.

    \b
    Example:
        autograder backup
        autograder backup /mnt/backups --try
    """
    tried, course = None, None
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
            click.echo(
                f"{file}: {describe_count(entries, 'entry', 'entries')} of the gradebook, "
                f"{describe_count(len(made.contents.files), 'file')}"
            )
            click.echo(f"SHA-256 {made.sha256}")
        tried = try_out(file, accept_level=accept_isolation) if trying else None
    if tried is not None and (course := course or _course_around()):
        note_tried(course, tried, datetime.now(UTC))
    if as_json:
        again = None if tried is None else {"tried": len(tried.scores), "differing": len(tried.differing)}
        published = None if tried is None else _published_to_json(tried)
        click.echo(json.dumps({"file": str(file), **told, "try": again, "published": published}))
    elif tried is not None:
        _print_tried(file, tried)
    wrong = tried is not None and (tried.differing or tried.differing_grades)
    sys.exit(NEEDS_PERSON if wrong else DONE)


def _course_around() -> OpenCourse | None:
    """The course in whose folder the command is called, if it is: its backups are what is tried there."""
    return course_here() if find_course(Path.cwd()) else None


def _published_to_json(tried: TriedBackup) -> dict[str, object]:
    differing = [
        {"work": each.work, "student": each.student, "published": each.published, "again": each.again}
        for each in tried.differing_grades
    ]
    return {"tried": len(tried.grades), "differing": differing, "other_policy": list(tried.other_policy)}


def _print_tried(file: Path, tried: TriedBackup) -> None:
    same = len(tried.scores) - len(tried.differing)
    click.echo(f"{file}: brought back, {describe_count(tried.entries, 'entry', 'entries')} as recorded")
    if tried.scores:
        click.echo(f"{same} of {describe_count(len(tried.scores), 'score')} came out as recorded")
    else:
        click.echo(
            "no score could be worked out again: no report was made by the solutions as they are in it"
        )
    for each in tried.differing:
        who = clean(f"{each.assignment}, {each.student}")
        click.echo(
            f"look at {who}: {float(each.kept):g} was recorded, {float(each.again):g} came out", err=True
        )
    if tried.grades:
        same = len(tried.grades) - len(tried.differing_grades)
        click.echo(f"{same} of {describe_count(len(tried.grades), 'published grade')} came out as published")
    for work in tried.other_policy:
        click.echo(
            f"{clean(work or 'final grades')}: published by another policy than course.toml has; not tried"
        )
    for grade in tried.differing_grades:
        who = clean(f"{grade.work or 'final grade'}, {grade.student}")
        again = grade.again or "it is open"
        click.echo(f"look at {who}: {grade.published} was published, {again} came out", err=True)
