"""A fork server is split off another one: it has all that was prepared, and a life and walls of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.domain.answer import Batch, Call
from autograder.domain.course import Limits
from autograder.domain.notebook import Cell, CellKind
from autograder.sandbox.forkserver import ForkedChild, ForkServer
from autograder.sandbox.interpreter import this_interpreter
from autograder.sandbox.isolation import LIMITS_ONLY
from autograder.sandbox.messages import ForkChild
from autograder.sandbox.runner import Runner

DOUBLE = [Cell(CellKind.CODE, "def double(x):\n    return 2 * x", 1)]
GROUP = Path("/proc/self/autogroup")
NICE = """
import os
from autograder.sandbox.isolation import LIMITS_ONLY
from autograder.sandbox.messages import ForkChild
from autograder.sandbox.runner import Runner

with Runner(accept_level=LIMITS_ONLY) as first, first.shared_server() as shared:
    os.nice(3)
    with Runner(accept_level=LIMITS_ONLY) as runner:
        runner.split_off(shared)
        server, _ = runner.whereabouts()
        group = f"/proc/{server}/autogroup"
        session = open(group).read().rpartition(" ")[2].strip() if os.path.exists(group) else "none"
        print(os.getpriority(os.PRIO_PROCESS, server), session, os.getsid(server) == server)
"""


@pytest.fixture(scope="module")
def shared() -> Iterator[ForkServer]:
    with Runner(accept_level=LIMITS_ONLY).shared_server() as server:
        yield server


@pytest.fixture
def split(shared: ForkServer) -> Iterator[Runner]:
    with Runner(accept_level=LIMITS_ONLY) as runner:
        runner.split_off(shared)
        yield runner


def double(runner: Runner) -> object:
    with runner.start(DOUBLE, Limits()) as run:
        [answer] = run.ask("double", Batch((Call((21,)),)), seconds=10)
    return answer.value


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_what_is_split_off_runs_code_as_well_sealed_as_a_server_of_its_own(split: Runner) -> None:
    assert double(split) == 42
    with Runner(accept_level=LIMITS_ONLY) as own:
        layers = {layer.split()[0] for layer in own.isolation.layers}
    assert {layer.split()[0] for layer in split.isolation.layers} == layers


def test_two_of_them_live_side_by_side_and_end_one_by_one(shared: ForkServer, split: Runner) -> None:
    other = Runner(accept_level=LIMITS_ONLY)
    other.split_off(shared)
    pid, folder = other.whereabouts()
    assert pid != split.whereabouts()[0]
    assert double(other) == double(split) == 42
    other.close()
    assert not is_there(pid)
    assert not folder.exists()
    assert double(split) == 42


def test_one_whose_end_was_waited_for_can_be_closed_and_waited_for_again(
    shared: ForkServer, tmp_path: Path
) -> None:
    """Its handle is given up once: its number may be another file's by then."""
    server = ForkServer(
        preload=(), interpreter=this_interpreter(), uid=None, base=tmp_path, namespaces=True, parent=shared
    )
    os.kill(server.pid, signal.SIGKILL)
    server._process.wait()
    with (tmp_path / "other").open("w") as other:
        server.close()
        server._process.wait()
        other.write("it is open")
    assert not is_there(server.pid)


def test_one_that_was_killed_is_split_off_again(shared: ForkServer, split: Runner) -> None:
    first, _ = split.whereabouts()
    os.kill(first, signal.SIGKILL)
    assert double(split) == 42
    assert split.whereabouts()[0] != first
    assert is_there(shared.pid)


def test_a_process_that_ends_with_its_server_before_it_is_looked_at_is_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fork, killed = ForkServer.fork, list[int]()

    def fork_and_die(server: ForkServer, terms: ForkChild) -> ForkedChild:
        child = fork(server, terms)
        if not killed:
            killed.append(server.pid)
            os.kill(server.pid, signal.SIGKILL)
            told = Path(f"/proc/self/fdinfo/{child.pidfd}")
            for _ in range(500):  # until whoever inherits it has collected it
                if "Pid:\t-1" in told.read_text():
                    break
                time.sleep(0.01)
        return child

    monkeypatch.setattr(ForkServer, "fork", fork_and_die)
    with Runner(accept_level=LIMITS_ONLY) as runner:
        assert double(runner) == 42
        assert runner.whereabouts()[0] not in killed


def test_where_the_shared_one_has_ended_a_runner_starts_its_own() -> None:
    with Runner(accept_level=LIMITS_ONLY) as runner:
        with Runner(accept_level=LIMITS_ONLY).shared_server() as gone:
            runner.split_off(gone)
            kept, _ = runner.whereabouts()
        assert double(runner) == 42  # those that were split off live on
        os.kill(kept, signal.SIGKILL)
        assert double(runner) == 42


@pytest.mark.soak
def test_it_is_as_nice_as_the_process_that_it_serves_and_its_session_too() -> None:
    done = subprocess.run([sys.executable, "-c", NICE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    process, session, leads = done.stdout.split()
    assert (int(process), leads) == (min(19, os.nice(0) + 3), "True")
    if GROUP.exists():
        own = int(GROUP.read_text().rpartition(" ")[2] or 0)
        assert int(session) == min(19, own + os.nice(0) + 3)
