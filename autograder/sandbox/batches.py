"""A batch of calls as it is sent: data as data, functions as recipes of what stands in for them."""

import time
from typing import Any

from autograder.domain.answer import Batch, Built, Call, Given, Oracle, Seeded
from autograder.errors import SandboxError
from autograder.sandbox.protocol import ProtocolFault, Recipe, encode
from autograder.sandbox.worker.standins import compiled


def encode_batch(name: str, batch: Batch, *, together: bool = True) -> bytes:
    """The frames that ask `name` all calls of a batch, whose quick answers may be told together.

    All calls go in one frame where they fit in it, each in one of its own otherwise.

    Raises:
        SandboxError: an argument is no data, or too much of it.
    """
    timed = len(batch.calls) == 1
    calls = [_sent_call(call) for call in batch.calls]
    try:
        frames = [encode(calls)]
    except ProtocolFault:
        frames = [_encode_alone(name, call) for call in calls]
    order = encode(["batch", name, timed, together, len(frames)])
    return b"".join(piece for frame in (order, *frames) for piece in frame)


def _encode_alone(name: str, call: object) -> list[bytes]:
    try:
        return encode([call])
    except ProtocolFault as fault:
        raise SandboxError(
            f"an argument of a case of {name} {fault}; large ones are `built` on both sides, never sent"
        ) from fault


def seconds_to_make(call: Call) -> float:
    """Processor seconds that it takes us to make the arguments that are built on both sides."""
    start = time.thread_time()
    for _, value in call.named():
        if isinstance(value, Built):
            compiled(value.recipe.name, value.recipe.source)(**value.recipe.values)
    return time.thread_time() - start


def _sent_call(call: Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
    args = tuple(_sent(position, value) for position, value in enumerate(call.args))
    return args, {name: _sent(name, value) for name, value in call.kwargs.items()}


def _sent(key: int | str, value: Any) -> Any:
    """An argument as it is sent: as data, or as the recipe of what stands in for it."""
    if isinstance(value, Oracle):
        return Recipe("oracle", {"slot": key, "name": "function"})  # its own name may tell too much
    if isinstance(value, Given):
        return Recipe("given", _shipped(value))
    if isinstance(value, Built):
        return Recipe("built", _shipped(value.recipe))
    if isinstance(value, Seeded):
        return Recipe("seeded", {"seed": value.seed})
    return value


def _shipped(given: Given) -> dict[str, Any]:
    return {"name": given.name, "source": given.source, "values": dict(given.values)}
