"""What one owner has handed in: the files of a source that are theirs, and the notebook among them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo

from autograder.inbox.archive_entry import ArchiveEntry, limit_size
from autograder.inbox.bounds import SourceBounds
from autograder.inbox.candidate import Candidate, choose_collected, choose_named
from autograder.inbox.content import is_notebook_content, may_be_notebook
from autograder.inbox.destination import Destination
from autograder.inbox.file_names import CHECKPOINTS, NOTEBOOK, is_archive, is_notebook, may_hold_notebook
from autograder.inbox.naming import Naming, NamingScheme, Owner, Place
from autograder.inbox.notice import Rejected, escape
from autograder.inbox.packed import open_packed

_TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 200
_NAMED = 3
"""Files that are named where the content of a hand-in is described."""


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
    checkpoints: bool = False
    """Whether there are checkpoints of Jupyter's, which are passed over."""
    packed: list[tuple[str, ...]] = field(default_factory=list)
    """The zips that were opened."""
    folders: set[str] = field(default_factory=set)
    """The outermost folders of its own: in nbgrader's tree, assignments."""
    _places: set[tuple[str, ...]] = field(default_factory=set)
    _parsed: int = 0
    """Files not called like a notebook that were read whole."""

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
        self.folders.update(inside[:-1][:1])
        if inside in self._places:
            self._reject_both(inside, destination)
            return
        self._places.add(inside)
        name = escape("/".join(inside))
        # In Moodle's and Canvas' zips only a student can have put a timestamp.txt there.
        in_folder = place.owner.scheme is NamingScheme.FOLDER
        if entry.rejection is not None:
            self.rejected[name] = entry.rejection
        elif in_folder and inside[-1] == _TIMESTAMP and naming.is_at_top(place):
            self._read_timestamp(entry, inside)
        elif naming.is_of_another(place) or self._has_place_of_nbgrader(place, naming):
            self.others.append(name)
        elif is_notebook(inside[-1]):
            self._keep(entry, place, naming, destination, bounds)
        elif may_hold_notebook(inside[-1]):
            self._keep_if_notebook(entry, inside, destination, bounds)
        else:
            self.others.append(name)

    def add_packed(
        self,
        entry: ArchiveEntry,
        place: Place,
        *,
        naming: Naming,
        destination: Destination,
        bounds: SourceBounds,
        zone: tzinfo,
    ) -> None:
        """Keep what a zip of the student's own holds, as if it lay in a folder of that name."""
        self.late |= place.late
        self.in_nbgrader |= naming.is_nbgrader(place)
        name = escape("/".join(place.inside))
        if len(self.packed) >= bounds.notebooks:
            self.rejected[name] = Rejected(f"is one of more than {bounds.notebooks} zips", "ask for one")
            return
        self.packed.append(place.inside)
        try:
            for parts, one in open_packed(entry, destination=destination, bounds=bounds, zone=zone):
                inside = replace(place, inside=(*place.inside, *parts))
                self.add(one, inside, naming=naming, destination=destination, bounds=bounds)
        except Rejected as rejection:
            self.rejected[name] = rejection

    def find_timestamp(self, notebook: Candidate) -> str | None:
        """The text of the timestamp.txt beside a notebook, or beside the zip that it came in."""
        folder = notebook.inside[:-1]
        zips = [each for each in self.packed if notebook.inside[: len(each)] == each]
        return self.timestamps.get(zips[0][:-1] if zips else folder)

    def choose(self, naming: Naming) -> tuple[Candidate | None, tuple[str, ...]]:
        """The notebook to grade, if it can be told without guessing, and the names of all there are."""
        candidates = self._find_placed(naming)
        in_folder = self.owner.scheme is NamingScheme.FOLDER
        chosen = choose_collected(candidates, naming.assignment, outer_first=in_folder)
        if chosen is not None:
            same = chosen.path.read_bytes()
            candidates = [one for one in candidates if one is chosen or one.path.read_bytes() != same]
        return chosen, tuple(one.name for one in candidates)

    def choose_named(self, naming: Naming, names: Sequence[str]) -> dict[str, Candidate]:
        """Of an assignment of several notebooks those that are there, by their names."""
        return choose_named(self._find_placed(naming), names)

    def find_untaken(self, naming: Naming, names: Sequence[str]) -> list[str]:
        """Those of an assignment's several notebooks that are there and were not taken."""
        folder = f"{escape(naming.assignment)}/" if self.in_nbgrader else ""
        rejected = [name.rpartition("/") for name in self.rejected]
        files = {file for before, slash, file in rejected if not folder or before + slash == folder}
        return [name for name in names if escape(f"{name}{NOTEBOOK}") in files]

    def _find_placed(self, naming: Naming) -> list[Candidate]:
        """The notebooks, without those beside nbgrader's folder of the assignment, if that is there."""
        place = [one for one in self.notebooks if one.inside[:-1] == (naming.assignment,)]
        return (place if self.in_nbgrader else []) or self.notebooks

    def is_of_other_assignments(self, assignments: frozenset[str]) -> bool:
        """Whether it is nbgrader's folder of a student who handed in other assignments only.

        `assignments` are the folders that stand beside this assignment's elsewhere in the tree.
        """
        own = [one for one in self.notebooks if one.at_top or one.inside[0] not in assignments]
        return not (self.in_nbgrader or own or self.rejected) and bool(self.folders & assignments)

    @property
    def archives(self) -> list[str]:
        """Names of archives that are not opened."""
        return [name for name in self.others if is_archive(name)]

    def describe_content(self) -> str:
        """In a few words what there is beside notebooks."""
        names = [*self.others, *self.rejected, *([CHECKPOINTS] if self.checkpoints else [])]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return f"{', '.join(names[:_NAMED])}{more}"

    def _has_place_of_nbgrader(self, place: Place, naming: Naming) -> bool:
        """Whether the file lies in another folder than nbgrader's, which is there and holds a notebook."""
        beside = len(place.inside) > 1 and place.inside[0] != naming.assignment
        in_folder = self.owner.scheme is NamingScheme.FOLDER
        here = (naming.assignment,)
        return in_folder and beside and any(one.inside[:-1] == here for one in self.notebooks)

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
        self,
        entry: ArchiveEntry,
        place: Place,
        naming: Naming,
        destination: Destination,
        bounds: SourceBounds,
    ) -> None:
        """Keep what is called like a notebook; one that lies where it should takes the room of others."""
        name = escape("/".join(place.inside))
        first = naming.is_at_top(place)
        rivals = [one for one in self.notebooks if not first or self._is_at_top(one, naming)]
        if len(rivals) >= bounds.notebooks:
            self.rejected[name] = Rejected(f"is one of more than {bounds.notebooks} notebooks", "ask for one")
            return
        left = bounds.owner - sum(one.path.stat().st_size for one in rivals)
        try:
            chunks = limit_size(entry.chunks(), left, whose="all notebooks of one student together")
            kept = Candidate(place.inside, destination.keep(chunks), entry.modified)
        except Rejected as rejection:
            self.rejected[name] = rejection
            return
        self.notebooks.append(kept)
        while first and self._is_too_much(bounds):
            last = next(one for one in reversed(self.notebooks) if not self._is_at_top(one, naming))
            self.notebooks.remove(last)
            destination.drop(last.path)
            self.others.append(last.name)

    def _keep_if_notebook(
        self, entry: ArchiveEntry, inside: tuple[str, ...], destination: Destination, bounds: SourceBounds
    ) -> None:
        """Keep what is called otherwise and is a notebook all the same; the first bytes tell of most."""
        name = escape("/".join(inside))
        try:
            chunks = entry.chunks()
            head = next(chunks, b"")
            # Reading JSON takes time; what is called a little like a notebook has some of its own.
            most = bounds.notebooks * (2 if NOTEBOOK in name.lower() else 1)
            if self._parsed >= most or not may_be_notebook(head) or self._is_too_much(bounds, more=1):
                self.others.append(name)
                return
            self._parsed += 1
            left = bounds.owner - sum(one.path.stat().st_size for one in self.notebooks)
            both = (chunk for part in ((head,), chunks) for chunk in part)
            whose = "all notebooks of one student together"
            kept = Candidate(
                inside, destination.keep(limit_size(both, left, whose=whose)), entry.modified, by_content=True
            )
        except Rejected as rejection:
            if NOTEBOOK in name.lower():
                self.rejected[name] = rejection
            else:
                self.others.append(name)
            return
        if is_notebook_content(kept.path.read_bytes()):
            self.notebooks.append(kept)
        else:
            destination.drop(kept.path)
            self.others.append(name)

    def _is_at_top(self, candidate: Candidate, naming: Naming) -> bool:
        return not candidate.by_content and naming.is_at_top(Place(self.owner, candidate.inside))

    def _is_too_much(self, bounds: SourceBounds, *, more: int = 0) -> bool:
        size = sum(one.path.stat().st_size for one in self.notebooks)
        return len(self.notebooks) + more > bounds.notebooks or size > bounds.owner

    def _reject_both(self, inside: tuple[str, ...], destination: Destination) -> None:
        """Take neither of two files at one place: some tools show the first, others the last."""
        for candidate in [one for one in self.notebooks if one.inside == inside]:
            self.notebooks.remove(candidate)
            destination.drop(candidate.path)
        name = escape("/".join(inside))
        self.rejected[name] = Rejected("stands in the archive more than once", "ask for the notebook itself")
