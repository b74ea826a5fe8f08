"""Marks into the gradebook of an nbgrader course, and marks that people gave in formgrader out of it.

nbgrader's own code writes and reads, in the interpreter where it is installed (beside/nbgrader_side.py).
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from autograder.domain.course import Student
from autograder.errors import CourseError, Flaw
from autograder.interop.beside_us import ask, find_interpreter
from autograder.interop.otter import Document

_SIDE = "nbgrader_side.py"
_FINEST = 10**6
"""The largest denominator of a score: exact where a share of points is."""


@dataclass(frozen=True, slots=True)
class NotebookMarks:
    """One notebook that a student handed in, as formgrader will show it."""

    content: bytes
    """As it was handed in."""
    document: Document
    """With what running it gave; nbgrader restores its tests."""
    scores: Mapping[str, Fraction | None]
    """By graded cell; None: a person marks it."""
    comments: Mapping[str, str] = field(default_factory=dict)
    """By the cell of an answer or a task."""
    outputs: Mapping[str, list[Document]] = field(default_factory=dict)
    """By the cell of a test: what is shown below it."""
    penalty: Fraction = Fraction(0)
    """Points that lateness takes."""


@dataclass(frozen=True, slots=True)
class MarkedWork:
    """What one student handed in."""

    student: str
    received: datetime
    notebooks: Mapping[str, NotebookMarks]


@dataclass(frozen=True, slots=True)
class NbgraderExport:
    """The marks of a class in one assignment."""

    assignment: str
    """What nbgrader calls it."""
    points: Mapping[str, Mapping[str, Fraction]]
    """By notebook and graded cell."""
    works: tuple[MarkedWork, ...]
    people: tuple[Student, ...]
    """The roster."""
    without: Mapping[str, str]
    """Students without marks, and why."""
    add_missing: bool = False
    """Whether cells with points that a student has lost are put back."""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NbgraderReconciliation:
    """What came of every student, on both sides."""

    refusal: str = ""
    """Why nothing could be written; then nothing was."""
    filled: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    """Whose marks stood there already."""
    added: tuple[str, ...] = ()
    """Students whom nbgrader did not know before."""
    missing: tuple[str, ...] = ()
    """Here and not in the gradebook: their marks were not written."""
    unknown: tuple[str, ...] = ()
    """In the gradebook and not here."""
    without: tuple[tuple[str, str], ...] = ()
    """Students of the gradebook who have no mark here, and why."""
    look: tuple[tuple[str, str], ...] = ()
    """What a person should look at, by student."""
    remarks: tuple[str, ...] = ()

    @property
    def needs_person(self) -> bool:
        """Whether somebody is on one side alone, or marks of two people meet."""
        return bool(self.refusal or self.missing or self.unknown or self.look)


@dataclass(frozen=True, slots=True)
class FormgraderMark:
    """What a person gave for one cell in formgrader."""

    student: str
    notebook: str
    cell: str
    points: Fraction
    auto: Fraction | None
    manual: Fraction | None
    extra: Fraction
    comment: str
    blob: str
    """Hash of the file that was shown; empty where we did not write what was shown."""
    open: bool
    """Whether formgrader still lists it as to be graded."""

    @property
    def score(self) -> Fraction:
        """All points for the cell."""
        return (self.manual if self.manual is not None else self.auto or Fraction(0)) + self.extra


@dataclass(frozen=True, slots=True)
class FormgraderMarks:
    """All that people gave in formgrader for an assignment."""

    marks: tuple[FormgraderMark, ...]
    comments: Mapping[tuple[str, str, str], str]
    """By student, notebook and cell, of answers and tasks."""
    refusal: str = ""


def write_marks(
    export: NbgraderExport, folder: Path, *, python: Path | None = None, add_students: bool = False
) -> NbgraderReconciliation:
    """Fill the gradebook and autograded/ of the nbgrader course in `folder`; all of it or nothing.

    Students whom the gradebook does not know are told and left out, unless `add_students`, or unless it knows
    nobody yet.

    Raises:
        CourseError: nbgrader is not installed, or the folder cannot be written.
    """
    interpreter = find_interpreter("nbgrader", "nbgrader", python)
    with _staging(folder) as staging:
        request = {
            "do": "marks",
            "assignment": export.assignment,
            "notebooks": {
                name: {cell: float(points) for cell, points in cells.items()}
                for name, cells in export.points.items()
            },
            "submissions": [_describe(work, export, staging / str(n)) for n, work in enumerate(export.works)],
            "people": [each.id for each in export.people],
            "without": dict(export.without),
            "add_students": add_students,
        }
        answer = ask(interpreter, _SIDE, request, at=folder, staging=staging)
    sides = ("filled", "same", "added", "missing", "unknown")
    students: dict[str, tuple[str, ...]] = {side: tuple(answer.get(side, ())) for side in sides}
    return NbgraderReconciliation(
        answer.get("refusal", ""),
        without=tuple((who, why) for who, why in answer.get("without", ())),
        look=tuple((who, why) for who, why in answer.get("look", ())),
        remarks=export.remarks,
        **students,
    )


def read_formgrader_marks(assignment: str, folder: Path, *, python: Path | None = None) -> FormgraderMarks:
    """What people gave in formgrader for an assignment of the nbgrader course in `folder`.

    Raises:
        CourseError: nbgrader is not installed, or the folder cannot be read.
    """
    interpreter = find_interpreter("nbgrader", "nbgrader", python)
    with _staging(folder) as staging:
        request = {"do": "hand marks", "assignment": assignment}
        answer = ask(interpreter, _SIDE, request, at=folder, staging=staging)
    marks = tuple(
        FormgraderMark(
            each["student"],
            each["notebook"],
            each["cell"],
            Fraction(each["points"]).limit_denominator(_FINEST),
            _exact(each["auto"]),
            _exact(each["manual"]),
            Fraction(each["extra"]).limit_denominator(_FINEST),
            each["comment"],
            each["blob"],
            open=each["open"],
        )
        for each in answer.get("marks", ())
    )
    comments = {(who, notebook, cell): text for who, notebook, cell, text in answer.get("comments", ())}
    return FormgraderMarks(marks, comments, answer.get("refusal", ""))


def _exact(number: float | None) -> Fraction | None:
    """A score that went through a database as a float: thirds and the like come back as they were."""
    return None if number is None else Fraction(number).limit_denominator(_FINEST)


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """A folder of our own beside their files, so that a finished file is put in its place at once."""
    try:
        made = Path(tempfile.mkdtemp(prefix=".autograder-", dir=folder))
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        raise CourseError([Flaw(str(folder), what, "name the folder of an nbgrader course")]) from error
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _describe(work: MarkedWork, export: NbgraderExport, staging: Path) -> dict[str, Any]:
    """What the other side must know of one student; notebooks are handed over as files."""
    staging.mkdir()
    person = next((each for each in export.people if each.id == work.student), Student(work.student))
    first, _, last = person.name.rpartition(" ")
    notebooks = {}
    for name, marks in work.notebooks.items():
        made, submitted = staging / f"{name}.ipynb", staging / f"{name}.submitted"
        made.write_text(json.dumps(marks.document), encoding="utf-8")
        submitted.write_bytes(marks.content)
        notebooks[name] = {
            "file": str(made),
            "submitted": str(submitted),
            "scores": {
                cell: {"score": None if score is None else float(score)}
                for cell, score in marks.scores.items()
            },
            "comments": dict(marks.comments),
            "outputs": dict(marks.outputs),
            "penalty": float(marks.penalty),
            "add_missing": export.add_missing,
        }
    return {
        "student": work.student,
        "person": {"first_name": first or None, "last_name": last or None, "email": person.email or None},
        "received": f"{work.received.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
        "notebooks": notebooks,
    }
