"""What a sealed process takes of the machine's memory, by the kernel's word.

The bound on its address space does not see the kernel's: a page in every gigabyte takes 8 KB of tables, a
socket holds what nobody reads.
"""

import os
import re
import time
from collections.abc import Callable

from autograder.sandbox.confine.limits import BUFFER

_FIGURES = re.compile(rb"(VmSize|RssAnon|VmPTE):\s+(\d+) kB")
_MAPPING = 1536
"""What the kernel keeps of one mapping at most, in bytes: 1400 were seen, of one that is shared."""
_PAGE = 4096
_UNCOUNTED = 16 << 20
"""Mappings are counted only where there may be so many that they take more than this."""
_TICK = 0.5
"""Seconds from one count to the next: it has the kernel write a line for each mapping."""
_STEP = 0.010
"""Seconds of processor time that a process uses before it is looked at again: without any, nothing is taken.

Beside busy programs the grader looks five times as often as the process runs. With the longer tick that saves
4 to 8 % of what a submission takes there.
"""
_CHUNK = 1 << 16


class Footprint:
    """Bytes that a process has taken since this was made.

    `used` tells the processor time that it has used: nothing is taken without any.
    """

    def __init__(self, pid: int, used: Callable[[], float]) -> None:
        # Held open: by its number another process could be read once this one is gone.
        self._folder = os.open(f"/proc/{pid}", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        self._status = os.open("status", os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._folder)
        self._used = used
        self._read_at = self._counted_at = used()
        self._next_count = time.monotonic() + _TICK
        self._first_size, self._first = self._size, self._own = self._read()  # mostly the fork server's
        self._kept = 0

    def grown(self) -> int:
        """Bytes taken so far, as of the last moments for which it used a processor."""
        used, now = self._used(), time.monotonic()
        if used - self._read_at >= _STEP:
            self._read_at = used
            self._size, self._own = self._read()
        if now >= self._next_count and used - self._counted_at >= _STEP:
            self._next_count, self._counted_at = now + _TICK, used
            self._kept = self._count_buffers() + self._count_mappings(self._size - self._first_size)
        return self._own - self._first + self._kept

    def _read(self) -> tuple[int, int]:
        """Its address space, and what is its own: pages that no file backs, tables of pages."""
        try:
            found = dict(_FIGURES.findall(os.pread(self._status, _PAGE, 0)))
        except OSError:
            found = {}
        size, own, tables = (int(found.get(key, 0)) << 10 for key in (b"VmSize", b"RssAnon", b"VmPTE"))
        return size, own + tables

    def _count_buffers(self) -> int:
        """The most that its open descriptors hold; their number is told from Linux 6.2 on, else 0."""
        try:
            return os.stat("fd", dir_fd=self._folder).st_size * BUFFER
        except OSError:
            return 0

    def _count_mappings(self, mapped: int) -> int:
        if mapped // _PAGE * _MAPPING <= _UNCOUNTED:
            return 0
        try:
            handle = os.open("maps", os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._folder)
        except OSError:  # it is gone, or this kernel shows it to nobody
            return 0
        lines = 0
        try:
            while chunk := os.read(handle, _CHUNK):
                lines += chunk.count(b"\n")
        except OSError:
            pass
        finally:
            os.close(handle)
        return lines * _MAPPING

    def close(self) -> None:
        """Look no more."""
        os.close(self._status)
        os.close(self._folder)
