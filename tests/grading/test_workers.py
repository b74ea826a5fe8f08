"""Workers: whatever one piece of work does to its worker, every other piece is done."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.grading.workers import ExecutorWorkers, ThisProcess, Workers, complete, local_workers


@dataclass(frozen=True)
class Square:
    """A recipe; its tool squares numbers, and notes in a folder that it was made and closed."""

    folder: Path

    def __call__(self) -> "SquareTool":
        (self.folder / f"made-{os.getpid()}").touch()
        return SquareTool(self.folder)


@dataclass(frozen=True)
class SquareTool:
    folder: Path

    def __call__(self, number: int) -> int:
        return number * number

    def close(self) -> None:
        (self.folder / f"closed-{os.getpid()}").touch()


@dataclass(frozen=True)
class DiesOn:
    """A recipe; its tool kills its own process on some pieces, or only where a file is not there yet."""

    fatal: tuple[int, ...]
    once: Path | None = None

    def __call__(self) -> Callable[[int], int]:
        return self.work

    def work(self, number: int) -> int:
        if number in self.fatal and not (self.once and self.once.exists()):
            if self.once:
                self.once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.005)
        return number * number


def invert(number: int) -> int:
    return 1 // number


def inverting() -> Callable[[int], int]:
    return invert


def failing() -> Callable[[int], int]:
    raise OSError("no seal")


@dataclass(frozen=True)
class Tells:
    """A recipe; its tool tells in which process it was made. What `opened` holds is never pickled."""

    opened: str

    def __call__(self) -> Callable[[int], str]:
        opened = self.opened
        return lambda _: opened

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tells)

    def __hash__(self) -> int:
        return 0

    def __reduce__(self) -> tuple[type["Tells"], tuple[str]]:
        return Tells, ("opened anew",)


def threads() -> Workers[int, int]:
    """An executor of another kind, whose workers cannot die."""

    def opened(_recipe: object) -> Executor:
        return ThreadPoolExecutor(2)

    return ExecutorWorkers(opened, room=4)


KINDS = {
    "here": lambda: local_workers(1),
    "fork": lambda: local_workers(2),
    "spawn": lambda: local_workers(2, start="spawn"),
    "threads": threads,
}


@pytest.fixture(params=KINDS)
def workers(request: pytest.FixtureRequest) -> Iterator[Workers[int, int]]:
    """Workers of every kind, closed in the end."""
    with closing(KINDS[request.param]()) as made:
        yield made


def test_every_piece_comes_back_once_with_its_own_answer(workers: Workers[int, int], tmp_path: Path) -> None:
    done = [(piece, future.result()) for piece, future in complete(range(20), Square(tmp_path), workers)]
    assert sorted(done) == [(n, n * n) for n in range(20)]


def test_one_worker_works_here_in_the_order_given_and_no_further_ahead_than_asked(tmp_path: Path) -> None:
    taken: list[int] = []

    def pieces() -> Iterator[int]:
        for number in range(5):
            taken.append(number)
            yield number

    with closing(local_workers(1)) as here:
        done = complete(pieces(), Square(tmp_path), here)
        assert next(done)[0] == 0
        assert taken == [0]
        assert [piece for piece, _ in done] == [1, 2, 3, 4]
    assert [file.name for file in tmp_path.glob("made-*")] == [f"made-{os.getpid()}"]


@pytest.mark.parametrize("kind", ["here", "fork", "spawn"])
def test_every_tool_that_was_made_is_closed(kind: str, tmp_path: Path) -> None:
    with closing(KINDS[kind]()) as workers:
        list(complete(range(8), Square(tmp_path), workers))
    made, closed = tmp_path.glob("made-*"), tmp_path.glob("closed-*")
    names = sorted(file.name.removeprefix("closed-") for file in closed)
    assert names
    assert names == sorted(file.name.removeprefix("made-") for file in made)


def test_what_the_work_raises_is_held_by_its_future(workers: Workers[int, int]) -> None:
    futures = dict(complete([0, 1, 2], inverting, workers))
    assert isinstance(futures[0].exception(), ZeroDivisionError)
    assert futures[1].result() == 1


def test_a_tool_that_cannot_be_made_says_why(workers: Workers[int, int]) -> None:
    reasons = [future.exception() for _, future in complete([1, 2], failing, workers)]
    assert [str(reason) for reason in reasons] == ["no seal", "no seal"]


def test_a_piece_that_kills_its_worker_twice_is_given_up_and_the_others_are_done() -> None:
    with closing(local_workers(2)) as workers:
        done = dict(complete(range(16), DiesOn((3, 11)), workers))
    assert sorted(done) == list(range(16))
    lost = {piece for piece, future in done.items() if isinstance(future.exception(), BrokenProcessPool)}
    assert lost == {3, 11}
    assert all(done[n].result() == n * n for n in done.keys() - lost)


def test_a_worker_that_was_killed_by_chance_costs_nothing(tmp_path: Path) -> None:
    with closing(local_workers(2)) as workers:
        found = complete(range(10), DiesOn((5,), once=tmp_path / "died"), workers)
        done = {piece: future.result() for piece, future in found}
    assert (tmp_path / "died").exists()
    assert done == {n: n * n for n in range(10)}


def test_a_piece_is_never_handed_back_twice_when_a_worker_dies() -> None:
    with closing(local_workers(2)) as workers:
        pieces = [piece for piece, _ in complete(range(12), DiesOn((2,)), workers)]
    assert sorted(pieces) == list(range(12))


def test_workers_that_are_left_early_close_their_tools(tmp_path: Path) -> None:
    with closing(local_workers(2)) as workers:
        next(complete(range(100), Square(tmp_path), workers))
    assert len(list(tmp_path.glob("closed-*"))) == len(list(tmp_path.glob("made-*"))) > 0


def test_a_fork_shares_what_is_open_and_a_spawned_worker_opens_it_anew() -> None:
    told = {}
    for kind in ("fork", "spawn"):
        with closing(KINDS[kind]()) as workers:
            told[kind] = {future.result() for _, future in complete(range(4), Tells("open here"), workers)}
    assert told == {"fork": {"open here"}, "spawn": {"opened anew"}}


def test_another_recipe_replaces_the_tool_of_a_worker(tmp_path: Path) -> None:
    """And closes it: each may hold a fork server."""
    (tmp_path / "other").mkdir()
    with closing(local_workers(1)) as workers:
        list(complete([1], Square(tmp_path), workers))
        assert not list(tmp_path.glob("closed-*"))
        list(complete([1], Square(tmp_path / "other"), workers))
        assert len(list(tmp_path.glob("closed-*"))) == 1


def test_this_process_holds_what_was_raised() -> None:
    here: ThisProcess[int, int] = ThisProcess()
    here.submit("a", inverting, 0)
    [(key, future)] = here.as_completed()
    assert key == "a"
    assert isinstance(future.exception(), ZeroDivisionError)
