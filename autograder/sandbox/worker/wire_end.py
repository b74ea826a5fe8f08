"""The child's end of the wire: blocking, frame by frame."""

import os
import socket
from typing import Any

from autograder.sandbox.messages import TO_PROCESS, decode_message, encode_message
from autograder.sandbox.protocol import Make, Placeholder, ProtocolFault, Recognise, frame_size, take_frame

_CHUNK = 1 << 16


def placeholder_for(value: Any, fault: ProtocolFault) -> Placeholder:
    """What is sent in place of a value that cannot be: the name of its type, and why."""
    return Placeholder(f"{type(value).__name__} ({fault})")


class WireEnd:
    """Messages to and from the grader. When the grader is gone, so is this process."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._pending = bytearray()

    def send(self, message: object, *, recognise: Recognise | None = None) -> None:
        """Send one message; ProtocolFault if it does not fit, with nothing sent."""
        pieces = encode_message(message, recognise=recognise)
        self._end.sendall(pieces[0] if len(pieces) == 1 else b"".join(pieces))

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
