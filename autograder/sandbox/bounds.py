"""Bounds on the author's functions while a student's code asks them: the arguments are the student's choice.

A reference that takes a number of steps, asked for 10**12 of them, must not hold up the class.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from autograder.timeout import MemoryBound, TimeIsUpError, Timeout


class OracleBounds:
    """Time and memory of the functions that are asked during one batch; `with bounds:` around each of them.

    Both are set when the first is asked, and taken away by `close`, in the same thread.
    """

    def __init__(self, seconds_left: Callable[[], float]) -> None:
        """`seconds_left` tells how long the functions may take, when the first of them is asked."""
        self._seconds_left = seconds_left
        self._timeout = Timeout()
        self._outer: list[bool] = []
        self._memory: MemoryBound | None = None

    @property
    def overdue(self) -> bool:
        """Whether the time passed since the first function was asked."""
        return self._timeout.expired

    def __enter__(self) -> None:
        if self._memory is None:
            self._timeout.start(self._seconds_left())
            self._memory = MemoryBound()
            self._memory.begin()
        self._outer.append(self._timeout.armed)
        self._timeout.armed = True

    def __exit__(self, *_error: object) -> None:
        self._timeout.armed = self._outer.pop()

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Within a bounded body: nothing is raised in here, where a process is talked to, but right after."""
        armed, self._timeout.armed = self._timeout.armed, False
        try:
            yield
        finally:
            self._timeout.armed = armed
        if armed and self.overdue:
            raise TimeIsUpError

    def close(self) -> None:
        """Take the clock and the bounds away, however the batch ended."""
        self._timeout.clear()
        if self._memory is not None:
            self._memory.end()
            self._memory = None
