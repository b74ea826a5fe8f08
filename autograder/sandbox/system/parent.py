"""A process that ends when the one that started it does."""

import ctypes
import os
import signal

_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl  # looked up here: every child would pay for it
_prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends; OSError if the parent is gone already."""
    if _prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        raise OSError("the kernel does not tell processes of their parents' end")
    # The parent may have ended before the kernel was asked: then no signal ever comes.
    if os.getppid() != parent:
        raise OSError("the process that started this one has ended")
