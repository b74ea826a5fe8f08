"""Read files that a stranger may have put there: follow no link, wait for nothing, bound every size."""

import os
import stat
from pathlib import Path

from autograder.inbox.notice import Rejected

_UNLINK = "it is not followed; put the file itself in its place"


def list_folder(folder: Path) -> list[Path]:
    """The visible content of a folder, sorted by name; raises Rejected if it cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__MACOSX")))
    except OSError as error:
        raise Rejected(f"cannot be read ({error.strerror})", "make it a readable folder") from error


def is_folder(path: Path) -> bool:
    """Whether it is a folder itself, not a link to one."""
    return not path.is_symlink() and path.is_dir()


def require_regular(path: Path) -> None:
    """Raise Rejected if the path is a link, a folder, a pipe or a device."""
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        raise Rejected(f"cannot be read ({error.strerror})", "make it readable") from error
    _require_regular(mode)


def read_bounded(path: Path, *, most: int) -> tuple[bytes, float]:
    """The bytes of a file and its own time; raises Rejected if it has more than `most` or cannot be read."""
    # The file may be exchanged between a look at it and its opening, so what was opened is checked. A pipe
    # must not keep us waiting for its writer.
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Rejected(f"cannot be read ({error.strerror})", "make it a readable file") from error
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor has no path
        status = os.fstat(descriptor)
        _require_regular(status.st_mode)
        try:
            content = file.read(status.st_size + 1) if status.st_size <= most else b""
        except OSError as error:
            raise Rejected(f"cannot be read ({error.strerror})", "copy it here once more") from error
    if status.st_size > most:
        raise Rejected(
            f"has {status.st_size / 1e6:.1f} MB, more than the {most / 1e6:g} MB that are read",
            "ask for a copy with its outputs cleared, or raise limits.notebook_mb in course.toml",
        )
    if len(content) != status.st_size:
        raise Rejected("changed while it was read", "start again when it is copied whole")
    return content, status.st_mtime


def _require_regular(mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise Rejected("is a symbolic link", _UNLINK)
    if stat.S_ISDIR(mode):
        raise Rejected(
            "is a folder, although it is named like a file", "put the notebook itself in its place"
        )
    if not stat.S_ISREG(mode):
        raise Rejected("is a pipe, a socket or a device", "put a file in its place")
