"""Moodle's grading worksheet of an assignment, and its gradebook as CSV: where marks go in them.

A worksheet (mod_assign) knows each student by the number behind the word Participant; its importer finds the
columns by their names in the language of whoever imports, skips lines that are locked or out of range without
a word, and reads decimals as that language writes them: both a point and the file's own way are understood.
"""

import re
from collections.abc import Sequence
from fractions import Fraction

from autograder.errors import CourseError, Flaw
from autograder.interop.cells import TableRow, TableText, read_cells
from autograder.interop.completion import MarkCell, PlatformFile, choose_column, find_heading, find_headings
from autograder.interop.marks import MarksToExport, read_number
from autograder.interop.whose_line import FileLine

IDS = (
    *("id number", "numéro d'identification", "student id", "student number", "numéro d'étudiant"),
    *("numéro étudiant", "matricule", "id", "username", "nom d'utilisateur", "identifiant"),
    *("email address", "adresse de courriel", "adresse e-mail", "email", "e-mail", "courriel"),
)
"""Headings of what may be an id or an address here."""
_WHOLE_NAME = ("full name", "nom complet", "name", "student", "étudiant")
_FIRST_NAME = ("first name", "firstname", "prénom")
_LAST_NAME = ("last name", "surname", "lastname", "nom", "nom de famille", "name")
_IDENTIFIER = ("identifier", "identifiant")
_GRADE = ("grade", "note")
_MOST = ("maximum grade", "note maximale", "note max.", "note max")
_SCALE = ("scale", "barème", "échelle")
_CHANGEABLE = ("grade can be changed", "la note peut être modifiée")
_NO = ("no", "non")
_FEEDBACK = ("feedback comments", "feedback par commentaires", "commentaires de feedback", "commentaires")
_PARTICIPANT = re.compile(r"\D*(\d+)", re.ASCII)
_NO_NUMBERS = re.compile(r"\((letter|lettre|percentage|pourcentage)\)\s*$", re.IGNORECASE)
_OF_MOODLE = ("last downloaded from this course", "dernier téléchargement de ce cours")
_OTHER_HEADINGS = (
    *(*IDS, *_WHOLE_NAME, *_FIRST_NAME, *_LAST_NAME, *_OF_MOODLE, "institution", "department"),
    *("département", "status", "statut", "group", "groupe", "groups", "groupes", "code"),
)


def open_worksheet(content: bytes, name: str) -> PlatformFile:
    """Read a grading worksheet.

    Raises:
        CourseError: it is none, or it is graded by a scale of words.
    """
    table = read_cells(content, name)
    top = heading_row(table)
    headings = [cell.value for cell in table.rows[top].cells]
    most, grades = find_heading(headings, _MOST), list(find_headings(headings, _GRADE))
    grade = grades[0] if grades else None
    if most is not None and (not grades or most - 1 in grades):
        grade = (
            most - 1
        )  # Moodle puts the maximum behind it, whatever else is called so, or in which language
    if grade is None or most is None or find_heading(headings, _IDENTIFIER) is None:
        raise CourseError([_why_none(table, headings)])
    changeable, feedback = find_heading(headings, _CHANGEABLE), find_heading(headings, _FEEDBACK)
    cells = []
    for line, row in worksheet_lines(table):
        out_of = read_number(row.value(most))
        locked = row.value(changeable).casefold() in _NO
        refusal = "Moodle has locked this mark" if locked else ""
        if out_of is None:
            refusal = f"its greatest mark ({row.value(most) or 'empty'}) is no number"
        comma = "," in row.value(most)
        cells.append(MarkCell(line, grade, out_of or Fraction(0), comma, refusal=refusal, feedback=feedback))
    return PlatformFile(table, headings[grade], tuple(cells), len(headings), tuple(_remarks(table)))


def is_worksheet(content: bytes, name: str) -> bool:
    """Whether a file of Moodle is a grading worksheet; else it is a gradebook. Raises CourseError."""
    table = read_cells(content, name)
    headings = [cell.value for cell in table.rows[heading_row(table)].cells]
    named = find_heading(headings, _MOST) is not None or find_heading(headings, _CHANGEABLE) is not None
    return named or find_heading(headings, _FEEDBACK) is not None


