"""The grader's hold on its fork server: launch it, have it fork and reap, notice when it is gone."""

import os
import select
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar

import numpy as np

from autograder.errors import IsolationError, SandboxError
from autograder.sandbox.interpreter import Interpreter, find_environment
from autograder.sandbox.messages import (
    FROM_SERVER,
    ChildForked,
    ExitStatus,
    ForkChild,
    PrepareServer,
    ReapChild,
    ServerReady,
    ServerSplit,
    SplitServer,
    decode_message,
    encode_message,
)
from autograder.sandbox.protocol import ProtocolFault
from autograder.sandbox.system.priority import find_session_niceness, inherit_niceness
from autograder.sandbox.system.processor import Affinity

_START_SECONDS = 120.0
_ANSWER_SECONDS = 120.0
_LAST_SECONDS = 60.0
_MESSAGE = 1 << 16
_Expected = TypeVar("_Expected")
_ONE_THREAD = ("OPENBLAS", "OMP", "MKL", "BLIS", "VECLIB_MAXIMUM", "NUMEXPR")


@dataclass(frozen=True, slots=True)
class ForkedChild:
    """A process that was just forked."""

    pidfd: int
    pid: int
    """As the server numbers it."""
    wire: socket.socket
    disk: int | None
    """A handle on the small file system that is its folder, where it has one."""

    def close(self) -> None:
        """Give up all handles on it."""
        self.wire.close()
        os.close(self.pidfd)
        if self.disk is not None:
            os.close(self.disk)


class ForkServerGone(SandboxError):  # noqa: N818 - what its catcher wants to read
    """The fork server ended; a new one can be launched."""


class ServerProcess(Protocol):
    """The process of a fork server, seen from its grader."""

    @property
    def pid(self) -> int:
        """Its number."""

    def kill(self) -> None:
        """End it, if it has not ended."""

    def wait(self) -> object:
        """Wait for its end."""


class ForkServer:
    """One running fork server. All its children end with it."""

    def __init__(
        self,
        *,
        preload: Sequence[str],
        interpreter: Interpreter,
        uid: int | None,
        base: Path,
        namespaces: bool = True,
        given: Sequence[str] = (),
        stand_ins: Sequence[str] = (),
        files: Mapping[str, bytes] = MappingProxyType({}),
        parent: "ForkServer | None" = None,
    ) -> None:
        """Start one; or, with a `parent`, have it split off another one, which was prepared alike.

        Raises:
            ForkServerGone: it did not start.
            IsolationError: student code cannot run here.
        """
        self._affinity = Affinity()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
        # Keeps message borders, as datagrams do, and unlike them tells each side that the other is gone.
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        plan = PrepareServer(
            preload=list(preload),
            readable=list(interpreter.roots),
            keep=[str(base)],
            uid=uid,
            given=list(given),
            stand_ins=list(stand_ins),
            paths=list(files),
            contents=[np.frombuffer(content, np.uint8) for content in files.values()],
        )
        self._process: ServerProcess | None = None
        try:
            with theirs:
                if parent is None:
                    self._process = _launch(
                        theirs,
                        plan,
                        base,
                        self._stderr.fileno(),
                        python=interpreter.path,
                        namespaces=namespaces,
                    )
                    inherit_niceness(self._process.pid)
                else:
                    parent._split(theirs, plan)
            if parent is not None:
                split, (handle,) = self._receive(ServerSplit, _START_SECONDS)
                self._process = _SplitOff(split.pid, handle)
            ready, _ = self._receive(ServerReady, _START_SECONDS)
        except ForkServerGone:
            # It closes its line before it writes its traceback; one that lives on has nothing to say.
            if isinstance(self._process, subprocess.Popen):
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(_LAST_SECONDS)
            self._stderr.seek(0)
            words = self._stderr.read()[-2000:].decode("utf-8", "replace").strip()
            self.close()
            raise ForkServerGone(f"the fork server did not start: {words or 'it said nothing'}") from None
        self.namespaces = tuple(ready.namespaces)
        self.missing = tuple(ready.missing)
        self.modules = tuple(ready.modules)
        if ready.trouble:
            self.close()
            raise IsolationError(ready.trouble)

    @property
    def pid(self) -> int:
        """Number of the process that was launched."""
        assert self._process is not None  # noqa: S101 - it has begun
        return self._process.pid

    def fork(self, terms: ForkChild) -> ForkedChild:
        """A fresh child, and our end of its wire. Until its end this thread shares a processor with it."""
        ours, theirs = socket.socketpair()
        try:
            self._send(replace(terms, processor=self._affinity.pin()), theirs.fileno())
            forked, handles = self._receive(ChildForked, _ANSWER_SECONDS)
        except BaseException:
            self._affinity.unpin()
            ours.close()
            raise
        finally:
            theirs.close()
        pidfd, *disk = handles
        return ForkedChild(pidfd, forked.pid, ours, disk[0] if disk else None)

    def reap(self, child: ForkedChild) -> ExitStatus:
        """Kill the child if it still runs, and collect it."""
        self._affinity.unpin()
        # By its pidfd, which is never another's. The server collects it: nobody but its parent can.
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(child.pidfd, signal.SIGKILL)
        self._send(ReapChild(child.pid))
        ended, _ = self._receive(ExitStatus, _ANSWER_SECONDS)
        return ended

    def close(self) -> None:
        """End the server and, with it, every child."""
        self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._stderr.close()

    def _split(self, theirs: socket.socket, plan: PrepareServer) -> None:
        """Have this server make another one, whose control line that is; in any fork of our process."""
        grader = os.pidfd_open(os.getpid())
        niceness = os.getpriority(os.PRIO_PROCESS, 0)
        try:
            wish = SplitServer(plan.keep, plan.uid, niceness, find_session_niceness())
            self._send(wish, theirs.fileno(), grader)
        finally:
            os.close(grader)

    def _send(self, message: object, *handles: int) -> None:
        try:
            socket.send_fds(self._control, encode_message(message), list(handles))
        except OSError as error:
            raise ForkServerGone(f"the fork server has ended: {error}") from error

    def _receive(self, expected: type[_Expected], seconds: float) -> tuple[_Expected, list[int]]:
        ear = select.poll()
        ear.register(self._control, select.POLLIN)
        if not ear.poll(seconds * 1000):
            raise ForkServerGone(f"the fork server said nothing for {seconds:g} s")
        try:
            frame, handles, _, _ = socket.recv_fds(self._control, _MESSAGE, 2)
        except OSError as error:
            raise ForkServerGone(f"the fork server has ended: {error}") from error
        if not frame:
            raise ForkServerGone("the fork server has ended")
        try:
            message = decode_message(frame, FROM_SERVER)
        except ProtocolFault as fault:
            raise ForkServerGone(f"the fork server does not speak as it should: {fault}") from fault
        if type(message) is not expected:
            raise ForkServerGone("the fork server spoke out of turn")
        return message, handles


