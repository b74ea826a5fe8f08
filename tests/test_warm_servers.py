"""Fork servers that tests share: a runner finds one as it finds its own, or it starts another."""

import os
import signal
from pathlib import Path

import warm_servers
from patience import PATIENT

from autograder.domain.notebook import Cell, CellKind
from autograder.sandbox import runner as sandbox
from autograder.sandbox.isolation import LIMITS_ONLY
from autograder.sandbox.run import Run
from autograder.sandbox.runner import Runner

ODD = ("colorsys",)
"""No other test preloads it: what is kept of these servers is of this test."""


def start(runner: Runner, source: str = "x = 1") -> Run:
    return runner.start([Cell(CellKind.CODE, source, 1)], PATIENT)


def odd_runner() -> Runner:
    return Runner(preload=ODD, accept_level=LIMITS_ONLY)


def test_a_server_serves_one_runner_after_the_other_and_none_that_is_dead_or_busy_is_handed_on() -> None:
    while warm_servers._idle:  # room for those of this test
        warm_servers._idle.pop().end()
    with odd_runner() as first, start(first) as run:
        server, folder = first.whereabouts()
        assert run.cells[0].traceback == ""
    assert not folder.exists(), "a runner leaves no folder behind"
    with odd_runner() as second, start(second):
        assert second.whereabouts()[0] == server
        with odd_runner() as third:  # while the first is in use
            assert third.whereabouts()[0] != server
    os.kill(server, signal.SIGKILL)
    fourth = odd_runner()
    left = start(fourth)
    other, _ = fourth.whereabouts()
    assert other != server
    fourth.close()
    assert other not in [kept.pid for kept in warm_servers._idle], "it had a child that lived"
    left.close()


def test_where_servers_are_tested_each_runner_starts_its_own() -> None:
    rooms = {room.name for room in Path(__file__).parent.iterdir() if room.is_dir()}
    assert set(warm_servers.OWN_SERVERS) < rooms
    assert sandbox.ForkServer is warm_servers.take_server
    own = Path(__file__).parent / "sandbox" / "test_one.py"
    sandbox.ForkServer, here = warm_servers.ForkServer, sandbox.ForkServer  # type: ignore[misc]
    with warm_servers.keeping_servers(own):
        assert sandbox.ForkServer is warm_servers.ForkServer
    with warm_servers.keeping_servers(Path(__file__)):
        assert sandbox.ForkServer is here
    sandbox.ForkServer = here  # type: ignore[misc]
