"""What student code prints, kept up to a bound while it runs: a million lines cost no memory."""

import io
import warnings
from contextlib import suppress
from typing import Any


def show_warnings_again() -> None:
    """Let a warning that was shown before be shown once more, as it is in every cell of a kernel.

    Python shows one of a place only once, until filters change; IPython changes them for every cell. To
    nbgrader, whatever stands on stderr takes a test its points, so that each test must meet its own warnings.
    """
    with suppress(Exception), warnings.catch_warnings():  # student code may have put its own in its place
        pass


class OutputBuffer:
    """One text that standard output and standard error write to, in the order they do."""

    def __init__(self, most: int) -> None:
        self._room = most
        self._parts: list[str] = []
        self.cut = False

    def add(self, text: str) -> None:
        """Keep what there is room for."""
        if not text:
            return
        if len(text) > self._room:
            text = text[: self._room]
            self.cut = True
        if text:
            self._parts.append(text)
            self._room -= len(text)
            if len(self._parts) > 4096:
                self._parts = ["".join(self._parts)]

    @property
    def text(self) -> str:
        """All that was kept."""
        return "".join(self._parts)


class CapturedStream(io.TextIOBase):
    """A text stream into a buffer."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, buffer: OutputBuffer, name: str) -> None:
        super().__init__()
        self._output = buffer
        self.name = name
        self.mode = "w"
        self.buffer = _ByteStream(buffer)

    def writable(self) -> bool:
        """Whether it can be written to, as libraries ask."""
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._output.add(text)
        return len(text)

    def isatty(self) -> bool:
        """Whether this is a terminal: no, so that libraries print no colours."""
        return False


class _ByteStream(io.RawIOBase):
    """What `sys.stdout.buffer` writes to."""

    def __init__(self, buffer: OutputBuffer) -> None:
        super().__init__()
        self._output = buffer

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raw = bytes(data)
        self._output.add(raw.decode("utf-8", "replace"))
        return len(raw)
