"""`autograder mark NAME`."""

import getpass
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.main import DONE, NEEDS_PERSON
from autograder.course.opened import OpenCourse, course_here
from autograder.domain.handmark import HandMark
from autograder.errors import CourseError, Flaw
from autograder.gradebook.store import Gradebook
from autograder.grading.assignment import OpenAssignment
from autograder.grading.batch import Graded, drawing, write_report, write_whole
from autograder.marking.answers import PartAnswers, gather, parts_of, sheet_of
from autograder.marking.table import Marked, read_table, write_table
from autograder.render import clean
from autograder.render.marking import render_sheet


@click.command()
@click.argument("name")
@click.option(
    "--csv",
    "tables",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the marks in this table; may be repeated.",
)
@click.option("--names", is_flag=True, help="Show who wrote what; by default answers have numbers.")
@click.option("--marker", default="", help="Who marked [default: your login]; students do not see it.")
@options.out
def command(
    name: str,
    tables: tuple[Path, ...],
    names: bool,  # noqa: FBT001 - click passes options by name
    marker: str,
    out: Path | None,
) -> None:
    """Mark by hand what NAME asks to be written.

    Writes to marking/NAME/, for every part that is marked by hand, a sheet with all answers, to read or to
    print, and a table to fill in. With --csv, reads such a table, records its marks and writes the reports of
    those who were marked again. A table may be read as often as you like: what is unchanged is not recorded
    again, and of changed marks the last counts.

    \b
    Exit codes: 0 done, 1 done but something needs a person, 2 nothing was done.

    \b
    Example:
        autograder mark training
        autograder mark training --csv marking/training/written-9.csv
    """
    course = course_here()
    assignment = course.assignment(name)
    with course.gradebook(read_only=not tables) as gradebook:
        secret = course.folder.secret()
        parts = [gather(assignment, gradebook, part, secret=secret) for part in parts_of(assignment)]
        if not parts:
            raise CourseError([Flaw(name, "has no part that is marked by hand")])
        if tables:
            read = _read(tables, parts, gradebook, marker or getpass.getuser())
            sys.exit(_record(read, course, gradebook, out or course.folder.path / "reports" / name))
        folder = course.folder.path / "marking" / name
    sys.exit(_write(assignment, parts, folder, names=names))


def _write(assignment: OpenAssignment, parts: Sequence[PartAnswers], folder: Path, *, names: bool) -> int:
    """Write a sheet and a table a part; a table that somebody may have filled in is put aside, not lost."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for gathered in parts:
        part, marked = gathered.part, sum(a.mark is not None and not a.outdated for a in gathered.answers)
        sheet = sheet_of(assignment, gathered, names=names)
        write_whole(folder / f"{part.key}.html", render_sheet(sheet))
        _write_table(folder / f"{part.key}.csv", "\ufeff" + write_table(gathered, names=names))
        click.echo(
            f"{folder / part.key}.html and .csv: “{clean(part.title)}”, {len(gathered.answers)} copies, "
            f"{sheet.empty} of them empty, {marked} marked"
        )
        for student, why in gathered.missing:
            click.echo(f"look at {clean(student)}: {why}", err=True)
    click.echo(f"Fill in the tables, then: autograder mark {assignment.settings.name} --csv TABLE")
    return NEEDS_PERSON if any(gathered.missing for gathered in parts) else DONE


def _write_table(file: Path, text: str) -> None:
    if file.exists() and file.read_bytes() != text.encode():
        aside = next(p for n in range(1, 10_000) if not (p := file.with_suffix(f".before-{n}.csv")).exists())
        file.rename(aside)
        click.echo(f"{file.name} was there and differs: it is kept as {aside.name}", err=True)
    write_whole(file, text)


def _read(tables: Sequence[Path], parts: Sequence[PartAnswers], gradebook: Gradebook, marker: str) -> Marked:
    """The marks of all tables. Raises CourseError with the mistakes of all of them."""
    now, flaws = datetime.now(UTC), list[Flaw]()
    marks: list[HandMark] = []
    notes: list[str] = []

    def blobs(student: str) -> list[str]:
        return [event.blob for event in gradebook.history(student)]

    for table in tables:
        try:
            read = read_table(table.read_bytes(), parts, blobs, file=str(table), marker=marker, now=now)
        except CourseError as error:
            flaws += error.flaws
            continue
        marks += read.marks
        notes += read.notes
    if flaws:
        raise CourseError(flaws)
    return Marked(tuple(marks), tuple(notes))


def _record(read: Marked, course: OpenCourse, gradebook: Gradebook, reports: Path) -> int:
    new = gradebook.hand_marks.add(read.marks)
    draw = drawing(course.course)
    students = sorted({mark.student for mark in new})
    if students:
        for report in gradebook.latest_reports(new[0].assignment, students=students):
            write_report(Graded(report, draw(report)), reports)
    for note in read.notes:
        click.echo(clean(note), err=True)
    click.echo(f"{len(new)} marks recorded, {len(read.marks) - len(new)} unchanged; reports: {reports}")
    return NEEDS_PERSON if read.notes else DONE
