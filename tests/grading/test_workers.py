"""Workers at a bench: whatever one piece of work does to its worker, every other piece is done."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from autograder.grading.workers import Bench, ThisProcess


class Square:
    """A tool: squares numbers, and notes in a folder that it was made and closed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / f"made-{os.getpid()}").touch()

    def __call__(self, number: int) -> int:
        return number * number

    def close(self) -> None:
        (self._folder / f"closed-{os.getpid()}").touch()


def dies_on(*fatal: int, once: Path | None = None):
    """A tool that kills its own process on some pieces, or only where a file is not there yet."""

    def work(number: int) -> int:
        if number in fatal and not (once and once.exists()):
            if once:
                once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.005)
        return number * number

    return lambda: work


@pytest.mark.parametrize("workers", [1, 2])
def test_every_piece_comes_back_once_with_its_own_answer(workers: int, tmp_path: Path) -> None:
    with Bench(lambda: Square(tmp_path), workers=workers) as bench:
        done = [(piece, future.result()) for piece, future in bench.done(range(20))]
    assert sorted(done) == [(n, n * n) for n in range(20)]


def test_one_worker_works_here_in_the_order_given_and_no_further_ahead_than_asked(tmp_path: Path) -> None:
    taken: list[int] = []

    def pieces() -> Iterator[int]:
        for number in range(5):
            taken.append(number)
            yield number

    with Bench(lambda: Square(tmp_path), workers=1) as bench:
        done = bench.done(pieces())
        assert next(done)[0] == 0
        assert taken == [0]
        assert [piece for piece, _ in done] == [1, 2, 3, 4]
    assert [file.name for file in tmp_path.glob("made-*")] == [f"made-{os.getpid()}"]


@pytest.mark.parametrize("workers", [1, 2])
def test_every_tool_that_was_made_is_closed(workers: int, tmp_path: Path) -> None:
    with Bench(lambda: Square(tmp_path), workers=workers) as bench:
        list(bench.done(range(8)))
    made, closed = tmp_path.glob("made-*"), tmp_path.glob("closed-*")
    names = sorted(file.name.removeprefix("closed-") for file in closed)
    assert names
    assert names == sorted(file.name.removeprefix("made-") for file in made)


@pytest.mark.parametrize("workers", [1, 2])
def test_what_the_work_raises_is_held_by_its_future(workers: int) -> None:
    with Bench(lambda: lambda number: 1 // number, workers=workers) as bench:
        futures = dict(bench.done([0, 1, 2]))
    assert isinstance(futures[0].exception(), ZeroDivisionError)
    assert futures[1].result() == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_a_tool_that_cannot_be_made_says_why(workers: int) -> None:
    def make():
        raise OSError("no seal")

    with Bench(make, workers=workers) as bench:
        reasons = [future.exception() for _, future in bench.done([1, 2])]
    assert [str(reason) for reason in reasons] == ["no seal", "no seal"]


def test_a_piece_that_kills_its_worker_twice_is_given_up_and_the_others_are_done() -> None:
    with Bench(dies_on(3, 11), workers=2) as bench:
        done = dict(bench.done(range(16)))
    assert sorted(done) == list(range(16))
    lost = {piece for piece, future in done.items() if isinstance(future.exception(), BrokenProcessPool)}
    assert lost == {3, 11}
    assert all(done[n].result() == n * n for n in done.keys() - lost)


def test_a_worker_that_was_killed_by_chance_costs_nothing(tmp_path: Path) -> None:
    with Bench(dies_on(5, once=tmp_path / "died"), workers=2) as bench:
        done = {piece: future.result() for piece, future in bench.done(range(10))}
    assert (tmp_path / "died").exists()
    assert done == {n: n * n for n in range(10)}


def test_a_piece_is_never_handed_back_twice_when_a_worker_dies() -> None:
    with Bench(dies_on(2), workers=2) as bench:
        pieces = [piece for piece, _ in bench.done(range(12))]
    assert sorted(pieces) == list(range(12))


def test_a_bench_that_is_left_early_closes_its_tools(tmp_path: Path) -> None:
    with Bench(lambda: Square(tmp_path), workers=2) as bench:
        next(bench.done(range(100)))
    assert len(list(tmp_path.glob("closed-*"))) == len(list(tmp_path.glob("made-*"))) > 0


def test_the_executor_of_this_process_holds_what_was_raised() -> None:
    future = ThisProcess().submit(lambda: 1 // 0)
    assert isinstance(future.exception(), ZeroDivisionError)
