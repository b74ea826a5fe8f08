"""What reading another tool's course comes to: assignments that are understood, and some that are refused."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.errors import Flaw
from autograder.foreign.model import AdoptedAssignment, ForeignFile

_NAME = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class ReadAssignment:
    """An assignment that is understood, with what stands beside its description."""

    assignment: AdoptedAssignment
    contents: Mapping[str, bytes | Path] = field(default_factory=dict)
    """Its data files and helper modules, by their path in `files/`: what stands in them, or where that is."""
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefusedAssignment:
    """An assignment that cannot be adopted, and all that is wrong with it."""

    name: str
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A student whom their course knows."""

    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class CourseReading:
    """All that a source holds."""

    read: tuple[ReadAssignment, ...]
    refused: tuple[RefusedAssignment, ...] = ()
    title: str = ""
    students: tuple[RosterLine, ...] = ()
    notices: tuple[str, ...] = ()
    """What concerns the course as a whole, a sentence each."""


def make_name(theirs: str, taken: Iterable[str] = ()) -> str:
    """A name of ours, letters, digits, _ and -, for one of theirs, and not one of those that are taken.

    >>> make_name("Problem set 1"), make_name("1", ()), make_name("ps1", ["ps1"])
    ('Problem-set-1', 'assignment-1', 'ps1-2')
    """
    name = _NAME.sub("-", theirs).strip("-") or "assignment"
    if not name[0].isalpha() or not name[0].isascii():
        name = f"assignment-{name.lstrip('_-')}"
    name, used, number = name[:54].rstrip("-"), set(taken), 1
    unique = name
    while unique in used:
        number += 1
        unique = f"{name}-{number}"
    return unique


def describe_files(contents: Mapping[str, bytes | Path]) -> tuple[ForeignFile, ...]:
    """Files with their hashes; a module that notebooks can import is a helper."""
    return tuple(
        ForeignFile(path, hash_content(content), helper=path.endswith(".py"))
        for path, content in sorted(contents.items())
    )


def hash_content(content: bytes | Path) -> str:
    """The SHA-256 of a text or of a file."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
