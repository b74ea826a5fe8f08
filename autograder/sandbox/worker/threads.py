"""What may be done here beside the one process: pools of threads work, all else is refused in one sentence.

A pool of threads asks the system for semaphores that processes could share, and those are denied. One of
threads does as well, where there is one process only.
"""

import errno
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from multiprocessing.process import BaseProcess
from typing import Any, NoReturn

NO_PROCESSES = (
    "No other process can be started while a notebook is graded: use one process, or a pool of threads."
)
NO_SHARED_MEMORY = (
    "No memory can be shared between processes while a notebook is graded: there is one process only, where "
    "an ordinary array does."
)


class ThreadSemaphore:
    """Stands for `_multiprocessing.SemLock`: a semaphore, or a lock that its owner may take again."""

    SEM_VALUE_MAX = 2**31 - 1

    def __init__(self, kind: int, value: int, maxvalue: int, *_name: object) -> None:
        self.kind, self.maxvalue, self.handle = kind, maxvalue, 0
        self.name = None  # nothing that a tracker of names, a process, would have to remove
        self._value = value
        self._free = threading.Condition()
        self._owner: int | None = None
        self._depth = 0

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:  # noqa: FBT001, FBT002 - its form
        """Take one; False if none came in time."""
        me = threading.get_ident()
        with self._free:
            if self.kind == 0 and self._owner == me and self._depth:
                self._depth += 1
                return True
            wait = timeout if block else 0
            if not self._free.wait_for(lambda: self._value > 0, wait):
                return False
            self._value -= 1
            self._owner, self._depth = me, self._depth + 1
            return True

    def release(self) -> None:
        """Give one back."""
        with self._free:
            if self.kind == 0 and not (self._depth > 0 and self._owner == threading.get_ident()):
                raise AssertionError("attempt to release recursive lock not owned by thread")
            if self.kind != 0 and self._value >= self.maxvalue:
                raise ValueError("semaphore or lock released too many times")
            self._depth -= 1
            if self.kind != 0 or not self._depth:
                self._value += 1
                self._free.notify()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_error: object) -> None:
        self.release()

    def _count(self) -> int:
        return max(0, self._depth)

    def _get_value(self) -> int:
        return self._value

    def _is_zero(self) -> bool:
        return self._value == 0

    def _after_fork(self) -> None:
        """Nothing is forked."""


def allow_threads_only() -> None:
    """Give pools of threads what they need, and whoever starts a process the reason why that cannot be."""
    library: Any = import_module("_multiprocessing")
    library.SemLock = ThreadSemaphore
    library.sem_unlink = lambda _name: None
    process: Any = BaseProcess
    process.start = _refuse_with(RuntimeError(NO_PROCESSES))
    # As the system would refuse it, since libraries that can do without a program catch that.
    program: Any = subprocess.Popen
    program._execute_child = _refuse_with(PermissionError(errno.EPERM, NO_PROCESSES))
    with suppress(ImportError):
        memory: Any = import_module("_posixshmem")
        memory.shm_open = _refuse_with(PermissionError(errno.EPERM, NO_SHARED_MEMORY))


def _refuse_with(reason: Exception) -> Callable[..., NoReturn]:
    def refuse(*_arguments: object, **_options: object) -> NoReturn:
        raise type(reason)(*reason.args)

    return refuse
