"""A time limit over an author's function: on arguments of a student's choice one may take for ever.

The signal is repeated until it is heard: one may be caught, or lost where Python can raise nothing.
"""

import signal
import sys
import threading
from typing import Any

_REPEAT = 0.1
"""Seconds from one signal to the next."""


class TimeIsUpError(BaseException):
    """The time passed inside an author's function; no `except Exception` catches this."""


class Timeout:
    """Raises TimeIsUpError in whatever runs, once the time is over, while it is armed."""

    def __init__(self) -> None:
        self.armed = False
        self.expired = False
        """Whether the time is over, whether it was armed then or not."""
        self._before: tuple[Any, Any] | None = None
        """The signal handler and the unraisable hook that were there before."""

    def start(self, seconds: float) -> bool:
        """Start the clock; False in another thread than the main one, which alone can be interrupted."""
        if threading.current_thread() is not threading.main_thread():
            return False
        report_unraisable = sys.unraisablehook

        def expire(*_: object) -> None:
            self.expired = True
            if self.armed:
                raise TimeIsUpError

        def ignore_ours(unraisable: "sys.UnraisableHookArgs") -> None:
            # A TimeIsUpError raised inside a finalizer is lost, and Python would complain on stderr:
            # the next signal does its work.
            if unraisable.exc_type is not TimeIsUpError:
                report_unraisable(unraisable)

        self._before = signal.signal(signal.SIGALRM, expire), report_unraisable
        sys.unraisablehook = ignore_ours
        signal.setitimer(signal.ITIMER_REAL, max(0.001, seconds), _REPEAT)
        return True

    def clear(self) -> None:
        """Take the clock away."""
        self.armed = False
        if self._before is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            handler, sys.unraisablehook = self._before
            signal.signal(signal.SIGALRM, handler)
            self._before = None
