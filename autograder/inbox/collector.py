"""What one student has handed in becomes an attempt, or a notice for a person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from pathlib import Path

from autograder.access import Access
from autograder.domain.bundle import NOT_TAKEN, bundle
from autograder.domain.counts import describe_count
from autograder.domain.course import Limits, Student
from autograder.domain.submission import PlatformWord, ReceivedBy
from autograder.inbox.archive_entry import reject_source
from autograder.inbox.bounds import SourceBounds
from autograder.inbox.candidate import Candidate
from autograder.inbox.confusables import skeleton
from autograder.inbox.destination import Destination, HandedInAttempt
from autograder.inbox.file_names import PLATFORM, is_notebook
from autograder.inbox.naming import Naming, NamingScheme, Owner, Place
from autograder.inbox.notice import Notice, Rejected, escape
from autograder.inbox.roster_index import RosterIndex
from autograder.inbox.student_files import StudentFiles
from autograder.inbox.times import read_timestamp

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LISTED = 3
"""Files of one owner that are listed one by one."""


@dataclass(frozen=True, slots=True)
class CollectRequest:
    """What is collected, for which assignment and for whom."""

    source: Path
    assignment: str
    into: Path
    people: Sequence[Student]
    limits: Limits
    zone: tzinfo
    now: datetime
    """With its time zone: nothing can have been received later."""
    dry: bool = False
    """Whether only to say what would be collected."""
    others: frozenset[str] = frozenset()
    """The other assignments of the course."""
    notebooks: Sequence[str] = ()
    """The names of its notebooks, where that is not one of the assignment's name."""
    teams: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Who hands in together, by the name of the team."""
    left: frozenset[str] = frozenset()
    """Students who hand in with their former team no more, whatever the source says."""
    access: Access = field(default_factory=Access)
    """Who may read what is collected."""
    times: Mapping[str, datetime] = field(default_factory=dict)
    """When Moodle received what it gives, by the numbers of its participants, where that is known."""
    late: Mapping[str, bool] = field(default_factory=dict)
    """Whether it calls it late, by the same."""


@dataclass(frozen=True, slots=True)
class Collected:
    """A notebook that was collected, or was there already."""

    student: str
    filename: str
    """As the student called it, safe to print."""
    received: datetime
    received_by: ReceivedBy
    unchanged: bool = False
    """Whether the same bytes were there already; then nothing was written."""
    team: str = ""
    """The team that handed it in, where one did."""
    scheme: NamingScheme = NamingScheme.FOLDER
    """By whose scheme the source names who handed in."""
    blob: str = ""
    """SHA-256 of the file."""
    told: datetime | None = None
    """When the platform received it, where a list of times says so."""
    late: bool | None = None
    """Whether it is late by the platform's own deadline; None where that is not told."""
    dated: bool = False
    """Whether it was there with a doubtful time, which is known from now on."""

    @property
    def word(self) -> PlatformWord | None:
        """What the platform says of its lateness."""
        return None if self.late is None else PlatformWord(self.scheme.value, self.late)


