"""Running a notebook where it can do no harm: the grader's side of the wall.

    with runner.start(cells, limits) as student:
        answers = student.ask("gradient", batch, seconds=10)

What student code does is an Answer, a CellRun or an ExampleRun. SandboxError is our own fault.
"""

import os
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from random import SystemRandom
from types import MappingProxyType
from typing import Self
from weakref import WeakSet

from autograder.domain.answer import Batch
from autograder.domain.course import Limits
from autograder.domain.notebook import Cell, CellKind
from autograder.domain.report import Isolation
from autograder.errors import IsolationError, SandboxError
from autograder.sandbox import layout
from autograder.sandbox import scratch as folders
from autograder.sandbox.batches import encode_batch
from autograder.sandbox.forkserver import ForkServer, ForkServerGone
from autograder.sandbox.interpreter import Interpreter, this_interpreter
from autograder.sandbox.isolation import CONFINED, demand, isolation_of
from autograder.sandbox.messages import ForkChild, Hello
from autograder.sandbox.patience import OutOfPatience, Patience
from autograder.sandbox.process import Ended, Overdue, Process, processor_seconds
from autograder.sandbox.run import Run

_PYPLOT = "matplotlib.pyplot"
_HELLO_SECONDS = 20.0
_KEPT_BATCHES = 256
_MOST_LAUNCHES = 3
_MOST_KEPT_FILES = 32 << 20
"""Bytes: a message to the fork server has room for twice as much."""


