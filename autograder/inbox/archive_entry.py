"""One file of a source of submissions, whatever the source is packed in."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from autograder.errors import CourseError, Flaw
from autograder.inbox.notice import Refused, shown

CHUNK = 1 << 16
_LONGEST_NAME = 1000
_DEEPEST = 30
_DRIVE = re.compile(r"[A-Za-z]:")
_REPACK = "if it is needed, have it handed in again under a plain name"


@dataclass(frozen=True, slots=True)
class Member:
    """A file. Its name is a stranger's: nothing is ever opened or written under it."""

    name: str
    modified: datetime | None
    """The time the source gives the file, where it gives one that exists."""
    chunks: Callable[[], Iterator[bytes]]
    """Its bytes, to be asked for before the next member is; Refused where they cannot be had."""
    refusal: Refused | None = None
    """Why it is not read, where it is no plain file."""


def parts_of(name: str) -> tuple[str, ...]:
    """The folders and the file that a member's name tells; Refused where it leads anywhere else.

    >>> parts_of("./ada/gradients.ipynb")
    ('ada', 'gradients.ipynb')
    """
    if len(name) > _LONGEST_NAME or name.count("/") > _DEEPEST:
        raise Refused("has a name that is too long, or lies too deep", _REPACK)
    if name.startswith("/") or _DRIVE.match(name) or "\\" in name or "\0" in name:
        raise Refused("has a name that is a path of a machine, or holds a backslash or a zero", _REPACK)
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if not parts or ".." in parts:
        raise Refused("has a name that leads out of its folder", _REPACK)
    return parts


def nothing() -> Iterator[bytes]:
    """The bytes of what is not read."""
    return iter(())


def up_to(chunks: Iterable[bytes], most: int, *, whose: str = "one notebook") -> Iterator[bytes]:
    """The chunks, as long as they are not more than `most` bytes together; Refused after that."""
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > most:
            raise Refused(
                f"has more than the {most / 1e6:.3g} MB that are read of {whose}",
                "ask for a copy with its outputs cleared, or raise limits.notebook_mb in course.toml",
            )
        yield chunk


def refuse_all(source: Path, what: str, todo: str) -> NoReturn:
    """End the reading of a source of which nothing can be taken."""
    raise CourseError([Flaw(shown(source), what, todo)])
