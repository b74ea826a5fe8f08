"""Fork servers that tests share: a runner finds one as it finds its own, or it starts another."""

import os
import signal
from pathlib import Path

import pytest
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


def test_where_servers_are_killed_or_counted_none_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    tests = Path(__file__).parent
    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "ForkServer", warm_servers.ForkServer)
        with warm_servers.keeping_servers(tests / "sandbox" / "test_one.py"):
            with odd_runner() as first, start(first):
                used, _ = first.whereabouts()
            with odd_runner() as second, start(second):
                assert second.whereabouts()[0] != used
    assert used not in [kept.pid for kept in warm_servers._idle]


def test_one_off_which_others_are_split_is_prepared_anew_where_it_has_ended() -> None:
    with odd_runner() as first, start(first):
        server, _ = next(reversed(warm_servers._prepared.values()))
    os.kill(server.pid, signal.SIGKILL)
    server._process.wait()
    while warm_servers._idle:  # those that were split off it live on
        warm_servers._idle.pop().end()
    with odd_runner() as second, start(second) as run:
        assert run.cells[0].traceback == ""
    assert next(reversed(warm_servers._prepared.values()))[0].pid != server.pid


def test_where_it_is_tested_how_servers_start_each_runner_starts_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tests = Path(__file__).parent
    assert all((tests / name).exists() for name in warm_servers.OWN_SERVERS)
    assert {*warm_servers.FRESH_SERVERS} <= {room.name for room in tests.iterdir() if room.is_dir()}
    assert sandbox.ForkServer is warm_servers.take_server
    monkeypatch.setattr(sandbox, "ForkServer", warm_servers.ForkServer)
    for name in warm_servers.OWN_SERVERS:
        own = tests / name if name.endswith(".py") else tests / name / "test_one.py"
        with warm_servers.keeping_servers(own):
            assert sandbox.ForkServer is warm_servers.ForkServer
