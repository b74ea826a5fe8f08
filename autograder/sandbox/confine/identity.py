"""Who student code runs as: never root, and nobody who owns a file or another process."""

import os

from autograder.sandbox.confine.kernel import drop_capabilities


def become(uid: int) -> None:
    """Give up root for an identity that owns nothing; OSError when it cannot be given up for good."""
    # Groups first, which only root can give up; and saved ids as well, or root could be taken back.
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if os.getresuid() != (uid, uid, uid) or os.getresgid() != (uid, uid, uid) or os.getgroups():
        raise OSError(f"this process could not become user {uid}")


def renounce() -> None:
    """Drop every capability, those a user namespace gave included."""
    drop_capabilities()
