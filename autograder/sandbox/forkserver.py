"""The grader's hold on its fork server: launch it, have it fork and reap, notice when it is gone."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import IsolationError, SandboxError
from autograder.sandbox.system.processor import Roaming

_START_SECONDS = 120.0
_ANSWER_SECONDS = 20.0
_MESSAGE = 1 << 16
_ONE_THREAD = ("OPENBLAS", "OMP", "MKL", "BLIS", "VECLIB_MAXIMUM", "NUMEXPR")


@dataclass(frozen=True, slots=True)
class Birth:
    """A process that was just forked."""

    pidfd: int
    pid: int
    """As the server numbers it."""
    wire: socket.socket
    disk: int | None
    """A handle on the small file system that is its folder, where it has one."""


@dataclass(frozen=True, slots=True)
class Death:
    """How a process ended: an exit code, or minus the number of a signal."""

    status: int
    cpu_seconds: float


class ForkServerGone(SandboxError):  # noqa: N818 - what its catcher wants to read
    """The fork server ended; a new one can be launched."""


class ForkServer:
    """One running fork server. All its children end with it."""

    def __init__(
        self,
        *,
        preload: Sequence[str],
        readable: Sequence[str],
        uid: int | None,
        base: Path,
        namespaces: bool = True,
        given: Sequence[str] = (),
    ) -> None:
        self._roaming = Roaming()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        plan = {
            "preload": list(preload),
            "readable": list(readable),
            "uid": uid,
            "keep": [str(base)],
            "namespaces": namespaces,
        }
        try:
            self._process = _launch(theirs, plan, given, base, self._stderr.fileno())
        finally:
            theirs.close()
        try:
            ready, _ = self._answer(_START_SECONDS)
        except ForkServerGone:
            said = self._last_words()
            self.close()
            raise ForkServerGone(f"the fork server did not start: {said}") from None
        self.namespaces: tuple[str, ...] = tuple(ready["namespaces"])
        self.missing: tuple[str, ...] = tuple(ready["missing"])
        self.modules: tuple[str, ...] = tuple(ready["modules"])
        if ready["trouble"]:
            self.close()
            raise IsolationError(ready["trouble"])

    @property
    def pid(self) -> int:
        """Number of the process that was launched."""
        return self._process.pid

    def fork(self, terms: dict[str, Any]) -> Birth:
        """A fresh child, and our end of its wire. Until its end this thread shares a processor with it."""
        ours, theirs = socket.socketpair()
        try:
            self._say({"do": "fork", "processor": self._roaming.settle(), **terms}, theirs.fileno())
            told, handles = self._answer(_ANSWER_SECONDS)
        except BaseException:
            self._roaming.roam()
            ours.close()
            raise
        finally:
            theirs.close()
        pidfd, *disk = handles
        return Birth(pidfd, told["pid"], ours, disk[0] if disk else None)

    def reap(self, birth: Birth) -> Death:
        """Kill the child if it still runs, and collect it."""
        self._roaming.roam()
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(birth.pidfd, signal.SIGKILL)
        self._say({"do": "reap", "pid": birth.pid})
        told, _ = self._answer(_ANSWER_SECONDS)
        return Death(told["status"], told["cpu"])

    def close(self) -> None:
        """End the server and, with it, every child."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._stderr.close()

    def _say(self, message: dict[str, Any], *handles: int) -> None:
        try:
            socket.send_fds(self._control, [json.dumps(message).encode()], list(handles))
        except OSError as error:
            raise ForkServerGone(f"the fork server has ended: {error}") from error

    def _answer(self, seconds: float) -> tuple[dict[str, Any], list[int]]:
        ear = select.poll()
        ear.register(self._control, select.POLLIN)
        if not ear.poll(seconds * 1000):
            raise ForkServerGone(f"the fork server said nothing for {seconds:g} s")
        try:
            message, handles, _, _ = socket.recv_fds(self._control, _MESSAGE, 2)
        except OSError as error:
            raise ForkServerGone(f"the fork server has ended: {error}") from error
        if not message:
            raise ForkServerGone("the fork server has ended")
        return json.loads(message), handles

    def _last_words(self) -> str:
        time.sleep(0.05)
        self._stderr.seek(0)
        return self._stderr.read()[-2000:].decode("utf-8", "replace").strip() or "it said nothing"


def _launch(
    theirs: socket.socket, plan: dict[str, Any], given: Sequence[str], base: Path, stderr: int
) -> subprocess.Popen[bytes]:
    """Start the server with an environment that holds nothing of ours, away from the terminal's signals."""
    package = str(Path(__file__).parents[2])
    start = (
        f"import sys; sys.path.insert(0, {package!r})\n"
        "from autograder.sandbox.worker.__main__ import main\n"
        "main()"
    )
    with tempfile.TemporaryFile() as sources:  # as an argument it could be too long
        sources.write(json.dumps(list(given)).encode())
        sources.seek(0)
        return subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
            [sys.executable, "-s", "-P", "-B", "-c", start, str(theirs.fileno()), json.dumps(plan)],
            stdin=sources,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            cwd="/",
            env=_environment(base),
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )


def _environment(base: Path) -> dict[str, str]:
    clean = {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": _font_cache(),
        "IPYTHONDIR": str(base / "ipython"),
        "HOME": str(base),
    }
    clean |= {f"{library}_NUM_THREADS": "1" for library in _ONE_THREAD}
    if "LD_LIBRARY_PATH" in os.environ:  # some interpreters do not start without it
        clean["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    return clean


def _font_cache() -> str:
    """Matplotlib's own cache folder: listing the machine's fonts again takes a second."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return os.environ.get("MPLCONFIGDIR") or str(Path(cache) / "matplotlib")
