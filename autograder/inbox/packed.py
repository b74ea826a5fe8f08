"""A zip that one student handed in, opened: its files lie in a folder named after it, beside the others."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo

from autograder.errors import CourseError
from autograder.inbox.archive_entry import ArchiveEntry, split_name
from autograder.inbox.bounds import SourceBounds
from autograder.inbox.destination import Destination
from autograder.inbox.file_names import is_left_behind
from autograder.inbox.notice import Rejected
from autograder.inbox.zipped import read_zip

_MOST_ENTRIES = 1000
_AGAIN = "ask for the notebook itself"


def open_packed(
    packed: ArchiveEntry, *, destination: Destination, bounds: SourceBounds, zone: tzinfo
) -> Iterator[tuple[tuple[str, ...], ArchiveEntry]]:
    """Every file of a student's zip, with its place in it; those that programs leave behind are passed over.

    When they were handed in, only the zip's own time tells: those within are the student's.

    Raises:
        Rejected: it cannot be read as a whole.
    """
    kept = destination.keep(packed.chunks())
    try:
        with kept.open("rb") as file:
            for entry in read_zip(kept, file, bounds=replace(bounds, entries=_MOST_ENTRIES), zone=zone):
                try:
                    parts = split_name(entry.name)
                except Rejected as rejection:
                    yield (entry.name[:200],), replace(entry, rejection=rejection)
                    continue
                if not any(map(is_left_behind, parts)):
                    yield parts, replace(entry, modified=packed.modified)
    except CourseError as error:
        flaw = error.flaws[0]
        raise Rejected(flaw.what, _AGAIN) from error
    finally:
        destination.drop(kept)