class _SplitOff:
    """The process of a server that was split off another one, which alone can collect it."""

    def __init__(self, pid: int, handle: int) -> None:
        self.pid = pid
        self._handle: int | None = handle
        """None once its end was waited for."""

    def kill(self) -> None:
        if self._handle is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def wait(self) -> None:
        if self._handle is None:
            return
        ended = select.poll()
        ended.register(self._handle, select.POLLIN)
        ended.poll()
        os.close(self._handle)
        self._handle = None


def _launch(
    theirs: socket.socket, plan: PrepareServer, base: Path, stderr: int, *, python: Path, namespaces: bool
) -> subprocess.Popen[bytes]:
    """Start the server with an environment that holds nothing of ours, away from the terminal's signals."""
    package = str(Path(__file__).parents[1])
    # Found by itself, not by a folder to look in: beside it may lie libraries for another interpreter.
    start = (
        "import sys\n"
        "from importlib.util import module_from_spec, spec_from_file_location\n"
        f"spec = spec_from_file_location('autograder', {package + '/__init__.py'!r})\n"
        "sys.modules['autograder'] = module = module_from_spec(spec)\n"
        "spec.loader.exec_module(module)\n"
        "from autograder.sandbox.worker.__main__ import main\n"
        "main()"
    )
    with tempfile.TemporaryFile() as message:  # as an argument, or in one packet, it could be too long
        message.write(b"".join(encode_message(plan)))
        message.seek(0)
        # -s and -P: nothing is imported from the user's own packages or the current folder; -B: the uid that
        # student code runs as could not write byte code anyway.
        return subprocess.Popen(  # noqa: S603 - the course's own interpreter and our own text
            [python, "-s", "-P", "-B", "-c", start, str(theirs.fileno()), str(int(namespaces))],
            stdin=message,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            cwd="/",
            env=_environment(base),
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )


def _environment(base: Path) -> dict[str, str]:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    # Hashes of strings are fixed: what students print of a set is the same in every run.
    clean = find_environment() | {
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "Agg",
        "JOBLIB_MULTIPROCESSING": "0",  # joblib then works in one process, whatever it is asked for
        # Matplotlib's own cache: listing the machine's fonts again takes a second of every start.
        "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR") or str(Path(cache) / "matplotlib"),
        "IPYTHONDIR": str(base / "ipython"),
        "HOME": str(base),
    }
    return clean | {f"{library}_NUM_THREADS": "1" for library in _ONE_THREAD}
