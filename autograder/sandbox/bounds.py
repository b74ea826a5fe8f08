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
from typing import Any

_MEMORY = 1 << 30
_PAGE = resource.getpagesize()
_AGAIN = 0.1
"""Seconds after which it rings again: an author's `except` without a name may have caught the first."""


class TimeIsUpError(BaseException):
    """The deadline passed inside an author's function; no `except Exception` catches this."""


class Bounds:
    """Time and memory of the functions that are asked during one batch; `with bounds:` around each of them.

    Both are set when the first is asked, and taken away by `close`. A signal reaches the main thread
    only: in another thread there are no bounds.
    """

    def __init__(self, deadline: float) -> None:
        self.overdue = False
        self._deadline = deadline
        self._armed = False
        self._outer: list[bool] = []
        self._before: tuple[Any, tuple[int, int]] | None = None

    def __enter__(self) -> None:
        if self._before is None and threading.current_thread() is threading.main_thread():
            self._begin()
        self._outer.append(self._armed)
        self._armed = self._before is not None

    def __exit__(self, *_error: object) -> None:
        self._armed = self._outer.pop()

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Within a bounded body: nothing is raised in here, where a process is talked to, but right after."""
        armed, self._armed = self._armed, False
        try:
            yield
        finally:
            self._armed = armed
        if armed and self.overdue:
            raise TimeIsUpError

    def close(self) -> None:
        """Take the clock and the bounds away, however the batch ended."""
        self._armed = False
        if self._before is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._before[0])
            resource.setrlimit(resource.RLIMIT_AS, self._before[1])
            self._before = None

    def _begin(self) -> None:
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        known = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
        self._before = (signal.signal(signal.SIGALRM, self._ring), (soft, hard))
        resource.setrlimit(resource.RLIMIT_AS, (min([mapped + _MEMORY, *known]), hard))
        signal.setitimer(signal.ITIMER_REAL, max(0.001, self._deadline - time.monotonic()), _AGAIN)

    def _ring(self, *_: object) -> None:
        self.overdue = True
        if self._armed:
            raise TimeIsUpError
