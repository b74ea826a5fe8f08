"""Tables on the terminal, in pipes and in files: nothing is cut that somebody else reads."""

import csv
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.access import Access, write_whole
from autograder.domain.course import Student
from autograder.errors import CourseError, Flaw
from autograder.interop.marks import harmless
from autograder.render import clean

if TYPE_CHECKING:
    from rich.table import Table

_WIDE = 10_000
"""Columns of a line in a pipe or a file: no table has so many, and a line ends where its table does."""


def print_table(table: "Table") -> None:
    """Print a table: as wide as the terminal, or as wide as it is where nobody sees it."""
    from rich.console import Console

    for column in table.columns:
        column.overflow = "fold"  # an id that is cut off is nobody's
    Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _WIDE).print(table)


def print_rows(heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> None:
    """Print rows below their headings; columns `right` are set to the right."""
    from rich.table import Table

    table = Table(header_style="bold", box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, justify="right" if head in right else "left")
    for row in rows:
        table.add_row(*map(clean, row))
    print_table(table)


def give_csv(target: str, heads: Sequence[str], rows: Iterable[Sequence[object]], *, access: Access) -> None:
    """Print rows as CSV where the target is `-`, else write them to that file; no cell is a formula.

    Args:
        target: the name of a file, or `-`.
        heads: the first line.
        rows: a line each; None is an empty cell.
        access: who may read the file.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    for row in rows:
        cells = ("" if cell is None else cell for cell in row)
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    give_text(target, text.getvalue(), access=access)


def give_text(target: str, text: str, *, access: Access) -> None:
    """Print a text where the target is `-`, else write it to that file, and name the file aside."""
    if target == "-":
        click.echo(text, nl=False)
        return
    write_file(Path(target), text, access=access)
    click.echo(f"{target} is written.", err=True)


def write_file(file: Path, content: str | bytes, *, access: Access) -> None:
    """Write a file that was named on the command line. Raises CourseError where its folder is not there."""
    if not file.parent.is_dir():
        what = f"there is no folder {file.parent}"
        raise CourseError([Flaw(str(file), what, "make it, or name another file")])
    write_whole(file, content, access)


def names_of(roster: Iterable[Student]) -> Mapping[str, str]:
    """The names of students by their ids, as they stand beside each other in tables."""
    return {student.id: student.name for student in roster}
