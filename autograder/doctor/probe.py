"""One thing that student code may try, and the layers that stop it."""

from dataclasses import dataclass

LIMITS, LANDLOCK, SECCOMP, USER, NAMESPACES = "limits", "landlock", "seccomp", "user", "namespaces"
LAYERS = (LIMITS, LANDLOCK, SECCOMP, USER, NAMESPACES)

READING = "Reading secrets"
REACHING = "Reaching out"


@dataclass(frozen=True, slots=True)
class Probe:
    """One attack, as the text of a notebook's cell.

    It has succeeded if afterwards `won` is true or holds the canary, or if anything outside has changed.
    """

    name: str
    source: str
    stopped_by: tuple[str, ...]
    """The layers that would each stop it alone."""
    level: int | None = 2
    """The lowest level of isolation that promises to stop it; None if none does."""
    kind: str = REACHING


PRELUDE = """
import ctypes, errno, fcntl, gc, json, mmap, os, re, resource, select, signal, socket, stat, struct, sys, time
import threading
T = json.loads({facts!r})
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def call(name, *arguments):
    words = [ctypes.c_long(a) if isinstance(a, int) else ctypes.c_char_p(a) for a in arguments]
    found = libc.syscall(ctypes.c_long(T["numbers"][name]), *words)
    if found < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return found
def any_of(*steps):
    won = []
    for number, step in enumerate(steps):
        try:
            step()
            won.append(number)
        except (OSError, ValueError, OverflowError, ImportError, LookupError):
            pass
    return won
def text(path):
    with open(path, "rb") as file:
        return file.read(1 << 20).decode("latin-1")
won = False
"""
