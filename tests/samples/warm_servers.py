"""Fork servers that outlive their runners: to start one takes longer than most of the tests that need one.

A server runs no student code itself, and what it forks ends before it is handed on, so that the next test
finds it as a new one. Each is split off one that was prepared once, as lanes have it (`grading/lanes.py`),
which takes a thirtieth of the time. In rooms in which a server is killed or counted (`FRESH_SERVERS`) none is
handed on; where it is tested how one starts (`OWN_SERVERS`), each runner starts one.
"""

import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from autograder.sandbox import forkserver, runner
from autograder.sandbox.forkserver import ForkedChild, ForkServer, ForkServerGone
from autograder.sandbox.interpreter import Interpreter
from autograder.sandbox.messages import ExitStatus
from autograder.sandbox.system.processor import Affinity

OWN_SERVERS = (
    "benchmarks",
    "escapes/test_whole_class.py",
    "sandbox/test_isolation.py",
    "sandbox/test_prepared.py",
    "sandbox/test_split_servers.py",
)
"""Rooms of tests, and files, in which every runner starts a fork server of its own."""
FRESH_SERVERS = ("cluster", "escapes", "sandbox")
"""Rooms in which every runner has one that nobody has used."""
_MOST = 3
_PROCESS = os.getpid()
_idle: list["WarmServer"] = []
_prepared: dict[tuple[Any, ...], tuple[ForkServer, Path]] = {}
"""Servers off which others are split, and their folders; last the one that was used last."""
_PREPARING = Lock()


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
        return has_not_ended(self)

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
    fresh: bool = False,
) -> ForkServer:
    """A server that was started for another runner, or a new one that will be kept; if `fresh`, it is new.

    It compiles nothing beforehand of what every student was given, which changes no result: only so it will
    do for every assignment.
    """
    plan: dict[str, Any] = {"preload": preload, "interpreter": interpreter, "files": files}
    plan["stand_ins"] = stand_ins
    # A worker that was forked from a test has no say about its servers, and what is split has its own life.
    if os.getpid() != _PROCESS or parent is not None or not namespaces:
        return ForkServer(**plan, uid=uid, base=base, given=given, namespaces=namespaces, parent=parent)
    beside = (tuple(stand_ins), tuple(sorted(files.items())))
    environment = tuple(sorted(forkserver._environment(Path("/")).items()))
    key = (tuple(preload), interpreter, beside, environment)
    if fresh:
        return ForkServer(**plan, uid=uid, base=base, parent=prepare_server(key, plan))
    for server in [each for each in _idle if each.key == (uid, *key)]:
        _idle.remove(server)
        if server.take():
            return server
        server.end()
    while len(_idle) >= _MOST:  # room for a new kind
        _idle.pop(0).end()
    return WarmServer((uid, *key), **plan, uid=uid, parent=prepare_server(key, plan))


def prepare_server(key: tuple[Any, ...], plan: Mapping[str, Any]) -> ForkServer:
    """The server off which those like it are split; threads that want one wait for each other."""
    with _PREPARING:
        if key in _prepared:
            server, home = _prepared.pop(key)
            if has_not_ended(server):
                _prepared[key] = server, home
                return server
            _end(server, home)
        while len(_prepared) >= _MOST:
            _end(*_prepared.pop(next(iter(_prepared))))
        home = Path(tempfile.mkdtemp(prefix="autograder-"))
        try:
            server = ForkServer(**plan, uid=None, base=home, namespaces=False)
        except BaseException:
            shutil.rmtree(home, ignore_errors=True)
            raise
        _prepared[key] = server, home
        return server


def has_not_ended(server: ForkServer) -> bool:
    """Whether a server's process is there; its number may be another's as soon as it is collected."""
    process: Any = server._process
    if isinstance(process, subprocess.Popen):
        return process.poll() is None
    if process._handle is None:
        return False
    ended = select.poll()
    ended.register(process._handle, select.POLLIN)
    return not ended.poll(0)


def _end(server: ForkServer, home: Path) -> None:
    """Those that were split off it live on."""
    server.close()
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def keeping_servers(test: Path) -> Iterator[None]:
    """While this is open, runners take kept servers; not in the rooms and files that are named above."""
    room = test.parent.name
    if not {room, f"{room}/{test.name}"}.isdisjoint(OWN_SERVERS):
        yield
        return
    take = partial(take_server, fresh=True) if room in FRESH_SERVERS else take_server
    before, runner.ForkServer = runner.ForkServer, take  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        runner.ForkServer = before  # type: ignore[misc]


def end_servers() -> None:
    """After the last test."""
    while _idle:
        _idle.pop().end()
    while _prepared:
        _end(*_prepared.popitem()[1])
