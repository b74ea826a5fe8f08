"""Frames of one form that go to and fro a thousand times: a question to an oracle, and its value.

What precedes the numbers of such a frame follows from their shapes. It is spelled once by `protocol.py` and
kept; and a frame that begins with the bytes of one that was read before is read without its header. The
frames are those of `protocol.py`, byte for byte, so that neither side knows whether the other keeps any.

Saves a tenth of homework 3, whose answers step from value to value; nothing where few questions are asked.
"""

import struct
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.sandbox.protocol import ProtocolFault, Recognise, encode

_MOST = 256
"""Forms that are kept. Whoever asks in more, which student code may, only has them spelled again."""
_LONGEST = 256
"""Bytes of a beginning that is kept."""
_LARGEST = 1 << 16
"""Bytes of a frame of which it is kept: to see whether it is spelled as we would, it is spelled."""
_PREFIX = struct.Struct("<IH")
_DOUBLE = struct.Struct("<d")
_FLOAT = np.dtype("<f8")

Number = Any
"""An array of `_FLOAT`, or one number of that type."""


class KeptForms:
    """The beginnings of frames that were spelled and read, for messages of one class."""

    def __init__(self) -> None:
        self._spelled: dict[Hashable, bytes] = {}
        self._read: dict[bytes, _Reading] = {}

    def spell(
        self, value: list[Any], key: Hashable, numbers: Sequence[Number], *, recognise: Recognise | None
    ) -> list[bytes]:
        """What `encode` makes of a value in which, beside what `key` tells, only these numbers vary."""
        shapes = tuple(map(_shape_of, numbers))
        if False in shapes:
            return encode(value, recognise=recognise)
        beginning = self._spelled.get((key, shapes))
        if beginning is None:
            pieces = encode(value)
            if len(self._spelled) == _MOST:
                self._spelled.clear()
            self._spelled[key, shapes] = pieces[0]
            return pieces
        return [beginning, *(number.tobytes() for number in numbers)]

    def read(self, frame: bytes | bytearray | memoryview) -> Any:
        """The message of a frame that begins as one did, or None; ProtocolFault if it has another length."""
        body = _measure_beginning(frame)
        reading = self._read.get(bytes(frame[:body])) if body else None
        if reading is None:
            return None
        if len(frame) != reading.size:
            raise ProtocolFault("a frame of another length than it says")
        numbers: list[Number] = []
        for shape in reading.shapes:
            if shape is None:
                numbers.append(np.float64(_DOUBLE.unpack_from(frame, body)[0]))
                body += 8
            else:
                # Copied: aligned, writable, and the frame can go.
                numbers.append(np.ndarray(shape, _FLOAT, frame, body).copy())
                body += numbers[-1].nbytes
        return reading.make(numbers)

    def learn(
        self,
        frame: bytes | bytearray | memoryview,
        value: list[Any],
        numbers: Sequence[Number],
        make: Callable[[list[Number]], Any],
    ) -> None:
        """Keep how a frame began that was read as a value; `make` makes the same message of other numbers."""
        shapes, body = tuple(map(_shape_of, numbers)), _measure_beginning(frame)
        if not body or not shapes or False in shapes or len(frame) > _LARGEST:
            return
        # A value can be spelled in several ways, such as with bytes in another order: ours alone is kept.
        if b"".join(encode(value)) != frame:
            return
        if len(self._read) == _MOST:
            self._read.clear()
        self._read[bytes(frame[:body])] = _Reading(len(frame), shapes, make)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a frame is read whose beginning is known."""

    size: int
    shapes: tuple[Any, ...]
    make: Callable[[list[Number]], Any]


def _shape_of(number: Any) -> tuple[int, ...] | bool | None:
    """The shape of an array of doubles, None for one double, False for all else."""
    if type(number) is np.ndarray:
        return number.shape if number.dtype is _FLOAT and number.size else False
    return None if type(number) is np.float64 else False


def _measure_beginning(frame: bytes | bytearray | memoryview) -> int:
    """Bytes before the numbers of a frame; 0 where it has none, or where they are too many to be kept."""
    header, count = _PREFIX.unpack_from(frame) if len(frame) >= _PREFIX.size else (0, 0)
    body = _PREFIX.size + 8 * count + header
    return body if count and body <= _LONGEST else 0
