"""Bounds on the author's functions while a student's code asks them: the arguments are the student's choice.

A reference that takes a number of steps, asked for 10**12 of them, must not hold up the class.
"""

import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.sandbox.process import Overdue

_MEMORY = 1 << 30
_PAGE = resource.getpagesize()


class _TimeIsUpError(BaseException):
    """No author's `except Exception` catches this."""


class Bounds:
    """Time and memory of the functions that are asked during one batch."""

    def __init__(self) -> None:
        self.overdue = False
        self._held = self._armed = False
        self._space: int | None = None

    @contextmanager
    def hold(self, deadline: float) -> Iterator[None]:
        """Raise Overdue in the body when the deadline passes, MemoryError when it takes too much.

        A signal reaches the main thread only: in another there are no bounds.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        if self._held:  # functions that ask each other: the clock runs already
            with self._set(armed=True):
                yield
            return
        self._held = self._armed = True
        space = resource.getrlimit(resource.RLIMIT_AS)
        previous = signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, max(0.001, deadline - time.monotonic()), 0.1)
        try:
            resource.setrlimit(resource.RLIMIT_AS, (self._most_space(space), space[1]))
            try:
                yield
            finally:
                self._armed = False
        except _TimeIsUpError:
            raise Overdue from None
        finally:
            self._armed = False  # a ring between the two lines above would have skipped the first
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)
            resource.setrlimit(resource.RLIMIT_AS, space)
            self._held = False

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Within a held body: nothing is raised in here, where a process is talked to, but right after."""
        with self._set(armed=False):
            yield
        if self._armed and self.overdue:
            raise _TimeIsUpError

    @contextmanager
    def _set(self, *, armed: bool) -> Iterator[None]:
        before, self._armed = self._armed, armed
        try:
            yield
        finally:
            self._armed = before

    def _ring(self, *_: object) -> None:
        self.overdue = True
        if self._armed:
            raise _TimeIsUpError  # it rings again: an author's `except` without a name may catch this one

    def _most_space(self, current: tuple[int, int]) -> int:
        if self._space is None:
            mapped = int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE
            self._space = mapped + _MEMORY
        known = [limit for limit in current if limit != resource.RLIM_INFINITY]
        return min([self._space, *known])
