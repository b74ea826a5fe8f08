"""From what was downloaded to submissions/NAME: who handed in, which notebook, when. Nothing is guessed."""

from collections.abc import Iterator
from pathlib import Path

from autograder.errors import CourseError, Flaw
from autograder.inbox.archive_entry import Member, parts_of, refuse_all
from autograder.inbox.bounds import Bounds
from autograder.inbox.collector import Collected, Collecting, Desk, listed
from autograder.inbox.destination import Shelf
from autograder.inbox.naming import Naming, Owner
from autograder.inbox.notice import Oddity, Refused, shown
from autograder.inbox.source import members
from autograder.inbox.student_files import ARCHIVES, NOTEBOOK, Pile, is_hidden

_EXPECTED = "a notebook is expected at <student>/<name>.ipynb, or named as Moodle and Canvas do"
_TAKE_OUT = "unpack it, take out what is no submission, collect the folder"


def collect(what: Collecting) -> Iterator[Collected | Oddity]:
    """Add every notebook of a source that is new to submissions/NAME, student by student.

    Each student's notebook is moved into place whole. Raises CourseError where the source as a whole
    cannot be trusted, in which case nothing of it was written, or where there is no room.
    """
    _must_lie_apart(what.source, what.into)
    bounds = Bounds.of(what.limits, len(what.people))
    naming = Naming(what.assignment, frozenset(person.id for person in what.people), _stem(what.source))
    with Shelf(what.into, what.assignment) as shelf:
        piles, strays = _sorted(what, naming, shelf, bounds)
        if not piles and not strays:
            refuse_all(what.source, "holds no submission", _EXPECTED)
        yield from listed(strays)
        yield from Desk(what, naming, shelf, bounds).go_through(list(piles.values()))


def _must_lie_apart(source: Path, into: Path) -> None:
    here, there = source.resolve(), into.resolve()
    if here == there or here in there.parents or there in here.parents:
        what = f"is collected into {shown(into)}: one cannot lie in the other"
        raise CourseError([Flaw(shown(source), what, "name what was downloaded")])


def _stem(source: Path) -> str:
    """The name of a packed folder.

    >>> _stem(Path("downloads/homework.tar.gz"))
    'homework'
    """
    name = source.name
    while name.lower().endswith(ARCHIVES):
        name = name.rpartition(".")[0]
    return name


def _sorted(
    what: Collecting, naming: Naming, shelf: Shelf, bounds: Bounds
) -> tuple[dict[Owner, Pile], dict[str, Refused]]:
    """Every file on the pile of its owner, and why what is nobody's is not taken."""
    piles: dict[Owner, Pile] = {}
    strays: dict[str, Refused] = {}
    for member in members(what.source, bounds=bounds, zone=what.zone):
        try:
            parts = parts_of(member.name)
        except Refused as refusal:
            strays[shown(member.name[:200])] = refusal
            continue
        if any(is_hidden(part) for part in parts):
            continue
        place = naming.place(parts)
        if place is None:
            strays.update(_stray(member))
            continue
        pile = piles.setdefault(place.owner, Pile(place.owner))
        pile.add(member, place, naming=naming, shelf=shelf, bounds=bounds)
        if shelf.kept > bounds.total:
            refuse_all(what.source, f"holds more than {bounds.total / 1e6:.0f} MB of notebooks", _TAKE_OUT)
    return piles, strays


def _stray(member: Member) -> dict[str, Refused]:
    """A file that is nobody's, where a person should know of it: lists and the like are passed over."""
    if member.refusal is not None:
        return {shown(member.name): member.refusal}
    if member.name.lower().endswith((NOTEBOOK, *ARCHIVES)):
        return {shown(member.name): Refused("is in no student's folder", _EXPECTED)}
    return {}
