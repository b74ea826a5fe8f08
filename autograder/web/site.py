"""What every page is made from: the course as its files are now, its stores, and where it is served."""

import re
import threading
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakSet
from zoneinfo import ZoneInfo

from autograder.course import CourseFolder
from autograder.course.opened import OpenCourse, open_course
from autograder.course.quiz_files import LastRightQuizzes, look_at
from autograder.course.quizzes import quizzes_of
from autograder.domain.people import CoursePerson, StaffMember, find_person
from autograder.errors import CourseError, Flaw, StoreError
from autograder.foreign.model import ASSIGNMENT_FILE, read_assignment_file
from autograder.gradebook.store import Gradebook
from autograder.gradebook.transient import TransientStore
from autograder.marking.adopted import AdoptedAnswersRead
from autograder.marking.work_to_mark import AnswersRead, ReadNotebooks
from autograder.questions.files import find_solutions
from autograder.quiz.model import Quiz
from autograder.quiz.service import QuizService
from autograder.render.environment import environment
from autograder.sandbox.isolation import CONFINED
from autograder.services.class_state import ClassState
from autograder.services.health import read_grader
from autograder.web.aside import Aside
from autograder.web.buckets import Buckets
from autograder.web.class_reader import ClassReader, LookReader, RowsDrawn
from autograder.web.loopback import is_loopback
from autograder.web.passwords import Passwords
from autograder.web.queue_reader import QueueReader
from autograder.web.static_files import StaticFiles

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.IGNORECASE)
"""What a browser says in the header: a name or an address, perhaps a port."""
_WATCHED = ("course.toml", "students.csv", "staff.csv")


def utc_now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ServedAt:
    """The address under which browsers know the pages."""

    url: str = "http://127.0.0.1:8000"
    """Without a slash at its end."""

    @property
    def secure(self) -> bool:
        """Whether browsers come by https."""
        return self.url.startswith("https:")

    @property
    def prefix(self) -> str:
        """The path below which all pages lie, empty for the top."""
        return urlsplit(self.url).path.rstrip("/")

    def knows_host(self, host: str) -> bool:
        """Whether a request that names this host is meant for us.

        On the loopback any page that a browser shows could else point its own name at us.
        """
        own = urlsplit(self.url).hostname or ""
        found = _HOST.fullmatch(host)
        name = found[1].strip("[]").lower() if found else ""
        return name == own or (is_loopback(own) and is_loopback(name))

    def is_own(self, origin: str, host: str) -> bool:
        """Whether a form comes from one of our own pages, by what the browser says of it."""
        scheme, _, rest = origin.partition("://")
        ours = scheme == ("https" if self.secure else "http")
        return ours and re.split("[/?#]", rest)[0] == host and self.knows_host(host)


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """The proxies whose word is taken for who asks: from which address, and who is logged in there."""

    addresses: tuple[str, ...] = ()
    """Addresses, or networks."""
    user_header: str = ""
    """In which they say who is logged in; empty where they do not."""

    def trusts(self, peer: str) -> bool:
        """Whether whoever speaks to us from this address is one of them."""
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in ip_network(each, strict=False) for each in self.addresses)


@dataclass(frozen=True, slots=True)
class ReadCourse:
    """The course as its files say it, read at one moment."""

    opened: OpenCourse
    staff: tuple[StaffMember, ...]

    def person(self, id: str) -> CoursePerson | None:
        """The person of this id, or None."""
        return find_person(id, self.opened.course.roster, self.staff)


