"""What one owner has handed in: the files of a source that are theirs, and the notebook among them."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from autograder.domain.student_id import normal
from autograder.inbox.archive_entry import ArchiveEntry, limit_size
from autograder.inbox.bounds import SourceBounds
from autograder.inbox.destination import Destination
from autograder.inbox.naming import Naming, NamingScheme, Owner, Place
from autograder.inbox.notice import Rejected, escape

NOTEBOOK = ".ipynb"
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
_TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 200
_HIDDEN = (".", "__MACOSX")
_NAMED = 3
"""Files that are named where the content of a hand-in is described."""
_COPY = re.compile(r"( ?\([0-9]{1,3}\)|-[0-9]{1,3})$")
"""What browsers and Canvas add to a name that is taken already."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A notebook that was read and may be the one to grade."""

    inside: tuple[str, ...]
    kept: Path
    modified: datetime | None

    @property
    def name(self) -> str:
        """As its owner called it, safe to print."""
        return escape("/".join(self.inside))


@dataclass(slots=True)
class StudentFiles:
    """Everything of one owner, added file by file."""

    owner: Owner
    notebooks: list[Candidate] = field(default_factory=list)
    rejected: dict[str, Rejected] = field(default_factory=dict)
    """What was not taken, by name."""
    others: list[str] = field(default_factory=list)
    timestamps: dict[tuple[str, ...], str] = field(default_factory=dict)
    """The text of each timestamp.txt, by its folder."""
    in_nbgrader: bool = False
    late: bool = False
    _places: set[tuple[str, ...]] = field(default_factory=set)

    def add(
        self,
        entry: ArchiveEntry,
        place: Place,
        *,
        naming: Naming,
        destination: Destination,
        bounds: SourceBounds,
    ) -> None:
        """Keep one file, if it can be the notebook to grade or says when that was received."""
        inside = place.inside
        self.late |= place.late
        self.in_nbgrader |= naming.is_nbgrader(place)
        if inside in self._places:
            self._reject_both(inside)
            return
        self._places.add(inside)
        name = escape("/".join(inside))
        # In Moodle's and Canvas' zips only a student can have put a timestamp.txt there.
        in_folder = place.owner.scheme is NamingScheme.FOLDER
        if entry.rejection is not None:
            self.rejected[name] = entry.rejection
        elif in_folder and inside[-1] == _TIMESTAMP and naming.is_looked_at(place):
            self._read_timestamp(entry, inside)
        elif not is_notebook(inside[-1]) or not naming.is_looked_at(place):
            self.others.append(name)
        elif len(self.notebooks) >= bounds.notebooks:
            self.rejected[name] = Rejected(f"is one of more than {bounds.notebooks} notebooks", "ask for one")
        else:
            self._keep(entry, inside, destination, bounds)

    def choose(self, naming: Naming) -> tuple[Candidate | None, tuple[str, ...]]:
        """The notebook to grade, if it can be told without guessing, and the names of all there are."""
        # Where nbgrader's folder of the assignment is there, what lies beside it is something else.
        deep = [one for one in self.notebooks if len(one.inside) == 2] if self.in_nbgrader else []
        candidates = deep or self.notebooks
        names = tuple(one.name for one in candidates)
        if len({sha256(one.kept.read_bytes()).digest() for one in candidates}) == 1:
            return candidates[0], names[:1]
        wanted = normal(naming.assignment).casefold()
        matching = [one for one in candidates if _strip_copy_number(one.inside[-1]) == wanted]
        return (matching[0] if len(matching) == 1 else None), names

    @property
    def archives(self) -> list[str]:
        """Names of archives, which are not opened."""
        return [name for name in self.others if name.lower().endswith(ARCHIVES)]

    def describe_content(self) -> str:
        """In a few words what there is beside notebooks."""
        names = [*self.others, *self.rejected]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return f"{', '.join(names[:_NAMED])}{more}"

    def _read_timestamp(self, entry: ArchiveEntry, inside: tuple[str, ...]) -> None:
        content = b""
        try:
            for chunk in entry.chunks():
                content += chunk
                if len(content) > _LONGEST_TIMESTAMP:
                    break
            self.timestamps[inside[:-1]] = content[:_LONGEST_TIMESTAMP].decode("utf-8-sig", "replace")
        except Rejected as rejection:
            self.rejected[escape("/".join(inside))] = rejection

    def _keep(
        self, entry: ArchiveEntry, inside: tuple[str, ...], destination: Destination, bounds: SourceBounds
    ) -> None:
        left = bounds.owner - sum(one.kept.stat().st_size for one in self.notebooks)
        try:
            chunks = limit_size(entry.chunks(), left, whose="all notebooks of one student together")
            self.notebooks.append(Candidate(inside, destination.keep(chunks), entry.modified))
        except Rejected as rejection:
            self.rejected[escape("/".join(inside))] = rejection

    def _reject_both(self, inside: tuple[str, ...]) -> None:
        """Take neither of two files at one place: some tools show the first, others the last."""
        for candidate in [one for one in self.notebooks if one.inside == inside]:
            self.notebooks.remove(candidate)
            candidate.kept.unlink()
        name = escape("/".join(inside))
        self.rejected[name] = Rejected("stands in the archive more than once", "ask for the notebook itself")


def is_notebook(name: str) -> bool:
    """Whether a file is called like one."""
    return name.lower().endswith(NOTEBOOK)


def is_hidden(name: str) -> bool:
    """Whether it is what programs leave behind: checkpoints, resource forks."""
    return name.startswith(_HIDDEN)


def _strip_copy_number(name: str) -> str:
    """The name of a notebook without its ending and without the number of a copy.

    >>> _strip_copy_number("Gradients (1).ipynb"), _strip_copy_number("gradients-2.ipynb")
    ('gradients', 'gradients')
    """
    return _COPY.sub("", normal(name)[: -len(NOTEBOOK)]).casefold()
