"""Where each pile becomes an attempt of one student, or a line for a person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from autograder.domain.course import Limits, Person
from autograder.domain.submission import ReceivedBy
from autograder.inbox.archive_entry import refuse_all
from autograder.inbox.bounds import Bounds
from autograder.inbox.confusables import outline
from autograder.inbox.destination import Shelf
from autograder.inbox.naming import Kind, Naming
from autograder.inbox.notice import Oddity, Refused, shown
from autograder.inbox.roster_index import Register
from autograder.inbox.student_files import Found, Pile, is_notebook
from autograder.inbox.times import read_timestamp

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LISTED = 3
"""Files of one owner that are listed one by one."""


@dataclass(frozen=True, slots=True)
class Collecting:
    """What is collected, for which assignment and for whom."""

    source: Path
    assignment: str
    into: Path
    people: Sequence[Person]
    limits: Limits
    zone: tzinfo
    now: datetime
    """With its time zone: nothing can have been received later."""
    dry: bool = False
    """Whether only to say what would be collected."""


@dataclass(frozen=True, slots=True)
class Collected:
    """A notebook that was collected, or was there already."""

    student: str
    filename: str
    """As the student called it, safe to print."""
    received: datetime
    received_by: ReceivedBy
    unchanged: bool = False
    """Whether the same bytes lay there already; then nothing was written."""


class Desk:
    """Goes through the piles of a source."""

    def __init__(self, what: Collecting, naming: Naming, shelf: Shelf, bounds: Bounds) -> None:
        self._what = what
        self._naming = naming
        self._shelf = shelf
        self._bounds = bounds
        self._register = Register(what.people)

    def go_through(self, piles: Sequence[Pile]) -> Iterator[Collected | Oddity]:
        """What became of every pile. Raises CourseError where names are needed to know whose they are."""
        self._must_have_names(piles)
        if any(pile.in_nbgrader for pile in piles):
            # A tree of nbgrader holds other assignments too: who has only those handed in nothing here.
            piles = [pile for pile in piles if pile.in_nbgrader or pile.notebooks]
        of_students: dict[str, list[Pile]] = {}
        for pile in piles:
            try:
                of_students.setdefault(self._register.student(pile.owner), []).append(pile)
            except Refused as refusal:
                yield Oddity(shown(pile.owner), refusal.what, refusal.todo)
        outlines: dict[str, list[str]] = {}
        for student in of_students:
            outlines.setdefault(outline(student), []).append(student)
        for student, own in sorted(of_students.items()):
            clash = _clash(student, own, outlines[outline(student)])
            if clash is not None:
                yield Oddity(shown(own[0].owner), clash.what, clash.todo, student)
            else:
                yield from self._one(student, own[0])

    def _must_have_names(self, piles: Sequence[Pile]) -> None:
        by_name = next((pile.owner.kind.value for pile in piles if pile.owner.kind is not Kind.FOLDER), None)
        if by_name and not self._register.has_names:
            what = f"is from {by_name}, which tells students by their names, and students.csv holds no name"
            refuse_all(self._what.source, what, "write students.csv with the columns id and name")

    def _one(self, student: str, pile: Pile) -> Iterator[Collected | Oddity]:
        """The attempt of a student, if there is one, and what is odd about it."""
        found, names = pile.choose(self._naming)
        yield from self._odd(student, pile, found, names)
        if found is None:
            return
        try:
            yield from self._put(student, pile, found, self._shelf.home(student))
        except Refused as refusal:
            yield Oddity(shown(pile.owner), refusal.what, refusal.todo, student)

    def _put(self, student: str, pile: Pile, found: Found, home: Path) -> Iterator[Collected | Oddity]:
        received, received_by, doubt = self._received(pile, found)
        if doubt is not None:
            yield Oddity(shown(pile.owner), doubt.what, doubt.todo, student, taken=True)
        content = found.kept.read_bytes()
        before = self._shelf.attempts(home, most=self._bounds.file)
        for attempt, told in before:
            if told == content and (attempt is before[-1][0] or attempt.received == received):
                yield Collected(student, found.name, attempt.received, attempt.received_by, unchanged=True)
                return
        if before and received < before[-1][0].received:
            latest = f"{before[-1][0].received.astimezone(self._what.zone):%Y-%m-%d %H:%M}"
            what = f"{found.name} seems older than the attempt of {latest}, which is graded"
            yield Oddity(shown(pile.owner), what, "see which is the later, and remove the other", student)
        if not self._what.dry:
            self._shelf.place(found.kept, home, received, received_by)
        yield Collected(student, found.name, received, received_by)

    def _received(self, pile: Pile, found: Found) -> tuple[datetime, ReceivedBy, Refused | None]:
        """When it was received. No packing tells; Moodle's and Canvas' time is that of the download."""
        doubt, stamp = None, pile.stamp(found)
        if stamp is not None:
            try:
                told = read_timestamp(stamp, zone=self._what.zone)
                if _EARLIEST <= told <= self._what.now:
                    return told, ReceivedBy.TIMESTAMP, None
            except (ValueError, OverflowError):
                pass
            what = f"timestamp.txt tells no time that has been ({shown(stamp[:40].strip())})"
            doubt = Refused(what, "the file's own time was taken, which is doubtful")
        return min(found.modified or self._what.now, self._what.now), ReceivedBy.FILE_TIME, doubt

    def _odd(self, student: str, pile: Pile, found: Found | None, names: tuple[str, ...]) -> Iterator[Oddity]:
        where, taken = shown(pile.owner), found is not None
        for one in listed(pile.refused, before=f"{where}: "):
            yield Oddity(one.where, one.what, one.todo, student, taken)
        if found is not None:
            for name in list(pile.archives())[:_LISTED]:
                todo = f"{found.name} was taken"
                yield Oddity(f"{where}: {name}", "is an archive, which is not opened", todo, student, taken)
        if len(names) > 1:
            home = "/".join((*self._what.into.parts[-2:], student))
            by_hand = f"put the one to grade into {shown(home)} by hand"
            todo = f"{found.name} was taken" if found else by_hand
            what = f"handed in {len(names)} different notebooks ({', '.join(names)})"
            yield Oddity(where, what, todo, student, taken)
        if not names and not any(is_notebook(name) for name in pile.refused):
            only = f", only {pile.content()}" if pile.content() else ""
            closed = "archives are not opened; " if any(pile.archives()) else ""
            todo = f"{closed}ask for {self._what.assignment}.ipynb"
            yield Oddity(where, f"handed in no notebook{only}", todo, student)
        if pile.late:
            yield Oddity(where, "came late, Canvas says", "see in Canvas when", student, taken)


def listed(refused: Mapping[str, Refused], *, before: str = "") -> Iterator[Oddity]:
    """What was not taken, a few one by one: thousands of bad names are one line more."""
    for name, refusal in list(refused.items())[:_LISTED]:
        yield Oddity(f"{before}{name}", refusal.what, refusal.todo)
    if len(refused) > _LISTED:
        yield Oddity(
            f"{before}{len(refused) - _LISTED} more files", "are not taken either", "look into the source"
        )


def _clash(student: str, own: Sequence[Pile], alike: Sequence[str]) -> Refused | None:
    """Why nothing of a student is taken: another name leads to the same one, or looks the same."""
    if len(own) > 1:
        names = ", ".join(shown(pile.owner) for pile in own)
        return Refused(f"{len(own)} of them would be {student} ({names})", "keep one, or tell them apart")
    if len(alike) > 1:
        others = ", ".join(shown(other) for other in alike if other != student)
        return Refused(f"looks like {others}, and both handed in", "keep one way of writing the id")
    return None
