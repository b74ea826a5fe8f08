"""What one owner has handed in: the files of a source that are theirs, and the notebook among them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from autograder.domain.student_id import normal
from autograder.inbox.archive_entry import Member, up_to
from autograder.inbox.bounds import Bounds
from autograder.inbox.destination import Shelf
from autograder.inbox.naming import Kind, Naming, Owner, Place
from autograder.inbox.notice import Refused, shown

NOTEBOOK = ".ipynb"
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
_TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 200
_HIDDEN = (".", "__MACOSX")
_SHOWN = 3
_COPY = re.compile(r"( ?\([0-9]{1,3}\)|-[0-9]{1,3})$")
"""What browsers and Canvas add to a name that is taken already."""


@dataclass(frozen=True, slots=True)
class Found:
    """A notebook that was read."""

    inside: tuple[str, ...]
    kept: Path
    modified: datetime | None

    @property
    def name(self) -> str:
        """As its owner called it, safe to print."""
        return shown("/".join(self.inside))


@dataclass(slots=True)
class Pile:
    """Everything of one owner, filled member by member."""

    owner: Owner
    notebooks: list[Found] = field(default_factory=list)
    refused: dict[str, Refused] = field(default_factory=dict)
    """What was not taken, by name."""
    others: list[str] = field(default_factory=list)
    stamps: dict[tuple[str, ...], str] = field(default_factory=dict)
    """The text of each timestamp.txt, by its folder."""
    in_nbgrader: bool = False
    late: bool = False
    _seen: set[tuple[str, ...]] = field(default_factory=set)

    def add(self, member: Member, place: Place, *, naming: Naming, shelf: Shelf, bounds: Bounds) -> None:
        """Take in one file, if it can be the notebook or tells when it came."""
        inside = place.inside
        self.late |= place.late
        self.in_nbgrader |= naming.is_nbgrader(place)
        if inside in self._seen:
            self._refuse_twice(inside, shelf)
            return
        self._seen.add(inside)
        name = shown("/".join(inside))
        if member.refusal is not None:
            self.refused[name] = member.refusal
        elif self._is_timestamp(place, naming):
            self._stamp(member, inside)
        elif not is_notebook(inside[-1]) or not naming.is_looked_at(place):
            self.others.append(name)
        elif len(self.notebooks) >= bounds.notebooks:
            self.refused[name] = Refused(f"is one of more than {bounds.notebooks} notebooks", "ask for one")
        else:
            self._keep(member, inside, shelf, bounds)

    def choose(self, naming: Naming) -> tuple[Found | None, tuple[str, ...]]:
        """The notebook to grade, if it can be told without guessing, and the names of all there are."""
        found = self._candidates()
        names = tuple(one.name for one in found)
        if len({sha256(one.kept.read_bytes()).digest() for one in found}) == 1:
            return found[0], names[:1]
        wanted = normal(naming.assignment).casefold()
        named = [one for one in found if _plain(one.inside[-1]) == wanted]
        return (named[0] if len(named) == 1 else None), names

    def stamp(self, found: Found) -> str | None:
        """The text of the timestamp.txt beside a notebook."""
        return self.stamps.get(found.inside[:-1])

    def archives(self) -> Iterator[str]:
        """Names of archives, which are not opened."""
        return (name for name in self.others if name.lower().endswith(ARCHIVES))

    def content(self) -> str:
        """In a few words what there is beside notebooks."""
        names = [*self.others, *self.refused]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        return f"{', '.join(names[:_SHOWN])}{more}"

    def _candidates(self) -> list[Found]:
        # Where nbgrader's folder of the assignment is there, what lies beside it is something else.
        deep = [one for one in self.notebooks if len(one.inside) == 2] if self.in_nbgrader else []
        return deep or self.notebooks

    def _is_timestamp(self, place: Place, naming: Naming) -> bool:
        """In Moodle and Canvas only a student can have put one there."""
        folder = place.owner.kind is Kind.FOLDER
        return folder and place.inside[-1] == _TIMESTAMP and naming.is_looked_at(place)

    def _stamp(self, member: Member, inside: tuple[str, ...]) -> None:
        content = b""
        try:
            for chunk in member.chunks():
                content += chunk
                if len(content) > _LONGEST_TIMESTAMP:
                    break
            self.stamps[inside[:-1]] = content[:_LONGEST_TIMESTAMP].decode("utf-8-sig", "replace")
        except Refused as refusal:
            self.refused[shown("/".join(inside))] = refusal

    def _keep(self, member: Member, inside: tuple[str, ...], shelf: Shelf, bounds: Bounds) -> None:
        left = bounds.owner - sum(one.kept.stat().st_size for one in self.notebooks)
        try:
            kept = shelf.keep(up_to(member.chunks(), left, whose="all notebooks of one student together"))
            self.notebooks.append(Found(inside, kept, member.modified))
        except Refused as refusal:
            self.refused[shown("/".join(inside))] = refusal

    def _refuse_twice(self, inside: tuple[str, ...], shelf: Shelf) -> None:
        """Of two files at one place, tools take the first or the last: nobody knows which was seen."""
        for found in [one for one in self.notebooks if one.inside == inside]:
            self.notebooks.remove(found)
            shelf.drop(found.kept)
        name = shown("/".join(inside))
        self.refused[name] = Refused("stands in the archive more than once", "ask for the notebook itself")


def is_notebook(name: str) -> bool:
    """Whether a file is called like one."""
    return name.lower().endswith(NOTEBOOK)


def is_hidden(name: str) -> bool:
    """What programs leave behind: checkpoints, resource forks."""
    return name.startswith(_HIDDEN)


def _plain(name: str) -> str:
    """The name of a notebook without its ending and without the number of a copy.

    >>> _plain("Gradients (1).ipynb"), _plain("gradients-2.ipynb")
    ('gradients', 'gradients')
    """
    return _COPY.sub("", normal(name)[: -len(NOTEBOOK)]).casefold()
