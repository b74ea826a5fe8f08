"""Where submissions are graded: here or in a local pool, each a `concurrent.futures.Executor`."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import Any, Generic, ParamSpec, TypeVar

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

    Args:
        make: makes the tool, a callable, in each worker; the pool forks, so it need not be picklable.
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
        waiting = iter(pieces)
        retry: list[Work] = []
        under_way: dict[Future[Made], Work] = {}
        while True:
            for piece in islice(waiting, max(0, 2 * self.workers - len(under_way))):
                under_way[self._submit(piece)] = piece
            if not under_way:
                break
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            broken = [f for f in finished if isinstance(f.exception(), BrokenProcessPool)]
            for future in finished.difference(broken):
                yield under_way.pop(future), future
            if broken:
                retry.extend(under_way.values())
                under_way.clear()
                self._close()
        for piece in retry:
            future = self._submit(piece)
            wait([future])
            if isinstance(future.exception(), BrokenProcessPool):
                self._close()
            yield piece, future

    def _submit(self, piece: Work) -> Future[Made]:
        if self._executor is None:
            self._executor = self._open()
        return self._executor.submit(_use_tool, piece)

    def _open(self) -> Executor:
        if self.workers == 1:
            _make_tool(self._make)
            return ThisProcess()
        return ProcessPoolExecutor(
            self.workers, mp_context=get_context("fork"), initializer=_make_tool, initargs=(self._make,)
        )

    def _close(self) -> None:
        if self._executor is None:
            return
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = None
        if self.workers == 1:
            _put_tool_away()


_tool: list[Callable[[Any], Any]] = []
"""The tool of this worker process, made once when it starts; a pool has no other place to keep it."""


def _make_tool(make: Callable[[], Callable[[Any], Any]]) -> None:
    _put_tool_away()
    _tool.append(make())


def _put_tool_away() -> None:
    while _tool:
        tool = _tool.pop()
        close = getattr(tool, "close", None)
        if close is not None:
            close()


def _use_tool(piece: Any) -> Any:
    return _tool[-1](piece)
