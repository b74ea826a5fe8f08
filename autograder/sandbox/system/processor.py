"""One processor for the two sides of the wall.

The grader and a student's process take turns: one waits while the other works. On one processor they lose
nothing by that, and what one has written is in the cache where the other reads it. As a batch thread the
grader interrupts nobody when it wakes up: a student's process answers all it was asked before it is read.
Saves 4 % of a submission's processor time.
"""

import ctypes
import os
import sys
from collections.abc import Set
from contextlib import suppress

_here = ctypes.CDLL(None).sched_getcpu if sys.platform == "linux" else None


class Affinity:
    """Where this thread may run: on all its processors, or while it talks to a process, on one."""

    def __init__(self) -> None:
        self._all: Set[int] = os.sched_getaffinity(0) if sys.platform == "linux" else frozenset()

    def pin(self) -> int | None:
        """Stay on the processor where this thread happens to be; its number, None if that cannot be."""
        if _here is None:
            return None
        processor = int(_here())
        if not stay_on({processor}):
            return None
        _schedule(os.SCHED_BATCH)
        return processor

    def unpin(self) -> None:
        """Be free again: the system may find a processor with less to do."""
        if self._all:
            stay_on(self._all)
            _schedule(os.SCHED_OTHER)


def stay_on(processors: Set[int]) -> bool:
    """Let this thread run on these only; False if the system does not want that."""
    try:
        os.sched_setaffinity(0, processors)
    except OSError:
        return False
    return True


def _schedule(policy: int) -> None:
    with suppress(OSError):
        os.sched_setscheduler(0, policy, os.sched_param(0))
