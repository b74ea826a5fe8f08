"""Run a command and count what its whole tree of processes uses."""

import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

_SUBREAPER = 36
_MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Usage:
    """What one command took, all its processes together."""

    wall: float
    cpu: float
    """Seconds of user and system time."""
    peak_mb: float
    """Most memory the tree held at one moment; 0 where it was not watched."""
    memory_kind: str
    """PSS (each shared page once), or RSS where the kernel tells no more."""
    status: int


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
    accept: Sequence[int] = (0,),
    watch_memory: bool = False,
) -> Usage:
    """Run a command to its end, and to the end of whatever it leaves behind.

    Orphans are adopted by this process, so that none of their time is lost. Raises RuntimeError if
    the command ends with a status that is not accepted.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0)
    log, others = log or Path(os.devnull), _list_children()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    with MemoryWatch(lambda: process.pid, every=0.05 if watch_memory else None) as memory:
        status = process.wait()
    wall = time.perf_counter() - began
    _collect_orphans(others)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status not in accept:
        tail = log.read_text(errors="replace")[-3000:] if log.is_file() else ""
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {status}\n{tail}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Usage(wall, cpu, memory.peak_mb, memory.kind, status)


def python_command(*arguments: str | Path) -> list[str | Path]:
    """A command of this interpreter."""
    return [sys.executable, *arguments]


def find_program(name: str) -> Path:
    """A program that is installed beside this interpreter."""
    return Path(sys.executable).parent / name


def _list_children() -> set[int]:
    """Our own children, adopted ones included."""
    tasks = Path("/proc/self/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}


def _collect_orphans(others: set[int]) -> None:
    """Wait for what the command left to us; `others` were ours before it began."""
    while orphans := _list_children() - others:
        for pid in orphans:
            os.waitpid(pid, 0)


class MemoryWatch:
    """Watches the memory of a tree of processes in a thread.

    Args:
        root: tells the process at the root of the tree, which may be another one after a while.
        every: seconds from one look to the next; None: it is not looked at.
    """

    def __init__(self, root: Callable[[], int], *, every: float | None) -> None:
        self.peak_mb = 0.0
        self.kind = "PSS"
        self._root = root
        self._every = every
        self._over = Event()
        self._thread = Thread(target=self._watch) if every else None

    def __enter__(self) -> "MemoryWatch":
        if self._thread:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread:
            self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(self._every):
            found = [measure_memory(pid) for pid in list_tree(self._root())]
            self.kind = max((self.kind, *(kind for _, kind in found)), key=len)
            self.peak_mb = max(self.peak_mb, sum(held for held, _ in found) / _MB)


def measure_memory(pid: int) -> tuple[int, str]:
    """Bytes that a process holds, and of which kind that is; 0 of one that is gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10, "PSS"
    except PermissionError:
        resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return resident * resource.getpagesize(), "PSS, RSS of sealed processes"
    except (OSError, ProcessLookupError):
        pass
    return 0, "PSS"


def list_tree(root: int) -> list[int]:
    """A process and all its descendants."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for task in _list_entries(Path(f"/proc/{pid}/task")):
            try:
                waiting += map(int, (task / "children").read_text().split())
            except OSError:
                continue
    return found


def _list_entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
