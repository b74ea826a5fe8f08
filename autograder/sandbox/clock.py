"""How long student code may go on: processor time counts, and the clock on the wall is a backstop.

Beside busy programs a process waits for a processor, which is nobody's fault: a budget of s seconds ends at s
seconds of processor time. Code that sleeps uses none; it ends when it has had twice as long in which it
did not wait for a processor. What passes while the grader itself has no processor, or is stopped, counts for
nothing: the process may be waiting for its answer.
"""

import os
import time
from contextlib import suppress

IDLE = 2.0
"""Seconds that pass for one second of a budget, where no processor is used or waited for."""
_BLIND = 10.0
"""The same where the kernel does not tell how long a process has waited for a processor."""
_BETWEEN_LOOKS = 0.05
"""Seconds between two looks of a grader that is there, beyond what it computes: two of its ticks and more."""


class ProcessClock:
    """What the kernel says of the time of one process, all its threads together."""

    def __init__(self, pid: int) -> None:
        # MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED) of Linux: another process's clock, by its number.
        self._clock = (~pid << 3) | 2
        self._waits = -1
        self._last: tuple[float, float] | None = None
        """What was used and waited when it was looked at for the last time."""
        self._there = 0.0
        self._looked, self._worked = time.monotonic(), time.thread_time()
        with suppress(OSError):  # held open: by its number another process could be read later
            self._waits = os.open(f"/proc/{pid}/schedstat", os.O_RDONLY | os.O_CLOEXEC)

    def used(self) -> float:
        """Seconds of processor time; 0 of a process that is gone."""
        if self._last is not None:
            return self._last[0]
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return 0.0

    def waited(self) -> float:
        """Seconds for which it could have run and had no processor; below 0 where that is not told."""
        if self._last is not None:
            return self._last[1]
        try:
            return int(os.pread(self._waits, 96, 0).split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return -1.0

    def there(self) -> float:
        """Seconds on the wall for which the grader was there, to be asked at every look at the process."""
        now, worked = time.monotonic(), time.thread_time()
        self._there += min(now - self._looked, worked - self._worked + _BETWEEN_LOOKS)
        self._looked, self._worked = now, worked
        return self._there

    def close(self) -> None:
        """Look at the process for the last time."""
        last = self.used(), self.waited()
        self._last = last
        if self._waits >= 0:
            os.close(self._waits)
            self._waits = -1


class Deadline:
    """The end of a budget of a process's time, which runs from now on."""

    __slots__ = ("_began", "_clock", "_used", "_waited", "_wall", "seconds")

    def __init__(self, clock: ProcessClock, seconds: float) -> None:
        self._clock = clock
        self.seconds = seconds
        self._began, self._used, self._waited = clock.there(), clock.used(), clock.waited()
        self._wall = time.monotonic()

    def passed(self, *, late: float = 0.0) -> bool:
        """Whether the budget is used up, and so many seconds more."""
        self._clock.there()
        # On one processor no more is used than passes on the wall: mostly that answers it.
        return time.monotonic() - self._wall >= self.seconds + late and self.spent() >= self.seconds + late

    def spent(self) -> float:
        """Seconds of the budget that are used up."""
        passed, waited = self._clock.there() - self._began, self._clock.waited()
        idle = (passed - (waited - self._waited)) / IDLE if waited >= 0 <= self._waited else passed / _BLIND
        return max(self._clock.used() - self._used, idle)

    def left_for_ours(self) -> float:
        """Seconds that code of ours may compute before the budget is used up, while the process waits."""
        return max(0.0, self.seconds - self.spent()) * IDLE
