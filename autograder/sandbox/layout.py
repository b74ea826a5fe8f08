"""Where student code may look, who it runs as, and what must not lie there."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.errors import IsolationError

_SYSTEM = ("/usr", "/lib", "/lib64")
_FIRST_UID, _LAST_UID = 60706, 61183
_BLOCK_OF_UIDS = 8
"""Uids between those that systemd's documentation leaves to nobody, below what small containers map."""


def refuse_readable(forbidden: Sequence[Path], roots: Iterable[str]) -> None:
    """Raise IsolationError if student code could read a folder it must not see."""
    for folder in forbidden:
        real = folder.resolve()
        inside = [root for root in (*roots, *_SYSTEM) if real.is_relative_to(Path(root).resolve())]
        if inside:
            raise IsolationError(
                f"{folder}: student code could read this folder, because it lies inside {inside[0]}, "
                "which holds the interpreter and its libraries; move the course elsewhere"
            )


def unused_uids() -> tuple[int, ...]:
    """Users that own no process here, as many as one worker may have alive at once."""
    taken = set()
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                taken.add(entry.stat().st_uid)
            except OSError:
                continue
    blocks = (_LAST_UID - _FIRST_UID + 1) // _BLOCK_OF_UIDS
    # Each worker begins elsewhere: those that start together should not find the same block free.
    for step in range(blocks):
        first = _FIRST_UID + _BLOCK_OF_UIDS * ((os.getpid() + step) % blocks)
        block = range(first, first + _BLOCK_OF_UIDS)
        if taken.isdisjoint(block):
            return tuple(block)
    raise IsolationError("every user that student code could run as is in use on this machine")
