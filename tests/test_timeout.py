"""A limit over an author's function: the time in which it has a processor counts, and no other."""

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from autograder import timeout
from autograder.timeout import WALL, TimeIsUpError, at_most

BRIEF = 0.01


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What a thread has computed and what passed on the wall, moved by a test; and how often one looked."""
    now = SimpleNamespace(worked=0.0, wall=0.0, looks=0)

    def look(_clock: int) -> float:
        now.looks += 1
        worked: float = now.worked
        return worked

    clock = SimpleNamespace(
        clock_gettime=look,
        monotonic=lambda: now.wall,
        pthread_getcpuclockid=time.pthread_getcpuclockid,
    )
    monkeypatch.setattr(timeout, "time", clock)
    return now


def here(work: Callable[[], object]) -> object:
    try:
        return work()
    except TimeIsUpError as over:
        return over


def in_a_thread(work: Callable[[], object]) -> object:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(here(work)))
    thread.start()
    thread.join()
    return found[0]


somewhere = pytest.mark.parametrize("run", [here, in_a_thread])


@somewhere
def test_a_function_that_has_no_processor_is_not_slow(
    run: Callable[[Callable[[], object]], Any], clocks: SimpleNamespace
) -> None:
    """On a machine that is busy, or stands still: looked at again and again, it is let go on."""

    def wait() -> str:
        with at_most(BRIEF):
            while clocks.looks < 6:
                pass
        return "done"

    assert run(wait) == "done"


@somewhere
@pytest.mark.parametrize(("clock", "seconds"), [("worked", BRIEF), ("wall", WALL * BRIEF)])
def test_one_that_computes_so_long_or_sleeps_many_times_as_long_is_ended(
    run: Callable[[Callable[[], object]], Any], clocks: SimpleNamespace, clock: str, seconds: float
) -> None:
    def go_on() -> None:
        with at_most(BRIEF):
            while clocks.looks < 4:
                pass
            setattr(clocks, clock, 2 * seconds)
            while True:
                pass

    assert isinstance(run(go_on), TimeIsUpError)
