"""How much right to a processor a session of our own has, beside all others of the machine.

Where no service manager does, Linux groups processes by their sessions, and how nice a process is counts
within its group alone: student code of a grader that comes after everybody would have as much right as they.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

_TRIES, _PAUSE = 5, 0.15
_NICEST = 19


def comes_last() -> bool:
    """Whether this process leaves a processor to whoever else wants it."""
    return os.getpriority(os.PRIO_PROCESS, 0) >= _NICEST


def inherit_niceness(session: int) -> None:
    """Make the session of a process as nice as this process is, seen from the session of this one.

    Where the kernel does not group by sessions there is nothing to do: the process has its niceness itself.
    """
    set_session_niceness(session, find_session_niceness())


def find_session_niceness() -> int:
    """How nice a session must be to come after others as this process does; 0 where that is not told."""
    with suppress(OSError, ValueError):
        # Empty where no process since the machine's first began a session: its niceness counts among all.
        own = Path("/proc/self/autogroup").read_text().rpartition(" ")[2] or "0"
        return min(_NICEST, int(own) + os.getpriority(os.PRIO_PROCESS, 0))
    return 0


def set_session_niceness(session: int, nice: int) -> None:
    """Make the session of a process so nice; what cannot be stays as it is."""
    with suppress(OSError):
        for _ in range(_TRIES if nice else 0):
            # Of ordinary users the kernel takes one such wish in a tenth of a second, of all together.
            with suppress(BlockingIOError):
                Path(f"/proc/{session}/autogroup").write_text(str(nice))
                return
            time.sleep(_PAUSE)
