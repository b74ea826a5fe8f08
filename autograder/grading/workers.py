"""Where submissions are graded: here or in a local pool, each a `concurrent.futures.Executor`."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from multiprocessing.util import Finalize
from typing import Any, Generic, ParamSpec, TypeVar

from autograder.sandbox.system.parent import die_with

P = ParamSpec("P")
Work = TypeVar("Work")
Made = TypeVar("Made")


class ThisProcess(Executor):
    """An executor that does the work at once, where it was submitted."""

    def submit(self, work: Callable[P, Made], /, *args: P.args, **kwargs: P.kwargs) -> Future[Made]:
        future: Future[Made] = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - a future holds whatever the work raised
            future.set_exception(error)
        return future


class Bench(Generic[Work, Made]):
    """Workers at a bench: each makes its own tool once, then uses it on whatever it is handed.

    A tool with a `close` method is closed when its worker leaves.

    Args:
        make: makes the tool, a callable, in each worker; the pool forks, so it need not be picklable.
            What it raises is raised by each piece that it was to be made for.
        workers: how many processes; 1 works in this process.
    """

    def __init__(self, make: Callable[[], Callable[[Work], Made]], *, workers: int = 1) -> None:
        self._make = make
        self.workers = workers
        self._executor: Executor | None = None

    def __enter__(self) -> "Bench[Work, Made]":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def done(self, pieces: Iterable[Work]) -> Iterator[tuple[Work, Future[Made]]]:
        """Hand out pieces and yield each with its finished future, as they come.

        A piece whose worker dies is tried once more, alone; then its future holds BrokenProcessPool.
        """
        waiting, suspects = iter(pieces), deque[Work]()
        under_way: dict[Future[Made], Work] = {}
        while True:
            for piece in islice(waiting, max(0, self._ahead - len(under_way))):
                under_way[self._submit(piece)] = piece
            if not under_way:
                break
            wait(under_way, return_when=FIRST_COMPLETED)
            finished = [future for future in under_way if future.done()]
            for future in finished:
                piece = under_way.pop(future)
                if _is_broken(future):
                    suspects.append(piece)
                else:
                    yield piece, future
            if suspects:  # the pool is broken: everything under way in it is lost
                yield from self._drain(under_way, suspects)

    @property
    def _ahead(self) -> int:
        """How many pieces are handed out before the first of them is back."""
        return 1 if self.workers == 1 else 2 * self.workers

    def _drain(
        self, under_way: dict[Future[Made], Work], suspects: deque[Work]
    ) -> Iterator[tuple[Work, Future[Made]]]:
        """After a worker died: take what was finished, and try the rest again one by one."""
        wait(under_way)
        self._close()
        for future, piece in under_way.items():
            if _is_broken(future):
                suspects.append(piece)
            else:
                yield piece, future
        under_way.clear()
        while suspects:
            piece = suspects.popleft()
            future = self._submit(piece)
            wait([future])
            if _is_broken(future):
                self._close()
            yield piece, future

    def _submit(self, piece: Work) -> Future[Made]:
        if self._executor is None:
            self._executor = self._open()
        return self._executor.submit(_use_tool, piece)

    def _open(self) -> Executor:
        if self.workers == 1:
            _take_place(self._make)
            return ThisProcess()
        return ProcessPoolExecutor(
            self.workers,
            mp_context=get_context("fork"),
            initializer=_begin,
            initargs=(self._make, os.getpid()),
        )

    def _close(self) -> None:
        if self._executor is None:
            return
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = None
        if self.workers == 1:
            _leave()


def _is_broken(future: Future[Any]) -> bool:
    """Whether the worker died; a piece that was never begun because of it counts as such."""
    return future.cancelled() or isinstance(future.exception(), BrokenProcessPool)


_place: list[Callable[[], Callable[[Any], Any]]] = []
"""How this worker process makes its tool; a pool has no other place to keep it."""
_tool: list[Callable[[Any], Any]] = []
"""The tool, once it is made: by the first piece, so that what goes wrong then is that piece's to tell."""


def _begin(make: Callable[[], Callable[[Any], Any]], leader: int) -> None:
    """In a worker of a pool: take its place, and leave it when the process ends.

    A worker whose leader was killed would wait for work for ever, with a fork server of its own: it ends too.
    """
    if sys.platform == "linux":
        die_with(leader)
    _tool.clear()  # the tool of the process it was forked from is not its own to close
    _take_place(make)
    Finalize(None, _leave, exitpriority=10)


def _take_place(make: Callable[[], Callable[[Any], Any]]) -> None:
    _leave()
    _place.append(make)


def _leave() -> None:
    _place.clear()
    while _tool:
        close = getattr(_tool.pop(), "close", None)
        if close is not None:
            close()


def _use_tool(piece: Any) -> Any:
    if not _tool:
        _tool.append(_place[-1]())
    return _tool[-1](piece)
