"""Apogée's file, which the registrar's office exports and reads back: where marks go in it.

Sections follow each other, each begun by a line XX-APO_...-XX: titles, allowed codes, columns, values.
A column has an object (EPR an exam, ELP a course element), its code, the session, and what it holds: N the
mark or a code of absence, B of how many points it is, R the result of a jury. Cells are separated by
tabulators and never quoted; marks have decimal commas.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from autograder.domain.counts import describe_count
from autograder.errors import CourseError, Flaw
from autograder.interop.cells import TableRow, TableText, read_cells
from autograder.interop.completion import MarkCell, PlatformFile
from autograder.interop.marks import MarksToExport, read_number
from autograder.interop.whose_line import FileLine

_SECTION = re.compile(r"XX-APO_([A-Z_]+)-XX")
_CODES = frozenset({"ABI", "ABJ", "DEF", "DIS"})
_COLUMN = re.compile(r"apoL_c\d+", re.ASCII)
_MARK, _SCALE = "N", "B"


@dataclass(frozen=True, slots=True)
class ApogeeColumn:
    """One column of values, as the file describes it."""

    key: str
    kind: str
    """EPR, ELP, VET ..."""
    code: str
    session: str
    holds: str
    """N, B, R, J, M."""
    label: str

    def __str__(self) -> str:
        title = self.label.removeprefix(f"{self.code} - ")
        return f"{self.code} session {self.session or '-'}" + (f" ({title})" if title else "")


def open_apogee(
    content: bytes, name: str, marks: MarksToExport, *, column: str = "", session: int | None = None
) -> PlatformFile:
    """Read a file of Apogée.

    Args:
        content: the file.
        name: of the file, for messages.
        marks: what is exported.
        column: the code of the exam or element; it may be left out where there is only one.
        session: of the exam; it may be left out where the code has only one.

    Raises:
        CourseError: it is no such file, or it is not clear which column takes the marks.
    """
    table = read_cells(content, name, separator="\t", quotes=False)
    begun = [(k, m[1]) for k, row in enumerate(table.rows) if (m := _SECTION.fullmatch(row.value(0)))]
    ends = (*(k for k, _ in begun[1:]), len(table.rows))
    sections = {title: range(k + 1, end) for (k, title), end in zip(begun, ends, strict=False)}
    if not {"COLONNES", "VALEURS"} <= sections.keys():
        what = "is no file of Apogée: it needs the sections XX-APO_COLONNES-XX and XX-APO_VALEURS-XX"
        raise CourseError([Flaw(name, what, "give the file as Apogée exported it (.txt)")])
    columns = list(_read_columns(table, sections["COLONNES"]))
    chosen = _choose(name, columns, column, session)
    values = [k for k in sections["VALEURS"] if not table.rows[k].is_empty]
    keys = [cell.value.strip() for cell in table.rows[values[0]].cells] if values else []
    if chosen.key not in keys:
        what = f"its values have no column {chosen.key}, although its columns do"
        raise CourseError([Flaw(name, what, "download the file from Apogée again")])
    beside = (chosen.kind, chosen.code, chosen.session)
    scales = (c for c in columns if c.holds == _SCALE and (c.kind, c.code, c.session) == beside)
    scale = next((each.key for each in scales), "")
    allowed = _read_codes(table, sections.get("TYP_RES", range(0)))
    cells = []
    for index in values[1:]:
        row = table.rows[index]
        of = keys.index(scale) if scale in keys else None
        written = row.value(of)
        out_of = read_number(written) if written else marks.points if marks.is_final else Fraction(20)
        refusal = "" if out_of else f"of how many points its mark is ({written}) is no number"
        line = FileLine(index, row.line, (row.value(0),), f"{row.value(2)} {row.value(1)}".strip())
        cells.append(
            MarkCell(
                line,
                keys.index(chosen.key),
                out_of or Fraction(0),
                comma=True,
                codes=allowed,
                refusal=refusal,
                scale_column=of,
            )
        )
    return PlatformFile(table, str(chosen), tuple(cells), len(keys))


def _read_columns(table: TableText, section: range) -> Iterator[ApogeeColumn]:
    for index in section:
        row = table.rows[index]
        # The last of them only marks the end: apoL_c0030, APO_COL_VAL_FIN.
        if _COLUMN.fullmatch(row.value(0)) and row.value(1) != "APO_COL_VAL_FIN":
            yield ApogeeColumn(*(row.value(k) for k in (0, 1, 2, 5, 7, 8)))


def _choose(name: str, columns: list[ApogeeColumn], code: str, session: int | None) -> ApogeeColumn:
    """The only column of marks of a code and a session."""
    of_marks = [each for each in columns if each.holds == _MARK]
    found = [
        each
        for each in of_marks
        if (not code or each.code.casefold() == code.strip().casefold())
        and (session is None or each.session == str(session))
    ]
    if len(found) == 1:
        return found[0]
    listed = "; ".join(map(str, of_marks))
    advice = (
        f"name one with --column CODE and --session N: {listed}"
        if listed
        else "it has none at all: ask for another file"
    )
    what = describe_count(len(found), "column") + " of marks fit" if found else "no column of marks fits"
    raise CourseError([Flaw(name, what, advice)])


def _read_codes(table: TableText, section: range) -> frozenset[str]:
    """Which codes of absence the file takes; those that Apogée knows where it does not say."""

    def words(row: TableRow) -> Iterator[str]:
        return (cell.value.partition(" :")[0].strip() for cell in row.cells)

    told = {word for index in section for word in words(table.rows[index])}
    return _CODES & told if told - {""} else _CODES
