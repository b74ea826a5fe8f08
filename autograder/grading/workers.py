"""Where pieces of work are done: in this process, in a local pool, on whatever is an `Executor`.

A piece is done by a tool that its recipe makes. The recipe is picklable and each worker makes the tool
itself, once, so that it does not matter where the worker is.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from itertools import count, islice
from multiprocessing import get_context
from typing import Generic, Protocol, TypeVar

from autograder.grading.in_worker import KeptTool, begin, do

Piece = TypeVar("Piece")
Made = TypeVar("Made")
Recipe = Callable[[], Callable[[Piece], Made]]
"""Makes the tool: picklable, and equal to any that makes the same."""


class Workers(Protocol[Piece, Made]):
    """Whoever does the work."""

    @property
    def room(self) -> int:
        """How many pieces may be handed out before the first of them is back."""

    @property
    def deaths(self) -> tuple[type[BaseException], ...]:
        """What the future of a piece holds whose worker died."""

    def submit(self, key: str, recipe: Recipe[Piece, Made], piece: Piece) -> None:
        """Hand out a piece, which is known by its key."""

    def as_completed(self) -> Iterator[tuple[str, Future[Made]]]:
        """Every piece that is under way, as it is done; also what is handed out meanwhile."""

    def cancel(self) -> None:
        """Take back what no worker has begun; its futures are cancelled."""

    def close(self) -> None:
        """Wait for what is begun, and let the workers go."""


def complete(
    pieces: Iterable[Piece], recipe: Recipe[Piece, Made], workers: Workers[Piece, Made]
) -> Iterator[tuple[Piece, Future[Made]]]:
    """Hand out pieces and yield each with its finished future, as they come.

    A piece whose worker dies is tried once more, alone; then its future holds what its worker died of.
    """
    waiting, under_way, keys = iter(pieces), dict[str, Piece](), map(str, count())

    def hand_out(piece: Piece) -> None:
        key = next(keys)
        under_way[key] = piece
        workers.submit(key, recipe, piece)

    try:
        while True:
            for piece in islice(waiting, workers.room):
                hand_out(piece)
            suspects = deque[Piece]()
            for key, future in workers.as_completed():
                piece = under_way.pop(key)
                if _is_dead(future, workers):
                    suspects.append(piece)
                else:
                    yield piece, future
                # After a death nothing more is handed out: all that is under way may be lost with it. Where
                # workers have gone, more may be under way than there is room for.
                for piece in islice(waiting, 0 if suspects else max(0, workers.room - len(under_way))):
                    hand_out(piece)
            if not suspects:
                return
            for piece in suspects:
                hand_out(piece)
                yield from ((under_way.pop(key), future) for key, future in workers.as_completed())
    finally:
        workers.cancel()


def _is_dead(future: Future[Made], workers: Workers[Piece, Made]) -> bool:
    """Whether the worker died; a piece that was never begun because of it counts as such."""
    return future.cancelled() or isinstance(future.exception(), workers.deaths)


class ThisProcess(Generic[Piece, Made]):
    """Does each piece here, when it is handed out."""

    room, deaths = 1, ()

    def __init__(self) -> None:
        self._kept = KeptTool()
        self._done: deque[tuple[str, Future[Made]]] = deque()

    def submit(self, key: str, recipe: Recipe[Piece, Made], piece: Piece) -> None:
        """Do it."""
        future: Future[Made] = Future()
        try:
            future.set_result(self._kept.use(recipe, piece))
        except Exception as error:  # noqa: BLE001 - a future holds whatever the work raised
            future.set_exception(error)
        self._done.append((key, future))

    def as_completed(self) -> Iterator[tuple[str, Future[Made]]]:
        """What has been done and not been asked for."""
        while self._done:
            yield self._done.popleft()

    def cancel(self) -> None:
        """Nothing is ever waiting."""

    def close(self) -> None:
        """Close the tool."""
        self._kept.close()


class ExecutorWorkers(Generic[Piece, Made]):
    """The workers of any `concurrent.futures.Executor`.

    Args:
        open_executor: opens one, told which recipe comes first. Another is opened after a death.
        room: how many pieces may be handed out before the first of them is back.
        deaths: the exceptions by which the executor's futures tell that their worker died.
    """

    def __init__(
        self,
        open_executor: Callable[[Recipe[Piece, Made]], Executor],
        *,
        room: int,
        deaths: tuple[type[BaseException], ...] = (BrokenExecutor,),
    ) -> None:
        self.room, self.deaths = room, deaths
        self._open = open_executor
        self._executor: Executor | None = None
        self._broken = False
        self._under_way: dict[Future[Made], str] = {}

    def submit(self, key: str, recipe: Recipe[Piece, Made], piece: Piece) -> None:
        """Hand out a piece, in a new executor where a worker of the last one died."""
        if self._broken:
            self.close()
        if self._executor is None:
            self._executor = self._open(recipe)
        try:
            future = self._executor.submit(do, recipe, piece)
        except self.deaths as death:  # of which nobody has heard yet
            future = Future()
            future.set_exception(death)
        self._under_way[future] = key

    def as_completed(self) -> Iterator[tuple[str, Future[Made]]]:
        """Every piece that is under way, as it is done."""
        while self._under_way:
            wait(self._under_way, return_when=FIRST_COMPLETED)
            for future in [future for future in self._under_way if future.done()]:
                self._broken |= _is_dead(future, self)
                yield self._under_way.pop(future), future

    def cancel(self) -> None:
        """Take back what no worker has begun."""
        for future in self._under_way:
            future.cancel()

    def close(self) -> None:
        """Wait for what is begun, and let the workers go."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor, self._broken = None, False


def local_workers(number: int, *, start: str = "fork") -> Workers[Piece, Made]:
    """So many workers on this machine; one alone works in this process.

    A `fork` shares with its leader all that the recipe has opened; a process that is started by `spawn` opens
    it itself.
    """
    if number == 1:
        return ThisProcess()

    def open_pool(recipe: Recipe[Piece, Made]) -> Executor:
        context = get_context(start)
        return ProcessPoolExecutor(number, context, initializer=begin, initargs=(recipe, os.getpid()))

    return ExecutorWorkers(open_pool, room=2 * number)
