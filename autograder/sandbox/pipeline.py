"""Pipelining: requests are sent before earlier ones are answered, so that a student's process need not wait.

Only a request that needs no callback can have another sent behind it: the answer to an oracle must be the
next thing that the process reads. One whose answer is timed is sent behind no other, since its clock starts
when its arguments are sent. Saves 4 % of a submission's processor time, and most of its waiting.
"""

from collections.abc import Callable, Sequence

from autograder.domain.answer import Batch, Oracle
from autograder.sandbox.process import Process

_MOST = 48 << 10
"""Bytes of requests that are sent at once: as many as the socket holds while nobody reads."""
Requests = Callable[[Process], Sequence[bytes]]
"""What a process is to be sent."""


def needs_callback(batch: Batch) -> bool:
    """Whether the grader is asked for something on the way: the value of an oracle."""
    return any(isinstance(value, Oracle) for call in batch.calls for _, value in call.named())


class RequestPipeline:
    """Requests of several batches: which of them a process has been sent, and which it is sent next."""

    def __init__(
        self, requests: Sequence[bytes], *, need_callback: Sequence[bool], timed: Sequence[bool]
    ) -> None:
        """Requests, and for each whether it needs a callback, and whether its answer is timed."""
        self._requests = tuple(zip(requests, need_callback, timed, strict=True))
        self._process: Process | None = None
        self._sent = 0

    def next_requests(self, place: int, process: Process) -> list[bytes]:
        """What this process must be sent for the batch at `place`: nothing, if it has it already."""
        if process is self._process and place < self._sent:
            return []
        found: list[bytes] = []
        size = 0
        for request, needs, timed in self._requests[place:]:
            size += len(request)
            if found and (timed or size > _MOST):
                break
            found.append(request)
            if needs:
                break
        self._process, self._sent = process, place + len(found)
        return found
