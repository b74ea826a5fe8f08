"""Threads that compute take turns, and whoever waits for the store lets another go on."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore

import pytest

from autograder.gradebook.together import Together
from autograder.gradebook.turns import giving_turn_up, taking_turns


def test_all_answers_that_wait_for_one_slow_commit_are_written_by_the_next() -> None:
    """With one turn, where each thread kept it until its commit, each commit would write one answer."""
    turns, writing = Semaphore(1), Together[int]()
    begun, go = threading.Event(), threading.Event()
    written: list[Sequence[int]] = []

    def commit(items: Sequence[int]) -> None:
        begun.set()
        assert go.wait(120)
        written.append(items)

    def answer(number: int) -> None:
        with taking_turns(turns):
            writing.write(number, commit)

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(answer, 0)
        assert begun.wait(120)
        others = [pool.submit(answer, number) for number in (1, 2, 3)]
        while len(writing._waiting) < 3:
            pass
        go.set()
        assert [each.result(120) for each in (first, *others)] == [None] * 4
    assert [sorted(each) for each in written] == [[0], [1, 2, 3]]


def test_no_more_threads_compute_than_there_are_turns() -> None:
    turns, computing, most = Semaphore(2), [0], [0]
    lock = threading.Lock()

    def count(by: int) -> None:
        with lock:
            computing[0] += by
            most[0] = max(most[0], computing[0])

    def answer() -> None:
        for _ in range(50):
            with taking_turns(turns):
                count(1)
                count(-1)
                with giving_turn_up():
                    pass
                count(1)
                count(-1)

    with ThreadPoolExecutor(8) as pool:
        for each in [pool.submit(answer) for _ in range(8)]:
            each.result(120)
    assert most[0] <= 2


def test_a_turn_comes_back_from_a_store_that_fails() -> None:
    turns = Semaphore(1)
    with pytest.raises(OSError, match="disk"), taking_turns(turns), giving_turn_up():
        raise OSError("disk")
    assert turns.acquire(blocking=False)
