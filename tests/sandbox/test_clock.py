"""Whose time counts against a budget: the process's own, and not that of a grader who was not there."""

import os
from types import SimpleNamespace

import pytest

from autograder.sandbox import clock
from autograder.sandbox.clock import Deadline, ProcessClock


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The clock on the wall and the grader's own time, moved by a test; the process itself does nothing."""
    now = SimpleNamespace(monotonic=0.0, worked=0.0)
    monkeypatch.setattr(clock.time, "monotonic", lambda: now.monotonic)
    monkeypatch.setattr(clock.time, "thread_time", lambda: now.worked)
    monkeypatch.setattr(ProcessClock, "used", lambda _self: 0.0)
    monkeypatch.setattr(ProcessClock, "waited", lambda _self: 0.0)
    return now


def look(deadline: Deadline, wall: SimpleNamespace, seconds: float) -> None:
    """So long the grader looks, a hundred times a second."""
    for _ in range(round(100 * seconds)):
        wall.monotonic += 0.01
        deadline.passed()


def test_code_that_sleeps_has_twice_its_budget(wall: SimpleNamespace) -> None:
    deadline = Deadline(ProcessClock(os.getpid()), 1.0)
    look(deadline, wall, 1.9)
    assert not deadline.passed()
    look(deadline, wall, 0.2)
    assert deadline.passed()


def test_a_grader_that_was_stopped_for_an_hour_costs_nobody_a_mark(wall: SimpleNamespace) -> None:
    """By Ctrl-Z, or by programs that took every processor: the process was waiting for its answer."""
    deadline = Deadline(ProcessClock(os.getpid()), 1.0)
    look(deadline, wall, 0.5)
    wall.monotonic += 3600.0
    assert not deadline.passed()
    assert deadline.spent() < 0.3
    look(deadline, wall, 2.0)
    assert deadline.passed()


def test_what_a_function_of_ours_computes_counts(wall: SimpleNamespace) -> None:
    """A process that asks it again and again does not go on for ever."""
    deadline = Deadline(ProcessClock(os.getpid()), 1.0)
    for _ in range(7):
        wall.monotonic += 0.3
        wall.worked += 0.3
        deadline.passed()
    assert deadline.passed()
