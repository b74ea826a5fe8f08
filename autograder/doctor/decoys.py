"""Files, a process and sockets of our own for attacks to aim at, each watched for the least change.

No real file or process is ever a target: an attack that succeeds hits a decoy.
"""

import json
import os
import platform
import resource
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from autograder.sandbox.confine.syscalls import NUMBERS

_VARIABLE = "AUTOGRADER_DOCTORS_CANARY"
_LIMITS = (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU)


@dataclass(frozen=True, slots=True)
class _Listeners:
    """Sockets that nothing should ever reach."""

    tcp: socket.socket
    udp: socket.socket
    stream: socket.socket
    datagram: socket.socket
    abstract: socket.socket

    @classmethod
    def open(cls, folder: Path, name: str) -> "_Listeners":
        listeners = cls(
            socket.create_server(("127.0.0.1", 0)),
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
            socket.socket(socket.AF_UNIX),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM),
        )
        listeners.udp.bind(("127.0.0.1", 0))
        listeners.stream.bind(str(folder / "stream"))
        listeners.stream.listen()
        listeners.datagram.bind(str(folder / "datagram"))
        listeners.abstract.bind("\0" + name)
        for listener in listeners.all():
            listener.settimeout(0)
        for path in ("stream", "datagram"):
            (folder / path).chmod(0o777)
        return listeners

    def all(self) -> tuple[socket.socket, ...]:
        return self.tcp, self.udp, self.stream, self.datagram, self.abstract

    def find_reached(self) -> list[str]:
        """Which were reached since the last look; what arrived is discarded."""
        names = ("TCP", "UDP", "a unix socket", "a unix socket", "an abstract socket")
        found = []
        for name, listener in zip(names, self.all(), strict=True):
            with suppress(BlockingIOError):
                if name == "TCP" or listener.type == socket.SOCK_STREAM:
                    listener.accept()[0].close()
                else:
                    listener.recv(64)
                found.append(f"{name} was reached")
        return found


class Decoys:
    """Decoys with a secret in them. A context manager: made on entry, removed without a trace on exit."""

    def __init__(self) -> None:
        self.canary = f"canary-{secrets.token_hex(16)}"
        self.path = Path(tempfile.mkdtemp(prefix="autograder-decoys-"))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.path.chmod(0o755)
        _write(self.path / "course" / "solutions.py", f"secret = {self.canary!r}\n", 0o644)
        _write(self.path / "private" / "private.txt", self.canary, 0o600)
        _write(self.path / "everybody" / "open.txt", self.canary, 0o666)
        (self.path / "private").chmod(0o700)
        (self.path / "everybody").chmod(0o777)
        self._listeners = _Listeners.open(self.path, self.canary[:20])
        os.environ[_VARIABLE] = self.canary
        self._restore()
        return self

    def __exit__(self, *_error: object) -> None:
        os.environ.pop(_VARIABLE, None)
        for listener in self._listeners.all():
            listener.close()
        self._end_process()
        shutil.rmtree(self.path, ignore_errors=True)

    def describe(self, *, server: int, base: Path) -> str:
        """All that an attacker could wish to know of the decoys, as JSON: nothing relies on a hidden name."""
        assert self._process is not None  # noqa: S101 - made on entering
        facts: dict[str, Any] = {
            "file": str(self.path / "course" / "solutions.py"),
            "folder": str(self.path / "course"),
            "private": str(self.path / "private" / "private.txt"),
            "open": str(self.path / "everybody" / "open.txt"),
            "everybody": str(self.path / "everybody"),
            "base": str(base),
            "runs": sorted(entry.name for entry in base.iterdir()),
            "decoy": self._process.pid,
            "stack": _find_stack(self._process.pid),
            "grader": os.getpid(),
            "server": server,
            "tcp": self._listeners.tcp.getsockname()[1],
            "udp": self._listeners.udp.getsockname()[1],
            "stream": str(self.path / "stream"),
            "datagram": str(self.path / "datagram"),
            "abstract": self.canary[:20],
            "machine": platform.machine(),
            "python": os.path.realpath(sys.executable),
            "numbers": NUMBERS[platform.machine()],
        }
        return json.dumps(facts)

    @property
    def pid(self) -> int:
        """Number of the process that stands for everybody else's."""
        assert self._process is not None  # noqa: S101 - made on entering
        return self._process.pid

    def find_harm(self) -> list[str]:
        """What has changed since the last look; then restore everything."""
        found = [*self._listeners.find_reached(), *self._find_changes()]
        if found:
            self._restore()
        return found

    def accept_files(self) -> None:
        """Take the files of this moment for unharmed."""
        self._files = _read_tree(self.path)

    def _find_changes(self) -> Iterator[str]:
        assert self._process is not None  # noqa: S101 - made on entering
        if self._process.poll() is not None:
            yield "another process was ended"
        elif _read_state(self._process.pid) != self._state:
            yield "another process was changed"
        if _read_tree(self.path) != self._files:
            yield "files outside were changed"

    def _restore(self) -> None:
        self._end_process()
        environment = {"PATH": "/usr/bin:/bin", _VARIABLE: self.canary}
        self._process = subprocess.Popen(["/bin/sleep", "3600"], env=environment, start_new_session=True)
        _write(self.path / "everybody" / "open.txt", self.canary, 0o666)
        self._state = _read_state(self._process.pid)
        self._files = _read_tree(self.path)

    def _end_process(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGKILL)
            self._process.wait()


def _write(path: Path, text: str, mode: int) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def _read_tree(folder: Path) -> dict[str, tuple[object, ...]]:
    """Every file below a folder: mode, owner, time, content, attributes."""
    found: dict[str, tuple[object, ...]] = {}
    for path in [folder, *folder.rglob("*")]:
        status = path.lstat()
        content = path.read_bytes() if stat.S_ISREG(status.st_mode) else b""
        attributes = tuple(os.listxattr(path, follow_symlinks=False))
        moment = 0 if path.name in ("everybody", folder.name) else status.st_mtime_ns
        found[str(path)] = (status.st_mode, status.st_uid, status.st_gid, moment, content, attributes)
    return found


def _read_state(pid: int) -> tuple[object, ...]:
    """What another process could tune of a process."""
    limits = tuple(resource.prlimit(pid, which) for which in _LIMITS)
    adjustment = Path(f"/proc/{pid}/oom_score_adj").read_text()
    niceness = os.getpriority(os.PRIO_PROCESS, pid)
    return limits, adjustment, niceness, os.sched_getaffinity(pid), os.sched_getscheduler(pid)


def _find_stack(pid: int) -> int:
    """The address of a process' stack, which holds its environment; 0 if it is not known."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            if line.endswith("[stack]"):
                return int(line.split("-")[1].split()[0], 16) - 4096
    return 0
