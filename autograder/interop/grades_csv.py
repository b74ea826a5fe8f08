"""Marks as a table of one's own, for English and French spreadsheets; no cell of it is a formula."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.domain.course import Student
from autograder.domain.rounding import decimal
from autograder.errors import CourseError, Flaw
from autograder.interop.marks import ExportedMark, MarksToExport, harmless

ENCODINGS = ("utf-8-sig", "utf-8", "cp1252")
"""The first is what spreadsheets tell from Latin letters by its mark."""


@dataclass(frozen=True, slots=True)
class SpreadsheetStyle:
    """What a spreadsheet of a language takes for a table."""

    separator: str
    comma: bool
    """Whether decimals have a comma."""


STYLES = {"en": SpreadsheetStyle(",", comma=False), "fr": SpreadsheetStyle(";", comma=True)}


def write_grades_csv(
    marks: MarksToExport,
    people: Sequence[Student],
    name: str,
    *,
    language: str = "en",
    encoding: str = ENCODINGS[0],
) -> bytes:
    """A line for each student of the roster and for whoever else has a mark.

    Raises:
        CourseError: the encoding cannot hold a name, or what was written is not read back.
    """
    style = STYLES[language]
    rows = list(_rows(marks, people, style))
    out = io.StringIO()
    csv.writer(out, delimiter=style.separator, lineterminator="\r\n").writerows(rows)
    try:
        content = out.getvalue().encode(encoding)
    except UnicodeEncodeError as error:
        line = error.object[: error.start].count("\n") + 1
        what = f"{encoding} has no sign {error.object[error.start]!r} (line {line})"
        raise CourseError([Flaw(name, what, "leave --encoding out")]) from error
    text = io.StringIO(content.decode(encoding), newline="")
    if list(csv.reader(text, delimiter=style.separator)) != rows:
        raise CourseError([Flaw(name, "was not read back as it was written: a fault of autograder")])
    return content


def heading_of(marks: MarksToExport) -> str:
    """The heading of the column of marks, with how many points they are of."""
    return f"{marks.name} (/{decimal(marks.points)})"


def _rows(marks: MarksToExport, people: Sequence[Student], style: SpreadsheetStyle) -> list[list[str]]:
    listed = {student.id: student for student in people}
    others = {each: Student(each) for each in sorted(marks.students.keys() - listed.keys())}
    code = ["code"] if marks.is_final else []
    rows = [["id", "name", "email", "group", harmless(heading_of(marks)), *code]]
    for student in (listed | others).values():
        given = marks.students.get(student.id, ExportedMark())
        number = "" if given.mark is None else marks.number(given.mark, marks.points, comma=style.comma)
        own = (student.id, student.name, student.email, student.group)
        rows.append([*map(harmless, own), number, *([given.code] if marks.is_final else [])])
    return rows
