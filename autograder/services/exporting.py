"""An export made as a file to be sent: what a command writes into the course's folder, for a page."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.course.opened import OpenCourse
from autograder.errors import CourseError, Flaw
from autograder.interop.completion import Reconciliation
from autograder.interop.otter_grades import FILE_NAME
from autograder.publishing.export import ExportRequest, export_marks
from autograder.services.exported import final_marks, work_marks
from autograder.services.otter import export_to_otter
from autograder.services.persons import export_person


@dataclass(frozen=True, slots=True)
class WantedExport:
    """What is to be exported, and for whom."""

    work: str | None
    """An assignment or a quiz; None: the final grades."""
    platform: str
    into: Path | None
    """The platform's own file, to be completed; None for a table of one's own."""
    column: str = ""
    session: int | None = None
    out_of: Fraction | None = None
    feedback: bool = False
    codes: bool = True
    """Whether codes such as ABI go before numbers where a platform takes them."""
    language: str = "en"
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class MadeExport:
    """A file with marks, and what came of each line."""

    filename: str
    content: bytes
    told: Reconciliation


def make_export(course: OpenCourse, wanted: WantedExport, *, scratch: Path, now: datetime) -> MadeExport:
    """The marks of a class for a platform; nothing of it stays in the folder `scratch`.

    Raises:
        CourseError: the file is not the platform's, or it is not clear where the marks go.
        StoreError: the gradebook cannot be read.
    """
    if wanted.work is None:
        marks = final_marks(course, now)
    else:
        marks = work_marks(course, wanted.work, now, feedback=wanted.feedback)
    marks = marks if wanted.codes else marks.without_codes_first()
    course.folder.access.make_folder(scratch)
    with TemporaryDirectory(dir=scratch) as folder:
        filename = wanted.into.name if wanted.into else f"{marks.name}.csv"
        request = ExportRequest(
            wanted.platform,
            Path(folder) / filename,
            wanted.into,
            wanted.column,
            wanted.session,
            wanted.out_of,
            wanted.feedback and wanted.work is not None,
            language=wanted.language,
            overwrite=wanted.overwrite,
            access=course.folder.access,
        )
        told = export_marks(marks, course.course.roster, request)
        content = request.out.read_bytes() if told.written else b""
    if not told.written:
        what = "no line of it is a student's here"
        raise CourseError([Flaw(filename, what, "see that it is the file of this course")])
    return MadeExport(filename, content, told)


def make_otter_table(course: OpenCourse, name: str, *, now: datetime) -> tuple[str, bytes]:
    """The table of an assignment as `otter grade` writes it, with its name. Raises CourseError."""
    return FILE_NAME, export_to_otter(course, name, now).content


def make_person_archive(course: OpenCourse, student: str, *, scratch: Path) -> bytes:
    """A zip of all that is recorded of a student. Raises CourseError where nothing is."""
    course.folder.access.make_folder(scratch)
    with TemporaryDirectory(dir=scratch) as folder:
        return export_person(course, student, Path(folder) / "person.zip").read_bytes()