def worksheet_lines(table: TableText) -> list[tuple[FileLine, TableRow]]:
    """The students of a grading worksheet, with the numbers by which Moodle knows them."""
    top = heading_row(table)
    headings = [cell.value for cell in table.rows[top].cells]
    identifier = find_heading(headings, _IDENTIFIER)
    found = []
    for line, row in student_lines(table, top, passed_over=_IDENTIFIER):
        number = _PARTICIPANT.fullmatch(row.value(identifier))
        found.append((FileLine(line.row, line.number, line.ids, line.name, number[1] if number else ""), row))
    return found


def open_gradebook(
    content: bytes, name: str, marks: MarksToExport, *, column: str = "", out_of: Fraction | None = None
) -> PlatformFile:
    """Read a table with a line a student: Moodle's gradebook as CSV, or a table of one's own.

    Such a file does not say of how many points a column is: those of what is exported, unless `out_of` is
    given.

    Raises:
        CourseError: it has no column by which to know students, or it is not clear which one takes the marks.
    """
    table = read_cells(content, name)
    top = heading_row(table)
    headings = [cell.value for cell in table.rows[top].cells]
    if find_heading(headings, (*IDS, *_WHOLE_NAME, *_LAST_NAME)) is None:
        what = "its first line names no column of ids, addresses or names"
        raise CourseError([Flaw(name, what, "export it with ID number or e-mail address")])
    others = frozenset(find_headings(headings, _OTHER_HEADINGS))
    free = [(k, heading) for k, heading in enumerate(headings) if k not in others and heading.strip()]
    where = choose_column(name, free, column, (marks.title, marks.name))
    if _NO_NUMBERS.search(headings[where]):
        what = f"the column {headings[where]!r} holds letters or percentages"
        raise CourseError([Flaw(name, what, "export the real grades (Real, Réel)")])
    lines = student_lines(table, top)
    values = [row.value(k) for _, row in lines for k, _ in free]
    decimals = [text for text in values if read_number(text) is not None and re.search(r"[.,]", text)]
    # Where no decimal is seen, semicolons stand where commas are those of numbers.
    comma = sum("," in text for text in decimals) > len(decimals) / 2 if decimals else table.separator == ";"
    of = marks.points if out_of is None else out_of
    cells = tuple(MarkCell(line, where, of, comma) for line, _ in lines)
    said = "as given" if out_of is not None else "as here: the file does not say; --out-of says otherwise"
    return PlatformFile(
        table, headings[where], cells, len(headings), (f"marks are written out of {of}, {said}",)
    )


def heading_row(table: TableText) -> int:
    """The index of the row of headings: the first that holds anything, and is no word to a spreadsheet."""
    rows = enumerate(table.rows)
    return next((k for k, row in rows if not row.is_empty and not row.cells[0].value.startswith("sep=")), 0)


def student_lines(
    table: TableText, top: int, *, passed_over: Sequence[str] = ()
) -> list[tuple[FileLine, TableRow]]:
    """The lines of students below a row of headings, empty ones left out."""
    headings = [cell.value for cell in table.rows[top].cells]
    known = tuple(name for name in IDS if name not in passed_over)
    ids = list(find_headings(headings, known))
    whole, first, last = (find_heading(headings, names) for names in (_WHOLE_NAME, _FIRST_NAME, _LAST_NAME))
    found = []
    for index, row in enumerate(table.rows):
        if index <= top or row.is_empty:
            continue
        parts = (
            (first, last)
            if first is not None and last is not None
            else (whole if whole is not None else last,)
        )
        name = " ".join(text for text in map(row.value, parts) if text)
        found.append((FileLine(index, row.line, tuple(map(row.value, ids)), name), row))
    return found


def _remarks(table: TableText) -> list[str]:
    if table.separator != "," or table.encoding != "utf-8":
        between = {";": "semicolons", "\t": "tabulators"}.get(table.separator, "commas")
        how = f"this file has {between} and is in {table.encoding}"
        return [f"Moodle takes UTF-8 with commas unless told otherwise when the file is given back; {how}"]
    return []


def _why_none(table: TableText, headings: Sequence[str]) -> Flaw:
    """Why a file is no worksheet that takes marks."""
    if find_heading(headings, _SCALE) is not None and find_heading(headings, _GRADE) is not None:
        what = "the assignment is graded by a scale of words in Moodle"
        return Flaw(table.name, what, "grade it by points there, and download the file again")
    what = "is no grading worksheet of Moodle: it needs columns for identifier, grade and maximum grade"
    return Flaw(table.name, what, "View all submissions, Download grading worksheet")
