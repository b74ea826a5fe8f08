"""Calling a function of the student's on the arguments of a batch, one answer per call."""

import sys
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.sandbox.protocol import ProtocolFault, decode, encode
from autograder.sandbox.worker.line import Line
from autograder.sandbox.worker.printing import Page, Pen
from autograder.sandbox.worker.standins import Exchange, Workshop
from autograder.sandbox.worker.tracebacks import builtin_name, message_of

_ABSENT = object()
_LARGE = 1 << 20
Key = int | str


class Calls:
    """Answers the grader's questions about the names a notebook has defined."""

    def __init__(self, line: Line, exchange: Exchange, namespace: dict[str, Any]) -> None:
        self._line = line
        self._exchange = exchange
        self._workshop = Workshop(exchange)
        self._namespace = namespace

    def batch(self, name: str, count: int, timed: bool) -> None:  # noqa: FBT001 - as it comes over the wire
        """Read the calls of a batch and answer each. A timed one waits for "go" with its arguments made."""
        frames = [self._line.frame() for _ in range(count)]
        function = self._namespace.get(name, _ABSENT)
        with _silence():
            for index, frame in enumerate(frames):
                if callable(function):
                    self._answer(index, function, frame, timed)
                else:
                    self._ready(timed=timed)
                    self._line.send("answer", index, "undefined", "", "", [], None)
                self._exchange.forget()

    def _answer(self, index: int, function: Callable[..., Any], frame: bytearray, timed: bool) -> None:  # noqa: FBT001
        args, kwargs = decode(frame, make=self._workshop.make)
        given: list[tuple[Key, Any]] = [*enumerate(args), *kwargs.items()]
        before = [_state(value) for _, value in given]
        self._ready(timed=timed)
        try:
            value = function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001 - student code
            told: list[Any] = ["raised", builtin_name(type(error)), message_of(error)]
            value = None
        else:
            told = ["returned", "", ""]
        if timed:  # noticing changes of large arguments takes time that is not the student's
            self._line.send_value("answer", index, *told, [], value=value)
            self._line.send("changed", _changed(given, before))
        else:
            self._line.send_value("answer", index, *told, _changed(given, before), value=value)

    def _ready(self, *, timed: bool) -> None:
        if timed:
            self._line.send("ready")
            self._line.frame()

    def variable(self, name: str) -> None:
        """Tell the value of a name."""
        value = self._namespace.get(name, _ABSENT)
        with _silence():
            if value is _ABSENT:
                self._line.send("answer", 0, "undefined", "", "", [], None)
            else:
                self._line.send_value("answer", 0, "returned", "", "", [], value=value)

    def stand(self, names: list[str]) -> None:
        """Bind names to functions of the grader's."""
        for name in names:
            self._namespace[name] = self._exchange.stand_in(f"={name}", name)
        self._line.send("standing")


class _silence:  # noqa: N801 - reads as a statement
    """Nothing that is printed here is kept: hidden calls tell only what they return."""

    def __enter__(self) -> None:
        self._streams = sys.stdout, sys.stderr
        page = Page(0)
        sys.stdout, sys.stderr = Pen(page, "<stdout>"), Pen(page, "<stderr>")

    def __exit__(self, *_error: object) -> None:
        sys.stdout, sys.stderr = self._streams


def _changed(given: list[tuple[Key, Any]], before: list[object]) -> list[Key]:
    """Positions and names of the arguments that are not what they were."""
    pairs = zip(given, before, strict=True)
    return [key for (key, value), was in pairs if was is not None and _state(value) != was]


def _state(value: Any) -> object:
    """What to compare a mutable argument by, later; None for what cannot be changed."""
    if isinstance(value, np.ndarray):
        kept = (
            value.tobytes()
            if value.nbytes < _LARGE
            else zlib.crc32(np.ascontiguousarray(value).data.cast("B"))
        )
        return value.dtype.str, value.shape, kept
    if isinstance(value, list | dict | tuple):
        try:
            return encode(value)
        except ProtocolFault:
            return ()
    return None
