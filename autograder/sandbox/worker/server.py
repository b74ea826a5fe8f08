"""The fork server: imports once what notebooks need, then forks a child per submission. Runs no student code.

What it is asked and what it answers stands in `messages.py`.
"""

import gc
import importlib
import os
import select
import shutil
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn

import numpy as np

from autograder.sandbox.confine import limits, namespaces
from autograder.sandbox.confine.kernel import DUMPABLE, prctl
from autograder.sandbox.messages import (
    TO_SERVER,
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
from autograder.sandbox.system import pages
from autograder.sandbox.system.priority import set_session_niceness
from autograder.sandbox.system.processor import stay_on
from autograder.sandbox.worker import child, code, reserve
from autograder.sandbox.worker.entering import enter_namespaces
from autograder.sandbox.worker.interpreter_access import Unreachable, ensure_interpreter_readable
from autograder.sandbox.worker.sealing import Terms
from autograder.sandbox.worker.shell import make_shell
from autograder.sandbox.worker.warmup import warm

_NUMBER = 100
"""Of every process, where this server has numbers of its own; above those of the server and its threads."""
_MESSAGE = 1 << 16


class Server:
    """Forks and reaps children for one grader."""

    def __init__(
        self,
        control: int,
        grader: int,
        plan: PrepareServer,
        entered: tuple[str, ...],
    ) -> None:
        self._control = socket.socket(fileno=control)
        self._grader = grader
        self._plan = plan
        self._entered = entered
        # Saves a submission 4 ms for each megabyte, over sending them to each of its processes.
        self._files = dict(zip(plan.paths, plan.contents, strict=True))
        self._alive: dict[int, str] = {}
        """Children, and the folder that was mounted for each."""

    def serve(self) -> NoReturn:
        """Prepare, say how it went, then fork and reap until the grader is gone."""
        self._prepare()
        pages.gather()  # after the last that is written here
        self._open()
        self._loop()

    def _prepare(self) -> None:
        """Import and compile what children will need."""
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # whatever the grader was started with
        gc.disable()  # imports make much and drop little
        self._shell = make_shell()
        self._missing = self._preload()
        for source in self._plan.stand_ins:
            # Saves 11 ms of each process that would run it, where nose is there and does not import.
            exec(source, {"__name__": "stand_ins"})  # noqa: S102 - our own text
        gc.freeze()
        warm(self._shell)
        np.random.seed(child.SEED)
        for source in self._plan.given:
            # Saves up to 7 ms of each process that would do it.
            self._shell.load_magics(source)
            # Saves 6 % of a submission's processor time. A magic, say, is left to the child.
            with suppress(SyntaxError, ValueError):
                code.keep(source)
        roots = self._plan.readable
        sys.path[:] = [
            "",
            *(e for e in sys.path if any(e == root or e.startswith(root + "/") for root in roots)),
        ]
        sys.argv[:] = sys.orig_argv[:] = ["notebook"]
        # Frozen, nothing of all this is visited again: a collection in a child writes into every object it
        # visits, and so copies every page that is shared until then.
        gc.collect()
        gc.freeze()
        gc.enable()
        reserve.set_aside()

    def _open(self) -> None:
        """Say that all is there, or what is wrong."""
        trouble = ""
        try:
            ensure_interpreter_readable(self._plan, self._entered)
        except (Unreachable, OSError) as error:
            trouble = str(error)
        self._mapped = limits.mapped_bytes()
        ours = sorted(name for name in sys.modules if name.split(".")[0] == "autograder")
        self._send(ServerReady(list(self._entered), trouble, self._missing, ours))

    def _preload(self) -> list[str]:
        missing = []
        for name in self._plan.preload:
            try:
                importlib.import_module(name)
            except Exception:  # noqa: BLE001 - a library that does not go with the others raises anything
                missing.append(name)
        return missing

    def _loop(self) -> NoReturn:
        ears = select.poll()
        ears.register(self._control, select.POLLIN)
        ears.register(self._grader, select.POLLIN)
        while True:
            ears.poll()
            try:
                frame, handles, _, _ = socket.recv_fds(self._control, _MESSAGE, 2)
            except OSError:  # the grader was killed before it had read what was said to it
                self._leave()
            if not frame:
                self._leave()
            match decode_message(frame, TO_SERVER):
                case ForkChild() as request:
                    self._fork(socket.socket(fileno=handles[0]), request)
                case ReapChild(pid):
                    self._reap(pid)
                case SplitServer() as request:
                    self._split(request, *handles)

    def _fork(self, end: socket.socket, request: ForkChild) -> None:
        if request.processor is not None:
            stay_on({request.processor})  # and so does the child
        terms = Terms(request, tuple(self._plan.readable), self._mapped, self._files)
        disk = self._small_disk(request)
        server = os.getpid()
        if "pid" in self._entered:
            # Counted on, its number would tell how many threads and processes the submission before had,
            # which could choose them by a hidden argument.
            with suppress(OSError):
                namespaces.number_next(_NUMBER)
        pid = os.fork()
        if pid == 0:
            try:
                # Forgotten, not closed: its number may soon be the wire's.
                self._control.detach()
                child.run_child(end, server, terms, self._shell)
            finally:
                os._exit(1)  # never back into the loop of the server
        self._alive[pid] = request.scratch if disk else ""
        end.close()
        handles = [os.pidfd_open(pid), *disk]  # its number is safe until this server collects it
        self._send(ChildForked(pid), *handles)
        for handle in handles:
            os.close(handle)

    def _split(self, request: SplitServer, control: int, grader: int) -> None:
        """Go on twice: this process as before, another one as the fork server of that grader.

        Saves two seconds of a processor and the memory of all that was imported, over a server of its own.
        """
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel collects it
        if os.fork():
            os.close(control)
            os.close(grader)
            return
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            self._control.close()
            self._control, self._grader = socket.socket(fileno=control), grader
            self._plan = replace(self._plan, keep=request.keep, uid=request.uid)
            handle = os.pidfd_open(os.getpid())
            self._send(ServerSplit(os.getpid()), handle)
            os.close(handle)
            # What follows is written under /proc, where a process that nobody may look into owns nothing.
            prctl(DUMPABLE, 1)
            os.setpriority(os.PRIO_PROCESS, 0, request.niceness)
            set_session_niceness(os.getpid(), request.session_niceness)
            self._entered = enter_namespaces(wanted=True)
            prctl(DUMPABLE, 0)
            self._open()
            self._loop()
        finally:
            os._exit(1)  # never back into the loop of the server that was split

    def _small_disk(self, terms: ForkChild) -> list[int]:
        """Where this server has mounts of its own, the child's folder is a file system of its own size.

        No trick of the child's (files deleted while open, without end) can then fill the machine's disk.
        """
        if "mount" not in self._entered:
            return []
        try:
            namespaces.mount_scratch(terms.scratch, terms.scratch_mb, terms.uid)
            return [os.open(terms.scratch, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)]
        except OSError:  # the grader then looks at the folder itself
            return []

    def _leave(self) -> NoReturn:
        """The grader is gone, perhaps without tidying up: leave no process and no file."""
        for pid, mounted in self._alive.items():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            if mounted:
                with suppress(OSError):
                    namespaces.unmount(mounted)
        for folder in self._plan.keep:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    def _reap(self, pid: int) -> None:
        _, status, usage = os.wait4(pid, 0)
        mounted = self._alive.pop(pid, "")
        if mounted:
            namespaces.unmount(mounted)
        self._send(ExitStatus(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime))

    def _send(self, message: object, *handles: int) -> None:
        try:
            socket.send_fds(self._control, encode_message(message), list(handles))
        except OSError:  # the grader was killed, perhaps while this server was starting
            self._leave()
