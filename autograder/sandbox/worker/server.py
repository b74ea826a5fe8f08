"""The fork server: imports once what notebooks need, then forks a child per submission. Runs no student code.

Speaks JSON over a socket that keeps message borders, with descriptors beside: {"do": "fork", ...} with one
end of a wire is answered by {"pid"} with a pidfd; {"do": "reap", "pid"} by how that process ended.
"""

import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

import numpy as np

from autograder.sandbox.confine import limits, namespaces
from autograder.sandbox.system import pages
from autograder.sandbox.system.processor import stay_on
from autograder.sandbox.worker import child, code, reserve
from autograder.sandbox.worker.interpreter_access import Unreachable, find_footing
from autograder.sandbox.worker.sealing import Terms
from autograder.sandbox.worker.shell import make_shell
from autograder.sandbox.worker.warmup import warm

_MESSAGE = 1 << 16


class Server:
    """Forks and reaps children for one grader."""

    def __init__(
        self,
        control: int,
        grader: int,
        plan: dict[str, Any],
        entered: tuple[str, ...],
        given: Sequence[str],
    ) -> None:
        self._control = socket.socket(fileno=control)
        self._grader = grader
        self._plan = plan
        self._entered = entered
        self._given = given
        self._readable = tuple(plan["readable"])
        self._living: dict[int, str] = {}
        """Children, and the folder that was mounted for each."""

    def serve(self) -> NoReturn:
        """Prepare, say how it went, then fork and reap until the grader is gone."""
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # whatever the grader was started with
        gc.disable()  # imports make much and drop little
        self._shell = make_shell()
        missing = self._preload()
        gc.freeze()
        warm(self._shell)
        np.random.seed(child.SEED)
        self._compile()
        trouble = ""
        try:
            find_footing(self._plan, self._entered)
        except (Unreachable, OSError) as error:
            trouble = str(error)
        sys.path[:] = ["", *[entry for entry in sys.path if entry and self._is_readable(entry)]]
        sys.argv[:] = sys.orig_argv[:] = ["notebook"]
        gc.collect()
        gc.freeze()
        gc.enable()
        pages.gather()
        reserve.set_aside()
        self._mapped = limits.mapped_bytes()
        self._say({"namespaces": self._entered, "trouble": trouble, "missing": missing, "modules": _ours()})
        self._loop()

    def _preload(self) -> list[str]:
        missing = []
        for name in self._plan["preload"]:
            try:
                importlib.import_module(name)
            except ImportError:
                missing.append(name)
        return missing

    def _compile(self) -> None:
        """Compile what every student was given, so that no child does it again."""
        for source in self._given:
            with suppress(SyntaxError, ValueError):  # a magic, say: for the child
                code.keep(source)

    def _is_readable(self, entry: str) -> bool:
        return any(entry == root or entry.startswith(root + "/") for root in self._readable)

    def _loop(self) -> NoReturn:
        ears = select.poll()
        ears.register(self._control, select.POLLIN)
        ears.register(self._grader, select.POLLIN)
        while True:
            ears.poll()
            try:
                message, handles, _, _ = socket.recv_fds(self._control, _MESSAGE, 1)
            except OSError:  # the grader was killed before it had read what was said to it
                self._leave()
            if not message:
                self._leave()
            order = json.loads(message)
            if order.pop("do") == "fork":
                self._fork(socket.socket(fileno=handles[0]), order)
            else:
                self._reap(order["pid"])

    def _fork(self, end: socket.socket, order: dict[str, Any]) -> None:
        processor = order.pop("processor")
        if processor is not None:
            stay_on({processor})  # and so does the child
        terms = Terms(**order, readable=self._readable, mapped=self._mapped)
        disk = self._small_disk(terms)
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                self._control.detach()
                child.live(end, server, terms, self._shell)
            finally:
                os._exit(1)
        self._living[pid] = terms.scratch if disk else ""
        end.close()
        handles = [os.pidfd_open(pid), *disk]
        self._say({"pid": pid}, *handles)
        for handle in handles:
            os.close(handle)

    def _small_disk(self, terms: Terms) -> list[int]:
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
        for pid, mounted in self._living.items():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            if mounted:
                with suppress(OSError):
                    namespaces.unmount(mounted)
        for folder in self._plan["keep"]:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    def _reap(self, pid: int) -> None:
        _, status, usage = os.wait4(pid, 0)
        mounted = self._living.pop(pid, "")
        if mounted:
            namespaces.unmount(mounted)
        self._say({"status": os.waitstatus_to_exitcode(status), "cpu": usage.ru_utime + usage.ru_stime})

    def _say(self, message: dict[str, Any], *handles: int) -> None:
        try:
            socket.send_fds(self._control, [json.dumps(message).encode()], list(handles))
        except OSError:  # the grader was killed, perhaps while this server was starting
            self._leave()


def _ours() -> list[str]:
    """The modules of this program that are loaded here, for a test that wants few."""
    return sorted(name for name in sys.modules if name.split(".")[0] == __name__.split(".", maxsplit=1)[0])
