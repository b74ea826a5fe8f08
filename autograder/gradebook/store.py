"""The gradebook: what was handed in and what grading made of it, added to and never changed."""

import json
import sqlite3
import weakref
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from autograder.domain.attempts import Keep, choose_attempt
from autograder.domain.handmark import HandMark, with_marks
from autograder.domain.report import Report
from autograder.domain.report_json import from_json, to_text
from autograder.domain.submission import ReceivedBy, Submission
from autograder.errors import ErasedError, OvertakenError, StoreError
from autograder.gradebook import intake, queries
from autograder.gradebook.chain import ACCEPTED, RESTORED, find_end, writing
from autograder.gradebook.connect import AT_ONCE, ONE_BY_ONE, WRITING, connect, flush_log, location
from autograder.gradebook.custody import Custody
from autograder.gradebook.faults import spoken
from autograder.gradebook.hand_marks import HandMarks
from autograder.gradebook.handed import Handed, unpacked
from autograder.gradebook.marks import MarkedSubmission, add_marks, choose_report, read_class
from autograder.gradebook.numbers import ERASED_PERSON
from autograder.gradebook.opening import Opening
from autograder.gradebook.people import read_numbers
from autograder.gradebook.tables import reports
from autograder.gradebook.together import Together

if TYPE_CHECKING:
    from autograder.gradebook.course_events import CourseEvents
    from autograder.gradebook.earlier import RecordedUntil
    from autograder.gradebook.quizzes import QuizRecords
    from autograder.gradebook.second_looks import SecondLooks
    from autograder.gradebook.verify import StoreCheck
    from autograder.quiz.records import Response


@dataclass(slots=True)
class _Portion:
    """Files that are recorded in one transaction, perhaps with those of others, and what became of them."""

    changed: list[Submission]
    packed: dict[str, bytes]
    overtaken: Callable[[Submission], object]
    added: int = 0


@dataclass(frozen=True, slots=True)
class _Together:
    """What threads that have one store open write at once: each commit may wait for a disk."""

    received: Together[_Portion] = field(default_factory=Together)
    answers: "Together[Response]" = field(default_factory=Together)


@dataclass(frozen=True, slots=True)
class Event:
    """One submission as the history lists it, without its bytes."""

    student: str
    assignment: str
    blob: str
    received: datetime
    received_by: ReceivedBy
    filename: str
    recorded: datetime
    """When the gradebook learnt of it."""
    number: int
    """From 1, in the order in which the student's files for this assignment were recorded: it stays."""
    revisions: tuple[str, ...] = ()
    """Revisions of its reports, the oldest first."""


@dataclass(frozen=True, slots=True)
class KeptReport:
    """The report that counts of one student, as the store keeps it, not yet read."""

    student: str
    text: str
    """JSON, see domain/report_json.py."""
    marks: tuple[HandMark, ...]
    """What was given by hand since, the oldest first."""
    read: Callable[[], Report]
    """The report with these marks."""


@dataclass(frozen=True, slots=True)
class StoredReport:
    """The last report of a submission, as it is stored."""

    id: int
    """Its number in the store."""
    submission: int
    """The number of the submission."""
    report: Report


@dataclass(frozen=True, slots=True)
class UngradedSubmission:
    """A submission that has no report."""

    id: int
    """Its number in the store, in the order of recording."""
    student: str
    assignment: str
    latest: bool
    """Whether its student handed in nothing later for this assignment."""


_AT_ONCE = 20
"""Reports that are read by one question to the store."""


def _student(row: Any) -> str:
    """Sorts alike on every database, whatever its collation."""
    return str(row.student)


def _now() -> datetime:
    return datetime.now(UTC)


