"""One file that a student sends: a notebook, or a zip in which there is one. Whatever it is, it is kept."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path, PurePosixPath
from zipfile import is_zipfile

from autograder.domain.course import Limits
from autograder.errors import CourseError
from autograder.inbox.archive_entry import ArchiveEntry
from autograder.inbox.bounds import SourceBounds
from autograder.inbox.content import is_notebook_content
from autograder.inbox.notice import Rejected
from autograder.inbox.zipped import read_zip

_MOST_ENTRIES = 200
_MOST_NOTEBOOKS = 3
_ZIP = b"PK\x03\x04"
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """What is kept of an upload."""

    filename: str
    content: bytes


def take_upload(filename: str, content: bytes, limits: Limits) -> UploadedFile:
    """What to keep of an upload: the one notebook of a zip, or else the file as it came. Nothing is run.

    A zip is read in memory, within bounds, and nothing of it is written anywhere.
    """
    found = _find_notebook(content, limits) if content.startswith(_ZIP) else None
    name, kept = found or (filename, content)
    # Of the name its last part, whatever system wrote it, without what no name may hold.
    last = PurePosixPath(name.replace("\\", "/")).name
    return UploadedFile("".join(letter for letter in last if letter.isprintable())[:_LONGEST_NAME], kept)


def _find_notebook(content: bytes, limits: Limits) -> tuple[str, bytes] | None:
    """Name and bytes of the one notebook of a zip; None where there is none, or more than one."""
    own = SourceBounds.of(limits)
    bounds = SourceBounds(own.file, own.owner, own.total, entries=_MOST_ENTRIES, ratio=own.ratio)
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        if not is_zipfile(file):
            return None
        file.seek(0)
        try:
            found = list(_notebooks(read_zip(Path("upload.zip"), file, bounds=bounds, zone=UTC)))
        except (CourseError, Rejected):
            return None
    return found[0] if len(found) == 1 else None


def _notebooks(entries: Iterator[ArchiveEntry]) -> Iterator[tuple[str, bytes]]:
    """Those that read as notebooks, without the copies that Jupyter and macOS leave; of many, none."""
    seen = 0
    for entry in entries:
        path = PurePosixPath(entry.name.replace("\\", "/"))
        hidden = {".ipynb_checkpoints", "__MACOSX"} & set(path.parts) or path.name.startswith("._")
        if path.suffix.lower() != ".ipynb" or hidden or entry.rejection is not None:
            continue
        seen += 1
        if seen > _MOST_NOTEBOOKS:
            raise Rejected("holds many notebooks", "hand in one")
        content = b"".join(entry.chunks())
        if is_notebook_content(content):
            yield path.name, content
