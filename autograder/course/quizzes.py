"""Where quizzes lie, where attempts are recorded and how code is run: of a course, or of a bare folder."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from autograder.access import Access, write_whole
from autograder.course.quiz_files import QuizFiles, name_quizzes, quiz_file
from autograder.course.runners import run_sealed
from autograder.domain.language import Language
from autograder.domain.nearest import advise, did_you_mean
from autograder.errors import CourseError, Flaw

if TYPE_CHECKING:
    from autograder.analytics.quiz_scores import QuizScore
    from autograder.course.opened import OpenCourse
    from autograder.domain.course import QuizSettings
    from autograder.domain.course_events import CourseEvent
    from autograder.quiz.extra_time import ExtraTime, ExtraTimes
    from autograder.quiz.going_on import EndedByClock
    from autograder.quiz.model import Quiz
    from autograder.quiz.records import Attempt, Records
    from autograder.quiz.seal import Seal
    from autograder.quiz.service import QuizService


def utc_now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


def no_extra_time(_quiz: str) -> "ExtraTimes":
    """Nobody was given more time."""
    from autograder.quiz.extra_time import nobody_has_more

    return nobody_has_more


@dataclass(frozen=True, slots=True)
class OpenQuizzes:
    """What taking, judging and reporting quizzes works with; without `store`, attempts are practice."""

    folder: Path = field(default_factory=lambda: Path("quiz"))
    store: "Callable[[], AbstractContextManager[Records]] | None" = None
    """Opens the store of attempts."""
    seal: "Seal | None" = None
    clock: Callable[[], datetime] = utc_now
    extra_time: "Callable[[str], ExtraTimes]" = no_extra_time
    """Reads what students were given beyond the time limit of a quiz, and beyond its closing."""
    course: "OpenCourse | None" = None
    """Whose quizzes they are; None outside of a course."""

    @property
    def zone(self) -> tzinfo | None:
        """The zone in which times are told: the course's, or this machine's."""
        return ZoneInfo(self.course.course.timezone) if self.course else None

    @property
    def language(self) -> Language:
        """The language in which students are spoken to: the course's, or English."""
        return self.course.course.language if self.course else Language.ENGLISH

    @property
    def roster(self) -> tuple[str, ...]:
        """The students of the course."""
        return tuple(student.id for student in self.course.course.roster) if self.course else ()

    def require_student(self, named: str) -> None:
        """Refuse somebody who is neither a student nor of the staff. Raises CourseError.

        Outside of a course, and in one without students, anybody may take a quiz.
        """
        known = [*self.roster, *((each.id for each in self.course.staff()) if self.course else ())]
        if self.roster and named not in known:
            advice = did_you_mean(named, known) or "write the id as in students.csv"
            raise CourseError([Flaw(named, "is the id of no student of this course", advice)])

    def notebook_of(self, name: str) -> str:
        """The assignment in whose notebook a quiz is answered, or the empty string."""
        return self.course.course.notebook_of(name) if self.course else ""

    def settings(self, name: str) -> "QuizSettings | None":
        """What course.toml says of a quiz, or None."""
        return self.course.course.quiz_settings(name) if self.course else None

    @property
    def home(self) -> Path:
        """The folder in which sheets and tables are written."""
        return self.course.folder.path if self.course else Path()

    @property
    def access(self) -> Access:
        """Who may read what is written there."""
        return self.course.folder.access if self.course else Access()

    def secret(self) -> bytes:
        """What numbers the copies of a class; outside of a course, anything."""
        return self.course.folder.secret() if self.course else b""

    def scores(self, name: str) -> "tuple[QuizScore, ...]":
        """What each student has of a quiz, wherever it is answered. Nothing is recorded.

        Raises:
            CourseError: there is no such quiz, or its file is written wrongly.
        """
        from autograder.analytics.quiz_scores import class_scores, scores_in_notebooks

        quiz, home = self.quiz(name), self.notebook_of(name)
        if self.course is None:
            with self.records() as records:
                taken = self.taken(quiz, records)
        else:
            with self.course.gradebook(read_only=True) as gradebook:
                if home:
                    reports = gradebook.latest_reports(home)
                    return tuple(scores_in_notebooks(quiz, reports, students=self.roster))
                taken = self.taken(quiz, gradebook.quizzes)
        return tuple(class_scores(quiz, taken, now=self.clock(), students=self.roster))

    def taken(
        self, quiz: "Quiz", records: "Records", *, known: Mapping[str, int] = MappingProxyType({})
    ) -> "Records":
        """A copy of all that is recorded of a quiz, in which every attempt whose time is over is handed in.

        In the copy alone: code that nobody has run yet waits for a person there. Nothing that was typed is in
        it of an attempt that is open, nor of one that is `known` (see `Records.snapshot`).
        """
        return self._close_copy(quiz, records, None, known)

    def taken_by(self, quiz: "Quiz", records: "Records", student: str) -> "Records":
        """The same of one student alone, without reading anybody else's."""
        return self._close_copy(quiz, records, student, {})

    def _close_copy(
        self, quiz: "Quiz", records: "Records", student: str | None, known: Mapping[str, int]
    ) -> "Records":
        from autograder.quiz.records import KnownAttempts

        # One moment for both: what the clock hands in must have been read with its answers.
        now = self.clock()
        copy = records.snapshot(quiz.id, student, known=KnownAttempts(now, known))
        replace(self, clock=lambda: now)._service(quiz, copy, seal=None).close_overdue()
        return copy

    def used_up(self, quiz: "Quiz", taken: "Records", events: "Iterable[CourseEvent]") -> frozenset[str]:
        """Whoever took a quiz and can hand in no further attempt, by a copy of what is recorded.

        `events` tell what students were given.
        """
        given = (
            self.extra_time(quiz.id)
            if self.course is None
            else find_extra_times(self.course, quiz.id, events)
        )
        service = self._service(quiz, taken, seal=None, extra_time=lambda: given)
        by_student: dict[str, list[Attempt]] = {}
        for attempt in taken.attempts(quiz.id):
            by_student.setdefault(attempt.student, []).append(attempt)
        return frozenset(student for student, own in by_student.items() if not service.may_come(own))

    def find_ended(
        self, quiz: "Quiz", taken: "Records", extra_time: "ExtraTimes", students: Collection[str]
    ) -> "tuple[EndedByClock, ...]":
        """The last attempts of these students that the clock handed in, by a copy of what is recorded.

        Each tells until when it could be gone on with, were that given which `extra_time` tells.
        """
        service = self._service(quiz, taken, seal=None, extra_time=lambda: extra_time)
        found = (service.find_ended(student) for student in students)
        return tuple(each for each in found if each is not None)

    def records(self) -> "AbstractContextManager[Records]":
        """The store of attempts, or one that is forgotten."""
        from autograder.quiz.records import MemoryRecords

        return nullcontext(MemoryRecords()) if self.store is None else self.store()

    def refuse_in_notebook(self, name: str, command: str) -> None:
        """Raise CourseError for a quiz that is answered in a notebook: `command` takes the assignment."""
        home = self.notebook_of(name)
        if home:
            what = f"is answered in the notebook of {home} and is marked with it"
            raise CourseError([Flaw(name, what, f"autograder {command} {home}")])

    def service(self, name: str, records: "Records") -> "QuizService":
        """Where a quiz is taken. Raises CourseError."""
        return self._service(self.quiz(name), records, seal=self.seal)

    def serving(self, quiz: "Quiz", records: "Records", student: str) -> "QuizService":
        """Where one student takes a quiz that was read before, in one request."""
        from autograder.quiz.records import OwnRecords

        return self._service(quiz, OwnRecords(records, quiz.id, student), seal=self.seal)

    def taking(self, name: str, records: "Records") -> "QuizService":
        """The same for a student: CourseError is one sentence."""
        return self._service(self.quiz_to_take(name), records, seal=self.seal)

    def _service(
        self,
        quiz: "Quiz",
        records: "Records",
        *,
        seal: "Seal | None",
        extra_time: "Callable[[], ExtraTimes] | None" = None,
    ) -> "QuizService":
        from autograder.quiz.service import QuizService

        return QuizService(
            quiz,
            records,
            clock=self.clock,
            seal=seal,
            zone=self.zone,
            extra_time=extra_time or (lambda: self.extra_time(quiz.id)),
            find_version=lambda revision: self._find_version(quiz, revision),
        )

    def _find_version(self, quiz: "Quiz", revision: str) -> "Quiz | None":
        """A quiz as it was at a revision, where that was kept."""
        from autograder.quiz.format.reader import parse_quiz

        file = self._version_file(revision)
        if file is None or not file.is_file():
            return None
        # Pictures lie beside the quiz itself.
        return parse_quiz(file.read_text(encoding="utf-8"), source=quiz.source)

    def _version_file(self, revision: str) -> Path | None:
        return quiz_file(self.course.folder.state / "quizzes", revision) if self.course else None

    def quiz(self, name: str) -> "Quiz":
        """The quiz called `name`, or in the file `name`.

        Raises:
            CourseError: with the first thing to mend, and how many there are: `quiz check` lists them.
        """
        files, path = self._files, self.path(name)
        try:
            id = name if self.settings(name) is not None else ""
            return files.read(path if files.exists(path, id) else self.file(name), id)
        except CourseError as error:
            first, *others = error.flaws
            if not others:
                raise
            what = f"{first.what}; {len(others)} more such"
            advice = f"`autograder quiz check {name}` lists all there is to mend"
            raise CourseError([Flaw(first.where, what, advice)]) from error

    def usable_quiz(self, name: str) -> "Quiz":
        """The same, where it is answered: every question can be shown and judged. Raises CourseError."""
        from autograder.quiz.judge import require_usable

        quiz = self.quiz(name)
        require_usable(quiz)
        return quiz

    def quiz_to_take(self, name: str) -> "Quiz":
        """The same; it is kept as it is, so that who begins it can go on with it when its file is changed.

        Raises:
            CourseError: it cannot be answered as it is.
        """
        from autograder.quiz.format.reader import parse_quiz, read_quiz

        quiz = self.usable_quiz(name)
        file = self._version_file(quiz.revision)
        if file is not None and not file.exists():
            read_quiz(self.file(name))  # says what is wrong with one that was right before
            text = self.path(name).read_text(encoding="utf-8-sig")
            if parse_quiz(text).revision == quiz.revision:  # else it was changed just now
                self.access.make_folder(file.parent)
                write_whole(file, text, self.access)
        return quiz

    def path(self, name: str) -> Path:
        """Where a quiz lies."""
        given = Path(name)
        return given if given.suffix == ".md" else quiz_file(self.folder, name)

    def file(self, name: str) -> Path:
        """The file of a quiz. Raises CourseError where there is none."""
        path = self.path(name)
        if path.exists() or "\0" in name:
            return path
        here = "write the quiz there" if self.course else "write it there, or go to the folder of a course"
        advice = advise(name, self.names(), they="the quizzes are") or here
        raise CourseError([Flaw(str(path), "there is no such file", advice)])

    def counting(self, records: "Records") -> list[str]:
        """The quizzes with a table in course.toml, but for those that nobody has written or taken yet."""
        names = [each.name for each in self.course.course.quizzes] if self.course else []
        # A file that is gone while attempts are recorded is a mistake, of which reading it tells.
        return [name for name in names if self._files.exists(self.path(name), name) or records.attempts(name)]

    @property
    def _files(self) -> QuizFiles:
        return self.course.quiz_files if self.course else QuizFiles()

    def names(self) -> list[str]:
        """The quizzes of the folder."""
        return name_quizzes(self.folder)


