"""Read files that a stranger may have put there: follow no link, wait for nothing, bound every size."""

import os
import stat
from collections import deque
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from autograder.access import describe_status
from autograder.domain.bundle import BEYOND
from autograder.inbox.file_names import is_left_behind
from autograder.inbox.notice import Rejected

_DEEPEST = 30
_TICK = 2.0
"""Seconds within which two changes may leave the same times on the coarsest file system."""
_HEAD = 1024
_UNLINK = "it is not followed; put the file itself in its place"


def list_folder(folder: Path) -> list[Path]:
    """The visible content of a folder, sorted by name; raises Rejected if it cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if not is_left_behind(path.name))
    except FileNotFoundError as error:
        raise Rejected("there is no such folder", "make it, or name another") from error
    except OSError as error:
        raise Rejected(f"cannot be read ({error.strerror})", "make it a readable folder") from error


def is_folder(path: Path) -> bool:
    """Whether it is a folder itself, not a link to one."""
    return not path.is_symlink() and path.is_dir()


def walk(folder: Path) -> Iterator[tuple[Path, Rejected | None]]:
    """What lies in a folder and in those in it, the outer files first; folders too, before what is in them.

    What cannot be read comes with the reason. Raises Rejected if the folder itself cannot be read.
    """
    level = deque([(path, 0) for path in list_folder(folder)])
    while level:
        path, depth = level.popleft()
        if not is_folder(path):
            yield path, find_rejection(path)
            continue
        if depth == _DEEPEST:
            yield path, Rejected("lies too deep", "put what is in it further up")
            continue
        try:
            level += [(inside, depth + 1) for inside in list_folder(path)]
        except Rejected as rejection:
            yield path, rejection
        else:
            yield path, None


def fingerprint(folder: Path, *, now: float) -> str:
    """A hash of what the system tells of all that lies in a folder: numbers, sizes, times; no file is read.

    Empty where it cannot be told whether the same will be the same: something cannot be read, or has changed
    so shortly before `now` (in seconds, as `time.time`) that another change may leave no trace.
    """
    digest, waiting = sha256(), [os.fspath(folder)]
    try:
        if not folder.exists():
            return "there is none"
        while waiting:
            place = waiting.pop()
            with os.scandir(place) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
            for entry in found:
                status = entry.stat(follow_symlinks=False)
                if status.st_ctime > now - _TICK:
                    return ""
                digest.update(os.fsencode(entry.path) + f"\0{describe_status(status)}\n".encode())
                if stat.S_ISDIR(status.st_mode):
                    waiting.append(entry.path)
    except OSError:
        return ""
    return digest.hexdigest()


def find_rejection(path: Path) -> Rejected | None:
    """Why a path is no plain file, if it is none."""
    try:
        require_regular(path)
    except Rejected as rejection:
        return rejection
    return None


def require_regular(path: Path) -> None:
    """Raise Rejected if the path is a link, a folder, a pipe or a device."""
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        raise Rejected(f"cannot be read ({error.strerror})", "make it readable") from error
    _require_regular(mode)


def read_head(path: Path) -> bytes:
    """The first bytes of a file; raises Rejected if it cannot be read."""
    with _open(path) as file:
        return _read(file, _HEAD)


def read_bounded(path: Path, *, most: int) -> tuple[bytes, float]:
    """The bytes of a file and its own time; raises Rejected if it has more than `most` or cannot be read."""
    with _open(path) as file:
        status = os.fstat(file.fileno())
        content = _read(file, status.st_size + 1) if status.st_size <= most else b""
    if status.st_size > most:
        raise Rejected(
            f"has {status.st_size / 1e6:.1f} MB, more than the {most / 1e6:g} MB that are read",
            "ask for a copy with its outputs cleared, or raise limits.notebook_mb in course.toml",
        )
    if len(content) != status.st_size:
        raise Rejected("changed while it was read", "start again when it is copied whole")
    return content, status.st_mtime


def read_start(path: Path, *, most: int) -> bytes:
    """A little more than `most` bytes of a file that has more, by which it is known to be too large.

    Raises Rejected if it cannot be read.
    """
    with _open(path) as file:
        return _read(file, most + BEYOND)


def read_time(path: Path) -> float:
    """A file's own time. Raises Rejected if it cannot be read."""
    with _open(path) as file:
        return os.fstat(file.fileno()).st_mtime


def _open(path: Path) -> BinaryIO:
    # The file may be exchanged between a look at it and its opening, so what was opened is checked. A pipe
    # must not keep us waiting for its writer.
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Rejected(f"cannot be read ({error.strerror})", "make it a readable file") from error
    file = open(descriptor, "rb")  # noqa: PTH123, SIM115 - a descriptor has no path; the caller closes it
    try:
        _require_regular(os.fstat(descriptor).st_mode)
    except Rejected:
        file.close()
        raise
    return file


def _read(file: BinaryIO, size: int) -> bytes:
    try:
        return file.read(size)
    except OSError as error:
        raise Rejected(f"cannot be read ({error.strerror})", "copy it here once more") from error


def _require_regular(mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise Rejected("is a symbolic link", _UNLINK)
    if stat.S_ISDIR(mode):
        raise Rejected(
            "is a folder, although it is named like a file", "put the notebook itself in its place"
        )
    if not stat.S_ISREG(mode):
        raise Rejected("is a pipe, a socket or a device", "put a file in its place")
