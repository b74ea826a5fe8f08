"""`autograder mark NAME`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.main import DONE, NEEDS_PERSON
from autograder.cli.nbgrader_lines import tell_taken
from autograder.cli.privacy import tighten
from autograder.cli.user import find_user
from autograder.course.opened import course_here
from autograder.domain.counts import describe_count
from autograder.marking.answers import sheet_of
from autograder.marking.record import WrittenSheet, record, write_sheets
from autograder.render import clean
from autograder.services.marked_parts import open_marked_parts
from autograder.services.nbgrader import take_from_formgrader


@click.command()
@click.argument("name")
@click.option(
    "--csv",
    "tables",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the marks in this table; may be repeated.",
)
@click.option(
    "--from",
    "source",
    type=(click.Choice(["nbgrader"]), click.Path(exists=True, file_okay=False, path_type=Path)),
    metavar="nbgrader FOLDER",
    help="Read the marks that people gave in formgrader, in the nbgrader course of this folder.",
)
@options.python
@click.option("--names", is_flag=True, help="Show who wrote what; by default answers have numbers.")
@click.option("--marker", default="", help="Who marked [default: your login]; students do not see it.")
@options.out
def command(
    name: str,
    tables: tuple[Path, ...],
    source: tuple[str, Path] | None,
    python: Path | None,
    names: bool,  # noqa: FBT001 - click passes options by name
    marker: str,
    out: Path | None,
) -> None:
    """Mark by hand what NAME asks to be written.

    Writes to marking/NAME/, for every part that is marked by hand, a sheet with all answers, to read or to
    print, and a table to fill in. With --csv, reads such a table, records its marks and writes the reports of
    those who were marked again. A table may be read as often as you like: what is unchanged is not recorded
    again, and of changed marks the last counts. A line with - for each criterion takes a mark back.

    With --from nbgrader, marks of formgrader are read the same way: those of written parts are marks by hand,
    those of other questions are recorded as decisions on these questions.

    \b
    Exit codes: 0 done, 1 done but something needs a person, 2 nothing was done.

    \b
    Example:
        autograder mark training
        autograder mark training --csv marking/training/written-9.csv
        autograder mark training --from nbgrader ~/nbgrader-course
    """
    course = course_here()
    if source is not None:
        if tables or names:
            raise click.UsageError("--from reads marks: --csv and --names do not go with it")
        now, who = datetime.now(UTC), marker or find_user()
        taken = take_from_formgrader(course, name, source[1], now, marker=who, reports=out, python=python)
        for line in tell_taken(taken):
            click.echo(line)
        for note in taken.notes:
            click.echo(f"not taken: {clean(note)}", err=True)
        sys.exit(NEEDS_PERSON if taken.notes else DONE)
    files = course.report_files(name, out)
    limits = course.settings(name).limits
    tighten(course)
    with course.gradebook(read_only=not tables) as gradebook:
        parts, title = open_marked_parts(course, name, gradebook)
        if tables:
            who, now = marker or find_user(), datetime.now(UTC)
            recorded = record(tables, parts, gradebook, files, marker=who, now=now)
            for note in recorded.notes:
                click.echo(clean(note), err=True)
            counts = f"{describe_count(len(recorded.new), 'mark')} recorded, {recorded.unchanged} unchanged"
            click.echo(f"{counts}; reports: {files.folder}")
            sys.exit(NEEDS_PERSON if recorded.notes else DONE)
        sheets = ((part, sheet_of(title, limits, part, gradebook.content, names=names)) for part in parts)
        folder, access = course.folder.path / "marking" / name, course.folder.access
        for written in write_sheets(sheets, folder, names=names, access=access):
            show_written(written)
    click.echo(f"Fill in the tables, then: autograder mark {name} --csv TABLE")
    sys.exit(NEEDS_PERSON if any(part.missing for part in parts) else DONE)


def show_written(written: WrittenSheet) -> None:
    """Say what a sheet holds, and who must be looked at."""
    answers, place, aside = written.part.answers, written.place, written.put_aside
    if aside is not None:
        click.echo(f"{place.name}.csv was there and differs: it is kept as {aside.name}", err=True)
    marked = sum(answer.mark is not None and not answer.outdated for answer in answers)
    copies = describe_count(len(answers), "copy", "copies")
    click.echo(
        f"{place}.html and .csv: “{clean(written.part.part.title)}”, {copies}, "
        f"{written.empty} of them empty, {marked} marked"
    )
    for student, why in written.part.missing:
        click.echo(f"look at {clean(student)}: {why}", err=True)
