"""Recording marks given by hand, and writing what a marker needs: a sheet to read and a table to fill in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from autograder.access import Access, write_whole
from autograder.domain.handmark import HandMark
from autograder.errors import CourseError, Flaw
from autograder.gradebook.store import Gradebook
from autograder.grading.assignment import OpenAssignment
from autograder.grading.report_files import ReportFiles
from autograder.marking.answers import PartAnswers, amend, gather, parts_of
from autograder.marking.copies import PartCopies, file_stem
from autograder.marking.in_notebook import gather_quiz_answers
from autograder.marking.table import Blobs, Marked, read_table, write_table
from autograder.marking.teams import find_mates_of_files, give_to_mates, show_once
from autograder.render.marking import MarkingSheet, render_sheet


@dataclass(frozen=True, slots=True)
class RecordedMarks:
    """What became of the marks in some tables."""

    new: tuple[HandMark, ...]
    unchanged: int
    notes: tuple[str, ...] = ()
    """What their marker should know."""


@dataclass(frozen=True, slots=True)
class WrittenSheet:
    """A part whose sheet and table were written."""

    part: PartCopies
    place: Path
    """The two files, without their endings."""
    empty: int
    """Copies in which nothing was written."""
    put_aside: Path | None = None
    """Where a table went that somebody may have filled in."""


def open_parts(assignment: OpenAssignment, gradebook: Gradebook, *, secret: bytes) -> list[PartAnswers]:
    """The parts that are marked by hand, with all answers. Raises CourseError where there is none."""
    name, events = assignment.settings.name, gradebook.events.all()
    own = (amend(part, name, events) for part in parts_of(assignment))
    parts = [gather(assignment, gradebook, part, secret=secret) for part in own]
    of_quizzes = gather_quiz_answers(assignment, gradebook, secret=secret)
    parts += [replace(each, part=amend(each.part, name, events)) for each in of_quizzes]
    if not parts:
        raise CourseError(
            [
                Flaw(
                    name,
                    "has no part that is marked by hand",
                    "`autograder todo` lists what waits for a person",
                )
            ]
        )
    mates = find_mates_of_files(gradebook, name)
    return [replace(part, answers=show_once(part.answers, mates)) for part in parts]


def write_sheets(
    parts: Iterable[tuple[PartCopies, MarkingSheet]],
    folder: Path,
    *,
    names: bool,
    access: Access = Access(),  # noqa: B008 - frozen
) -> Iterator[WrittenSheet]:
    """Write a sheet and a table a part; a table that somebody may have filled in is put aside, not lost."""
    access.make_folder(folder)
    for copies, page in parts:
        key = file_stem(copies.part.key)
        sheet, table = folder / f"{key}.html", folder / f"{key}.csv"
        write_whole(sheet, render_sheet(page), access)
        text, aside = "\ufeff" + write_table(copies, names=names), None
        if table.exists() and table.read_bytes() != text.encode():
            numbered = (table.with_suffix(f".before-{number}.csv") for number in range(1, 10_000))
            aside = table.rename(next(file for file in numbered if not file.exists()))
        write_whole(table, text, access)
        yield WrittenSheet(copies, folder / key, page.empty, aside)


def read_tables(
    tables: Iterable[Path], parts: Sequence[PartCopies], blobs: Blobs, *, marker: str, now: datetime
) -> Marked:
    """The marks in some tables, and what their marker should know.

    Raises:
        CourseError: with the mistakes of all tables.
    """
    flaws: list[Flaw] = []
    marks: list[HandMark] = []
    notes: list[str] = []
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


def record(
    tables: Iterable[Path],
    parts: Sequence[PartAnswers],
    gradebook: Gradebook,
    files: ReportFiles,
    *,
    marker: str,
    now: datetime,
) -> RecordedMarks:
    """Record the marks in some tables, and write the reports of those who were marked again.

    Raises:
        CourseError: with the mistakes of all tables; then nothing is recorded.
    """

    def blobs(student: str) -> list[str]:
        return [event.blob for event in gradebook.history(student)]

    return record_marks(read_tables(tables, parts, blobs, marker=marker, now=now), gradebook, files)


def record_marks(read: Marked, gradebook: Gradebook, files: ReportFiles) -> RecordedMarks:
    """Record marks that were read, and write the reports of those who were marked again."""
    every = list[HandMark]()
    for assignment in sorted({mark.assignment for mark in read.marks}):
        theirs = [mark for mark in read.marks if mark.assignment == assignment]
        every += give_to_mates(theirs, find_mates_of_files(gradebook, assignment))
    new = gradebook.hand_marks.add(every)
    # Also where nothing is new: the run that recorded it may have been killed before it wrote.
    for assignment in {mark.assignment for mark in every}:
        files.complete(gradebook, assignment, students={mark.student for mark in every})
    return RecordedMarks(new, len(every) - len(new), read.notes)