class Gradebook:
    """The append-only store of one course. Every method raises `StoreError` where the database fails.

    Several programs may have it open at once: one writes, the others wait for it, and what two of them
    record at the same time is recorded once.
    """

    def __init__(
        self,
        engine: Engine,
        opening: Opening,
        together: _Together | None = None,
    ) -> None:
        self._engine = engine
        # That of a thread which ended is closed by nobody: without this a connection to PostgreSQL would be
        # left to whenever it is found.
        weakref.finalize(self, engine.dispose).atexit = False
        self._opening = opening
        self._clock = opening.clock
        self._custody = None if opening.trusting else opening.custody
        self._patience = opening.patience
        self._together = together or _Together()
        self.place = opening.place
        """Where it is kept, as messages name it (without a password)."""
        self._moments = 0
        """How many `at_once` are under way, one in another."""
        self._moment: Connection | None = None
        """Where all is read within them."""

    @classmethod
    def open(
        cls,
        place: str | Path,
        custody: Custody | None = None,
        *,
        read_only: bool = False,
        trusting: bool = False,
        patience: float = 30.0,
        clock: Callable[[], datetime] = _now,
    ) -> Self:
        """Open the gradebook at a path (SQLite) or `postgresql://` address, and make or upgrade its tables.

        Args:
            place: where it is.
            custody: what to check it by; without, it is not checked, and may only be read.
            read_only: make, upgrade and change nothing.
            trusting: ask of a store that is there nothing; it is only read then, and can be checked whole.
            patience: how many seconds to wait for another writer.
            clock: tells the time.

        Raises:
            StoreError: it is not what was recorded: cut, emptied, edited, swapped, or of another secret.
        """
        url = location(place)
        name = str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string()
        reads = read_only or trusting or custody is None
        opening = Opening(url, name, custody, reads, patience, clock, trusting)
        with spoken(name):
            return cls(opening.open(), opening)

    def for_thread(self) -> Self:
        """The same store for another thread, opened and closed by itself: it knows whose its numbers are as
        its own last transaction read them. What several threads hand in or answer at one time is written at
        once, and they wait for each other in memory.
        """
        with spoken(self.place):
            return type(self)(self._opening.open(), self._opening, self._together)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def flush_log(self) -> None:
        """Have what was committed written where it stays, beside all who read and write."""
        with spoken(self.place):
            flush_log(self._engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def check(self, custody: Custody) -> "StoreCheck":
        """Check everything: every entry by its link, every link by the one before, the end by the head.

        For a store that was opened without custody, or trusting: else opening refuses what does not fit.
        """
        from autograder.gradebook.verify import check_rows

        with custody.lock(self._patience), self.at_once(), self._reading() as connection:
            found = check_rows(connection, custody.key)
            try:
                find_end(connection, custody, place=self.place, mend=False)
            except StoreError as error:
                found = replace(found, faults=(str(error), *found.faults))
        return found

    @classmethod
    def accept(
        cls,
        place: str | Path,
        custody: Custody,
        *,
        patience: float = 30.0,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """Keep a store knowingly whose end is not where its head says, and say so in its chain.

        Raises:
            StoreError: an entry is not what was recorded, which nobody can make good.
        """
        from autograder.gradebook.verify import check_rows

        with cls.open(place, custody, trusting=True) as book, custody.lock(patience):
            with book.at_once(), book._reading() as connection:
                found = check_rows(connection, custody.key)
                if found.faults:
                    raise StoreError("\n".join(found.faults))
                end = find_end(connection, custody, place=book.place, trust=True)
            engine = connect(location(place), read_only=False, patience=patience)
            try:
                with spoken(book.place), writing(engine, custody, place=book.place, end=end) as connection:
                    pen = connection.get_execution_options()[WRITING]
                    pen.append(connection, ACCEPTED, clock().isoformat(timespec="microseconds"))
            finally:
                engine.dispose()

    def copy_to(self, file: Path) -> bytes:
        """Copy everything, as it stands between two that write, into a new SQLite file.

        Returns:
            What .autograder/head must say of the copy.
        """
        from autograder.gradebook.copying import copy_to_file

        custody = self._custody_of_writer()
        with spoken(self.place), custody.lock(self._patience), self._engine.connect() as connection:
            find_end(connection, custody, place=self.place)
            copy_to_file(connection, file, custody.access)
            return custody.file.read_bytes()

    def note_restored(self, backup: str) -> None:
        """Say in the chain that the store was brought back from a backup, and when."""
        with self._writing() as connection:
            pen = connection.get_execution_options()[WRITING]
            pen.append(
                connection, RESTORED, f"{self._clock().isoformat(timespec='microseconds')} from {backup}"
            )

    @classmethod
    def fill(cls, place: str, custody: Custody, file: Path) -> None:
        """Make the store of a file again in an empty database."""
        from autograder.gradebook.copying import fill_database

        url = location(place)
        name = url.render_as_string()
        engine = connect(url, read_only=False, patience=30.0)
        try:
            with spoken(name), custody.lock(30.0):
                fill_database(file, engine, place=name)
        finally:
            engine.dispose()

    def students(self) -> tuple[str, ...]:
        """Everybody of whom something is recorded, but those who were erased."""
        from autograder.gradebook.erasure import find_students

        with self._reading() as connection:
            return find_students(connection)

    def last_use(self) -> datetime | None:
        """When grades were last published, or else when something was last handed in; None: never."""
        from autograder.gradebook.erasure import last_recorded

        published = [each.at for each in self.events.publications()]
        if published:
            return max(published)
        with self._reading() as connection:
            return last_recorded(connection)

    def erase_person(self, student: str) -> str:
        """Erase all that a student wrote or that names them; return the number that stands for them.

        What they wrote is gone from the store's file as well, and so are the copies that an upgrade left.
        """
        from autograder.gradebook.erasure import erase_person, forget_copies

        with self._writing() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            when = self._clock().isoformat(timespec="seconds")
            number = erase_person(connection, student, when=when)
            forget_copies(connection)
        self._forget_free_pages()
        return number

    def _forget_free_pages(self) -> None:
        """Leave nothing of erased rows in the file of SQLite, in its log, or in copies beside it."""
        if self._engine.dialect.name != "sqlite":
            return
        custody, file = self._custody_of_writer(), Path(self.place)
        with spoken(self.place), custody.lock(self._patience):
            with closing(sqlite3.connect(file, isolation_level=None, timeout=self._patience)) as connection:
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            for copy in file.parent.glob(f"{file.stem}.before_*"):
                copy.unlink()

    def receive(
        self, handed_in: Iterable[Submission], *, overtaken: Callable[[Submission], object] | None = None
    ) -> int:
        """Record what was handed in and return how many events were new.

        The same bytes again, by a student whose latest submission they already are, are no new event.
        `overtaken` is called with each submission that is not the student's latest, because a later one
        is recorded: it is kept, but will not be pending.
        """
        added = 0
        for batch in intake.batches(handed_in):
            with self._reading() as connection:
                changed = intake.not_latest(connection, batch)
            # Where nothing changed, nobody's lock is waited for.
            if changed:
                portion = _Portion(changed, intake.pack(changed), overtaken or (lambda _: None))
                self._together.received.write(portion, self._enter)
                added += portion.added
        return added

    def _enter(self, portions: Sequence[_Portion]) -> None:
        with self._writing() as connection:
            for each in portions:
                each.added = intake.enter(
                    connection, each.changed, each.packed, now=self._clock(), overtaken=each.overtaken
                )

    def foresee(self, handed_in: Iterable[Submission], assignment: str) -> frozenset[str]:
        """Students who would be pending if this were received; nothing is recorded."""
        changed: set[str] = set()
        for batch in intake.batches(handed_in):
            with self._reading() as connection:
                changed.update(one.student for one in intake.not_latest(connection, batch))
        return frozenset(changed).union(self.pending(assignment).students)

    def pending(self, assignment: str, *, students: Collection[str] | None = None) -> Handed:
        """The latest submission of each student (of `students`) that has no report of any revision."""
        return self._handed(assignment, students, unreported=True)

    def ungraded(self) -> tuple[UngradedSubmission, ...]:
        """Every submission for every assignment that has no report of any revision, in order of recording."""
        with self._reading() as connection:
            found = connection.execute(queries.UNGRADED).all()
        there = (row for row in found if not row.student.startswith(ERASED_PERSON))
        return tuple(UngradedSubmission(r.id, r.student, r.assignment, bool(r.latest)) for r in there)

    def ungraded_submission(self, identity: int) -> Submission | None:
        """What was handed in under this number of the store, or None where it has a report meanwhile."""
        return next(iter(Handed({identity: ""}, self._reading, unreported=True)), None)

    def last_submission(self) -> int:
        """The number of what was handed in last, or 0: by it one knows whether anything came since."""
        with self._reading() as connection:
            return connection.execute(queries.LAST_SUBMISSION).scalar() or 0

    def last_report(self) -> int:
        """The number of the report that was recorded last, or 0."""
        with self._reading() as connection:
            return connection.execute(queries.LAST_REPORT).scalar() or 0

    def last_graded(self) -> datetime | None:
        """When the report was made that was recorded last; None where there is none."""
        with self._reading() as connection:
            at: datetime | None = connection.execute(queries.LAST_GRADED).scalar()
            return at

    def recorded_at(self, identity: int) -> datetime | None:
        """When the submission of this number of the store was recorded."""
        with self._reading() as connection:
            at: datetime | None = connection.execute(queries.RECORDED, {"which": identity}).scalar()
            return at

    def last_entry(self) -> int:
        """How much was ever recorded, of whatever kind: by it one knows whether anything was since."""
        with self._reading() as connection:
            return connection.execute(queries.LAST_ENTRY).scalar() or 0

    def last_decisive_entry(self, *, since: int = 0) -> int:
        """The last entry that can change a grade: all but the answers that are saved while a quiz is taken.

        `since`: one that is known already, which it is still where there was none after it.
        """
        with self._reading() as connection:
            return connection.execute(queries.LAST_DECISIVE, {"since": since}).scalar() or since

    def last_link(self) -> str:
        """The link that seals what was recorded last: by it one knows whether all is as it was."""
        with self._reading() as connection:
            return connection.execute(queries.LAST_LINK).scalar() or ""

    def report_on(self, submission: int, *, published: datetime | None) -> Report | None:
        """The report on one submission as its student may see it; None where it has none.

        Args:
            submission: its number in the store.
            published: when the marks were last published: of reports that were made again since, the one of
                that time is given, with the marks by hand of that time; None: the last report, without any.
        """
        with self._reading() as connection:
            every = connection.execute(queries.REPORTS_OF, {"which": submission}).all()
        if not every:
            return None
        report = self._report(choose_report(every, published).id)
        if published is None:
            return report
        marks = self.hand_marks.of(report.assignment, students=[report.student])
        return with_marks(report, (mark for mark in marks if mark.marked <= published))

    def latest_submissions(self, assignment: str, *, students: Collection[str] | None = None) -> Handed:
        """The latest submission of each student (of `students`), graded or not."""
        return self._handed(assignment, students, unreported=False)

    def record(self, report: Report, *, again: bool = False, text: str = "") -> bool:
        """Add a report to the submission its receipt names; return whether it was added.

        Where the submission has a report of this revision already (another run was faster), nothing is
        added, unless it was judged `again` on purpose. `text` is what `to_text` makes of the report, where
        the caller has it already.
        """
        body = text or to_text(report)
        with self._writing() as connection:
            submission = self._submission_of(connection, report)
            # Counted under the writers' lock: two runs that judge again get two numbers.
            attempt = queries.attempts(connection, submission, report.revision)
            if attempt and not again:
                return False
            return self._add_report(connection, submission, attempt, report, body)

    def last_reports(self, submissions: Iterable[int]) -> Iterator[StoredReport]:
        """The last report of each of these submissions that has one, as it is stored."""
        for each in submissions:
            with self._reading() as connection:
                identity = queries.last_report(connection, each)
            if identity is not None:
                yield StoredReport(identity, each, self._report(identity))

    def supersede(self, replacements: Iterable[tuple[int, Report, str]]) -> None:
        """Add reports to submissions that have one: all of them or none.

        Args:
            replacements: the number of the report that is the submission's last, what stands after it, and
                that as text.

        Raises:
            OvertakenError: one of them is not the last any more.
        """
        with self._writing() as connection:
            for last, report, body in replacements:
                submission = self._submission_of(connection, report)
                if queries.last_report(connection, submission) != last:
                    raise OvertakenError(
                        f"{self.place}: {report.student} was graded again in the meantime; nothing was "
                        "recorded: start again"
                    )
                attempt = queries.attempts(connection, submission, report.revision)
                self._add_report(connection, submission, attempt, report, body)

    def latest_reports(
        self, assignment: str, *, students: Collection[str] | None = None, as_graded: bool = False
    ) -> Iterator[Report]:
        """The report that counts of each student (of `students`), in order of students.

        It is the last report of the latest submission that has one, with the marks that were given by hand
        since; or, `as_graded`, as it is stored.
        """
        # Read one by one, as they are asked for: a class's reports, figures and all, need not fit in memory.
        if as_graded:
            return (self._report(row.id) for row in self._counting(assignment, students))
        return (kept.read() for kept in self.kept_reports(assignment, students=students))

    def kept_reports(
        self, assignment: str, *, students: Collection[str] | None = None
    ) -> Iterator[KeptReport]:
        """The report that counts of each student (of `students`), in order of students, not yet read."""
        marks: dict[str, list[HandMark]] = {}
        for mark in self.hand_marks.of(assignment, students=students):
            marks.setdefault(mark.student, []).append(mark)
        counting = self._counting(assignment, students)
        # A few at a time: not a question to the store each, and never a class in memory.
        for begin in range(0, len(counting), _AT_ONCE):
            part = counting[begin : begin + _AT_ONCE]
            texts = self._texts([row.id for row in part])
            for row in part:
                text, given = texts.pop(row.id), tuple(marks.get(row.student, ()))
                yield KeptReport(row.student, text, given, partial(self._read, row.id, text, given))

    def counting_reports(self, assignment: str) -> dict[str, int]:
        """The number of the report that counts of each student, in order of students."""
        return {row.student: row.id for row in self._counting(assignment)}

    def report(self, identity: int) -> Report:
        """A report by its number, as it is stored."""
        return self._report(identity)

    def outdated(self, assignment: str, revision: str) -> tuple[str, ...]:
        """Students whose report that counts was judged by another revision than this."""
        return tuple(row.student for row in self._counting(assignment) if row.revision != revision)

    def reports(self, assignment: str, *, students: Collection[str] | None = None) -> Iterator[Report]:
        """Every report of every submission (of `students`), as it is stored.

        In order of students; of a student in the order of submissions, and of a submission the oldest first.
        """
        with self._reading() as connection:
            found = connection.execute(queries.reports_in_order(assignment, students)).all()
        return (self._report(row.id) for row in sorted(found, key=_student))

    def recorded_until(self, event: int) -> "RecordedUntil | None":
        """What there was before an event was recorded; None where there is none of that number."""
        from autograder.gradebook.earlier import find_recorded_until

        with self._reading() as connection:
            return find_recorded_until(connection, event)

    def marked_submissions(
        self,
        *,
        students: Collection[str] | None = None,
        until: "RecordedUntil | None" = None,
        published: Mapping[str, datetime] = MappingProxyType({}),
    ) -> tuple[MarkedSubmission, ...]:
        """Every submission (of `students`) for every assignment, with the marks of its last report.

        They come in the order of submissions, without the marks that were given by hand; `until`: those that
        were there before an event, and their reports; `published`: by assignment, when its marks were
        published, for the marks of that time where a report was made again since.
        """
        key = self._custody.key if self._custody else None
        with self._reading() as connection:
            return tuple(
                read_class(
                    connection,
                    key,
                    read_report=self._report,
                    students=students,
                    until=until,
                    published=published,
                )
            )

    def history(self, student: str) -> tuple[Event, ...]:
        """All that a student handed in, the oldest first."""
        with self._reading() as connection:
            events: dict[int, Event] = {}
            rows = connection.execute(queries.EVENTS, {"who": student}).mappings().all()
            counts = Counter[str]()
            numbers: dict[int, int] = {}
            for identity, assignment in sorted({(row["id"], row["assignment"]) for row in rows}):
                counts[assignment] += 1
                numbers[identity] = counts[assignment]
            for row in rows:
                values = dict(row)
                identity, revision = values.pop("id"), values.pop("revision")
                values["received_by"] = ReceivedBy(values["received_by"])
                known = events[identity].revisions if identity in events else ()
                revisions = known if revision is None else (*known, revision)
                events[identity] = Event(**values, number=numbers[identity], revisions=revisions)
        return tuple(events.values())

    def content(self, blob: str) -> bytes:
        """The bytes of a file that was handed in, by their SHA-256."""
        with self._reading() as connection:
            packed = connection.execute(queries.PACKED, {"hash": blob}).scalar_one()
        return unpacked(blob, packed)

    def size(self, blob: str) -> int:
        """How many bytes a file has that was handed in, by its SHA-256."""
        with self._reading() as connection:
            return int(connection.execute(queries.SIZE, {"hash": blob}).scalar_one())

    def holds(self, blob: str) -> bool:
        """Whether a file is kept, by its SHA-256."""
        with self._reading() as connection:
            return connection.execute(queries.SIZE, {"hash": blob}).first() is not None

    @property
    def hand_marks(self) -> HandMarks:
        """The marks that were given by hand."""
        return HandMarks(self._reading, self._writing)

    @property
    def events(self) -> "CourseEvents":
        """What people recorded of the course: extensions, absences, decisions, exam marks, publications."""
        from autograder.gradebook.course_events import CourseEvents  # grading asks for none

        return CourseEvents(self._reading, self._writing, place=self.place)

    @property
    def second_looks(self) -> "SecondLooks":
        """Requests for a second look at a question."""
        from autograder.gradebook.second_looks import SecondLooks  # grading asks for none

        return SecondLooks(self._reading, self._writing, place=self.place)

    @property
    def quizzes(self) -> "QuizRecords":
        """The attempts at quizzes that are kept in this store."""
        from autograder.gradebook.quizzes import QuizRecords  # grading homework needs nothing of quizzes

        return QuizRecords(self._reading, self._writing, together=self._together.answers)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Within it all is read in one transaction, as of one moment, until something is recorded here.

        To begin a transaction takes longer than most that is read in it. It keeps SQLite's log from being
        cut, and without a log other programs from writing: for a few questions that belong together.
        """
        self._moments += 1
        try:
            yield
        finally:
            self._moments -= 1
            if not self._moments:
                self._end_moment()

    def _end_moment(self) -> None:
        connection, self._moment = self._moment, None
        if connection is not None:
            with spoken(self.place), connection, suppress(SQLAlchemyError):
                # There is nothing to roll back, and after that psycopg would prepare every statement anew. Of
                # a database that failed it was told already.
                connection.commit()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with spoken(self.place):
            if not self._moments:
                with self._engine.connect().execution_options(**{ONE_BY_ONE: True}) as connection:
                    read_numbers(connection)
                    yield connection
                return
            try:
                if self._moment is None:
                    self._moment = self._engine.connect().execution_options(**{AT_ONCE: True})
                    read_numbers(self._moment)
                yield self._moment
            except BaseException:
                self._end_moment()  # a database that failed once answers nothing more in this transaction
                raise

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        self._end_moment()
        try:
            with self._writing_alone() as connection:
                yield connection
        finally:
            self._end_moment()  # what was read meanwhile was read without this

    @contextmanager
    def _writing_alone(self) -> Iterator[Connection]:
        custody = self._custody_of_writer()
        # The lock is held until the head is written: so the head is at most one commit behind.
        with (
            spoken(self.place),
            custody.lock(self._patience),
            writing(self._engine, custody, place=self.place) as connection,
        ):
            # Under the writers' lock: who was erased a moment ago has no number any more.
            read_numbers(connection)
            yield connection

    def _custody_of_writer(self) -> Custody:
        if self._custody is None:
            raise StoreError(
                f"{self.place}: the gradebook was opened without its course and may only be read"
            )
        return self._custody

    def _handed(self, assignment: str, students: Collection[str] | None, *, unreported: bool) -> Handed:
        with self._reading() as connection:
            found = queries.latest_submissions(connection, [assignment], students, unreported=unreported)
        # Of somebody who was erased there is no file that could be judged.
        there = (row for row in found if not row.student.startswith(ERASED_PERSON))
        whose = {row.id: row.student for row in sorted(there, key=_student)}
        return Handed(whose, self._reading, unreported=unreported)

    def _counting(self, assignment: str, students: Collection[str] | None = None) -> list[Any]:
        """The row of the report that counts of each student, in order of students.

        The last report of a submission is that of an attempt. A newer submission that waits for its own
        takes nothing away.
        """
        with self._reading() as connection:
            found = connection.execute(queries.reports_in_order(assignment, students)).all()
        counting = []
        for _, rows in groupby(sorted(found, key=_student), key=_student):
            attempts = [*{row.submission: row for row in rows}.values()]
            counting.append(
                choose_attempt(attempts, Keep.LAST, score=lambda row: self._report(row.id).score_so_far)
            )
        return counting

    def _add_report(
        self, connection: Connection, submission: int, attempt: int, report: Report, body: str
    ) -> bool:
        row = {
            "submission": submission,
            "revision": report.revision,
            "attempt": attempt,
            "graded": report.graded,
            "body": body,
        }
        key = queries.add_linked(connection, reports, row)
        if key is not None and self._custody is not None:
            add_marks(connection, self._custody.key, key, report)
        return key is not None

    def _submission_of(self, connection: Connection, report: Report) -> int:
        receipt = report.receipt
        for row in queries.receipts(connection, receipt.student, receipt.assignment, receipt.blob):
            # Not without UTC: Python holds a time that a zone repeats unequal to any time of another zone.
            if row.received.astimezone(UTC) == receipt.received.astimezone(UTC):
                return int(row.id)
        raise ErasedError(
            f"{self.place}: the report of {receipt.student} for {receipt.assignment} belongs to no recorded "
            "submission; receive the submission before its report"
        )

    def _texts(self, identities: Collection[int]) -> dict[int, str]:
        with self._reading() as connection:
            wanted = select(reports.c.id, reports.c.body).where(reports.c.id.in_(identities))
            return {row.id: str(row.body) for row in connection.execute(wanted)}

    def _report(self, identity: int) -> Report:
        return self._read(identity, self._texts([identity])[identity])

    def _read(self, identity: int, text: str, marks: Iterable[HandMark] = ()) -> Report:
        try:
            return with_marks(from_json(json.loads(text)), marks)
        except (ValueError, LookupError, TypeError, ArithmeticError, AttributeError) as error:
            raise StoreError(
                f"{self.place}: report {identity} cannot be read ({error}); bring back a backup"
            ) from error
