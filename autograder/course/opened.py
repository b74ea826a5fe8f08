"""The course around the current folder, opened: its settings, assignments, gradebook and runners, joined.

What a command may not need (numpy, the judging, the database, the sandbox) is loaded where it is first used.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from autograder.course import CourseFolder, read_course
from autograder.domain.course import AssignmentSettings, Course, Limits
from autograder.domain.notebook import Cell, CellKind
from autograder.domain.submission import Submission
from autograder.errors import CourseError, Flaw
from autograder.questions.files import locate

if TYPE_CHECKING:
    from autograder.gradebook.store import Gradebook
    from autograder.grading.assignment import OpenAssignment
    from autograder.inbox.notice import Notice
    from autograder.quiz.model import Quiz
    from autograder.sandbox.run import Run
    from autograder.sandbox.runner import Runner


@dataclass(frozen=True, slots=True)
class OpenCourse:
    """A course whose course.toml has been read."""

    folder: CourseFolder
    course: Course

    def settings(self, name: str) -> AssignmentSettings:
        """The settings of an assignment. Raises CourseError where there is none of that name."""
        settings = self.course.settings(name)
        if settings is None:
            known = ", ".join(each.name for each in self.course.assignments)
            raise CourseError([Flaw("course.toml", f"there is no assignment {name!r}", f"known are {known}")])
        return settings

    def notebook(self, name: str) -> Path:
        """The notebook of an assignment, as its author wrote it."""
        return self.folder.assignments / name / f"{name}.ipynb"

    def module(self, name: str) -> Path:
        """The hidden references of an assignment: a module, or the folder of a package."""
        return locate(self.folder.solutions, name)

    def assignment(self, name: str) -> "OpenAssignment":
        """An assignment, ready to grade with. Raises CourseError with all its mistakes."""
        from autograder.check.pairs import must_pair
        from autograder.grading.assignment import OpenAssignment
        from autograder.notebook.assignment import read_assignment
        from autograder.notebook.released import Released
        from autograder.questions.solutions import prepare

        settings, notebook = self.settings(name), self.notebook(name)
        if not notebook.is_file():
            raise CourseError(
                [Flaw(str(notebook), "there is no such file", "write the assignment's notebook")]
            )
        text = read_assignment(notebook.read_bytes(), path=str(notebook.relative_to(self.folder.path)))
        solutions = prepare(
            name,
            self.module(name),
            secret=self.folder.secret(),
            limits=settings.limits,
            kept=self.folder.state / "expected",
        )
        must_pair(text, solutions, notebook=str(notebook), module=str(self.module(name)))
        quizzes = tuple(self.quiz(each) for each in settings.quizzes)
        return OpenAssignment(settings, Released.from_text(text), solutions, quizzes)

    def quiz(self, name: str) -> "Quiz":
        """A quiz of the course. Raises CourseError with all its mistakes."""
        from autograder.quiz.format.reader import read_quiz

        return read_quiz(self.folder.quiz / f"{name}.quiz.md")

    def gradebook(self, *, read_only: bool = False) -> "Gradebook":
        """The store of this course."""
        from autograder.gradebook.store import Gradebook

        return Gradebook.open(self.folder.store_url, read_only=read_only)

    def arrivals(self, folder: Path, settings: AssignmentSettings) -> "Iterator[Submission | Notice]":
        """What lies in a folder of submissions."""
        from autograder.inbox.folder import read_submissions

        roster = [student.id for student in self.course.roster]
        zone = ZoneInfo(self.course.timezone)
        return read_submissions(folder, settings.name, roster=roster, limits=settings.limits, zone=zone)

    def runner_maker(
        self, accept_level: int, assignment: "OpenAssignment | None" = None
    ) -> "Callable[[], Runner]":
        """What makes a runner for this course, warmed for an assignment where one is given.

        The course's hidden folders must lie where student code cannot read.
        """
        from autograder.sandbox.runner import Runner

        hidden = (self.folder.solutions, self.folder.quiz, self.folder.state)
        preload, given = self.course.preload, []
        if assignment is not None:
            preload = (*preload, *assignment.settings.preload)
            cells = [part.cell for part in assignment.released.text.parts]
            given = [cell.source for cell in cells if cell.kind is CellKind.CODE]

        def make() -> Runner:
            return Runner(
                preload=preload,
                accept_level=accept_level,
                forbidden=hidden,
                given=given,
            )

        return make

    @contextmanager
    def seal(self, source: str) -> "Iterator[Run]":
        """Run a piece of code that a student typed, sealed, to be asked for values."""
        from autograder.sandbox.isolation import CONFINED

        with (
            self.runner_maker(CONFINED)() as runner,
            runner.start([Cell(CellKind.CODE, source, 1)], Limits()) as run,
        ):
            yield run


def course_here() -> OpenCourse:
    """The course whose folder, or one above, is the current one.

    Raises:
        CourseError: there is none, or it is written wrongly.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "course.toml").is_file():
            return open_course(folder)
    raise CourseError(
        [
            Flaw(
                str(here),
                "there is no course.toml here or above",
                "run `autograder init DIR` or go to a course",
            )
        ]
    )


def open_course(folder: Path) -> OpenCourse:
    """The course in a folder; its gradebook is where AUTOGRADER_STORE says, or a file of the course's own.

    Raises:
        CourseError: with all mistakes of its course.toml and students.csv.
    """
    return OpenCourse(CourseFolder(folder, os.environ.get("AUTOGRADER_STORE", "")), read_course(folder))
