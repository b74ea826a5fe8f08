"""From what was downloaded to submissions/NAME: who handed in, which notebook, when. Nothing is guessed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.domain.student_id import normal
from autograder.errors import CourseError, Flaw
from autograder.inbox.archive_entry import ArchiveEntry, reject_source, split_name
from autograder.inbox.bounds import SourceBounds
from autograder.inbox.collector import Collected, Collector, CollectRequest, notice_each
from autograder.inbox.destination import Destination
from autograder.inbox.file_names import ARCHIVES, CHECKPOINTS, NOTEBOOK, is_left_behind, is_zip
from autograder.inbox.naming import Naming, Owner
from autograder.inbox.notice import Notice, Rejected, escape
from autograder.inbox.source import read_entries
from autograder.inbox.spreadsheet import notice_shortened_ids
from autograder.inbox.student_files import StudentFiles

_EXPECTED = "a notebook is expected at <student>/<name>.ipynb, or named as Moodle and Canvas do"
_TAKE_OUT = "unpack it, take out what is no submission, collect the folder"


def collect(request: CollectRequest) -> Iterator[Collected | Notice]:
    """Add every notebook of a source that is new to submissions/NAME, student by student.

    Each student's notebook is moved into place whole. Raises CourseError where the source as a whole
    cannot be trusted, in which case nothing of it was written, or where there is no room.
    """
    _require_apart(request.source, request.into)
    bounds = SourceBounds.of(request.limits, len(request.people))
    ids = frozenset(student.id for student in request.people)
    naming = Naming(request.assignment, ids, _strip_endings(request.source), request.others)
    with Destination(request.into, request.assignment, request.access) as destination:
        by_owner, strays = _sort_entries(request, naming, destination, bounds)
        if not by_owner and not strays:
            reject_source(request.source, "holds no submission", _EXPECTED)
        yield from notice_shortened_ids(student.id for student in request.people)
        yield from notice_each(strays)
        yield from Collector(request, naming, destination, bounds).collect(list(by_owner.values()))


def find_silent(request: CollectRequest, collected: Sequence[Collected]) -> list[str]:
    """Students of the roster from whom there is nothing, in this source or before."""
    heard = {one.student for one in collected}
    if request.into.is_dir():
        heard |= {normal(path.name) for path in request.into.iterdir()}
    return [student.id for student in request.people if student.id not in heard]


def _require_apart(source: Path, into: Path) -> None:
    here, there = source.resolve(), into.resolve()
    if here == there or here in there.parents or there in here.parents:
        what = f"is collected into {escape(into)}: one cannot lie in the other"
        raise CourseError([Flaw(escape(source), what, "name what was downloaded")])


def _strip_endings(source: Path) -> str:
    """The name of the folder that was packed.

    >>> _strip_endings(Path("downloads/homework.tar.gz"))
    'homework'
    """
    name = source.name
    while name.lower().endswith(ARCHIVES):
        name = name.rpartition(".")[0]
    return name


def _sort_entries(
    request: CollectRequest, naming: Naming, destination: Destination, bounds: SourceBounds
) -> tuple[dict[Owner, StudentFiles], dict[str, Rejected]]:
    """The files of every owner, and why files that belong to nobody are not taken."""
    by_owner: dict[Owner, StudentFiles] = {}
    strays: dict[str, Rejected] = {}
    for entry in read_entries(request.source, bounds=bounds, zone=request.zone):
        try:
            parts = split_name(entry.name)
        except Rejected as rejection:
            strays[escape(entry.name[:200])] = rejection
            continue
        left_behind = [part for part in parts if is_left_behind(part)]
        if left_behind and left_behind[0] != CHECKPOINTS:
            continue
        place = naming.locate(parts)
        if left_behind and (place is None or is_left_behind(place.owner.name)):
            continue
        if place is None:
            strays.update(_explain_stray(entry))
            continue
        files = by_owner.setdefault(place.owner, StudentFiles(place.owner))
        if left_behind:
            files.checkpoints = True
            continue
        if is_zip(place.inside[-1]) and entry.rejection is None:
            files.add_packed(
                entry, place, naming=naming, destination=destination, bounds=bounds, zone=request.zone
            )
        else:
            files.add(entry, place, naming=naming, destination=destination, bounds=bounds)
        if destination.kept > bounds.total:
            what = f"holds more than {bounds.total / 1e6:.0f} MB of notebooks"
            reject_source(request.source, what, _TAKE_OUT)
    return by_owner, strays


def _explain_stray(entry: ArchiveEntry) -> dict[str, Rejected]:
    """Why a file that belongs to nobody is not taken; nothing for lists and the like, which nobody misses."""
    name = escape(entry.name)
    if entry.rejection is not None:
        return {name: entry.rejection}
    if NOTEBOOK in entry.name.lower() or entry.name.lower().endswith(ARCHIVES):
        return {name: Rejected("is in no student's folder", _EXPECTED)}
    return {}
