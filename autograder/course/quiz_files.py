"""The quizzes of a course as they are read from its folder: as they are, or as they were when last right."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import CourseError, Flaw

if TYPE_CHECKING:
    from autograder.quiz.model import Quiz

_SUFFIX = ".quiz.md"


def quiz_file(folder: Path, name: str) -> Path:
    """Where a folder has the quiz of a name."""
    return folder / f"{name}{_SUFFIX}"


def list_quiz_files(folder: Path) -> list[Path]:
    """The files of quizzes in a folder, in order."""
    return sorted(folder.glob(f"*{_SUFFIX}"))


def name_quizzes(folder: Path) -> list[str]:
    """The quizzes that have a file in a folder, in order."""
    return sorted(file.name.removesuffix(_SUFFIX) for file in list_quiz_files(folder))


class QuizFiles:
    """Quizzes as their files are."""

    def exists(self, file: Path, id: str = "") -> bool:
        """Whether there is a quiz in this place."""
        return file.exists()

    def read(self, file: Path, id: str = "") -> "Quiz":
        """The quiz in a file, which must have this id where one is named.

        Raises:
            CourseError: with all its mistakes.
        """
        from autograder.quiz.format.reader import read_quiz

        quiz = read_quiz(file)
        # Attempts are kept under the id, grades ask by the name in course.toml: no score may fall between.
        if id and quiz.id != id:
            raise CourseError([Flaw(quiz.source, f"has the id {quiz.id!r}", f"id: {id}, as in course.toml")])
        return quiz


@dataclass(frozen=True, slots=True)
class _ReadFile:
    """What was read of a file, which `seen` tells from the same one changed."""

    seen: object
    quiz: "Quiz | None"
    flaws: tuple[Flaw, ...] = ()


class LastRightQuizzes(QuizFiles):
    """Quizzes as their files are, and while one is wrong, as it was when it was last right.

    A quiz that never was is none that exists: one wrong file keeps nobody from all other work. Safe to be
    used by many threads: at worst two of them read a file.
    """

    def __init__(self, versions: Path) -> None:
        """`versions`: the folder in which each version is kept that somebody could take."""
        self._versions = versions
        self._kept: dict[tuple[Path, str], _ReadFile] = {}

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What is wrong now with the files that were read; a quiz may not be written yet."""
        read = [each for each in (self._look(*key) for key in list(self._kept)) if each.seen or each.quiz]
        return tuple(dict.fromkeys(flaw for each in read for flaw in each.flaws))

    def exists(self, file: Path, id: str = "") -> bool:
        """Whether a quiz is there that is right, or was."""
        return self._look(file, id).quiz is not None

    def read(self, file: Path, id: str = "") -> "Quiz":
        """The quiz in a file, or in the last version that was right. Raises CourseError where none was."""
        found = self._look(file, id)
        if found.quiz is None:
            raise CourseError(found.flaws)
        return found.quiz

    def _look(self, file: Path, id: str) -> _ReadFile:
        seen, kept = look_at(file), self._kept.get((file, id))
        if kept is None or kept.seen != seen:
            before = kept.quiz if kept else None
            kept = self._kept[file, id] = self._read_anew(file, id, seen, before)
        return kept

    def _read_anew(self, file: Path, id: str, seen: object, before: "Quiz | None") -> _ReadFile:
        from autograder.quiz.judge import require_usable

        try:
            quiz = super().read(file, id)
            require_usable(quiz)
        except CourseError as error:
            return _ReadFile(seen, before or self._find_version(file), error.flaws)
        return _ReadFile(seen, quiz)

    def _find_version(self, file: Path) -> "Quiz | None":
        """The last version that was kept of a quiz: from before the program began."""
        from autograder.quiz.format.reader import parse_quiz

        kept = sorted(list_quiz_files(self._versions), key=lambda each: each.stat().st_mtime, reverse=True)
        for each in kept:
            try:
                quiz = parse_quiz(each.read_text(encoding="utf-8"), source=file.as_posix())
            except (CourseError, OSError, ValueError):  # one that another version of the program has kept
                continue
            if quiz_file(file.parent, quiz.id) == file:
                return quiz
        return None


def look_at(file: Path) -> object:
    """What tells whether a file was touched: also one that was put in its place, with an older date."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size
