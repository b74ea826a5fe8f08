"""Who student code runs as: never root, and nobody who owns a file or another process."""

import os
import signal

from autograder.sandbox.confine.kernel import PDEATHSIG, drop_capabilities, prctl


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends; OSError if the parent is gone already."""
    prctl(PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise OSError("the process that started this one has ended")


def become(uid: int) -> None:
    """Give up root for an identity that owns nothing; OSError when it cannot be given up for good."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if os.getresuid() != (uid, uid, uid) or os.getresgid() != (uid, uid, uid) or os.getgroups():
        raise OSError(f"this process could not become user {uid}")


def renounce() -> None:
    """Drop every capability, those a user namespace gave included."""
    drop_capabilities()
