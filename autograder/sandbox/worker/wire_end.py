"""The child's end of the wire: blocking, frame by frame."""

import os
import socket
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.sandbox.messages import TO_PROCESS, decode_message, encode_message
from autograder.sandbox.protocol import (
    DoesNotFit,
    Make,
    Placeholder,
    ProtocolFault,
    Recognise,
    frame_size,
    take_frame,
)

_CHUNK = 1 << 16
_DEEPEST = 8


def _with_arrays(value: Any, depth: int = 0) -> Any:
    """A value with arrays in place of its lists of numbers, which take several times as much room."""
    if depth > _DEEPEST or type(value) not in (list, tuple, dict):
        return value
    if type(value) is dict:
        return {key: _with_arrays(item, depth + 1) for key, item in value.items()}
    try:
        array = np.asarray(value)
    except Exception:  # noqa: BLE001 - what a student's list holds may raise what it likes
        array = None
    if array is not None and array.dtype.kind in "biuf":
        return array
    return type(value)(_with_arrays(item, depth + 1) for item in value)


class WireEnd:
    """Messages to and from the grader. When the grader is gone, so is this process."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._pending = bytearray()

    def send(self, message: object, *, recognise: Recognise | None = None) -> None:
        """Send one message; ProtocolFault if it does not fit, with nothing sent."""
        pieces = encode_message(message, recognise=recognise)
        self._end.sendall(pieces[0] if len(pieces) == 1 else b"".join(pieces))

    def send_value(self, value: Any, message: Callable[[Any], object]) -> None:
        """Send the message of a value: as it is, with arrays for its lists, or else with its type and why."""
        try:
            try:
                self.send(message(value))
            except DoesNotFit:
                self.send(message(_with_arrays(value)))
        except ProtocolFault as fault:
            self.send(message(Placeholder(f"{type(value).__name__} ({fault})")))

    def frame(self) -> bytes | bytearray:
        """The next whole frame, undecoded."""
        while True:
            frame = take_frame(self._pending)
            if frame is not None:
                return frame
            chunk = self._end.recv(_CHUNK)
            if not chunk:
                os._exit(0)
            if not self._pending and frame_size(chunk) == len(chunk):
                return chunk  # as most come: alone, and whole
            self._pending += chunk

    def receive(self, *, make: Make | None = None) -> Any:
        """The next message."""
        return decode_message(self.frame(), TO_PROCESS, make=make)
