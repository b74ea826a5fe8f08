"""Turns at computing: a few threads compute at once, and one that waits for the store lets another go on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Semaphore

_TURNS: ContextVar[Semaphore | None] = ContextVar("turns", default=None)


@contextmanager
def taking_turns(turns: Semaphore) -> Iterator[None]:
    """Compute when there is a turn; other threads have those that are left."""
    with turns:
        token = _TURNS.set(turns)
        try:
            yield
        finally:
            _TURNS.reset(token)


@contextmanager
def giving_turn_up() -> Iterator[None]:
    """Wait for something while another thread computes; whoever takes no turns just waits."""
    turns = _TURNS.get()
    if turns is None:
        yield
        return
    turns.release()
    try:
        yield
    finally:
        turns.acquire()
