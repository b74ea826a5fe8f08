"""One file of a source of submissions, whatever the source is packed in."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from autograder.errors import CourseError, Flaw
from autograder.inbox.notice import Rejected, escape

CHUNK = 1 << 16
_LONGEST_NAME = 1000
_DEEPEST = 30
_DRIVE = re.compile(r"[A-Za-z]:")
_REPACK = "if it is needed, have it handed in again under a plain name"


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """A file. A stranger chose its name: nothing is ever opened or written under it."""

    name: str
    modified: datetime | None
    """The time the source gives the file, if it gives a valid one."""
    chunks: Callable[[], Iterator[bytes]]
    """Its bytes, to be read before the next entry is asked for; raises Rejected where that fails."""
    rejection: Rejected | None = None
    """Why it is not read, if it is no plain file."""


def split_name(name: str) -> tuple[str, ...]:
    """The folders and the file that a member's name tells; Rejected where it leads anywhere else.

    >>> split_name("./ada/gradients.ipynb")
    ('ada', 'gradients.ipynb')
    """
    if len(name) > _LONGEST_NAME or name.count("/") > _DEEPEST:
        raise Rejected("has a name that is too long, or lies too deep", _REPACK)
    if name.startswith("/") or _DRIVE.match(name) or "\\" in name or "\0" in name:
        raise Rejected("has a name that is a path of a machine, or holds a backslash or a zero", _REPACK)
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if not parts or ".." in parts:
        raise Rejected("has a name that leads out of its folder", _REPACK)
    return parts


def no_bytes() -> Iterator[bytes]:
    """The content of an entry that is not read."""
    return iter(())


def limit_size(chunks: Iterable[bytes], most: int, *, whose: str = "one notebook") -> Iterator[bytes]:
    """The chunks, until they are more than `most` bytes together; then raises Rejected."""
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > most:
            raise Rejected(
                f"has more than the {most / 1e6:.3g} MB that are read of {whose}",
                "ask for a copy with its outputs cleared, or raise limits.notebook_mb in course.toml",
            )
        yield chunk


def reject_source(source: Path, what: str, todo: str) -> NoReturn:
    """Raise the CourseError that ends the reading of a source: nothing of it is taken."""
    raise CourseError([Flaw(escape(source), what, todo)])
