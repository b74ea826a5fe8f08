"""What a sealed process takes of the machine's memory, by the kernel's word.

The bound on its address space does not see the kernel's: a page in every gigabyte takes 8 KB of tables, a
socket holds what nobody reads.
"""

import os
import re
import time

from autograder.sandbox.confine.limits import BUFFER

_FIGURES = re.compile(rb"(VmSize|RssAnon|VmPTE):\s+(\d+) kB")
_MAPPING = 1536
"""What the kernel keeps of one mapping at most, in bytes: 1400 were seen, of one that is shared."""
_PAGE = 4096
_UNCOUNTED = 16 << 20
"""Mappings are counted only where there may be so many that they take more than this."""
_TICK = 0.100
_CHUNK = 1 << 16


class Footprint:
    """Bytes that a process has taken since this was made."""

    def __init__(self, pid: int) -> None:
        # Held open: by its number another process could be read once this one is gone.
        self._folder = os.open(f"/proc/{pid}", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        self._status = os.open("status", os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._folder)
        self._kept = 0
        self._next_count = time.monotonic() + _TICK
        self._first_size, self._first = self._read()  # most of it is shared with the fork server

    def grown(self) -> int:
        """Bytes taken so far; 0 once the process is gone."""
        size, own = self._read()
        now = time.monotonic()
        if now >= self._next_count:
            self._next_count = now + _TICK
            self._kept = self._count_buffers() + self._count_mappings(size - self._first_size)
        return own - self._first + self._kept

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
