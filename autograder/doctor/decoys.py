"""What attacks are aimed at: files, a process and sockets of our own, each watched for the least change.

Nobody's real files or processes are ever a target: where an attack succeeds, it hits a decoy.
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
class _Ears:
    """Sockets that nothing should ever reach."""

    tcp: socket.socket
    udp: socket.socket
    stream: socket.socket
    datagram: socket.socket
    abstract: socket.socket

    @classmethod
    def open(cls, folder: Path, name: str) -> "_Ears":
        ears = cls(
            socket.create_server(("127.0.0.1", 0)),
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
            socket.socket(socket.AF_UNIX),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM),
        )
        ears.udp.bind(("127.0.0.1", 0))
        ears.stream.bind(str(folder / "stream"))
        ears.stream.listen()
        ears.datagram.bind(str(folder / "datagram"))
        ears.abstract.bind("\0" + name)
        for ear in ears.all():
            ear.settimeout(0)
        for path in ("stream", "datagram"):
            (folder / path).chmod(0o777)
        return ears

    def all(self) -> tuple[socket.socket, ...]:
        return self.tcp, self.udp, self.stream, self.datagram, self.abstract

    def heard(self) -> list[str]:
        """Which were reached; what came is taken off them."""
        names = ("TCP", "UDP", "a unix socket", "a unix socket", "an abstract socket")
        found = []
        for name, ear in zip(names, self.all(), strict=True):
            with suppress(BlockingIOError):
                if name == "TCP" or ear.type == socket.SOCK_STREAM:
                    ear.accept()[0].close()
                else:
                    ear.recv(64)
                found.append(f"{name} was reached")
        return found


class Ground:
    """Decoys with a secret in them. As a context manager: made, and removed without a trace."""

    def __init__(self) -> None:
        self.canary = f"canary-{secrets.token_hex(16)}"
        self.path = Path(tempfile.mkdtemp(prefix="autograder-ground-"))
        self._decoy: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.path.chmod(0o755)
        _write(self.path / "course" / "solutions.py", f"secret = {self.canary!r}\n", 0o644)
        _write(self.path / "private" / "private.txt", self.canary, 0o600)
        _write(self.path / "everybody" / "open.txt", self.canary, 0o666)
        (self.path / "private").chmod(0o700)
        (self.path / "everybody").chmod(0o777)
        self._ears = _Ears.open(self.path, self.canary[:20])
        os.environ[_VARIABLE] = self.canary
        self._renew()
        return self

    def __exit__(self, *_error: object) -> None:
        os.environ.pop(_VARIABLE, None)
        for ear in self._ears.all():
            ear.close()
        self._end_decoy()
        shutil.rmtree(self.path, ignore_errors=True)

    def facts(self, *, server: int, base: Path) -> str:
        """All an attacker could wish to know of his targets, as JSON: nothing here relies on a name."""
        assert self._decoy is not None  # noqa: S101 - made on entering
        told: dict[str, Any] = {
            "file": str(self.path / "course" / "solutions.py"),
            "folder": str(self.path / "course"),
            "private": str(self.path / "private" / "private.txt"),
            "open": str(self.path / "everybody" / "open.txt"),
            "everybody": str(self.path / "everybody"),
            "base": str(base),
            "runs": sorted(entry.name for entry in base.iterdir()),
            "decoy": self._decoy.pid,
            "stack": _stack_of(self._decoy.pid),
            "grader": os.getpid(),
            "server": server,
            "tcp": self._ears.tcp.getsockname()[1],
            "udp": self._ears.udp.getsockname()[1],
            "stream": str(self.path / "stream"),
            "datagram": str(self.path / "datagram"),
            "abstract": self.canary[:20],
            "machine": platform.machine(),
            "numbers": NUMBERS[platform.machine()],
        }
        return json.dumps(told)

    @property
    def decoy(self) -> int:
        """Number of the process that stands for everybody else's."""
        assert self._decoy is not None  # noqa: S101 - made on entering
        return self._decoy.pid

    def harm(self) -> list[str]:
        """What has changed since the last look; afterwards all is as it was."""
        found = [*self._ears.heard(), *self._changes()]
        if found:
            self._renew()
        return found

    def settle(self) -> None:
        """Take what lies here from here on as it should be."""
        self._files = _tree(self.path)

    def _changes(self) -> Iterator[str]:
        assert self._decoy is not None  # noqa: S101 - made on entering
        if self._decoy.poll() is not None:
            yield "another process was ended"
        elif _state_of(self._decoy.pid) != self._state:
            yield "another process was changed"
        if _tree(self.path) != self._files:
            yield "files outside were changed"

    def _renew(self) -> None:
        self._end_decoy()
        environment = {"PATH": "/usr/bin:/bin", _VARIABLE: self.canary}
        self._decoy = subprocess.Popen(["/bin/sleep", "3600"], env=environment, start_new_session=True)
        _write(self.path / "everybody" / "open.txt", self.canary, 0o666)
        self._state = _state_of(self._decoy.pid)
        self._files = _tree(self.path)

    def _end_decoy(self) -> None:
        if self._decoy is not None:
            with suppress(ProcessLookupError):
                self._decoy.send_signal(signal.SIGKILL)
            self._decoy.wait()


def _write(path: Path, text: str, mode: int) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def _tree(folder: Path) -> dict[str, tuple[object, ...]]:
    """Everything below a folder, as it is."""
    found: dict[str, tuple[object, ...]] = {}
    for path in [folder, *folder.rglob("*")]:
        told = path.lstat()
        content = path.read_bytes() if stat.S_ISREG(told.st_mode) else b""
        attributes = tuple(os.listxattr(path, follow_symlinks=False))
        moment = 0 if path.name in ("everybody", folder.name) else told.st_mtime_ns
        found[str(path)] = (told.st_mode, told.st_uid, told.st_gid, moment, content, attributes)
    return found


def _state_of(pid: int) -> tuple[object, ...]:
    """What can be tuned of a process."""
    limits = tuple(resource.prlimit(pid, which) for which in _LIMITS)
    adjustment = Path(f"/proc/{pid}/oom_score_adj").read_text()
    niceness = os.getpriority(os.PRIO_PROCESS, pid)
    return limits, adjustment, niceness, os.sched_getaffinity(pid), os.sched_getscheduler(pid)


def _stack_of(pid: int) -> int:
    """Where the stack of a process lies, which holds its environment."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            if line.endswith("[stack]"):
                return int(line.split("-")[1].split()[0], 16) - 4096
    return 0
