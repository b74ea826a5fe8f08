"""Completing a platform's own file with marks: which cells, what stands there already, what fits nobody."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from autograder.domain.counts import describe_count
from autograder.domain.course import Student
from autograder.errors import CourseError, Flaw
from autograder.interop.cells import TableText
from autograder.interop.marks import ExportedMark, MarksToExport, read_number
from autograder.interop.whose_line import FileLine, Owners, find_owners

_NOTHING = ("", "-", "–", "'-")
"""How platforms write that there is no mark."""


@dataclass(frozen=True, slots=True)
class MarkCell:
    """Where the mark of one line goes."""

    line: FileLine
    column: int
    out_of: Fraction
    comma: bool = False
    """Whether the file writes decimals with a comma."""
    codes: frozenset[str] = frozenset()
    """Codes that the file takes in place of a number."""
    refusal: str = ""
    """Why the platform takes no mark there."""
    feedback: int | None = None
    """The column of the feedback."""
    scale_column: int | None = None
    """The column that says of how many points the mark is."""


@dataclass(frozen=True, slots=True)
class PlatformFile:
    """A file of a platform, read: where marks go in it."""

    table: TableText
    column: str
    """The heading of the column, as messages call it."""
    cells: tuple[MarkCell, ...]
    width: int
    """How many cells the row of headings has."""
    remarks: tuple[str, ...] = ()
    """What a person should know of the file."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that was filled, or that holds something else."""

    line: FileLine
    student: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LineNote:
    """One line or student about which something is to be told."""

    line: FileLine
    student: str
    why: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What came of every line of the file, and of every mark."""

    column: str
    filled: tuple[CellChange, ...] = ()
    same: tuple[CellChange, ...] = ()
    """What stood there already."""
    kept: tuple[CellChange, ...] = ()
    """Another mark stood there, and still does."""
    overwritten: tuple[CellChange, ...] = ()
    without: tuple[LineNote, ...] = ()
    """Students of the file who have no mark here, or none that the file takes."""
    refused: tuple[LineNote, ...] = ()
    """Lines in which the platform takes no mark."""
    unknown: tuple[tuple[FileLine, str], ...] = ()
    """In the file and not here."""
    missing: tuple[str, ...] = ()
    """Here and not in the file."""
    by_name: tuple[FileLine, ...] = ()
    feedback: int = 0
    """Cells of feedback that were filled."""
    remarks: tuple[str, ...] = ()
    written: bool = True
    """Whether a file was written."""

    @property
    def needs_person(self) -> bool:
        """Whether a mark found no place, a line no student, or another mark stands there."""
        return bool(self.unknown or self.missing or self.kept or self.refused)

    @property
    def matched(self) -> int:
        """How many lines are those of students here."""
        sorts: Sequence[Sequence[object]] = (self.filled, self.same, self.kept, self.overwritten)
        return sum(map(len, (*sorts, self.without, self.refused)))


@dataclass(frozen=True, slots=True)
class Completion:
    """A completed file and what there is to tell of it."""

    content: bytes
    reconciliation: Reconciliation


@dataclass(slots=True)
class _Edits:
    """What is being written, and what is told of it."""

    values: dict[tuple[int, int], str] = field(default_factory=dict)
    filled: list[CellChange] = field(default_factory=list)
    same: list[CellChange] = field(default_factory=list)
    kept: list[CellChange] = field(default_factory=list)
    overwritten: list[CellChange] = field(default_factory=list)
    without: list[LineNote] = field(default_factory=list)
    refused: list[LineNote] = field(default_factory=list)
    feedback: int = 0


def complete(
    file: PlatformFile,
    marks: MarksToExport,
    people: Sequence[Student],
    *,
    overwrite: bool = False,
    feedback: bool = False,
) -> Completion:
    """Fill the marks of a class into a platform's file.

    Args:
        file: as it was read.
        marks: of the class.
        people: the roster.
        overwrite: whether a mark that stands there already and is another one is replaced.
        feedback: whether the column of feedback is filled as well.

    Raises:
        CourseError: what was written is not read back.
    """
    owners = find_owners([cell.line for cell in file.cells], people, marks.students.keys())
    edits = _Edits()
    for cell in file.cells:
        student = owners.students.get(cell.line.row)
        if student is not None:
            _enter(file, cell, student, marks, edits, overwrite=overwrite)
            if feedback:
                _enter_feedback(file, cell, marks.students.get(student), edits, overwrite=overwrite)
    made = file.table.replace(edits.values)
    return Completion(made.content, _reconcile(file, marks, owners, edits))


def _enter(
    file: PlatformFile,
    cell: MarkCell,
    student: str,
    marks: MarksToExport,
    edits: _Edits,
    *,
    overwrite: bool,
) -> None:
    """Enter the mark of one student, or say why not."""
    given = marks.students.get(student, ExportedMark())
    if given.mark is None and not given.code:
        edits.without.append(LineNote(cell.line, student, given.why or "nothing was handed in"))
        return
    extra = any(each.value.strip() for each in file.table.rows[cell.line.row].cells[file.width :])
    refusal = (
        "the line has more cells than the headings: a text with the separator is not quoted" if extra else ""
    )
    if refusal or cell.refusal:
        edits.refused.append(LineNote(cell.line, student, refusal or cell.refusal))
        return
    if given.mark is None and given.code not in cell.codes:
        if cell.codes:
            edits.refused.append(LineNote(cell.line, student, f"the file takes no code {given.code}"))
        else:
            edits.without.append(
                LineNote(cell.line, student, f"{given.code}, and the platform takes numbers only")
            )
        return
    coded = given.mark is None or (given.code_first and given.code in cell.codes)
    text = (
        marks.number(given.mark, cell.out_of, comma=cell.comma)
        if given.mark is not None and not coded
        else given.code
    )
    before = file.table.rows[cell.line.row].value(cell.column)
    change = CellChange(cell.line, student, before, text)
    if before in _NOTHING:
        edits.filled.append(change)
    elif before == text or (read_number(before) is not None and read_number(before) == read_number(text)):
        edits.same.append(change)
        return
    elif not overwrite:
        edits.kept.append(change)
        return
    else:
        edits.overwritten.append(change)
    edits.values[cell.line.row, cell.column] = text
    if cell.scale_column is not None and not file.table.rows[cell.line.row].value(cell.scale_column):
        edits.values[cell.line.row, cell.scale_column] = f"{cell.out_of}"


def _enter_feedback(
    file: PlatformFile, cell: MarkCell, given: ExportedMark | None, edits: _Edits, *, overwrite: bool
) -> None:
    """Enter what the student reads; what a person wrote there stays, unless it may be overwritten."""
    if cell.feedback is None or cell.refusal or given is None or not given.feedback:
        return
    before = file.table.rows[cell.line.row].value(cell.feedback)
    if before != given.feedback and (before in _NOTHING or overwrite):
        edits.values[cell.line.row, cell.feedback] = given.feedback
        edits.feedback += 1


def _reconcile(file: PlatformFile, marks: MarksToExport, owners: Owners, edits: _Edits) -> Reconciliation:
    there = set(owners.students.values())
    given = (student for student, mark in marks.students.items() if mark.mark is not None or mark.code)
    return Reconciliation(
        file.column,
        tuple(edits.filled),
        tuple(edits.same),
        tuple(edits.kept),
        tuple(edits.overwritten),
        tuple(edits.without),
        tuple(edits.refused),
        owners.unknown,
        tuple(sorted(student for student in given if student not in there)),
        owners.by_name,
        edits.feedback,
        (*file.remarks, *marks.remarks),
    )


def choose_column(file: str, headings: Sequence[tuple[int, str]], asked: str, guesses: Sequence[str]) -> int:
    """The column a person asked for, or the only one that is called like one of `guesses`.

    Args:
        file: its name, for messages.
        headings: columns that may hold marks, with their headings.
        asked: for by the person; empty where nothing was.
        guesses: names of what is exported.

    Raises:
        CourseError: there is none, or more than one.
    """
    wanted = [asked] if asked else [guess for guess in guesses if guess]
    closeness = {k: max((_closeness(heading, each) for each in wanted), default=0) for k, heading in headings}
    best = max(closeness.values(), default=0)
    found = [k for k, close in closeness.items() if close == best > 0]
    if len(found) == 1:
        return found[0]
    listed = "; ".join(heading for _, heading in headings)
    advice = (
        f"name one with --column: {listed}" if listed else "it has none at all: add one, or give another file"
    )
    called = " or ".join(repr(each) for each in wanted)
    columns = describe_count(len(found), "column") if found else "no column"
    what = f"{columns} for marks may be called {called}"
    raise CourseError([Flaw(file, what, advice)])


def _fold(heading: str) -> str:
    return " ".join(heading.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold().split())


def _closeness(heading: str, wanted: str) -> int:
    """3: the same heading; 2: with what platforms add behind, (123) or (Real); 1: within it; 0: another."""
    folded, asked = _fold(heading), _fold(wanted)
    if folded == asked:
        return 3
    if folded.startswith(f"{asked} ("):
        return 2
    words, within = (" ".join(re.findall(r"\w+", text)) for text in (asked, folded))
    return int(bool(words) and f" {words} " in f" {within} ")


def find_heading(headings: Sequence[str], names: Sequence[str]) -> int | None:
    """The first column that is called like one of these names, or None."""
    folded = [_fold(heading) for heading in headings]
    return next((folded.index(name) for name in names if name in folded), None)


def find_headings(headings: Sequence[str], names: Sequence[str]) -> Iterator[int]:
    """Every column that is called like one of these names."""
    return (k for k, heading in enumerate(headings) if _fold(heading) in names)
