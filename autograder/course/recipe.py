"""How a worker makes the grader of an assignment, here or on another machine: from a course's files alone."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from autograder.errors import CourseError, Flaw
from autograder.notebook.other_homework import OtherHomework

if TYPE_CHECKING:
    from autograder.course.opened import OpenCourse
    from autograder.grading.adopted import AdoptedGrader, OpenAdopted
    from autograder.grading.assignment import OpenAssignment
    from autograder.grading.grader import Grader


@dataclass(frozen=True, slots=True)
class CourseFile:
    """A file of a course, named by its place and its content."""

    path: str
    """Below the course's folder."""
    sha256: str


class CourseSource(Protocol):
    """A way to get the files of a course to where a worker is; picklable and comparable."""

    def fetch(self, files: Sequence[CourseFile]) -> Path:
        """A course folder that holds these files, with this content."""


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """The course's own folder, for workers that can read it."""

    path: Path

    def fetch(self, files: Sequence[CourseFile]) -> Path:
        """The folder as it is. Raises CourseError where a file is not what it was."""
        flaws = [
            Flaw(file.path, "was changed while submissions were being graded", "start again")
            for file in files
            if name_file(self.path, self.path / file.path) != file
        ]
        if flaws:
            raise CourseError(flaws)
        return self.path


def name_file(folder: Path, file: Path) -> CourseFile:
    """A file of the course in `folder`, named by its content as it is now."""
    return CourseFile(str(file.relative_to(folder)), hashlib.sha256(read_content(file)).hexdigest())


def read_content(file: Path) -> bytes:
    """What a file of the course holds, as far as grading depends on it; nothing where there is none."""
    content = file.read_bytes() if file.is_file() else b""
    # A second line is added to the secret when the gradebook is begun: the secret is the same.
    return content.partition(b"\n")[0] if file.name == "secret" else content


@dataclass(frozen=True, slots=True)
class AdoptedRecipe:
    """Makes the grader of an adopted assignment. Picklable; equal to another where it would make the same."""

    assignment: str
    files: tuple[CourseFile, ...]
    """All that is read to open the assignment and to render its pages."""
    source: CourseSource
    accept_level: int
    opened: "tuple[OpenCourse, OpenAdopted] | None" = field(default=None, compare=False, repr=False)
    """What is open in this process: its forks share it, and it is left out of what is pickled."""

    def __call__(self) -> "AdoptedGrader":
        """A grader of its own, where it is called."""
        from autograder.grading.adopted import AdoptedGrader
        from autograder.grading.report_files import render_page

        course, adopted = self.opened or self.open()
        runner = course.runner_of_adopted(self.accept_level, adopted)
        return AdoptedGrader(adopted, runner, partial(render_page, course=course.course))

    def open(self) -> "tuple[OpenCourse, OpenAdopted]":
        """The course and the assignment, from the files. Raises CourseError."""
        from autograder.course.opened import open_course

        course = open_course(self.source.fetch(self.files))
        return course, course.adopted(self.assignment)

    def __reduce__(self) -> tuple[Any, ...]:
        return AdoptedRecipe, (self.assignment, self.files, self.source, self.accept_level)


@dataclass(frozen=True, slots=True)
class GraderRecipe:
    """Makes the grader of an assignment. Picklable; equal to another where it would make the same grader."""

    assignment: str
    files: tuple[CourseFile, ...]
    """All that is read to open the assignment and to render its pages."""
    source: CourseSource
    accept_level: int
    """The lowest level of isolation to grade at."""
    question: str = ""
    """The one question to judge; empty for all."""
    others: tuple[OtherHomework, ...] = ()
    """The other assignments of the course: a worker need not have their files."""
    opened: "tuple[OpenCourse, OpenAssignment] | None" = field(default=None, compare=False, repr=False)
    """What is open in this process: its forks share it, and it is left out of what is pickled."""

    def __call__(self) -> "Grader":
        """A grader of its own, where it is called."""
        from autograder.grading.grader import Grader
        from autograder.grading.report_files import render_page

        course, assignment = self.opened or self.open()
        runner = course.runner(self.accept_level, assignment)
        return Grader(assignment, runner, partial(render_page, course=course.course))

    def open(self) -> "tuple[OpenCourse, OpenAssignment]":
        """The course and the assignment, from the files. Raises CourseError."""
        from autograder.course.opened import open_course

        course = open_course(self.source.fetch(self.files))
        assignment = course.assignment(self.assignment)
        assignment = replace(assignment, others=self.others)
        return course, assignment.only(self.question) if self.question else assignment

    def __reduce__(self) -> tuple[Any, ...]:
        return (
            GraderRecipe,
            (self.assignment, self.files, self.source, self.accept_level, self.question, self.others),
        )
