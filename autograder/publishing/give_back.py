"""Giving reports back: each to its student, in the shape that a platform takes, read back and reconciled."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from autograder.access import Access
from autograder.domain.counts import describe_count
from autograder.domain.course import Course, Student
from autograder.domain.language import speaking
from autograder.errors import CourseError, Flaw
from autograder.gradebook.store import Gradebook
from autograder.grading.report_files import ReportFiles
from autograder.interop.return_plan import (
    ReturnPlan,
    plan_folders,
    plan_for_canvas,
    plan_for_moodle,
    plan_mail,
)
from autograder.publishing.export import write_new
from autograder.publishing.mail import read_mail, write_mail

TARGETS = ("moodle", "canvas", "folder", "mail")
ZIPPED = ("moodle", "canvas")
_FAULT = "this is a fault of autograder: do not give it to the platform"


@dataclass(frozen=True, slots=True)
class ReturnRequest:
    """What is asked for."""

    assignment: str
    to: str
    """One of TARGETS."""
    out: Path
    """The zip, or the folder."""
    source: Path | None = None
    """Moodle's grading worksheet, or what was downloaded from Canvas."""
    sender: str = ""
    """The address mails come from."""
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    overwrite: bool = False
    access: Access = field(default_factory=Access)


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What came of every report."""

    written: tuple[tuple[str, tuple[str, ...]], ...]
    """Each file, and who receives it."""
    plan: ReturnPlan
    missing: tuple[str, ...] = ()
    """Who has a report here and no place there."""
    waiting: tuple[str, ...] = ()
    """Whose report still waits for a person."""

    @property
    def needs_person(self) -> bool:
        """Whether a report has no place, or a place no student."""
        return bool(self.plan.unknown or self.plan.unreachable or self.missing)


@dataclass(frozen=True, slots=True)
class ReturnedPage:
    """The report of one student, as it is given back."""

    student: str
    content: bytes
    waits: bool


def give_back(gradebook: Gradebook, course: Course, request: ReturnRequest, files: ReportFiles) -> GivenBack:
    """Write the reports of an assignment for a platform: their pages alone, with nothing that is hidden.

    They say what `files` would say: with extensions, corrected times and how the student's grade comes about.
    A file that a team shares says nothing of any one member's grade.

    Raises:
        CourseError: the platform's file is not what it should be, something is there already, or what was
            written is not read back.
        StoreError: the gradebook cannot be read.
    """
    reported = {kept.student for kept in gradebook.kept_reports(request.assignment)}
    plan = _plan(course, request, reported)
    # One member's report stands for the file that a team shares.
    path_of = {students[0]: path for path, students in plan.places.items()}
    reports = gradebook.latest_reports(request.assignment, students=list(path_of))
    # One by one: the pages of a class need not fit in memory.
    alone = {students[0] for students in plan.places.values() if len(students) == 1}
    section_of = files.sections(gradebook, request.assignment)
    pages = (
        ReturnedPage(
            each.student,
            files.draw(each, section_of(each.student) if each.student in alone else "").encode(),
            each.score is None,
        )
        for each in reports
    )
    waiting = list[str]()
    if request.to in ZIPPED:
        _write_zip(request, path_of, pages, waiting)
    else:
        _write_files(course, request, path_of, pages, waiting)
    reached = {student for students in plan.places.values() for student in students}
    lacking = {who for who, _ in plan.unreachable}
    return GivenBack(
        tuple(sorted(plan.places.items())),
        plan,
        tuple(sorted(reported - reached - lacking)),
        tuple(waiting),
    )


def _plan(course: Course, request: ReturnRequest, reported: set[str]) -> ReturnPlan:
    if request.to == "folder":
        return plan_folders(reported)
    if request.to == "mail":
        return plan_mail(course.roster, reported)
    if request.source is None:
        asked = "Moodle's grading worksheet" if request.to == "moodle" else "the zip downloaded from Canvas"
        what = f"{asked} says how the platform calls each student, and was not given"
        raise CourseError([Flaw(f"--to {request.to}", what, "name it behind --to")])
    if request.to == "moodle":
        return plan_for_moodle(request.source.read_bytes(), request.source.name, course.roster, reported)
    return plan_for_canvas(request.source, request.assignment, course.roster, reported, request.teams)


def _write_zip(
    request: ReturnRequest, path_of: Mapping[str, str], pages: Iterator[ReturnedPage], waiting: list[str]
) -> None:
    hashes: dict[str, str] = {}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for page in pages:
            path = path_of[page.student]
            # A fixed time: the same reports give the same zip.
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.external_attr, entry.compress_type = 0o600 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, page.content)
            hashes[path] = sha256(page.content).hexdigest()
            waiting += [page.student] if page.waits else []
    if not hashes:
        return
    write_new(request.out, packed.getvalue(), request.access, overwrite=request.overwrite)
    with zipfile.ZipFile(request.out) as archive:
        found = {name: sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    if found != hashes or sorted(found) != sorted(path_of.values()):
        raise CourseError([Flaw(str(request.out), "does not hold every report in its place", _FAULT)])


def _write_files(
    course: Course,
    request: ReturnRequest,
    path_of: Mapping[str, str],
    pages: Iterator[ReturnedPage],
    waiting: list[str],
) -> None:
    there = [path for path in path_of.values() if (request.out / path).exists()]
    if there and not request.overwrite:
        what = describe_count(len(there), "file to write is there", "files to write are there") + " already"
        raise CourseError([Flaw(str(request.out), what, "--yes overwrites them, --out names another folder")])
    assignment = course.settings(request.assignment)
    title = assignment.title if assignment else request.assignment
    for page in pages:
        content = page.content
        if request.to == "mail":
            student = course.student(page.student) or Student(page.student)
            with speaking(course.language):
                content = write_mail(
                    student, course=course.title, title=title, page=page.content, sender=request.sender
                )
            if read_mail(content) != (student.email.strip(), page.content):
                raise CourseError([Flaw(path_of[page.student], "does not hold the report", _FAULT)])
        file = request.out / path_of[page.student]
        write_new(file, content, request.access, overwrite=request.overwrite)
        waiting += [page.student] if page.waits else []