def quizzes_here(here: Path) -> OpenQuizzes:
    """The quizzes of the course around a folder, or outside of a course what lies in quiz/."""
    if not any((folder / "course.toml").is_file() for folder in (here, *here.parents)):
        return OpenQuizzes()
    from autograder.course.opened import course_here

    quizzes = quizzes_of(course_here())
    # Messages name files as somebody in the course's folder does.
    return replace(quizzes, folder=Path("quiz")) if quizzes.folder == here / "quiz" else quizzes


def quizzes_of(course: "OpenCourse") -> OpenQuizzes:
    """The quizzes of a course."""

    @contextmanager
    def store() -> "Iterator[Records]":
        with course.gradebook() as gradebook:
            yield gradebook.quizzes

    def extra_time(quiz: str) -> "ExtraTimes":
        return read_extra_time(course, quiz)

    sealed = partial(run_sealed, course)
    return OpenQuizzes(course.folder.quiz, store, sealed, extra_time=extra_time, course=course)


def read_extra_time(course: "OpenCourse", quiz: str) -> "ExtraTimes":
    """What the students of a course were given for one of its quizzes, by the events that stand now."""
    with course.gradebook(read_only=True) as gradebook:
        events = gradebook.events.all()
    return find_extra_times(course, quiz, events)


def find_extra_times(course: "OpenCourse", quiz: str, events: "Iterable[CourseEvent]") -> "ExtraTimes":
    """The same by these events."""
    from autograder.domain.course import Student
    from autograder.domain.course_events import find_standing
    from autograder.domain.events import Extension
    from autograder.quiz.extra_time import find_extra_time

    given = [
        (event.whom, event.what)
        for event in find_standing(events)
        if isinstance(event.what, Extension) and event.what.work == quiz
    ]
    roster = {student.id: student for student in course.course.roster}

    def of_student(id: str) -> "ExtraTime":
        student = roster.get(id, Student(id))
        return find_extra_time(what for whom, what in given if whom.includes(student))

    return of_student
