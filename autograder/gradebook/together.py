"""Writing in one transaction what several threads want to write at one time.

One transaction writes at a time, and takes milliseconds, most of them for its beginning and its end. Where
more is sent than there is time for, a queue forms; what waits in it is then written at once.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

from autograder.gradebook.turns import giving_turn_up

_Item = TypeVar("_Item")
_IN_VAIN = 20.0
"""Seconds after which it is not one item that could not be written, but the store."""


class Together(Generic[_Item]):
    """Shared by threads that write items which do not depend on each other."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._waiting: deque[tuple[_Item, Future[None]]] = deque()

    def write(self, item: _Item, write: Callable[[Sequence[_Item]], None]) -> None:
        """Return once the item is written, by this thread or by one whose turn came before.

        Args:
            item: what is to be written.
            write: writes items, all or none of them.

        Raises:
            Exception: what `write` raised for this item; one that cannot be written keeps no other.
        """
        own: Future[None] = Future()
        self._waiting.append((item, own))
        with giving_turn_up(), self._turn:
            if not own.done():
                self._write_all(write)
        own.result()

    def _write_all(self, write: Callable[[Sequence[_Item]], None]) -> None:
        taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
        begun = time.monotonic()
        try:
            error = _try(taken, write)
            # One that cannot be written keeps no other; but a store that all waited for in vain, each of them
            # would wait for once more, one after the other.
            alone = len(taken) > 1 and time.monotonic() - begun < _IN_VAIN
            for each in taken if error else ():
                own = _try([each], write) if alone else error
                if own is not None:
                    each[1].set_exception(own)
        finally:
            # Whoever is interrupted leaves the others' to them.
            self._waiting.extendleft(reversed([each for each in taken if not each[1].done()]))


def _try(
    taken: Sequence[tuple[_Item, Future[None]]], write: Callable[[Sequence[_Item]], None]
) -> Exception | None:
    """Write all or none; return why none could be written."""
    try:
        write([item for item, _ in taken])
    except Exception as error:  # noqa: BLE001 - told to whom it concerns
        return error
    for _, done in taken:
        done.set_result(None)
    return None
