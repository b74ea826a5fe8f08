"""Limits over an author's function: on arguments of a student's choice one may take all time and memory.

In the main thread a signal interrupts it, which also ends many a loop in C; in any other an exception is set
from beside. Both are repeated until they are heard: one may be caught, or lost where nothing can be raised.

What counts is the thread's processor time: a function that waits for a busy machine, or stands still with it,
is not slow. The clock on the wall is a backstop for one that sleeps.
"""

import ctypes
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_REPEAT = 0.1
"""Seconds from one signal to the next."""
WALL = 10.0
"""By so much a function may take longer by the clock on the wall than by its own."""
_MEMORY = 1 << 30


class TimeIsUpError(BaseException):
    """The time passed inside an author's function; no `except Exception` catches this."""


class Timeout:
    """Raises TimeIsUpError in whatever runs, once the time is over, while it is armed."""

    def __init__(self) -> None:
        self.expired = False
        """Whether the time is over, whether it was armed then or not."""
        self._armed = False
        self._before: tuple[Any, Any] | None = None
        """The signal handler and the unraisable hook that were there before."""
        self._watch: _Watch | None = None

    @property
    def armed(self) -> bool:
        """Whether it raises. May be set by the thread that started the clock; TimeIsUpError if it is over."""
        return self._armed

    @armed.setter
    def armed(self, armed: bool) -> None:
        if self._watch is None:
            self._armed = armed
        else:
            self._watch.arm(armed=armed)

    def start(self, seconds: float) -> None:
        """Start the clock, over the thread that calls this."""
        clock = _Clock(max(0.001, seconds))
        if threading.current_thread() is not threading.main_thread():
            self._watch = _Watch(self, clock)
            self._watch.start()
            return
        report_unraisable = sys.unraisablehook

        def expire(*_: object) -> None:
            left = 0.0 if self.expired else clock.left()
            if left:
                signal.setitimer(signal.ITIMER_REAL, left, _REPEAT)
                return
            self.expired = True
            if self._armed:
                raise TimeIsUpError

        def ignore_ours(unraisable: "sys.UnraisableHookArgs") -> None:
            # A TimeIsUpError raised inside a finalizer is lost, and Python would complain on stderr:
            # the next signal does its work.
            if unraisable.exc_type is not TimeIsUpError:
                report_unraisable(unraisable)

        self._before = signal.signal(signal.SIGALRM, expire), report_unraisable
        sys.unraisablehook = ignore_ours
        signal.setitimer(signal.ITIMER_REAL, clock.left(), _REPEAT)

    def clear(self) -> None:
        """Take the clock away."""
        self._armed = False
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        if self._before is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            handler, sys.unraisablehook = self._before
            signal.signal(signal.SIGALRM, handler)
            self._before = None


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TimeIsUpError in the body after `seconds` of processor time."""
    timeout = Timeout()
    timeout.start(seconds)
    try:
        try:
            timeout.armed = True
            yield
        finally:
            timeout.armed = False  # the time may be up just here
    finally:
        timeout.clear()


class _Clock:
    """A time of the thread that makes it, from then on."""

    def __init__(self, seconds: float) -> None:
        find = getattr(time, "pthread_getcpuclockid", None)  # macOS has none: there all time counts
        self._thread = time.CLOCK_MONOTONIC if find is None else find(threading.get_ident())
        self._over = time.clock_gettime(self._thread) + seconds
        self._end = time.monotonic() + WALL * seconds

    def left(self) -> float:
        """Seconds until it may be over; 0 once it is, or where the thread has ended. Any thread may ask."""
        try:
            left = min(self._over - time.clock_gettime(self._thread), self._end - time.monotonic())
        except OSError:
            return 0.0
        return max(0.001, left) if left > 0 else 0.0


class _Watch(threading.Thread):
    """Raises TimeIsUpError in another thread, between two steps of Python, when its time is over."""

    def __init__(self, timeout: Timeout, clock: _Clock) -> None:
        super().__init__(name="timeout", daemon=True)
        self._timeout = timeout
        self._clock = clock
        self._watched = threading.get_ident()
        self._turn = threading.Lock()
        self._stopped = threading.Event()
        self._raised = False

    def run(self) -> None:
        """Wait, then raise as often as it is armed."""
        stopped = self._stopped.wait(self._clock.left())
        while not stopped and (left := self._clock.left()):
            stopped = self._stopped.wait(left)
        while not stopped:
            self._timeout.expired = True
            with self._turn:
                if self._timeout._armed:
                    self._raised = True
                    self._raise()
            stopped = self._stopped.wait(_REPEAT)

    def arm(self, *, armed: bool) -> None:
        """Raise from now on, or no more: what was set and not yet raised is taken back."""
        late = False
        while True:
            try:
                with self._turn:
                    self._timeout._armed = armed
                break
            except TimeIsUpError:  # it was under way
                late = True
        if self._raised and not armed:
            # Perhaps it is still under way: it is raised here, where it ends nothing. To set no exception in
            # its place would leave Python on its guard for good: slower, and without end where it is traced.
            with suppress(TimeIsUpError):
                self._raise()
                while True:
                    pass
            self._raised = False
        if late:
            raise TimeIsUpError

    def stop(self) -> None:
        """Raise nothing any more."""
        self._stopped.set()
        with suppress(TimeIsUpError):
            self.arm(armed=False)

    def _raise(self) -> None:
        error = ctypes.py_object(TimeIsUpError)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._watched), error)


class MemoryBound:
    """1 GB more than is mapped when the first begins, for the whole process; taken away by the last.

    The limit is the process's: threads that hold one at the same time share it.
    """

    _turn = threading.Lock()
    _holders = 0
    _before: tuple[int, int] | None = None

    def begin(self) -> None:
        """Set the bound, where the kernel tells what is mapped."""
        kind = MemoryBound
        with kind._turn:
            if kind._holders == 0:
                kind._before = _bound_memory()
            kind._holders += 1

    def end(self) -> None:
        """Take it away."""
        kind = MemoryBound
        with kind._turn:
            kind._holders -= 1
            if kind._holders == 0 and kind._before is not None:
                resource.setrlimit(resource.RLIMIT_AS, kind._before)
                kind._before = None


def _bound_memory() -> tuple[int, int] | None:
    """Bound what this process may map; the limits before. Counted from now: they are on all that it holds."""
    try:
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    known = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([mapped + _MEMORY, *known]), hard))
    return soft, hard
