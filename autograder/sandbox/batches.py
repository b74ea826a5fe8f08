"""A batch of calls as it is sent: data as data, functions as recipes of what stands in for them."""

from collections.abc import Sequence
from typing import Any

from autograder.domain.answer import Batch, Built, Call, Given, Oracle, Seeded
from autograder.errors import SandboxError
from autograder.sandbox.messages import AskBatch, BatchCalls, encode_message
from autograder.sandbox.protocol import ProtocolFault, Recipe


def encode_batch(name: str, batch: Batch, *, together: bool = True) -> bytes:
    """The frames that ask `name` all calls of a batch, whose quick answers may be sent together.

    All calls go in one frame where they fit in it, each in one of its own otherwise.

    Raises:
        SandboxError: an argument is no data, or too much of it.
    """
    calls = [
        (
            tuple(_to_send(position, value) for position, value in enumerate(call.args)),
            {key: _to_send(key, value) for key, value in call.kwargs.items()},
        )
        for call in batch.calls
    ]
    try:
        frames = [encode_message(BatchCalls(calls))]
    except ProtocolFault:
        frames = [_encode_alone(name, call) for call in calls]
    request = encode_message(AskBatch(name, is_timed(batch.calls), together, len(frames)))
    return b"".join(piece for frame in (request, *frames) for piece in frame)


def is_timed(calls: Sequence[Call]) -> bool:
    """Whether the answer is timed: that to a call which is asked alone."""
    return len(calls) == 1


def _encode_alone(name: str, call: tuple[tuple[Any, ...], dict[str, Any]]) -> list[bytes]:
    try:
        return encode_message(BatchCalls([call]))
    except ProtocolFault as fault:
        raise SandboxError(
            f"an argument of a case of {name} {fault}; large ones are `built` on both sides, never sent"
        ) from fault


def _to_send(key: int | str, value: Any) -> Any:
    """An argument as it is sent: as data, or as the recipe of what stands in for it."""
    if isinstance(value, Oracle):
        return Recipe("oracle", {"slot": key, "name": "function"})  # its own name may tell too much
    if isinstance(value, Given):
        return Recipe("given", _fields_of(value))
    if isinstance(value, Built):
        return Recipe("built", _fields_of(value.recipe))
    if isinstance(value, Seeded):
        return Recipe("seeded", {"seed": value.seed})
    return value


def _fields_of(given: Given) -> dict[str, Any]:
    return {"name": given.name, "source": given.source, "values": dict(given.values)}
