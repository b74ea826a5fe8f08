"""Fork servers that outlive their runners: to start one takes longer than most of the tests that need one.

A server runs no student code itself, and what it forks ends before it is handed on, so that the next test
finds it as a new one. Where a server's own life is what is tested (`OWN_SERVERS`), each runner starts one.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder.sandbox import forkserver, runner
from autograder.sandbox.forkserver import ForkedChild, ForkServer, ForkServerGone
from autograder.sandbox.interpreter import Interpreter
from autograder.sandbox.messages import ExitStatus
from autograder.sandbox.system.processor import Affinity

OWN_SERVERS = ("benchmarks", "cluster", "escapes", "sandbox")
"""Rooms of tests in which every runner starts a fork server of its own."""
_MOST = 3
_PROCESS = os.getpid()
_idle: list["WarmServer"] = []


class WarmServer(ForkServer):
    """A fork server that is kept when it is closed, until another runner wants one like it."""

    def __init__(self, key: tuple[Any, ...], **plan: Any) -> None:
        self.key = key
        self._home = Path(tempfile.mkdtemp(prefix="autograder-"))
        self._home.chmod(0o711)
        self._children = set[int]()
        self._whole = True
        try:
            super().__init__(base=self._home, **plan)
        except BaseException:
            shutil.rmtree(self._home, ignore_errors=True)
            raise

    def take(self) -> bool:
        """Whether it still runs, for a thread that will talk to it."""
        self._affinity = Affinity()
        return self._process.poll() is None

    def fork(self, terms: Any) -> ForkedChild:
        try:
            child = super().fork(terms)
        except BaseException:
            self._whole = False
            raise
        self._children.add(child.pid)
        return child

    def reap(self, child: ForkedChild) -> ExitStatus:
        try:
            ended = super().reap(child)
        except ForkServerGone:
            self._whole = False
            raise
        self._children.discard(child.pid)
        return ended

    def close(self) -> None:
        """Keep it, unless a child of its lives, it has failed, or enough are kept."""
        if self._whole and not self._children and len(_idle) < _MOST and os.getpid() == _PROCESS:
            _idle.append(self)
        else:
            self.end()

    def end(self) -> None:
        super().close()
        shutil.rmtree(self._home, ignore_errors=True)


def take_server(
    *,
    preload: Sequence[str],
    interpreter: Interpreter,
    uid: int | None,
    base: Path,
    given: Sequence[str],
    stand_ins: Sequence[str],
    files: Mapping[str, bytes],
    namespaces: bool = True,
    parent: ForkServer | None = None,
) -> ForkServer:
    """A server that was started for another runner, or a new one that will be kept.

    It compiles nothing beforehand of what every student was given, which changes no result: only so it will
    do for every assignment.
    """
    # A worker that was forked from a test has no say about its servers, and what is split has its own life.
    if os.getpid() != _PROCESS or parent is not None or not namespaces:
        return ForkServer(
            preload=preload,
            interpreter=interpreter,
            uid=uid,
            base=base,
            given=given,
            stand_ins=stand_ins,
            files=files,
            namespaces=namespaces,
            parent=parent,
        )
    beside = (tuple(stand_ins), tuple(sorted(files.items())))
    environment = tuple(sorted(forkserver._environment(Path("/")).items()))
    key = (tuple(preload), interpreter, uid, beside, environment)
    for server in [each for each in _idle if each.key == key]:
        _idle.remove(server)
        if server.take():
            return server
        server.end()
    while len(_idle) >= _MOST:  # room for a new kind
        _idle.pop(0).end()
    plan = {"preload": preload, "interpreter": interpreter, "uid": uid}
    return WarmServer(key, **plan, stand_ins=stand_ins, files=files)


@contextmanager
def keeping_servers(test: Path) -> Iterator[None]:
    """While this is open, runners take kept servers; not in the rooms that are named above."""
    if test.parent.name in OWN_SERVERS:
        yield
        return
    before, runner.ForkServer = runner.ForkServer, take_server  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        runner.ForkServer = before  # type: ignore[misc]


def end_servers() -> None:
    """After the last test."""
    while _idle:
        _idle.pop().end()
