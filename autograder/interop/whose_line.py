"""Whose a line of a platform's file is: by id or address, by name where there is neither. Never guessed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.domain.course import Student
from autograder.domain.student_id import normal
from autograder.inbox.names import sort_words, without_accents
from autograder.inbox.spreadsheet import explain_unknown_id
from autograder.interop.marks import harmless


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line of a file that is a student's, as the platform names them."""

    row: int
    """Its index in the table."""
    number: int
    """Of the line in the file, from 1."""
    ids: tuple[str, ...] = ()
    """What may be an id or an e-mail address here, a column each; empty where the cell is."""
    name: str = ""
    participant: str = ""
    """The number by which the platform itself knows them in this file."""

    def __str__(self) -> str:
        named = ", ".join(dict.fromkeys(each for each in (self.name, *self.ids) if each))
        return f"line {self.number}: {named or f'Participant {self.participant}'}"


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose the lines of a file are."""

    students: Mapping[int, str]
    """The student of each row that is somebody's here."""
    by_name: tuple[FileLine, ...]
    """Lines that only their name tells apart."""
    unknown: tuple[tuple[FileLine, str], ...]
    """Lines that are nobody's here, with the reason."""


def find_owners(lines: Sequence[FileLine], people: Iterable[Student], others: Collection[str] = ()) -> Owners:
    """Find the student of each line.

    A column whose cells are ids or addresses of students here decides alone; a name decides where a line has
    no such cell, and is one person's alone. `others` are ids of students who are not on the roster.
    """
    roster = list(people)
    known = _Known(roster, others)
    deciding = {k for line in lines for k, text in enumerate(line.ids) if known.by_id(text)}
    students: dict[int, str] = {}
    by_name = list[FileLine]()
    unknown = list[tuple[FileLine, str]]()
    for line in lines:
        student, why = known.owner(line, deciding)
        if student is None:
            unknown.append((line, why))
            continue
        students[line.row] = student
        if not any(known.by_id(text) for text in (*line.ids, *_participants(line))):
            by_name.append(line)
    twice = defaultdict[str, list[FileLine]](list)
    for line in lines:
        if line.row in students:
            twice[students[line.row]].append(line)
    for student, theirs in twice.items():
        if len(theirs) > 1:
            numbers = " and ".join(str(line.number) for line in theirs)
            unknown += [(line, f"lines {numbers} are both of {student}") for line in theirs]
            for line in theirs:
                del students[line.row]
    still = tuple(line for line in by_name if line.row in students)
    return Owners(students, still, tuple(sorted(unknown, key=lambda one: one[0].number)))


class _Known:
    """Who is here, by everything a file may call them."""

    def __init__(self, roster: Sequence[Student], others: Collection[str]) -> None:
        self._ids = {one.casefold(): one for one in (*others, *(student.id for student in roster))}
        emails = defaultdict[str, set[str]](set)
        self._words = defaultdict[str, set[str]](set)
        self._bare = defaultdict[str, set[str]](set)
        self._names = {student.id: student.name for student in roster}
        for student in roster:
            if student.email:
                emails[student.email.strip().casefold()].add(student.id)
            if student.name:
                self._words[sort_words(student.name)].add(student.id)
                self._bare[sort_words(without_accents(student.name))].add(student.id)
        self._emails = {email: next(iter(ids)) for email, ids in emails.items() if len(ids) == 1}

    def by_id(self, text: str) -> str | None:
        """The student whose id or address this is."""
        small = normal(text.strip()).casefold()
        if small[:1] == "'" and small[1:] and harmless(small[1:]) == small:
            small = small[1:]
        return self._ids.get(small) or self._emails.get(small)

    def owner(self, line: FileLine, deciding: Collection[int]) -> tuple[str | None, str]:
        """The student of a line, or None and the reason."""
        told = [text for k, text in enumerate(line.ids) if k in deciding and text]
        found = {each for text in told if (each := self.by_id(text))}
        if len(found) > 1:
            return None, f"its cells are of several students here ({', '.join(sorted(found))})"
        if found:
            student = found.pop()
            own = set(sort_words(without_accents(self._names.get(student, ""))).split())
            theirs = set(sort_words(without_accents(line.name)).split())
            # A file of which a spreadsheet sorted some columns alone is found by this.
            if not own or not theirs or own & theirs:
                return student, ""
            return None, f"its id is that of {self._names[student]} ({student}) here, and it has another name"
        if told:
            hint = explain_unknown_id(told[0], list(self._ids.values()))
            return None, f"no student here has the id or address {told[0]}" + (f" ({hint})" if hint else "")
        named = {each for text in _participants(line) if not line.name and (each := self.by_id(text))}
        if len(named) == 1:
            return named.pop(), ""
        if not line.name:
            return None, "it has no name, no id and no address by which to know the student"
        alike = self._words.get(sort_words(line.name)) or self._bare.get(
            sort_words(without_accents(line.name)), set()
        )
        if len(alike) == 1:
            return next(iter(alike)), ""
        if alike:
            return None, f"{len(alike)} students here are called so ({', '.join(sorted(alike))})"
        return None, "no student here is called so"


def _participants(line: FileLine) -> tuple[str, ...]:
    """How the number of an anonymous line may stand as an id here."""
    number = line.participant
    return (number, *(f"participant{between}{number}" for between in ("", "_", "-", " "))) if number else ()
