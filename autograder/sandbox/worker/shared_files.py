"""Files that a test and the student's code share: what one process writes, the other finds in its own folder.

Each of the two has a folder of its own, and neither may reach the other's: contents cross, and are written
there. Nothing crosses that Python would import, and nothing in place of a file of the course's but for those
that its solution writes.
"""

import collections
import dataclasses
import os
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from importlib.machinery import all_suffixes
from pathlib import Path
from typing import Any

import numpy as np

from autograder.sandbox.protocol import ProtocolFault
from autograder.sandbox.worker.values import Node

_MOST_FILES, _MOST_BYTES = 500, 16 << 20
_SETTLED = 200_000_000
"""Nanoseconds after which another change of a file has another time: clocks of file systems are coarse."""
_CODE = (*all_suffixes(), ".pth")
_MAKES_CLASSES = frozenset((collections.__file__, dataclasses.__file__))
"""They compile texts of their own making, of names that they have looked at."""
_LEFT_OUT = frozenset(("__pycache__", ".ipython", ".cache", ".config"))


class TooManyFilesError(Exception):
    """There are more files, or larger ones, than cross."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was when it was last looked at."""

    written: int
    size: int
    digest: bytes


class SharedFolder:
    """The folder of one of the two processes, and what the other knows of it."""

    def __init__(self, root: str, given: Collection[str]) -> None:
        self.root = root
        self.given = frozenset(map(os.path.normpath, given))
        """The course's own files: tests have their own, but for what its solution writes."""
        self.writable: Collection[str] | None = ()
        """The course's own files that are taken from the other process; None: all that it has changed."""
        self.taken: set[str] = set()
        """The course's own files that were."""
        self._begun = 0
        self._seen: dict[str, _Seen | None] = {}
        """By path; None: a folder."""

    def begin(self) -> None:
        """From here on, what is written of the course's own files is a change of them."""
        for path in self.given:
            with suppress(OSError):  # its time is that of the file system's clock, as those to come
                self._begun = max(self._begun, Path(self.root, path).stat().st_mtime_ns)

    def changes(self) -> Node:
        """What is new since this was last asked: paths, their contents (None: a folder), paths that are gone.

        Raises:
            TooManyFilesError: it is more than crosses.
        """
        seen: dict[str, _Seen | None] = {}
        paths: list[str] = []
        contents: list[np.ndarray | None] = []
        size = 0
        for path, entry in self._entries():
            before = self._seen.get(path)
            if entry.is_dir(follow_symlinks=False):
                seen[path] = None
                if path not in self._seen or before is not None:
                    paths.append(path)
                    contents.append(None)
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:  # it is gone: another thread of the student's removes it
                continue
            quiet = time.time_ns() - status.st_mtime_ns > _SETTLED
            if before and quiet and (before.written, before.size) == (status.st_mtime_ns, status.st_size):
                seen[path] = before
                continue
            size += status.st_size
            if size > _MOST_BYTES:
                raise TooManyFilesError(f"files of more than {_MOST_BYTES >> 20} MB")
            try:
                content = Path(entry.path).read_bytes()
            except OSError:  # nobody may read it, the test of the other process neither
                continue
            found = seen[path] = _Seen(status.st_mtime_ns, status.st_size, blake2b(content).digest())
            if before is None or before.digest != found.digest:
                paths.append(path)
                contents.append(np.frombuffer(content, np.uint8))
        gone = [path for path in self._seen if path not in seen]
        self._seen = seen
        return [paths, contents, gone]

    def _entries(self) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """What may cross, by its path below the root: files and folders, folders before what is in them."""
        waiting, count = [""], 0
        while waiting:
            within = waiting.pop()
            with suppress(OSError), os.scandir(os.path.join(self.root, within)) as entries:  # noqa: PTH118 - hot
                for entry in entries:
                    path = f"{within}/{entry.name}" if within else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name in _LEFT_OUT:
                            continue
                        waiting.append(path)
                    elif path.endswith(_CODE) or not self._is_news(path, entry):
                        continue
                    count += 1
                    if count > _MOST_FILES:
                        raise TooManyFilesError(f"more than {_MOST_FILES} files")
                    if path.isprintable():  # else it is no text that crosses
                        yield path, entry

    def _is_news(self, path: str, entry: os.DirEntry[str]) -> bool:
        """Whether it is a plain file, and was written here where it is one of the course's own."""
        try:
            if path in self.given and entry.stat(follow_symlinks=False).st_mtime_ns <= self._begun:
                return False
        except OSError:
            return False
        return entry.is_file(follow_symlinks=False)

    def _may_cross(self, path: str) -> bool:
        own = path in self.given and self.writable is not None and path not in self.writable
        return not own and not path.endswith(_CODE)

    def take(self, told: Node) -> None:
        """Write what the other has written, remove what it has removed. ProtocolFault where told is none."""
        match told:
            case [list(paths), list(contents), list(gone)] if len(paths) == len(contents):
                for path in (*paths, *gone):
                    plain = type(path) is str and 0 < len(path) < 1000 and "\0" not in path
                    if not plain or os.path.normpath(path) != path or path.startswith(("/", "../")):
                        raise ProtocolFault("no path below the folder")
            case _:
                raise ProtocolFault("no changes of files")
        for path, content in zip(paths, contents, strict=True):
            self._write(path, content)
        for path in sorted(filter(self._may_cross, gone), reverse=True):
            with suppress(OSError):
                whole = Path(self.root, path)
                whole.rmdir() if whole.is_dir() else whole.unlink()
            self._seen.pop(path, None)

    def _write(self, path: str, content: Any) -> None:
        whole = Path(self.root, path)
        with suppress(OSError):  # such as a file in the place of a folder: whoever looks for it finds none
            if content is None:
                whole.mkdir(parents=True, exist_ok=True)
                self._seen[path] = None
            elif type(content) is not np.ndarray or content.dtype != np.uint8:
                raise ProtocolFault("no content of a file")
            elif self._may_cross(path):
                whole.parent.mkdir(parents=True, exist_ok=True)
                raw = content.tobytes()
                whole.write_bytes(raw)
                self.taken |= {path} & self.given
                # It is no news to the other.
                self._seen[path] = _Seen(whole.stat().st_mtime_ns, len(raw), blake2b(raw).digest())

    def module_folders(self, named: object) -> Iterator[str]:
        """Of the folders that the other process names, below its own, those with modules of the course."""
        own = {os.path.dirname(path) for path in self.given if path.endswith(".py")}  # noqa: PTH120 - no file is met
        for name in named if type(named) is list else ():
            if name in own:
                yield str(Path(self.root, name))


def list_module_folders(root: str) -> list[str]:
    """Where modules are looked for below a folder, by paths from there."""
    found = [os.path.relpath(path, root) for path in sys.path if type(path) is str and path]
    return [path for path in found if path != "." and not path.startswith("..")]


def refuse_code_of_files(
    is_wanted: Callable[[], bool], folder: SharedFolder, refuse: Callable[[str], Exception]
) -> None:
    """While it is wanted, let nothing be run that a file may have brought: the student may have written it.

    A pickle names what is called when it is read; texts are run by `exec` and `eval`. For good: there is no
    way to take a hook of Python's own away.
    """

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "pickle.find_class" and is_wanted():
            raise refuse("a pickle that a file may have brought")
        if event == "compile" and is_wanted():
            name = os.fsdecode(arguments[1] or "")
            below = name.startswith(f"{folder.root}/")
            own = below and os.path.relpath(name, folder.root) in folder.given
            made = sys._getframe(1).f_code.co_filename in _MAKES_CLASSES
            if (name == "<string>" and not made) or (below and not own):
                raise refuse("a program that a file may have brought")

    sys.addaudithook(look)
