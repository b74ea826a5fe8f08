"""Orders that are sent before they are due, so that a student's process need not wait for the grader.

Only what needs no talk on the way can have anything sent behind it: an answer to an oracle must be the next
thing that the process reads.
"""

from collections.abc import Callable, Sequence

from autograder.domain.answer import Batch, Oracle
from autograder.sandbox.process import Process

_MOST = 48 << 10
"""Bytes of orders that are sent at once: as many as the line holds while nobody reads."""
Order = Callable[[Process], Sequence[bytes]]
"""What a process is to be sent."""


def talks(batch: Batch) -> bool:
    """Whether something is said while a batch is asked: by a clock that starts, or by an oracle."""
    arguments = (value for call in batch.calls for _, value in call.named())
    return len(batch.calls) == 1 or any(isinstance(value, Oracle) for value in arguments)


class Ahead:
    """Orders of several batches: what of them a process has been sent, and what it is sent next."""

    def __init__(self, orders: Sequence[bytes], talkative: Sequence[bool]) -> None:
        """Orders, and for each whether something is said while it is carried out."""
        self._orders = tuple(zip(orders, talkative, strict=True))
        self._process: Process | None = None
        self._sent = 0

    def due(self, place: int, process: Process) -> list[bytes]:
        """What this process must be sent for the batch at `place`: nothing, if it has it already."""
        if process is self._process and place < self._sent:
            return []
        found: list[bytes] = []
        size = 0
        for order, talkative in self._orders[place:]:
            size += len(order)
            if found and size > _MOST:
                break
            found.append(order)
            if talkative:
                break
        self._process, self._sent = process, place + len(found)
        return found
