"""Find the one student of the roster whom a source means, or say why there is none. Never guess."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from autograder.domain.course import Student
from autograder.domain.student_id import normal, why_unsafe
from autograder.inbox.confusables import mixed_script, skeleton
from autograder.inbox.naming import NamingScheme, Owner
from autograder.inbox.notice import Rejected, escape

_REMOVED_BY_MOODLE = re.compile(r"""[\x00-\x1f\x7f&<>"`|':\\/]|\.\.+""")
_WORDS = frozenset({"Pc", "Nd", "Mn", "Mc", "Me"})
_NAME_IT = "name the folder after the student's id, or add the student to students.csv"


class RosterIndex:
    """The students of a course by id, and by the way Moodle and Canvas spell their names."""

    def __init__(self, people: Sequence[Student]) -> None:
        self._ids = frozenset(student.id for student in people)
        named = [student for student in people if student.name]
        self._people = named
        self._by_spelling = {
            NamingScheme.MOODLE: _index_by_spelling(named, lambda name: (spell_for_moodle(name),)),
            NamingScheme.CANVAS: _index_by_spelling(named, _spell_orders_for_canvas),
        }
        self._labels = {student.id: f"{student.name}, {student.id}" for student in named}

    @property
    def has_names(self) -> bool:
        """Whether anybody can be found by name."""
        return bool(self._people)

    def find(self, owner: Owner) -> str:
        """The id of the student who handed in; raises Rejected, with a hint, unless it is exactly one."""
        return (
            self._find_by_folder(owner.name)
            if owner.scheme is NamingScheme.FOLDER
            else self._find_by_name(owner)
        )

    def _find_by_folder(self, name: str) -> str:
        student = normal(name)
        unsafe = why_unsafe(student)
        if unsafe:
            raise Rejected(f"this name of a folder {unsafe}", "give the folder the student's id as its name")
        letters = mixed_script(student)
        if not self._ids and letters:
            what = f"this name of a folder mixes alphabets ({letters} only looks like a letter of it)"
            raise Rejected(what, "give the folder the student's id as its name")
        if self._ids and student not in self._ids:
            hint = _suggest(student, {one: one for one in self._ids})
            raise Rejected(f"no student of students.csv has the id {escape(student)}{hint}", _NAME_IT)
        return student

    def _find_by_name(self, owner: Owner) -> str:
        spelling = (
            spell_for_moodle(owner.name)
            if owner.scheme is NamingScheme.MOODLE
            else spell_for_canvas(owner.name)
        )
        found = self._by_spelling[owner.scheme].get(spelling, frozenset())
        if len(found) == 1:
            return next(iter(found))
        by_hand = "put the notebook into the student's folder under submissions by hand"
        if found:
            ids = ", ".join(sorted(found))
            raise Rejected(
                f"{len(found)} students of students.csv may be {escape(owner.name)} ({ids})", by_hand
            )
        hint = _suggest(
            spelling, {each: self._labels[min(ids)] for each, ids in self._by_spelling[owner.scheme].items()}
        )
        what = f"no student of students.csv is called {escape(owner.name)}{hint}"
        raise Rejected(what, f"write the name in students.csv as {owner.scheme.value} does, or {by_hand}")


def spell_for_moodle(name: str) -> str:
    """A name as it is compared in Moodle's zip: Moodle removes some signs; capitals and blanks vary.

    >>> spell_for_moodle("Siobhán  O'Neill") == spell_for_moodle("siobhán ONeill")
    True
    """
    text = _REMOVED_BY_MOODLE.sub("", name.replace("_", " "))
    return unicodedata.normalize("NFC", " ".join(text.split()).casefold())


def spell_for_canvas(name: str) -> str:
    """A name as it is compared in Canvas' zip: only its letters and digits.

    >>> spell_for_canvas("Lovelace, Ada")
    'lovelaceada'
    """
    text = unicodedata.normalize("NFC", name.casefold())
    return "".join(sign for sign in text if sign.isalpha() or unicodedata.category(sign) in _WORDS)


def _spell_orders_for_canvas(name: str) -> Iterator[str]:
    """Canvas puts the family name first, and students.csv does not say where it begins."""
    words = name.replace(",", " ").split()
    for first in range(len(words)):
        yield spell_for_canvas("".join(words[first:] + words[:first]))


def _index_by_spelling(
    people: Iterable[Student], spell: Callable[[str], Iterable[str]]
) -> Mapping[str, frozenset[str]]:
    index: dict[str, frozenset[str]] = {}
    for student in people:
        for spelling in spell(student.name):
            index[spelling] = index.get(spelling, frozenset()) | {student.id}
    return index


def _suggest(name: str, known: Mapping[str, str]) -> str:
    """Who may be meant, of known spellings and their owners: for a person to decide."""
    names = sorted(known)
    alike = next((one for one in names if skeleton(one) == skeleton(name)), None)
    if alike is not None:
        letters = mixed_script(name)
        other = f" with {letters}" if letters else ""
        return f" (it looks like {escape(known[alike])}, but is spelt differently{other})"
    close = get_close_matches(name, names, n=1, cutoff=0.75)
    return f" (is it {escape(known[close[0]])}?)" if close else ""