class Site:
    """One course, served. Safe to be used by many threads."""

    def __init__(
        self,
        folder: Path,
        served: ServedAt = ServedAt(),
        *,
        proxies: TrustedProxies = TrustedProxies(),
        clock: Callable[[], datetime] = utc_now,
        accept_level: int = CONFINED,
    ) -> None:
        """Raises CourseError or StoreError where the course or its gradebook cannot be opened.

        Where staff ask what a notebook does, it is run at `accept_level` of isolation or above.
        """
        self._folder = folder
        self._watched = [folder / name for name in _WATCHED]
        self.accept_level = accept_level
        self.served = served
        self.proxies = proxies
        self.clock = clock
        self._lock = threading.Lock()
        # What was right before goes on being asked while a file is wrong.
        self._quizzes = LastRightQuizzes(CourseFolder(folder).state / "quizzes")
        self._to_take: dict[str, Quiz] = {}
        self._seen, self._content = self._look(), self._read_content()
        self._read = self._read_files()
        # A gradebook knows whose its numbers are as its last transaction read them: two threads would
        # mix that up.
        self._own = threading.local()
        self._classes = ClassReader()
        self._answers: dict[str, tuple[object, ReadNotebooks]] = {}
        self._marking_lock = threading.Lock()
        self.looks = LookReader()
        self.grade_rows = RowsDrawn()
        self.aside = Aside()
        self.buckets = Buckets()
        self.queue = QueueReader()
        self._opened: WeakSet[Gradebook] = WeakSet()
        self.certificate_ends: datetime | None = None
        """Until when the certificate holds that browsers are shown; None where we show none."""
        self.began = clock()
        """Since when the pages are there."""
        self.refused: datetime | None = None
        """When a store last did not do what a page asked of it; None where it always did."""
        self.flaws: tuple[Flaw, ...] = ()
        """What is wrong with the course's files since they were last right; the last right ones are used."""
        opened = self._read.opened
        self._gradebook = opened.gradebook()  # made or upgraded, or refused
        self.transient: TransientStore = opened.transient()
        self.passwords = Passwords(self.transient)

    def close(self) -> None:
        """Let go of the stores."""
        for gradebook in (self._gradebook, *self._opened):
            gradebook.close()
        self.transient.close()

    def flush_logs(self) -> None:
        """Have what was committed to the stores written where it stays. Raises StoreError."""
        self._gradebook.flush_log()
        self.transient.flush_log()

    @property
    def gradebook(self) -> Gradebook:
        """The gradebook of the thread that asks; it goes with the thread."""
        found: Gradebook | None = getattr(self._own, "gradebook", None)
        if found is None:
            found = self._own.gradebook = self._gradebook.for_thread()
            self._opened.add(found)
        return found

    @property
    def read(self) -> ReadCourse:
        """The course as its files are now, or as they were when they were last right."""
        with self._lock:
            seen = self._look()
            if seen != self._seen:
                self._seen = seen
                # What was written again with the same words is no change.
                content = self._read_content()
                if content != self._content:
                    self._content = content
                    try:
                        self._read, self.flaws = self._read_files(), ()
                    except CourseError as error:
                        self.flaws = error.flaws
            return self._read

    @property
    def all_flaws(self) -> tuple[Flaw, ...]:
        """What is wrong with the course's files, quizzes included, and what keeps work from being graded."""
        grader = read_grader(self.transient)
        waiting = (Flaw(name, told) for name, told in grader.flaws.items()) if grader else ()
        return self.name_files((*self.flaws, *self._quizzes.flaws, *waiting))

    def name_files(self, flaws: Iterable[Flaw]) -> tuple[Flaw, ...]:
        """Flaws that name files as the course's folder does: where it lies is no matter for a browser."""
        folder = f"{self.course.folder.path}/"
        return tuple(Flaw(*(text.replace(folder, "") for text in astuple(flaw))) for flaw in flaws)

    @property
    def course(self) -> OpenCourse:
        """The same, without its staff."""
        return self.read.opened

    def class_state(self, course: OpenCourse) -> ClassState:
        """How the class stands in the minute that has begun. Raises CourseError or StoreError."""
        return self._classes.read(course, self.gradebook, self.clock())

    def warm(self) -> None:
        """Read all pages, and work out what whoever teaches asks for first; what is wrong, the page tells."""
        # A newer program may be put in the place of this one before it ends: its pages are not for this one.
        for name in environment().list_templates(filter_func=lambda name: name.endswith(".html")):
            environment().get_template(name)
        with suppress(CourseError, StoreError):
            self.class_state(self.course)

    @property
    def zone(self) -> ZoneInfo:
        """In which times are told."""
        return ZoneInfo(self.course.course.timezone)

    def quiz_service(self, name: str, student: str) -> QuizService:
        """Where a student takes a quiz, in one request. Raises CourseError as `quiz` does."""
        quizzes = replace(quizzes_of(self.course), clock=self.clock)
        return quizzes.serving(self.quiz(name), self.gradebook.quizzes, student)

    def quiz(self, name: str) -> Quiz:
        """A quiz that can be taken; its file is read again when it changes, and not while it is wrong.

        Raises CourseError where it was never right.
        """
        opened = quizzes_of(self.course)
        quiz = opened.quiz(name)
        if self._to_take.get(name) is not quiz:
            quiz = self._to_take[name] = opened.quiz_to_take(name)
        return quiz

    def answers_read(self, name: str) -> ReadNotebooks:
        """The answers in an assignment's notebooks that people mark.

        The assignment is opened again when its files change, and not while they are wrong.

        Raises:
            CourseError: they were never right.
        """
        course = self.course
        adopted, limits = course.adopted_folder(name), course.settings(name).limits
        if adopted is not None:
            files = [adopted / ASSIGNMENT_FILE]
        else:
            files = [course.notebook(name)]
            files += [quizzes_of(course).path(quiz) for quiz in course.settings(name).quizzes]
            with suppress(CourseError):
                hidden = find_solutions(course.module(name))
                files += [*hidden.modules, *hidden.data]
        seen = limits, *map(look_at, files)
        with self._marking_lock:  # one thread opens it, which may take seconds; the others have what it made
            kept = self._answers.get(name)
            if kept is None or kept[0] != seen:
                try:
                    kept = (
                        seen,
                        (
                            AnswersRead(course.assignment(name))
                            if adopted is None
                            else AdoptedAnswersRead(read_assignment_file(adopted), limits)
                        ),
                    )
                except CourseError:
                    if kept is None:
                        raise
                    kept = seen, kept[1]
                self._answers[name] = kept
            return kept[1]

    def write_reports(self, name: str, students: Collection[str]) -> None:
        """Write the reports of students again, with what was recorded since; of a quiz there are none."""
        if self.course.course.settings(name) is not None:
            gradebook = self.gradebook
            files = self.course.report_files(name, gradebook=gradebook)
            files.complete(gradebook, name, students=students)

    @cached_property
    def static(self) -> StaticFiles:
        """The files that pages load."""
        return StaticFiles.read()

    def _look(self) -> tuple[object, ...]:
        return tuple(map(look_at, self._watched))

    def _read_content(self) -> tuple[bytes, ...]:
        found = dict.fromkeys(_WATCHED, b"")
        for name in _WATCHED:
            with suppress(OSError):  # what reads the course says so
                found[name] = sha256((self._folder / name).read_bytes()).digest()
        return tuple(found.values())

    def _read_files(self) -> ReadCourse:
        opened = open_course(self._folder)
        return ReadCourse(replace(opened, quiz_files=self._quizzes), opened.staff())