class Runner:
    """Owns one warm fork server: launched when first needed, again when it has died."""

    def __init__(
        self,
        *,
        preload: tuple[str, ...] = (),
        figures: bool = True,
        accept_level: int = CONFINED,
        scratch: Path | None = None,
        forbidden: Sequence[Path] = (),
        given: Sequence[str] = (),
        stand_ins: Sequence[str] = (),
        files: Mapping[str, bytes] = MappingProxyType({}),
        interpreter: Interpreter | None = None,
    ) -> None:
        """A runner with nothing running yet.

        Args:
            preload: modules imported once.
            figures: whether notebooks may be expected to draw; what they draw with is then imported once too.
            accept_level: the lowest level of isolation that will do.
            scratch: where the folders are made to which student code may write.
            forbidden: folders no student code may ever read.
            given: sources of the cells that every student was given, compiled once.
            stand_ins: programs that put modules in the place of missing ones, run once.
            files: what lies beside every notebook, sent once; all of it, or where it is large nothing.
            interpreter: what runs student code; None for the one that runs this.
        """
        self._preload = (_PYPLOT, *preload) if figures else preload
        self._accept_level = accept_level
        self._given = tuple(given)
        self.stand_ins = tuple(stand_ins)
        self.files = files if sum(map(len, files.values())) <= _MOST_KEPT_FILES else MappingProxyType({})
        self.interpreter = interpreter or this_interpreter()
        layout.refuse_readable(forbidden, self.interpreter.roots)
        self._given_base = scratch
        self._base: Path | None = None
        self._server: ForkServer | None = None
        self._parent: ForkServer | None = None
        self._uids: Iterator[int] | None = None
        self._isolation: Isolation | None = None
        self._patience: Patience | None = None
        self._spawned: WeakSet[Process] = WeakSet()
        self._frames: OrderedDict[tuple[str, int], tuple[Batch, bytes]] = OrderedDict()

    @contextmanager
    def shared_server(self) -> Iterator[ForkServer]:
        """A fork server off which those of other runners like this one are split, while this is open.

        They are runners of forks of this process, told by `split_off`.
        """
        base = Path(tempfile.mkdtemp(prefix="autograder-", dir=self._given_base))
        server = self._begin_server(base, namespaces=False)  # each that is split off enters its own
        try:
            yield server
        finally:
            server.close()
            folders.remove(base)

    def split_off(self, parent: ForkServer) -> None:
        """Have the fork server split off this one, which a runner like this one has prepared."""
        self._parent = parent

    @property
    def isolation(self) -> Isolation:
        """How well student code is sealed here, as seen on a process that was really sealed."""
        if self._isolation is None:
            self.spawn(Limits())[0].kill()
        assert self._isolation is not None  # noqa: S101 - set by spawn
        return self._isolation

    @contextmanager
    def patient(self, seconds: float) -> Iterator[None]:
        """Bear student code for so many seconds while this is open; then OutOfPatience ends it all."""
        self._patience = Patience(seconds)
        try:
            yield
        except OutOfPatience:
            for process in list(self._spawned):
                process.kill()
            raise
        finally:
            self._patience = None

    def start(self, cells: Sequence[Cell], limits: Limits, *, source: str = "") -> Run:
        """Run the code cells top to bottom in a fresh sealed process, and keep it for questions."""
        return Run(self, [cell for cell in cells if cell.kind is CellKind.CODE], limits, source=source)

    def spawn(self, limits: Limits) -> tuple[Process, Isolation]:
        """A fresh sealed process that has run nothing yet."""
        for _ in range(_MOST_LAUNCHES - 1):
            try:
                return self._spawn_once(limits)
            except ForkServerGone:  # killed from outside, perhaps while it started: once more
                self._drop_server()
        return self._spawn_once(limits)

    def _spawn_once(self, limits: Limits) -> tuple[Process, Isolation]:
        process, namespaces = self._fork(limits)
        try:
            return process, self._sealed(process, namespaces)
        except BaseException:
            process.kill()
            raise

    def _fork(self, limits: Limits) -> tuple[Process, tuple[str, ...]]:
        server = self._ensure_server()
        assert self._base is not None  # noqa: S101 - made with the server
        uid = None if self._uids is None else next(self._uids)
        folder = folders.make(self._base, owner=uid)
        terms = ForkChild(
            scratch=str(folder),
            uid=uid,
            memory_mb=limits.memory_mb,
            scratch_mb=limits.scratch_mb,
            processor_seconds=processor_seconds(limits),
            processor=None,  # the server's handle knows where this thread runs
        )
        try:
            child = server.fork(terms)
        except BaseException:
            folders.remove(folder)
            raise
        try:
            process = Process(server, child, folder, limits, patience=self._patience)
        except OSError as error:  # with its server, before anybody could look at it
            child.close()
            folders.remove(folder)
            raise ForkServerGone("a fresh process was killed from outside") from error
        self._spawned.add(process)
        return process, server.namespaces

    def _sealed(self, process: Process, namespaces: tuple[str, ...]) -> Isolation:
        """What holds the process, checked before it runs any student code."""
        try:
            hello = process.receive(process.deadline(_HELLO_SECONDS))
            facts = process.facts()
        except OSError as error:
            raise ForkServerGone("a fresh process was killed from outside") from error
        except (Ended, Overdue) as error:
            raise SandboxError(f"a fresh process could not be sealed: {error}") from error
        if type(hello) is not Hello:
            raise SandboxError("a fresh process could not be sealed: it did not say how")
        self._isolation = isolation_of(hello.active, namespaces, facts)
        demand(self._isolation, hello.failed, self._accept_level)
        return self._isolation

    def _ensure_server(self) -> ForkServer:
        if self._base is not None and not self._base.is_dir():
            # Whatever tidies the machine's temporary files took it: nobody could write anywhere any more.
            self._drop_server()
            self._base = None
        if self._server is None:
            if sys.platform != "linux":
                raise IsolationError("student code can be sealed on Linux only: grade in a Linux container")
            uids = layout.unused_uids() if os.geteuid() == 0 else ()
            # One user after the other: processes that are alive together have none in common. In an order
            # nobody knows: which one it is would tell how many processes the submission before has lost.
            self._uids = cycle(SystemRandom().sample(uids, len(uids))) if uids else None
            if self._base is None:
                self._base = Path(tempfile.mkdtemp(prefix="autograder-", dir=self._given_base))
                self._base.chmod(0o711)  # a child passes through it to its own folder
            uid = uids[0] if uids else None
            if self._parent is not None:
                try:
                    self._server = self._begin_server(self._base, uid=uid, parent=self._parent)
                except ForkServerGone:  # the other one was killed: then one of our own
                    self._parent = None
            self._server = self._server or self._begin_server(self._base, uid=uid)
        return self._server

    def _begin_server(
        self,
        base: Path,
        *,
        uid: int | None = None,
        namespaces: bool = True,
        parent: ForkServer | None = None,
    ) -> ForkServer:
        return ForkServer(
            preload=self._preload,
            interpreter=self.interpreter,
            uid=uid,
            base=base,
            namespaces=namespaces,
            given=self._given,
            stand_ins=self.stand_ins,
            files=self.files,
            parent=parent,
        )

    def _drop_server(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def whereabouts(self) -> tuple[int, Path]:
        """The fork server's process and the folder below which submissions write: what attacks aim at."""
        server = self._ensure_server()
        assert self._base is not None  # noqa: S101 - made with the server
        return server.pid, self._base

    def frame_of(self, name: str, batch: Batch) -> bytes:
        """The batch as `name` is asked it: encoded once, because every student is asked the same."""
        # Saves 5 % of a submission's processor time. The batch stays beside its frame: no other gets its id.
        key = name, id(batch)
        known = self._frames.get(key)
        if known is None:
            known = self._frames[key] = (batch, encode_batch(name, batch))
            if len(self._frames) > _KEPT_BATCHES:
                self._frames.popitem(last=False)
        return known[1]

    def close(self) -> None:
        """End the fork server and all its children; nothing is left of them."""
        self._drop_server()
        if self._base is not None:
            folders.remove(self._base)
            self._base = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