class Collector:
    """Takes the notebook of every student into the destination."""

    def __init__(
        self, request: CollectRequest, naming: Naming, destination: Destination, bounds: SourceBounds
    ) -> None:
        self._request = request
        self._naming = naming
        self._destination = destination
        self._bounds = bounds
        self._roster = RosterIndex(request.people, request.teams, request.left)
        self._teams: dict[str, str] = {}

    def collect(self, hand_ins: Sequence[StudentFiles]) -> Iterator[Collected | Notice]:
        """What became of each owner's files. Raises CourseError where the roster lacks the names to tell."""
        self._require_names(hand_ins)
        # nbgrader's tree holds other assignments too: a student with only those handed in nothing here.
        trees = [files.folders for files in hand_ins if files.in_nbgrader]
        assignments = frozenset[str]().union(*trees) - {self._request.assignment}
        hand_ins = [files for files in hand_ins if not files.is_of_other_assignments(assignments)]
        of_teams = self._roster.is_of_teams(files.owner for files in hand_ins)
        by_student: dict[str, list[StudentFiles]] = {}
        remarks: dict[Owner, str] = {}
        teammates: dict[str, StudentFiles] = {}
        for files in hand_ins:
            try:
                found = self._roster.find(files.owner, of_teams=of_teams)
            except Rejected as rejection:
                yield Notice(escape(files.owner), rejection.what, rejection.todo)
                continue
            remarks[files.owner] = found.remark
            for student in found.students:
                by_student.setdefault(student, []).append(files)
                self._teams[student] = found.team
            teammates |= {student: files for student in found.teammates if student not in teammates}
            self._teams = dict.fromkeys(found.teammates, found.team) | self._teams
        for student, files in teammates.items():
            by_student.setdefault(student, [files])
        lookalikes: dict[str, list[str]] = {}
        for student in by_student:
            lookalikes.setdefault(skeleton(student), []).append(student)
        yield from self._notice_remarks(by_student, remarks)
        for student, own in sorted(by_student.items()):
            clash = _find_clash(student, own, lookalikes[skeleton(student)])
            if clash is not None:
                yield Notice(escape(own[0].owner), clash.what, clash.todo, student)
            else:
                yield from self._collect_one(student, own[0])

    def _notice_remarks(
        self, by_student: Mapping[str, Sequence[StudentFiles]], remarks: Mapping[Owner, str]
    ) -> Iterator[Notice]:
        """How students were found whom the source names otherwise than the roster: the first few, by name."""
        found = [
            Notice(escape(files.owner), remarks[files.owner], f"collected for {student}", student, taken=True)
            for student, own in sorted(by_student.items())
            for files in own[:1]
            if remarks[files.owner]
        ]
        yield from found[:_LISTED]
        if len(found) > _LISTED:
            where, todo = f"{len(found) - _LISTED} more names", "see the list of what was collected"
            yield Notice(where, "are found in the same way", todo, taken=True)

    def _require_names(self, hand_ins: Sequence[StudentFiles]) -> None:
        schemes = (files.owner.scheme for files in hand_ins)
        by_name = next((scheme.value for scheme in schemes if scheme is not NamingScheme.FOLDER), None)
        if by_name and not self._roster.has_names:
            what = f"is from {by_name}, which tells students by their names, and students.csv holds no name"
            reject_source(self._request.source, what, "write students.csv with the columns id and name")

    def _collect_one(self, student: str, files: StudentFiles) -> Iterator[Collected | Notice]:
        """The attempt of a student, if there is one, and what a person should know of it."""
        notebooks = self._request.notebooks
        if len(notebooks) > 1:
            chosen = files.choose_named(self._naming, notebooks)
            candidate = next(iter(chosen.values()), None)
            names = tuple(one.name for one in chosen.values())[:1]
        else:
            candidate, names = files.choose(self._naming)
            chosen = {self._request.assignment: candidate} if candidate else {}
        yield from self._notice_oddities(student, files, candidate, names)
        if candidate is None:
            return
        try:
            yield from self._add_attempt(student, files, chosen, self._destination.find_home(student))
        except Rejected as rejection:
            yield Notice(escape(files.owner), rejection.what, rejection.todo, student)

    def _add_attempt(
        self, student: str, files: StudentFiles, chosen: Mapping[str, Candidate], home: Path
    ) -> Iterator[Collected | Notice]:
        candidate = max(chosen.values(), key=lambda one: one.modified or _EARLIEST)
        received, received_by, doubt = self._find_time(files, candidate)
        if doubt is not None:
            yield Notice(escape(files.owner), doubt.what, doubt.todo, student, taken=True)
        parts = {name: one.path.read_bytes() for name, one in chosen.items()}
        if len(self._request.notebooks) > 1:
            untaken = files.find_untaken(self._naming, self._request.notebooks)
            parts = dict.fromkeys(untaken, NOT_TAKEN) | parts
        content = bundle(parts) if len(self._request.notebooks) > 1 else parts[self._request.assignment]
        scheme = files.owner.scheme
        collected = Collected(
            student,
            ", ".join(one.name for one in chosen.values()),
            received,
            received_by,
            team=self._teams[student],
            scheme=scheme,
            blob=sha256(content).hexdigest(),
            told=self._find_told(files),
            late=files.late if scheme is NamingScheme.CANVAS else self._find_late(files),
        )
        before = self._destination.read_attempts(home, most=self._bounds.file)
        for attempt, earlier in before:
            if earlier == content and (attempt is before[-1][0] or attempt.received == received):
                yield self._complete(collected, attempt)
                return
        if before and received < before[-1][0].received:
            latest = f"{before[-1][0].received.astimezone(self._request.zone):%Y-%m-%d %H:%M}"
            what = f"{candidate.name} seems older than the attempt of {latest}, which is graded"
            todo = "see which is the later, and remove the other"
            yield Notice(escape(files.owner), what, todo, student)
        if not self._request.dry:
            # Kept once more: what a team handed in becomes an attempt of each member.
            kept = {name: self._destination.keep((part,)) for name, part in parts.items()}
            place = self._destination.add_attempt(kept, home, received, received_by)
            self._keep_lateness(collected, place)
        yield collected

    def _complete(self, collected: Collected, attempt: HandedInAttempt) -> Collected:
        """What is there already, with what is known of it only now."""
        place, known = attempt.place, replace(collected, unchanged=True)
        if collected.told is not None and attempt.received_by.doubtful:
            known = replace(known, received=collected.told, received_by=ReceivedBy.ARCHIVE, dated=True)
        else:
            known = replace(known, received=attempt.received, received_by=attempt.received_by)
        if not self._request.dry:
            if known.dated:
                place = self._destination.date_anew(place, known.received, known.received_by)
            self._keep_lateness(collected, place)
        return known

    def _keep_lateness(self, collected: Collected, place: Path) -> None:
        """Write beside the notebook what the platform says of its lateness, which is told once."""
        if collected.word is not None:
            self._destination.write_beside(place, PLATFORM, collected.word.to_text())

    def _find_time(
        self, files: StudentFiles, candidate: Candidate
    ) -> tuple[datetime, ReceivedBy, Rejected | None]:
        """When it was received. No archive says so: Moodle and Canvas give the time of the download."""
        told = self._find_told(files)
        if told is not None:
            return told, ReceivedBy.ARCHIVE, None
        doubt, text = None, files.find_timestamp(candidate)
        if text is not None:
            try:
                time = read_timestamp(text, zone=self._request.zone)
                if _EARLIEST <= time <= self._request.now:
                    return time, ReceivedBy.TIMESTAMP, None
            except (ValueError, OverflowError):
                pass
            what = f"timestamp.txt tells no time that has been ({escape(text[:40].strip())})"
            doubt = Rejected(what, "the file's own time was taken, which is doubtful")
        now = self._request.now
        return min(candidate.modified or now, now), ReceivedBy.FILE_TIME, doubt

    def _find_told(self, files: StudentFiles) -> datetime | None:
        """When Moodle says that it received them, where it does and that has been."""
        told = self._request.times.get(files.owner.number)
        known = files.owner.scheme is NamingScheme.MOODLE and told is not None and told <= self._request.now
        return told if known else None

    def _find_late(self, files: StudentFiles) -> bool | None:
        """Whether Moodle calls it late by its own due date, where it says so."""
        of_moodle = files.owner.scheme is NamingScheme.MOODLE
        return self._request.late.get(files.owner.number) if of_moodle else None

    def _notice_oddities(
        self, student: str, files: StudentFiles, candidate: Candidate | None, names: tuple[str, ...]
    ) -> Iterator[Notice]:
        where, taken = escape(files.owner), candidate is not None
        for notice in notice_each(files.rejected, before=f"{where}: "):
            yield Notice(notice.where, notice.what, notice.todo, student, taken)
        if candidate is not None:
            for name in list(files.archives)[:_LISTED]:
                todo = f"{candidate.name} was taken"
                yield Notice(f"{where}: {name}", "is an archive that is not opened", todo, student, taken)
        if len(names) > 1:
            home = "/".join((*self._request.into.parts[-2:], student))
            by_hand = f"put the one to grade into {escape(home)} by hand"
            todo = f"{candidate.name} was taken" if candidate else by_hand
            what = f"handed in {len(names)} different notebooks ({', '.join(names)})"
            yield Notice(where, what, todo, student, taken)
        elif candidate is not None and candidate.by_content:
            what = f"{candidate.name} is a notebook by its content, whatever its name"
            yield Notice(where, what, "it was taken", student, taken)
        elif candidate is not None and not self._naming.is_at_top(Place(files.owner, candidate.inside)):
            what = f"the only notebook lies further in ({candidate.name})"
            yield Notice(where, what, "it was taken", student, taken)
        if not names and not any(is_notebook(name) for name in files.rejected):
            content = files.describe_content()
            only = f", only {content}" if content else ""
            closed = "of archives, zips alone are opened; " if files.archives else ""
            wanted = " and ".join(f"{name}.ipynb" for name in self._request.notebooks[:_LISTED])
            todo = f"{closed}ask for {wanted or f'{self._request.assignment}.ipynb'}"
            yield Notice(where, f"handed in no notebook{only}", todo, student)
        if files.late:
            todo = "see in Canvas when, and say so: autograder received"
            yield Notice(where, "came late, Canvas says", todo, student, taken)


def notice_each(rejected: Mapping[str, Rejected], *, before: str = "") -> Iterator[Notice]:
    """A notice for each of the first few files that were not taken, and one for all others together."""
    for name, rejection in list(rejected.items())[:_LISTED]:
        yield Notice(f"{before}{name}", rejection.what, rejection.todo)
    if len(rejected) > _LISTED:
        where = f"{before}{describe_count(len(rejected) - _LISTED, 'more file')}"
        yield Notice(where, "not taken either", "look into the source")


def _find_clash(student: str, own: Sequence[StudentFiles], lookalikes: Sequence[str]) -> Rejected | None:
    """Why nothing of a student is taken: another name leads to the same one, or looks the same."""
    if len(own) > 1:
        names = ", ".join(escape(files.owner) for files in own)
        return Rejected(f"{len(own)} of them would be {student} ({names})", "keep one, or tell them apart")
    if len(lookalikes) > 1:
        others = ", ".join(escape(other) for other in lookalikes if other != student)
        return Rejected(f"looks like {others}, and both handed in", "keep one way of writing the id")
    return None
