"""Canvas' gradebook as CSV: where marks go in it.

Behind the columns that say who a student is stand the assignments, `Title (number)`, then totals that Canvas
computes. A row of manual postings may come first, then `Points Possible`, which says `(read only)` of what
cannot be given back. `N/A` stands where a student has not been given the assignment, `EX` where they are
excused.
"""

import re
from fractions import Fraction

from autograder.errors import CourseError, Flaw
from autograder.interop.cells import TableText, read_cells
from autograder.interop.completion import MarkCell, PlatformFile, choose_column, find_heading
from autograder.interop.marks import MarksToExport, read_number
from autograder.interop.moodle_grades import heading_row
from autograder.interop.whose_line import FileLine

_IDS = ("sis user id", "sis login id", "integration id")
_OF_A_STUDENT = ("student", "lastname", "firstname", "id", *_IDS, "root account", "section")
_TOTAL = re.compile(r"\b(Current|Final) (Score|Points|Grade)\b|\bOverride (Grade|Status)\b")
_OVERRIDE = re.compile(r"\s*Override Score\b")
_POSTINGS = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)
_POINTS = "points possible"
_REFUSED = {
    "N/A": "the assignment is not given to this student in Canvas (N/A)",
    "EX": "is excused in Canvas (EX)",
}
_TEST_STUDENTS = ("student, test", "test student")


def open_canvas(content: bytes, name: str, marks: MarksToExport, *, column: str = "") -> PlatformFile:
    """Read a gradebook of Canvas.

    Raises:
        CourseError: it is none, or it is not clear which column takes the marks, or Canvas takes none there.
    """
    table = read_cells(content, name)
    top = heading_row(table)
    headings = [cell.value for cell in table.rows[top].cells]
    points = next((row for row in table.rows if _POINTS in row.value(0).casefold()), None)
    if points is None or find_heading(headings, ("section",)) is None:
        what = "is no gradebook of Canvas: it needs a column Section and a row Points Possible"
        raise CourseError([Flaw(name, what, "Gradebook, Export, Export entire gradebook")])
    free = [
        (k, heading)
        for k, heading in enumerate(headings)
        if heading.strip()
        and " ".join(heading.casefold().split()) not in _OF_A_STUDENT
        and not _TOTAL.search(heading)
        and (read_number(points.value(k)) is not None or (_OVERRIDE.match(heading) and not points.value(k)))
    ]
    where = choose_column(name, free, column, (marks.title, marks.name))
    out_of = Fraction(100) if _OVERRIDE.match(headings[where]) else read_number(points.value(where))
    if not out_of:
        what = f"{headings[where]!r} has no points in Canvas ({points.value(where) or 'empty'})"
        raise CourseError([Flaw(name, what, "give it points there, and export the gradebook again")])
    comma = any("," in cell.value and read_number(cell.value) is not None for cell in points.cells)
    cells = tuple(
        MarkCell(
            line, where, out_of, comma, refusal=_REFUSED.get(table.rows[line.row].value(where).upper(), "")
        )
        for line in _lines(table, top, headings)
    )
    return PlatformFile(table, headings[where], cells, len(headings))


def _lines(table: TableText, top: int, headings: list[str]) -> list[FileLine]:
    """The students; Canvas' own rows and its test student left out."""
    ids = [k for k, heading in enumerate(headings) if " ".join(heading.casefold().split()) in _IDS]
    # Canvas' own number of a person may be somebody's id here only where it is the only one.
    ids = ids or [k for k, heading in enumerate(headings) if heading.strip() == "ID"]
    split = find_heading(headings, ("lastname",)) is not None
    found = []
    for index, row in enumerate(table.rows):
        name = ", ".join(filter(None, (row.value(0), row.value(1)))) if split else row.value(0)
        name = re.sub(r'^="(.*)"$', r"\1", name)  # so Canvas writes a name that begins like a formula
        own = all(_POSTINGS.fullmatch(cell.value) for cell in row.cells) or _POINTS in row.value(0).casefold()
        if index <= top or row.is_empty or own or name.casefold() in _TEST_STUDENTS:
            continue
        found.append(FileLine(index, row.line, tuple(map(row.value, ids)), name))
    return found
