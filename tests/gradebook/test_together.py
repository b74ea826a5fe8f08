"""What several threads save at one time is written at once, and each is told of its own."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing

import pytest
from samples import custody, open_book, submission

from autograder.gradebook import together
from autograder.gradebook.store import Gradebook
from autograder.gradebook.together import Together


class Disk:
    """What was written, a list for each time; the first is held until `go` is set."""

    def __init__(self, fails: Callable[[Sequence[str]], BaseException | None] = lambda items: None) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        self.written: list[list[str]] = []
        self._fails = fails

    def write(self, items: Sequence[str]) -> None:
        first = not self.begun.is_set()
        self.begun.set()
        if first:
            assert self.go.wait(120)
        failed = self._fails(items)
        if failed is not None:
            raise failed
        self.written.append(list(items))


def send(disk: Disk, *items: str) -> list[Future[None]]:
    """The first is being written while the others come, in this order."""
    writing = Together[str]()
    with ThreadPoolExecutor(len(items)) as pool:
        sent = [pool.submit(writing.write, items[0], disk.write)]
        assert disk.begun.wait(120)
        for number, item in enumerate(items[1:], 1):
            sent.append(pool.submit(writing.write, item, disk.write))
            while len(writing._waiting) < number:
                pass
        disk.go.set()
    return sent


def test_what_comes_while_another_writes_is_written_at_once() -> None:
    disk = Disk()
    sent = send(disk, "a", "b", "c", "d")
    assert [each.result() for each in sent] == [None] * 4
    assert disk.written == [["a"], ["b", "c", "d"]]


def test_what_cannot_be_written_keeps_no_other() -> None:
    disk = Disk(lambda items: ValueError("bad") if "bad" in items else None)
    first, second, bad, fourth = send(disk, "a", "b", "bad", "d")
    assert [first.result(), second.result(), fourth.result()] == [None] * 3
    with pytest.raises(ValueError, match="bad"):
        bad.result()
    assert disk.written == [["a"], ["b"], ["d"]]


def test_where_nothing_can_be_written_everybody_is_told() -> None:
    disk = Disk(lambda items: OSError("no room"))
    for each in send(disk, "a", "b", "c"):
        with pytest.raises(OSError, match="no room"):
            each.result()
    assert disk.written == []


def test_a_store_that_was_waited_for_in_vain_is_not_waited_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A locked store is given up after half a minute: not after as many as there are who wait."""
    monkeypatch.setattr(together, "_IN_VAIN", 0.0)
    tried: list[Sequence[str]] = []

    def fails(items: Sequence[str]) -> BaseException:
        tried.append(items)
        return OSError("locked")

    for each in send(Disk(fails), "a", "b", "c", "d"):
        with pytest.raises(OSError, match="locked"):
            each.result()
    assert tried == [["a"], ["b", "c", "d"]]


def test_who_is_interrupted_leaves_the_others_to_them() -> None:
    """As by Ctrl-C in the thread that writes."""
    interrupted: list[object] = []

    def fails(items: Sequence[str]) -> BaseException | None:
        if len(items) > 1 and not interrupted:
            interrupted.append(items)
            return KeyboardInterrupt()
        return None

    disk = Disk(fails)
    sent = send(disk, "a", "b", "c", "d")
    ended = [each.exception() for each in sent]
    assert sum(isinstance(error, KeyboardInterrupt) for error in ended) == 1
    assert sum(error is None for error in ended) == 3
    assert sorted(item for items in disk.written for item in items) == ["a", "b", "c", "d"]


def test_files_that_a_class_hands_in_while_somebody_writes_are_recorded_by_one_commit(place: str) -> None:
    """Each commit may wait for a disk. Each is told of its own file."""
    names = [f"s{number}" for number in range(7)]

    def hand_in(own: Gradebook, student: str) -> int:
        return own.receive([submission(student)])

    with open_book(place) as gradebook, ThreadPoolExecutor(8) as threads:
        gradebook.receive([submission("s3")])
        key = custody(place)
        before = key.read()
        with key.lock(30.0):
            first = threads.submit(hand_in, gradebook.for_thread(), "first")
            received = gradebook._together.received
            while not received._turn.locked():
                time.sleep(0.01)
            others = [threads.submit(hand_in, gradebook.for_thread(), student) for student in names]
            while len(received._waiting) < len(names) - 1:
                time.sleep(0.01)
        assert first.result() == 1
        assert [each.result() for each in others] == [1, 1, 1, 0, 1, 1, 1], "s3 had handed the same in before"
        after = key.read()
        assert set(gradebook.pending("gradients").students) == {"first", *names}
    assert before is not None
    assert after is not None
    assert after.batch == before.batch + 2


def test_whoever_hands_in_for_the_first_time_beside_others_finds_their_own_file(place: str) -> None:
    """Each thread knows whose the numbers are as its own last transaction read them."""

    def hand_in_and_look(own: Gradebook, students: list[str]) -> list[str]:
        with closing(own):
            found = list[str]()
            for student in students:
                own.receive([submission(student)])
                found += [each.student for each in own.marked_submissions(students=[student])]
            return found

    groups = [[f"s{number}-{member}" for member in range(8)] for number in range(8)]
    with open_book(place) as gradebook, ThreadPoolExecutor(8) as threads:
        begun = [threads.submit(hand_in_and_look, gradebook.for_thread(), group) for group in groups]
        assert [each.result() for each in begun] == groups
