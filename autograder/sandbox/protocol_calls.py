"""The arguments of a batch of calls, on their way to a sealed process: the one thing that is pickled.

Only what comes from the grader is read so, in a process where student code may do as it likes anyway; what
a process sends is spelled by `protocol.py` alone. It is read without a step of Python for each value, which
in a process that was just forked writes into pages that are shared until then: saves 4 % of a submission.
"""

import io
import pickle
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.sandbox.protocol import Make, Recipe, decode, encode

Arguments = tuple[tuple[Any, ...], dict[str, Any]]
"""Of one call: by position, and by name."""


def pickle_calls(calls: Sequence[Arguments]) -> np.ndarray:
    """The arguments of calls as bytes; ProtocolFault where they are too large for a frame."""
    # Spelled and read first: values are of their built-in types then, and no two calls share one.
    plain = decode(b"".join(encode(list(calls))), make=Recipe)
    told = io.BytesIO()
    _Pickler(told, protocol=5).dump(plain)
    return np.frombuffer(told.getvalue(), np.uint8)


def unpickle_calls(raw: np.ndarray, make: Make) -> list[Arguments]:
    """The arguments of calls; `make` turns recipes among them into things."""
    reading = _Unpickler(io.BytesIO(raw.tobytes()))
    reading.make = make
    calls: list[Arguments] = reading.load()
    return calls


def make_array(name: str, shape: tuple[int, ...], raw: bytes) -> np.ndarray:
    """An array that owns its memory and can be written."""
    return np.ndarray(shape, name, raw).copy() if raw else np.zeros(shape, name)


def make_scalar(name: str, raw: bytes) -> Any:
    """A number of numpy's."""
    return np.frombuffer(raw, name)[0]


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        return (value.kind, dict(value.fields)) if type(value) is Recipe else None

    def reducer_override(self, value: Any) -> Any:
        """Arrays as our own functions make them: numpy's pickles are not read by every numpy."""
        if type(value) is np.ndarray:
            return make_array, (value.dtype.str, value.shape, value.tobytes())
        if isinstance(value, np.generic):
            return make_scalar, (value.dtype.str, value.tobytes())
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    make: Make

    def persistent_load(self, told: Any) -> object:
        return self.make(*told)
