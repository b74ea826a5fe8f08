"""What lies beside their notebooks: data files, helper modules, lists of libraries."""

import fnmatch
import os
import re
from collections.abc import Iterable
from pathlib import Path

from autograder.errors import CourseError, Flaw

_REQUIREMENTS = ("requirements.txt", "environment.yml", "environment.yaml")
_ITEM = re.compile(r"^\s*-\s+([^\s:#][^#:]*?)\s*(?:#.*)?$")
MOST_BYTES = 4_000_000_000
"""Of all files of an assignment together: they are copied."""


def find_files(folder: Path, ignored: Iterable[str] = ()) -> dict[str, Path]:
    """All files below a folder but notebooks and what is ignored, by their path in it.

    Raises:
        CourseError: together they are too large to be copied.
    """
    found: dict[str, Path] = {}
    patterns = (*ignored, "*.ipynb", "autotests.yml", "timestamp.txt", ".git", ".DS_Store")
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _matches(name, patterns))
        for name in sorted(names):
            path = Path(at, name)
            if not _matches(name, patterns) and path.is_file():
                found[path.relative_to(folder).as_posix()] = path
    size = sum(path.stat().st_size for path in found.values())
    if size > MOST_BYTES:
        what = f"holds {size / 1e9:.1f} GB of files, and at most {MOST_BYTES / 1e9:.0f} GB are copied"
        raise CourseError([Flaw(str(folder), what, "move what notebooks do not read out of it")])
    return found


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def read_requirements(*folders: Path) -> tuple[str, ...]:
    """The lines of the first list of libraries that lies in one of the folders."""
    for folder in folders:
        for name in _REQUIREMENTS:
            path = folder / name
            if path.is_file():
                return list_requirements(path.read_text(encoding="utf-8", errors="replace"), name)
    return ()


def list_requirements(text: str, name: str) -> tuple[str, ...]:
    """The lines of a requirements.txt, or the items of an environment.yml, without remarks."""
    if name.endswith(".txt"):
        lines = (line.partition("#")[0].strip() for line in text.splitlines())
        return tuple(line for line in lines if line)
    items = (_ITEM.match(line) for line in text.splitlines())
    return tuple(item[1].strip("\"'") for item in items if item)
