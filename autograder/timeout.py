"""The clock over an author's own functions: on arguments of a student's choice one may take for ever.

It rings again and again until it is heard: one ring may be caught, or lost where Python can raise nothing.
"""

import signal
import sys
import threading
from typing import Any

_AGAIN = 0.1
"""Seconds from one ring to the next."""


class TimeIsUpError(BaseException):
    """The time passed inside an author's function; no `except Exception` catches this."""


class Alarm:
    """Raises TimeIsUpError in whatever runs, once the time is over, while it is armed."""

    def __init__(self) -> None:
        self.armed = False
        self.rung = False
        """Whether the time is over, whether it was armed then or not."""
        self._before: tuple[Any, Any] | None = None

    def set(self, seconds: float) -> bool:
        """Start the clock; False in another thread than the main one, which alone can be interrupted."""
        if threading.current_thread() is not threading.main_thread():
            return False
        self._before = signal.signal(signal.SIGALRM, self._ring), sys.unraisablehook
        sys.unraisablehook = self._lose
        signal.setitimer(signal.ITIMER_REAL, max(0.001, seconds), _AGAIN)
        return True

    def clear(self) -> None:
        """Take the clock away."""
        self.armed = False
        if self._before is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            ring, sys.unraisablehook = self._before
            signal.signal(signal.SIGALRM, ring)
            self._before = None

    def _ring(self, *_: object) -> None:
        self.rung = True
        if self.armed:
            raise TimeIsUpError

    def _lose(self, unraisable: "sys.UnraisableHookArgs") -> None:
        """Python complains of what a finalizer raises, say; not of a ring, for which another comes."""
        if self._before is not None and unraisable.exc_type is not TimeIsUpError:
            _, complain = self._before
            complain(unraisable)
