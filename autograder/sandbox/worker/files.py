"""Locks, times and maps of files as honest programs ask for them, done inside the one process there is.

A sealed process takes no lock of the kernel's and sets no time, since either would reach files that others
use (see `confine/seccomp.py`). Here two open files of this process exclude each other all the same, and a
file that is touched gets the time of now; memory that is asked to be shared is its own. Nothing relies on
this: it is for honest code.
"""

import errno
import fcntl
import mmap
import os
import threading
from asyncio import selector_events
from typing import Any, Self

_POLL = 0.005
"""Seconds between two looks at a lock that is taken: a file may be closed without a word."""


class FileLocks:
    """Stands for `fcntl.flock`: which open files of this process hold which file, shared or alone."""

    def __init__(self) -> None:
        self._flock = fcntl.flock
        self._holders: dict[tuple[int, int], dict[int, bool]] = {}
        """By device and number of a file: descriptors that hold it, and whether alone."""
        self._changed = threading.Condition()

    def flock(self, fd: Any, operation: int, /) -> None:
        """Lock or unlock an open file; BlockingIOError if another holds it and this one will not wait."""
        handle: int = fd if isinstance(fd, int) else fd.fileno()
        self._flock(handle, operation)
        file = _file_of(handle)
        with self._changed:
            holders = self._holders.setdefault(file, {})
            # A lock that is asked for again is another one: the old one goes first, as the kernel has it.
            for other in [other for other in holders if _is_same_open_file(handle, other)]:
                del holders[other]
            if operation & (fcntl.LOCK_SH | fcntl.LOCK_EX):
                alone = bool(operation & fcntl.LOCK_EX)
                while self._is_held(file, alone=alone):
                    if operation & fcntl.LOCK_NB:
                        raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK))
                    self._changed.wait(_POLL)
                holders[handle] = alone
            self._changed.notify_all()

    def _is_held(self, file: tuple[int, int], *, alone: bool) -> bool:
        """Whether others hold a file so that this lock, alone or shared, must wait; closed files do not."""
        holders = self._holders[file]
        for other in [other for other in holders if not _is_open(other, file)]:
            del holders[other]
        return bool(holders) if alone else any(holders.values())


class PrivateMap(mmap.mmap):
    """Stands for `mmap.mmap`: memory of no file is private, where no other process could share it."""

    def __new__(
        cls,
        fileno: int,
        length: int,
        flags: int = mmap.MAP_SHARED,
        prot: int = mmap.PROT_READ | mmap.PROT_WRITE,
        access: int = mmap.ACCESS_DEFAULT,
        offset: int = 0,
        **options: Any,
    ) -> Self:
        if fileno == -1 and access != mmap.ACCESS_COPY:
            if access == mmap.ACCESS_READ:
                prot = mmap.PROT_READ
            flags, access = flags & ~mmap.MAP_SHARED | mmap.MAP_PRIVATE, mmap.ACCESS_DEFAULT
        return super().__new__(cls, fileno, length, flags, prot, access, offset, **options)


def _file_of(handle: int) -> tuple[int, int]:
    status = os.fstat(handle)
    return status.st_dev, status.st_ino


def _is_open(handle: int, file: tuple[int, int]) -> bool:
    try:
        return _file_of(handle) == file
    except OSError:
        return False


def _is_same_open_file(one: int, other: int) -> bool:
    """Whether two descriptors are copies of one: then a flag that one sets is seen by the other."""
    if one == other:
        return True
    try:
        before = fcntl.fcntl(other, fcntl.F_GETFL)
        flags = fcntl.fcntl(one, fcntl.F_GETFL)
        fcntl.fcntl(one, fcntl.F_SETFL, flags ^ os.O_NONBLOCK)  # means nothing for a file on a disk
        try:
            return fcntl.fcntl(other, fcntl.F_GETFL) != before
        finally:
            fcntl.fcntl(one, fcntl.F_SETFL, flags)
    except OSError:
        return False


def keep_file_calls() -> None:
    """Put locks among open files, maps, and touching a file, where honest programs look for them."""
    library: Any = fcntl
    library.flock = FileLocks().flock
    maps: Any = mmap
    PrivateMap.__name__ = PrivateMap.__qualname__ = PrivateMap.__module__ = "mmap"
    maps.mmap = PrivateMap
    system: Any = os
    set_times = os.utime

    def utime(path: Any, times: Any = None, **options: Any) -> None:
        try:
            set_times(path, times, **options)
        except PermissionError:
            if times is not None or "ns" in options:
                raise
            _touch(path, options)

    for names in (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks):
        if set_times in names:
            names.add(utime)
    system.utime = utime
    # Streams send by `sendmsg` where there is one, which is denied since it passes descriptors.
    loops: Any = selector_events
    loops._HAS_SENDMSG = False


def _touch(path: Any, options: dict[str, Any]) -> None:
    """Set the time of now, by cutting a file to the length that it has."""
    if isinstance(path, int):
        os.ftruncate(path, os.fstat(path).st_size)
        return
    follow = 0 if options.get("follow_symlinks", True) else os.O_NOFOLLOW
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC | follow, dir_fd=options.get("dir_fd"))
    except IsADirectoryError:  # it keeps its time, as any file does that is given one
        return
    try:
        os.ftruncate(handle, os.fstat(handle).st_size)
    finally:
        os.close(handle)
