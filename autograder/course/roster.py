"""Reading students.csv: one line for each student, with at least an id."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from autograder.domain.counts import describe_count
from autograder.domain.course import Student
from autograder.domain.student_id import is_shortened_number, normal, why_unsafe
from autograder.errors import Flaw

_COLUMNS = ("id", "name", "email", "group")
_SAVE = "save the file as UTF-8, which spreadsheets call CSV UTF-8"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of spreadsheets begin: .xlsx and .ods are zips, .xls is older."""
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
"""Bytes that stand in no table, in whatever encoding."""

_WHOLE_NUMBERS = (
    "a spreadsheet has shortened the numbers: take the ids anew from where they came, and let it treat "
    "their column as text"
)


def read_roster(path: Path) -> tuple[tuple[Student, ...], list[Flaw]]:
    """The students of a file, and what is wrong with it; nobody, and nothing wrong, where there is none."""
    rows, flaws = read_table(path, path.name, _COLUMNS, required=_COLUMNS[:1])
    found = list(_people(rows, path))
    people = tuple(one for one in found if isinstance(one, Student))
    return people, sort_by_line([*flaws, *(one for one in found if isinstance(one, Flaw))])


def read_table(
    path: Path, name: str, known: Sequence[str], *, required: Sequence[str]
) -> tuple[list[tuple[int, dict[str, str]]], list[Flaw]]:
    """The lines of a table with their numbers, and what is wrong with it; nothing where there is no file.

    `name` is how the file is called in messages. Columns beyond those `known` are passed over. Commas,
    semicolons or tabulators separate, whichever the first line has: spreadsheets write what their
    language says.
    """
    lines, broken = read_lines(path, name)
    if not lines and (broken or not path.exists()):
        return [], broken
    (_, header), *rows = lines or [(1, [])]
    columns = [cell.lower() for cell in header]
    flaws = list(_mistakes_of_header(columns, name, known, required))
    if flaws:
        return [], [*flaws, *broken]
    flaws += broken
    for line, row in rows:
        if len(row) != len(columns):
            what = f"has {describe_count(len(row), 'column')}, the first line has {len(columns)}"
            flaws.append(Flaw(_at(name, line), what, "quote a text that holds the separator"))
    whole = [(line, row) for line, row in rows if len(row) == len(columns)]
    return [(line, dict(zip(columns, row, strict=True))) for line, row in whole], flaws


def sort_by_line(flaws: Sequence[Flaw]) -> list[Flaw]:
    """The flaws of a table in the order of its lines; what is wrong with all of it comes first."""

    def line_of(flaw: Flaw) -> int:
        number = flaw.where.rpartition(" ")[2]
        return int(number) if number.isdecimal() else 0

    return sorted(flaws, key=line_of)


def _at(name: str, line: int) -> str:
    return f"{name}, line {line}"


def read_lines(path: Path, name: str) -> tuple[list[tuple[int, list[str]]], list[Flaw]]:
    """The lines of a table that hold anything, with the numbers at which they begin, and what is wrong.

    Lines that are no text are told and left out, so that what is wrong with the others is told as well.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [Flaw(name, f"cannot be read ({error.strerror})", "make it a readable file")]
    if data.startswith(_WORKBOOKS):
        return [], [Flaw(_at(name, 1), "is a workbook of a spreadsheet, no text", _SAVE)]
    in_utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if data.startswith(b"%PDF") or (_CONTROLS.search(data) and not in_utf_16):
        return [], [Flaw(_at(name, 1), "is a binary file, no table of text", _SAVE)]
    text = data.decode("utf-8-sig", "replace")
    split = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    spoilt = [n for n, line in enumerate(split, 1) if line.decode("utf-8", "replace").encode() != line]
    if b"\0" in split[0] or (b"\0" in data and spoilt):  # UTF-16, in which no line is what it seems
        return [], [Flaw(_at(name, min(spoilt, default=1)), "is not text in UTF-8", _SAVE)]
    flaws = [Flaw(_at(name, line), "is not text in UTF-8", _SAVE) for line in spoilt]
    first = text.lstrip().partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True
    )
    rows: list[tuple[int, list[str]]] = []
    begin = 1
    try:
        for row in reader:
            cells, end = [cell.strip() for cell in row], reader.line_num + 1
            # The first line is kept: columns that nobody asks for may hold anything.
            if any(cells) and not (rows and any(begin <= line < end for line in spoilt)):
                rows.append((begin, cells))
            begin = end
    except csv.Error as error:
        flaws.append(Flaw(_at(name, begin), f"cannot be read as a table ({error})", _SAVE))
    return rows, flaws


def _mistakes_of_header(
    columns: list[str], name: str, known: Sequence[str], required: Sequence[str]
) -> Iterator[Flaw]:
    where = _at(name, 1)
    for column in required:
        if column not in columns:
            what = f"there is no column {column}"
            yield Flaw(where, what, f"the first line names the columns: {', '.join(known)}")
    for column in known:
        if columns.count(column) > 1:
            yield Flaw(where, f"there are two columns {column}", "keep one")
        elif column not in columns and column not in required:
            close = get_close_matches(column, columns, n=1, cutoff=0.75)
            if close:
                yield Flaw(where, f"the column {close[0]!r} is unknown", f"did you mean {column}?")


def _people(rows: Sequence[tuple[int, dict[str, str]]], path: Path) -> Iterator[Student | Flaw]:
    seen: dict[str, int] = {}
    for line, cells in rows:
        where = _at(path.name, line)
        student = normal(cells["id"])
        unsafe = why_unsafe(student)
        # Where folders do not tell capitals apart, two such students would share one.
        before = seen.setdefault(student.casefold(), line)
        if unsafe:
            yield Flaw(where, f"the id {student!r} {unsafe}", "ids name folders: letters, digits, . _ - @")
        elif before != line:
            todo = _WHOLE_NUMBERS if is_shortened_number(student) else "each student has one line"
            yield Flaw(where, f"the id {student!r} stands on line {before} already", todo)
        else:
            yield Student(student, *(cells.get(column, "") for column in _COLUMNS[1:]))
