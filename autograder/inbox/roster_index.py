"""Which student of the roster a source speaks of: exactly one, or it is said why not. Never a guess."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from autograder.domain.course import Person
from autograder.domain.student_id import normal, why_unsafe
from autograder.inbox.confusables import disguise, outline
from autograder.inbox.naming import Kind, Owner
from autograder.inbox.notice import Refused, shown

_TAKEN_OUT_BY_MOODLE = re.compile(r"""[\x00-\x1f\x7f&<>"`|':\\/]|\.\.+""")
_WORDS = frozenset({"Pc", "Nd", "Mn", "Mc", "Me"})
_NAME_IT = "name the folder after the student's id, or add the student to students.csv"


class Register:
    """The students of a course, found by id and by the spellings that Moodle and Canvas make of a name."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._ids = frozenset(person.id for person in people)
        named = [person for person in people if person.name]
        self._people = named
        self._spelt = {
            Kind.MOODLE: _index(named, lambda name: (in_moodle(name),)),
            Kind.CANVAS: _index(named, _orders_in_canvas),
        }
        self._labels = {person.id: f"{person.name}, {person.id}" for person in named}

    @property
    def has_names(self) -> bool:
        """Whether anybody can be found by name."""
        return bool(self._people)

    def student(self, owner: Owner) -> str:
        """The id of who handed in. Refused, with a hint, where it is not exactly one student."""
        return self._by_folder(owner.name) if owner.kind is Kind.FOLDER else self._by_name(owner)

    def _by_folder(self, name: str) -> str:
        student = normal(name)
        unsafe = why_unsafe(student)
        if unsafe:
            raise Refused(f"this name of a folder {unsafe}", "give the folder the student's id as its name")
        if not self._ids and disguise(student):
            what = (
                f"this name of a folder mixes alphabets ({disguise(student)} only looks like a letter of it)"
            )
            raise Refused(what, "give the folder the student's id as its name")
        if self._ids and student not in self._ids:
            hint = _hint(student, {one: one for one in self._ids})
            raise Refused(f"no student of students.csv has the id {shown(student)}{hint}", _NAME_IT)
        return student

    def _by_name(self, owner: Owner) -> str:
        spelling = in_moodle(owner.name) if owner.kind is Kind.MOODLE else in_canvas(owner.name)
        found = self._spelt[owner.kind].get(spelling, frozenset())
        if len(found) == 1:
            return next(iter(found))
        by_hand = "put the notebook into the student's folder under submissions by hand"
        if found:
            ids = ", ".join(sorted(found))
            raise Refused(
                f"{len(found)} students of students.csv may be {shown(owner.name)} ({ids})", by_hand
            )
        hint = _hint(
            spelling, {each: self._labels[min(ids)] for each, ids in self._spelt[owner.kind].items()}
        )
        what = f"no student of students.csv is called {shown(owner.name)}{hint}"
        raise Refused(what, f"write the name in students.csv as {owner.kind.value} does, or {by_hand}")


def in_moodle(name: str) -> str:
    """What is compared of a name in Moodle's zip: Moodle leaves out some signs; capitals and blanks vary.

    >>> in_moodle("Siobhán  O'Neill") == in_moodle("siobhán ONeill")
    True
    """
    text = _TAKEN_OUT_BY_MOODLE.sub("", name.replace("_", " "))
    return unicodedata.normalize("NFC", " ".join(text.split()).casefold())


def in_canvas(name: str) -> str:
    """What is compared of a name in Canvas' zip: its letters and digits alone.

    >>> in_canvas("Lovelace, Ada")
    'lovelaceada'
    """
    text = unicodedata.normalize("NFC", name.casefold())
    return "".join(sign for sign in text if sign.isalpha() or unicodedata.category(sign) in _WORDS)


def _orders_in_canvas(name: str) -> Iterator[str]:
    """Canvas puts the family name first, and students.csv does not say where it begins."""
    words = name.replace(",", " ").split()
    for first in range(len(words)):
        yield in_canvas("".join(words[first:] + words[:first]))


def _index(people: Iterable[Person], spell: Callable[[str], Iterable[str]]) -> Mapping[str, frozenset[str]]:
    index: dict[str, frozenset[str]] = {}
    for person in people:
        for spelling in spell(person.name):
            index[spelling] = index.get(spelling, frozenset()) | {person.id}
    return index


def _hint(name: str, known: Mapping[str, str]) -> str:
    """Who may be meant, of spellings and whose they are: for a person to decide."""
    names = sorted(known)
    alike = next((one for one in names if outline(one) == outline(name)), None)
    if alike is not None:
        letters = disguise(name)
        other = f" with {letters}" if letters else ""
        return f" (it looks like {shown(known[alike])}, but is spelt differently{other})"
    close = get_close_matches(name, names, n=1, cutoff=0.75)
    return f" (is it {shown(known[close[0]])}?)" if close else ""
