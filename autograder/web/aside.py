"""Work that a page waits for, done in a process of its own.

Authors' code is stopped by a signal, which only the first thread of a process is sent; and what opens an
assignment and runs code sealed would otherwise share its thread's time and memory with every page.
"""

import threading
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

from autograder.errors import AutograderError

P = ParamSpec("P")
R = TypeVar("R")
_SECONDS = 150.0


class AsideError(Exception):
    """It did not come to an end; the message says why."""


class Aside:
    """One such process at a time: whoever comes meanwhile waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def run(self, function: Callable[P, R], *arguments: P.args, **options: P.kwargs) -> R:
        """What a function of a module returns.

        Raises:
            AsideError: it raised an error that a person can read, or did not end in time.
        """
        if not self._lock.acquire(timeout=_SECONDS):
            raise AsideError("Others look at the class just now: try again in a minute.")
        try:
            done, answer = _run(function, arguments, options)
        finally:
            self._lock.release()
        if not done:
            raise AsideError(answer)
        return answer  # type: ignore[no-any-return]  # what came through the pipe is what it returned


def _run(function: Callable[..., Any], arguments: Any, options: Any) -> tuple[bool, Any]:
    # Begun anew, not forked: a fork of a process with threads may wait for ever for a lock of one of them.
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, function, arguments, options))
    process.start()
    theirs.close()
    try:
        if not ours.poll(_SECONDS):
            return False, "This took too long, and was given up."
        found: tuple[bool, Any] = ours.recv()
        return found
    except EOFError:
        return False, "This ended before it was done."
    finally:
        ours.close()
        process.join(1)
        if process.is_alive():
            process.kill()
            process.join()


def _work(pipe: Connection, function: Callable[..., Any], arguments: Any, options: Any) -> None:
    try:
        answer: tuple[bool, Any] = True, function(*arguments, **options)
    except AutograderError as error:
        answer = False, str(error)
    pipe.send(answer)
