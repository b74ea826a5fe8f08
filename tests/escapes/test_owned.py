# ruff: noqa: E501 - the sources of notebooks, as they are sent
"""What a sealed process does with files that others use, and what the kernel keeps for it, seen from outside."""

import fcntl
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from autograder.domain.answer import Ending
from autograder.domain.course import Limits
from autograder.domain.notebook import Cell, CellKind
from autograder.errors import IsolationError
from autograder.sandbox.confine.limits import BUFFER
from autograder.sandbox.footprint import Footprint
from autograder.sandbox.runner import Runner

LIMITS = Limits(seconds_per_cell=20.0, seconds=60.0, memory_mb=300, scratch_mb=16)
LIBRARIES = [Path(os.__file__), Path(np.__file__)]
SEIZE = f"""
import ctypes, fcntl, os, signal, struct
signal.signal(29, signal.SIG_IGN)
libc = ctypes.CDLL(None)
done = []
for path in {[str(path) for path in LIBRARIES]!r}:
    fds = [os.open(path, os.O_RDONLY) for _ in range(4)]
    libc.flock(fds[0], 2)
    for fd, command, what in ((fds[1], 37, struct.pack('hhqqi4x', 0, 0, 0, 0, 0)),
                              (fds[2], 6, struct.pack('hhqqi4x', 0, 0, 0, 0, 0)), (fds[3], 1024, 1), (fds[3], 1024, 0)):
        try: fcntl.fcntl(fd, command, what)
        except OSError: done.append(command)
good = done == [1024] * 4
"""
FILL_SOCKETS = """
import socket, struct
kept = []
try:
    while True:
        for n, end in enumerate(socket.socketpair()):
            end.setblocking(False)
            kept.append(end)
            try:
                while True: end.send(bytes(SIZE))
            except BlockingIOError: pass
except OSError: pass
good = sum(struct.unpack('9I', end.getsockopt(1, 55, 36))[2] for end in kept)
"""
FILL_PIPES = """
import fcntl, os
kept, good = [], 0
try:
    while True:
        ear, mouth = os.pipe2(os.O_NONBLOCK | os.O_DIRECT)
        kept += [ear, mouth]
        good += fcntl.fcntl(mouth, 1032)
except OSError: pass
"""
SPARSE = """
import ctypes, sys
c = ctypes.CDLL(None)
c.mmap.restype = ctypes.c_void_p
c.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
def look(n):
    at = c.mmap((1 << 44) + n * (1 << 30), 4096, 1, 0x100022, -1, 0)
    if at in (None, (1 << 64) - 1): return False
    ctypes.c_char.from_address(at).value
    return True
"""


def run_cell(source: str, runner: Runner) -> object:
    """What a sealed cell leaves in `good`."""
    with runner.start([Cell(CellKind.CODE, source, 1)], LIMITS) as run:
        assert not run.cells[0].exception, run.cells[0].message
        return run.variable("good").value


def test_libraries_stay_free_while_student_code_runs(owned_runner: Runner) -> None:
    """Whoever locks them, here or on another day's installation, waits for nobody."""
    before = [path.stat().st_ctime_ns for path in LIBRARIES]
    with owned_runner.start([Cell(CellKind.CODE, SEIZE, 1)], LIMITS) as run:
        assert run.variable("good").value is True  # it is still there
        for path in LIBRARIES:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                told = fcntl.fcntl(file, fcntl.F_GETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
                assert struct.unpack("hhqqi4x", told)[0] == fcntl.F_UNLCK
    assert [path.stat().st_ctime_ns for path in LIBRARIES] == before


@pytest.mark.parametrize("size", [1, 1000, 65_000, 1 << 20])
def test_buffers_of_sockets_are_bounded(size: int, owned_runner: Runner) -> None:
    """By the kernel's own count: 64 descriptors of at most 320 KB, so 20 MB; 14 MB are reached."""
    if int(Path("/proc/sys/net/core/wmem_default").read_text()) > 212_992:
        pytest.skip("this machine gives sockets larger buffers than Linux does as it comes")
    held = run_cell(FILL_SOCKETS.replace("SIZE", str(size)), owned_runner)
    assert isinstance(held, int)
    assert 10 << 20 < held <= 64 * BUFFER == 20 << 20


def test_buffers_of_pipes_are_bounded(owned_runner: Runner) -> None:
    """A pipe has two descriptors and 64 KB."""
    held = run_cell(FILL_PIPES, owned_runner)
    assert isinstance(held, int)
    assert 1 << 20 < held <= 32 * (64 << 10)


def test_tables_of_pages_count_as_memory(owned_runner: Runner) -> None:
    """One page in every gigabyte is 4 KB of address space and 8 KB of tables."""
    source = SPARSE + "n = 0\nwhile look(n): n += 1\nimport time\ntime.sleep(15)\n"
    with owned_runner.start([Cell(CellKind.CODE, source, 1)], LIMITS) as run:
        assert str(run.cells[0].limit) == "300 MB of memory"
        assert run.cells[0].ending.name == Ending.OUT_OF_MEMORY.name


@contextmanager
def working(work: str) -> Iterator[tuple[int, Callable[[], None]]]:
    """A process of its own that is about to work, and what lets it: it is waited for."""
    code = f"import sys\n{SPARSE}\nprint('ready', flush=True); input()\n{work}\nprint('done', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def let() -> None:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.stdout.readline() == "done\n"

        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process.pid, let
        finally:
            process.kill()


def grown(work: str) -> int:
    """By how much the footprint of a process grows, in bytes, as it works."""
    with working(work) as (process, let), closing(Footprint(process, count().__next__)) as footprint:
        let()
        footprint._next_count = 0.0
        return footprint.grown()


def test_a_footprint_has_pages_tables_buffers_and_mappings() -> None:
    megabyte = 1 << 20
    assert grown("") < 8 * megabyte
    assert 40 * megabyte < grown("x = b'x' * (40 << 20)") < 56 * megabyte
    assert 16 * megabyte < grown("[look(n) for n in range(2048)]") < 32 * megabyte
    assert grown("import mmap; k = [mmap.mmap(-1, 4096) for _ in range(20_000)]") > 30 * megabyte


def test_a_footprint_is_read_again_once_the_process_has_used_a_processor() -> None:
    used = 0.0
    with (
        working("x = b'x' * (40 << 20)") as (process, let),
        closing(Footprint(process, lambda: used)) as footprint,
    ):
        let()
        assert footprint.grown() == 0
        used = 0.02
        assert footprint.grown() > 30 << 20


def test_descriptors_count_with_all_they_may_hold() -> None:
    if not Path("/proc/self/fd").stat().st_size:
        pytest.skip("this kernel does not tell how many descriptors are open: Linux does from 6.2 on")
    assert grown("import os; k = [os.dup(1) for _ in range(50)]") - grown("") > 45 * BUFFER


def test_a_footprint_of_nobody_is_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        footprint = Footprint(process.pid, count().__next__)
        process.kill()
        process.wait()
        footprint._next_count = 0.0
        assert footprint.grown() <= 0
        footprint.close()


@pytest.fixture(scope="module")
def owned_runner() -> Iterator[Runner]:
    with Runner() as runner:
        try:
            runner.isolation  # noqa: B018 - launches the fork server
        except IsolationError as error:
            pytest.skip(f"this machine cannot confine student code: {error}")
        yield runner
