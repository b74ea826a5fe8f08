"""Reading students.csv: one line for each student, with at least an id."""

import csv
import io
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from autograder.domain.course import Student
from autograder.domain.student_id import normal, why_unsafe
from autograder.errors import Flaw

_COLUMNS = ("id", "name", "email", "group")
_SAVE = "save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"

_Row = tuple[int, list[str]]
"""The number of a line, and its cells."""


def read_roster(path: Path) -> tuple[tuple[Student, ...], list[Flaw]]:
    """The students of a file, and what is wrong with it; nobody, and nothing wrong, where there is none.

    Columns beyond ours are passed over. Commas, semicolons or tabulators separate, whichever the first
    line has: spreadsheets write what their language says.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return (), []
    except OSError as error:
        return (), [Flaw(path.name, f"cannot be read ({error.strerror})", "make it a readable file")]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return (), [Flaw(_at(path, line), "is not text in UTF-8", _SAVE)]
    try:
        (_, header), *rows = _rows(text) or [(1, [])]
    except csv.Error as error:
        return (), [Flaw(path.name, f"cannot be read as a table ({error})", _SAVE)]
    columns = [cell.lower() for cell in header]
    flaws = list(_mistakes_of_header(columns, path))
    if flaws:
        return (), flaws
    found = list(_people(rows, columns, path))
    people = tuple(one for one in found if isinstance(one, Student))
    return people, [one for one in found if isinstance(one, Flaw)]


def _at(path: Path, line: int) -> str:
    return f"{path.name}, line {line}"


def _rows(text: str) -> list[_Row]:
    """The lines that hold anything, with the numbers at which they begin."""
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True
    )
    rows: list[_Row] = []
    begin = 1
    for row in reader:
        cells = [cell.strip() for cell in row]
        if any(cells):
            rows.append((begin, cells))
        begin = reader.line_num + 1
    return rows


def _mistakes_of_header(columns: list[str], path: Path) -> Iterator[Flaw]:
    where = _at(path, 1)
    if "id" not in columns:
        yield Flaw(where, "there is no column id", f"the first line names the columns: {', '.join(_COLUMNS)}")
    for column in _COLUMNS:
        if columns.count(column) > 1:
            yield Flaw(where, f"there are two columns {column}", "keep one")
        elif column not in columns and column != "id":
            close = get_close_matches(column, columns, n=1, cutoff=0.75)
            if close:
                yield Flaw(where, f"the column {close[0]!r} is unknown", f"did you mean {column}?")


def _people(rows: list[_Row], columns: list[str], path: Path) -> Iterator[Student | Flaw]:
    seen: dict[str, int] = {}
    for line, row in rows:
        where = _at(path, line)
        if len(row) != len(columns):
            what = f"has {len(row)} columns, the first line has {len(columns)}"
            yield Flaw(where, what, "quote a text that holds the separator")
            continue
        cells = dict(zip(columns, row, strict=True))
        student = normal(cells["id"])
        unsafe = why_unsafe(student)
        # Where folders do not tell capitals apart, two such students would share one.
        before = seen.setdefault(student.casefold(), line)
        if unsafe:
            yield Flaw(where, f"the id {student!r} {unsafe}", "ids name folders: letters, digits, . _ - @")
        elif before != line:
            yield Flaw(
                where, f"the id {student!r} stands on line {before} already", "each student has one line"
            )
        else:
            yield Student(student, *(cells.get(column, "") for column in _COLUMNS[1:]))
