"""Exporting the marks of a class: a platform's own file completed, written, read back and reconciled."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from autograder.access import Access, write_whole
from autograder.domain.course import Student
from autograder.errors import CourseError, Flaw
from autograder.interop.apogee import open_apogee
from autograder.interop.canvas_grades import open_canvas
from autograder.interop.completion import PlatformFile, Reconciliation, complete
from autograder.interop.grades_csv import ENCODINGS, heading_of, write_grades_csv
from autograder.interop.marks import ExportedMark, MarksToExport, harmless
from autograder.interop.moodle_grades import is_worksheet, open_gradebook, open_worksheet

PLATFORMS = ("moodle", "canvas", "apogee", "csv")


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is asked of an export."""

    to: str
    """One of PLATFORMS."""
    out: Path
    """The file that is written."""
    into: Path | None = None
    """The platform's file; None for a table of one's own."""
    column: str = ""
    """Which of its columns takes the marks; empty where it is clear."""
    session: int | None = None
    """Of the exam, for Apogée."""
    out_of: Fraction | None = None
    """Of how many points marks are written, where the file does not say."""
    feedback: bool = False
    """Whether Moodle's column of feedback is filled."""
    language: str = "en"
    """Of the spreadsheet, for a table of one's own."""
    encoding: str = ENCODINGS[0]
    overwrite: bool = False
    """Whether marks that stand in the file already, and a file that is there, are replaced."""
    access: Access = field(default_factory=Access)


def export_marks(marks: MarksToExport, people: Sequence[Student], request: ExportRequest) -> Reconciliation:
    """Write the marks of a class for a platform, and tell what came of each.

    Nothing is written where no line of the platform's file is a student's here.

    Raises:
        CourseError: the file is not the platform's, it is not clear where the marks go, the file to write is
            there already, or what was written is not read back.
    """
    if request.into is None:
        return _write_table(marks, people, request)
    file = _open(request.into.read_bytes(), marks, request)
    if request.feedback and not any(cell.feedback is not None for cell in file.cells):
        what = (
            "has no column for feedback, which Moodle's grading worksheet has where comments are switched on"
        )
        raise CourseError([Flaw(request.into.name, what, "leave --feedback out")])
    made = complete(file, marks, people, overwrite=request.overwrite, feedback=request.feedback)
    if made.reconciliation.matched:
        write_new(request.out, made.content, request.access, overwrite=request.overwrite)
        _check_again(marks, people, request, made.reconciliation)
        return made.reconciliation
    return replace(made.reconciliation, written=False)


def write_new(file: Path, content: bytes, access: Access, *, overwrite: bool) -> None:
    """Write a file with the rights of the course. Raises CourseError where another one is there already."""
    if file.exists() and not overwrite and file.read_bytes() != content:
        raise CourseError([Flaw(str(file), "is there already", "--yes overwrites it, --out names another")])
    access.make_folder(file.parent)
    write_whole(file, content, access)
    if file.read_bytes() != content:
        raise CourseError([Flaw(str(file), "is not what was written", "look at the disk it is on")])


def _write_table(marks: MarksToExport, people: Sequence[Student], request: ExportRequest) -> Reconciliation:
    if request.to != "csv":
        what = "the platform's own file is completed, and none was given"
        raise CourseError([Flaw(f"--to {request.to}", what, "--into FILE names it")])
    content = write_grades_csv(
        marks, people, str(request.out), language=request.language, encoding=request.encoding
    )
    write_new(request.out, content, request.access, overwrite=request.overwrite)
    # Completing the table with the same marks finds each of them in its place.
    return _read_table_back(marks, people, request)


def _read_table_back(
    marks: MarksToExport, people: Sequence[Student], request: ExportRequest
) -> Reconciliation:
    heading = harmless(heading_of(marks))
    file = open_gradebook(request.out.read_bytes(), request.out.name, marks, column=heading)
    told = complete(file, marks, people).reconciliation
    # Codes have a column of their own in it.
    without = tuple(
        note for note in told.without if not marks.students.get(note.student, ExportedMark()).code
    )
    return replace(told, filled=told.same, same=(), without=without, remarks=marks.remarks)


def _open(content: bytes, marks: MarksToExport, request: ExportRequest) -> PlatformFile:
    name = request.into.name if request.into else request.out.name
    if request.to == "canvas":
        return open_canvas(content, name, marks, column=request.column)
    if request.to == "apogee":
        return open_apogee(content, name, marks, column=request.column, session=request.session)
    if request.to == "moodle" and is_worksheet(content, name):
        return open_worksheet(content, name)
    return open_gradebook(content, name, marks, column=request.column, out_of=request.out_of)


def _check_again(
    marks: MarksToExport, people: Sequence[Student], request: ExportRequest, told: Reconciliation
) -> None:
    """Read the file that was written as the platform's own: every mark must stand where it belongs."""
    file = _open(request.out.read_bytes(), marks, request)
    again = complete(file, marks, people, feedback=request.feedback).reconciliation
    written = len(told.filled) + len(told.overwritten) + len(told.same)
    if again.filled or again.feedback or len(again.same) != written or again.kept != told.kept:
        what = "does not hold the marks that were written: this is a fault of autograder"
        raise CourseError([Flaw(str(request.out), what, "do not give it to the platform")])
