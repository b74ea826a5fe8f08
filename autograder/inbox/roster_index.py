"""Find whom of the roster a source means, a student or a team, or say why there is nobody. Never guess."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from autograder.domain.course import Student
from autograder.domain.student_id import normal, why_unsafe
from autograder.inbox.confusables import mixed_script, skeleton
from autograder.inbox.names import sort_words, spell_for_canvas, spell_for_moodle, without_accents
from autograder.inbox.naming import NamingScheme, Owner
from autograder.inbox.notice import Rejected, escape
from autograder.inbox.spreadsheet import explain_unknown_id

_NAME_IT = "name the folder after the student's id, or add the student to students.csv"
_TEAM_PREFIXES = ("group-", "groupe-", "gruppe-", "team-")
"""What stands before the name of a team that has none of these words itself."""

_Index = Mapping[str, frozenset[str]]
Teams = Mapping[str, Sequence[str]]
"""The members of each team, by its name."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whose a hand-in is."""

    students: tuple[str, ...]
    """One student, or the members of a team."""
    remark: str = ""
    """What a person should know of how they were found."""
    teammates: tuple[str, ...] = ()
    """The other members of the team, who may have no folder of their own."""
    team: str = ""
    """Its name, where a team handed in."""


class RosterIndex:
    """The students of a course by id, and by the way Moodle and Canvas spell their names; and its teams."""

    def __init__(
        self, people: Sequence[Student], teams: Teams | None = None, left: Collection[str] = ()
    ) -> None:
        self._left = left
        self._ids = frozenset(student.id for student in people)
        named = [student for student in people if student.name]
        self._people = named
        self._teams = teams or {}
        self._by_spelling = {
            NamingScheme.FOLDER: _index(named, lambda name: (spell_for_moodle(name),)),
            NamingScheme.MOODLE: _index(named, lambda name: (spell_for_moodle(name),)),
            NamingScheme.CANVAS: _index(named, _spell_orders_for_canvas),
        }
        by_words = _index(named, lambda name: (sort_words(name),))
        by_bare_words = _index(named, lambda name: (sort_words(without_accents(name)),))
        bare_for_canvas = _index(named, lambda name: _spell_orders_for_canvas(without_accents(name)))
        self._by_words: dict[NamingScheme, list[tuple[Callable[[str], str], _Index]]] = {
            NamingScheme.FOLDER: [(sort_words, by_words), (_sort_bare_words, by_bare_words)],
            NamingScheme.MOODLE: [(sort_words, by_words), (_sort_bare_words, by_bare_words)],
            NamingScheme.CANVAS: [(lambda name: spell_for_canvas(without_accents(name)), bare_for_canvas)],
        }
        self._labels = {student.id: f"{student.name}, {student.id}" for student in named}

    @property
    def has_names(self) -> bool:
        """Whether anybody can be found by name."""
        return bool(self._people or self._teams)

    def is_of_teams(self, owners: Iterable[Owner]) -> bool:
        """Whether a zip of Moodle names each hand-in `TEAM-MEMBER`, as it does where teams hand in.

        A name of somebody who is not on the roster may look the same (Jean-Pierre): that everybody is named
        so, and two share a team, tells them apart.
        """
        named = [owner for owner in owners if owner.scheme is NamingScheme.MOODLE]
        if any(self._spelled(owner) or any(self._all_by_words(owner)) for owner in named):
            return False
        teams = Counter(team for owner in named for team, _ in self._split_member(owner))
        return any(count > 1 for count in teams.values())

    def find(self, owner: Owner, *, of_teams: bool = False) -> Found:
        """Who handed in; raises Rejected, with a hint, unless it is exactly one student or team."""
        if owner.scheme is NamingScheme.FOLDER:
            return self._find_by_folder(owner)
        return self._find_by_name(owner, of_teams=of_teams)

    def _find_by_folder(self, owner: Owner) -> Found:
        student = normal(owner.name)
        if student in self._ids:
            return Found((student,))
        team = self._find_team(owner)
        if team is not None:
            return team
        unsafe = why_unsafe(student)
        if unsafe:
            raise Rejected(f"this name of a folder {unsafe}", "give the folder the student's id as its name")
        letters = mixed_script(student)
        if not self._ids and letters:
            what = f"this name of a folder mixes alphabets ({letters} only looks like a letter of it)"
            raise Rejected(what, "give the folder the student's id as its name")
        if not self._ids:
            return Found((student,))
        named = self._find_by_words(owner)
        if named is not None:
            return named
        hint = explain_unknown_id(student, self._ids)
        hint = f" ({hint})" if hint else _suggest(student, {one: one for one in self._ids})
        raise Rejected(f"no student of students.csv has the id {escape(student)}{hint}", _NAME_IT)

    def _find_by_name(self, owner: Owner, *, of_teams: bool) -> Found:
        found = self._spelled(owner)
        if len(found) == 1:
            return Found(tuple(found))
        by_hand = "put the notebook into the student's folder under submissions by hand"
        if found:
            ids = ", ".join(sorted(found))
            raise Rejected(
                f"{len(found)} students of students.csv may be {escape(owner.name)} ({ids})", by_hand
            )
        match = self._find_team(owner) or self._find_by_words(owner)
        match = match or self._find_member(owner, of_teams=of_teams)
        if match is not None:
            return match
        known = {each: self._labels[min(ids)] for each, ids in self._by_spelling[owner.scheme].items()}
        hint = _suggest(_spell(owner), known)
        what = f"no student of students.csv is called {escape(owner.name)}{hint}"
        team = "if it is a team's, name its members in teams/NAME.csv (columns team and id)"
        rename = f"write the name in students.csv as {owner.scheme.value} does"
        raise Rejected(what, f"{rename}; {team}; or {by_hand}")

    def _spelled(self, owner: Owner) -> frozenset[str]:
        return self._by_spelling[owner.scheme].get(_spell(owner), frozenset())

    def _find_team(self, owner: Owner) -> Found | None:
        """The members of the team that is called so; raises Rejected where two are, or a student is."""
        spell = spell_for_canvas if owner.scheme is NamingScheme.CANVAS else spell_for_moodle
        small = owner.name.casefold()
        begun = [len(prefix) for prefix in _TEAM_PREFIXES if small.startswith(prefix)]
        wanted = {spell(owner.name), *(spell(owner.name[length:]) for length in begun)}
        found = [team for team in self._teams if spell(team) in wanted]
        if len(found) > 1:
            names = ", ".join(map(escape, found))
            raise Rejected(f"{len(found)} teams may be {escape(owner.name)} ({names})", "rename one of them")
        if not found:
            return None
        return Found(tuple(self._teams[found[0]]), f"is the team {escape(found[0])}", team=found[0])

    def _all_by_words(self, owner: Owner) -> Iterator[frozenset[str]]:
        """Students whose name has these words, in any order; then those for whom accents alone differ."""
        for spell, index in self._by_words[owner.scheme]:
            yield index.get(spell(owner.name), frozenset())

    def _find_by_words(self, owner: Owner) -> Found | None:
        for students in self._all_by_words(owner):
            found = sorted(students)
            if len(found) == 1:
                return Found((found[0],), f"is taken for {escape(self._labels[found[0]])}")
            if found:
                what = f"{len(found)} students of students.csv may be {escape(owner.name)}"
                todo = "write the name in students.csv as it is here, or name the folder after the id"
                raise Rejected(f"{what} ({', '.join(found)})", todo)
        return None

    def _split_member(self, owner: Owner) -> Iterator[tuple[str, str]]:
        """Teams and members that `Team A-Ada Lovelace` may be, as Moodle names what a team handed in."""
        parts = owner.name.split("-") if owner.scheme is NamingScheme.MOODLE else []
        for k in range(1, len(parts)):
            member = Owner(owner.scheme, "-".join(parts[k:]), owner.number)
            for found in (self._spelled(member), *self._all_by_words(member)):
                if len(found) == 1:
                    yield "-".join(parts[:k]), next(iter(found))
                    break

    def _find_member(self, owner: Owner, *, of_teams: bool) -> Found | None:
        known = {spell_for_moodle(team): (team, tuple(members)) for team, members in self._teams.items()}
        members = {
            student: team
            for team, student in self._split_member(owner)
            if of_teams or spell_for_moodle(team) in known
        }
        if len(members) > 1:
            what = f"{len(members)} students of students.csv may be {escape(owner.name)}"
            raise Rejected(f"{what} ({', '.join(sorted(members))})", "rename the team")
        for student, team in members.items():
            name, teammates = known.get(spell_for_moodle(team), (team, ()))
            if teammates and student in self._left and student not in teammates:
                what = f"is handed in by the team {escape(name)}, which {student} has left"
                todo = "nothing, if that is right; else put the line back into the course's list of teams"
                raise Rejected(what, todo)
            return Found((student,), f"is handed in by the team {escape(team)}", teammates, name)
        return None


def _spell(owner: Owner) -> str:
    return (spell_for_canvas if owner.scheme is NamingScheme.CANVAS else spell_for_moodle)(owner.name)


def _sort_bare_words(name: str) -> str:
    return sort_words(without_accents(name))


def _spell_orders_for_canvas(name: str) -> Iterator[str]:
    """Canvas puts the family name first, and students.csv does not say where it begins."""
    words = name.replace(",", " ").split()
    for first in range(len(words)):
        yield spell_for_canvas("".join(words[first:] + words[:first]))


def _index(people: Iterable[Student], spell: Callable[[str], Iterable[str]]) -> _Index:
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
