"""How a worker makes the grader of an assignment, here or on another machine: from a course's files alone."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from autograder.course.quiz_files import quiz_file
from autograder.errors import CourseError, Flaw
from autograder.notebook.other_homework import OtherHomework
from autograder.questions.files import find_solutions

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
        from autograder.course.runners import runner_of_adopted
        from autograder.grading.adopted import AdoptedGrader
        from autograder.grading.report_files import render_page

        course, adopted = self.opened or self.open()
        runner = runner_of_adopted(course, self.accept_level, adopted)
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
        from autograder.course.runners import runner_of
        from autograder.grading.grader import Grader
        from autograder.grading.report_files import render_page

        course, assignment = self.opened or self.open()
        runner = runner_of(course, self.accept_level, assignment)
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


def recipe_of(
    course: "OpenCourse", name: str, *, accept_level: int, question: str = ""
) -> GraderRecipe | AdoptedRecipe:
    """What makes graders of an assignment. It is opened here first: CourseError has all its mistakes."""
    if course.settings(name).adopted:
        return _adopted_recipe(course, name, accept_level, question)
    return own_recipe_of(course, name, accept_level=accept_level, question=question)


def own_recipe_of(course: "OpenCourse", name: str, *, accept_level: int, question: str = "") -> GraderRecipe:
    """The same of an assignment of our own. CourseError also where it was adopted."""
    settings = course.settings(name)
    if settings.adopted:
        what = "is adopted from another tool: its questions have no references of ours"
        raise CourseError([Flaw(name, what, "`autograder grades` shows its marks")])
    course.folder.secret()  # made where there is none, before files are named
    folder, solutions = course.folder, find_solutions(course.module(name))
    files = [
        *_files_of_course(course),
        course.notebook(name),
        *solutions.modules,
        *solutions.data,
        *(quiz_file(folder.quiz, quiz) for quiz in settings.quizzes),
        folder.secret_file,
    ]
    named = tuple(name_file(folder.path, file) for file in files)
    others = tuple(_other_homeworks(course, name))
    assignment = replace(course.assignment(name), others=others)
    if question:
        assignment = assignment.only(question)
    place = LocalFolder(folder.path)
    return GraderRecipe(name, named, place, accept_level, question, others, opened=(course, assignment))


def _adopted_recipe(course: "OpenCourse", name: str, accept_level: int, question: str) -> AdoptedRecipe:
    if question:
        what = "an adopted assignment is graded whole: its tests run in their places in the notebook"
        raise CourseError([Flaw(name, what, "leave --question out")])
    adopted, folder = course.adopted(name), course.adopted_folder(name)
    assert folder is not None  # noqa: S101 - it is adopted
    files = (*_files_of_course(course), *sorted(file for file in folder.rglob("*") if file.is_file()))
    named = tuple(name_file(course.folder.path, file) for file in files)
    return AdoptedRecipe(name, named, LocalFolder(course.folder.path), accept_level, opened=(course, adopted))


def _files_of_course(course: "OpenCourse") -> list[Path]:
    """What every grader of this course reads; an empty roster, which is an error, is not made of none."""
    files = [course.folder.path / "course.toml", course.folder.path / "students.csv"]
    return [file for file in files if file.is_file()]


def _other_homeworks(course: "OpenCourse", name: str) -> Iterator[OtherHomework]:
    """The other assignments that have a notebook; what is wrong with theirs concerns nobody here."""
    for other in sorted(course.other_assignments(name)):
        notebook = course.notebook(other)
        if notebook.is_file() and (homework := OtherHomework.of(other, notebook.read_bytes())):
            yield homework
