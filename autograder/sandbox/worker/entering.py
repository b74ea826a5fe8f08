"""Entering the namespaces of a fork server: its own process numbers, mounts, network."""

import os

from autograder.sandbox.confine import namespaces
from autograder.sandbox.system.parent import die_with


def _may_enter() -> bool:
    """Whether namespaces can be entered wholly, tried by a process that does nothing else.

    Some systems let an ordinary user in but mount nothing there; whoever finds out in there cannot go back.
    """
    trial = os.fork()
    if trial == 0:
        try:
            namespaces.unshare()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(trial, 0)[1] == 0


def enter_namespaces(*, wanted: bool) -> tuple[str, ...]:
    """Go on as the first process of new namespaces, if wanted and allowed here; returns which."""
    if not wanted or not _may_enter():
        return ()
    names = namespaces.unshare()
    inner = os.fork()
    if inner:
        _, status = os.waitpid(inner, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0x7F)
    die_with(0)  # a parent in other namespaces has no number here
    try:
        namespaces.own_proc()
    except OSError:
        return names
    return (*names, "proc")
