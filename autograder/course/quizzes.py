"""Where quizzes lie, where attempts are recorded and how code is run: of a course, or of a bare folder."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.quiz.model import Quiz
    from autograder.quiz.records import Records
    from autograder.quiz.seal import Seal

SUFFIX = ".quiz.md"


def utc_now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class OpenQuizzes:
    """What taking, judging and reporting quizzes works with; without `store`, attempts are practice."""

    folder: Path = field(default_factory=lambda: Path("quiz"))
    store: "Callable[[], AbstractContextManager[Records]] | None" = None
    """Opens the store of attempts."""
    seal: "Seal | None" = None
    clock: Callable[[], datetime] = utc_now

    def records(self) -> "AbstractContextManager[Records]":
        """The store of attempts, or one that is forgotten."""
        from autograder.quiz.records import MemoryRecords

        return nullcontext(MemoryRecords()) if self.store is None else self.store()

    def quiz(self, name: str) -> "Quiz":
        """The quiz called `name`, or in the file `name`. Raises CourseError."""
        from autograder.quiz.format.reader import read_quiz

        return read_quiz(self.path(name))

    def path(self, name: str) -> Path:
        """Where a quiz lies."""
        given = Path(name)
        return given if given.suffix == ".md" else self.folder / f"{name}{SUFFIX}"

    def names(self) -> list[str]:
        """The quizzes of the folder."""
        return sorted(path.name.removesuffix(SUFFIX) for path in self.folder.glob(f"*{SUFFIX}"))


def quizzes_here(here: Path) -> OpenQuizzes:
    """The quizzes of the course around a folder, or outside of a course what lies in quiz/."""
    if not any((folder / "course.toml").is_file() for folder in (here, *here.parents)):
        return OpenQuizzes()
    from autograder.course.opened import course_here

    course = course_here()

    @contextmanager
    def store() -> "Iterator[Records]":
        with course.gradebook() as gradebook:
            yield gradebook.quizzes

    return OpenQuizzes(course.folder.quiz, store, course.seal)
