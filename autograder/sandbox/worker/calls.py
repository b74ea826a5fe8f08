"""Calling a function of the student's on the arguments of a batch, one answer per call."""

import sys
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.sandbox.protocol import ProtocolFault, decode, encode
from autograder.sandbox.worker.line import Line
from autograder.sandbox.worker.printing import Page, Pen
from autograder.sandbox.worker.standins import Exchange, Workshop
from autograder.sandbox.worker.tracebacks import builtin_name, message_of

_ABSENT = object()
_UNMADE = object()
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
        built: dict[int, int] = {}

        def make(kind: str, fields: dict[str, Any]) -> object:
            thing = self._workshop.make(kind, fields)
            if kind == "built" and isinstance(thing, np.ndarray):
                built[id(thing)] = _checksum(thing)
            return thing

        args, kwargs = decode(frame, make=make)
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
            self._line.send("changed", _changed(frame, args, kwargs, built))
        else:
            self._line.send_value("answer", index, *told, _changed(frame, args, kwargs, built), value=value)

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


def _changed(
    frame: bytearray, args: tuple[Any, ...], kwargs: Mapping[str, Any], built: Mapping[int, int]
) -> list[Key]:
    """Positions and names of the arguments that are not what they were."""
    given: list[tuple[Key, Any]] = [*enumerate(args), *kwargs.items()]
    if not any(isinstance(value, np.ndarray | list | dict | tuple) for _, value in given):
        return []
    first_args, first_kwargs = decode(frame, make=lambda _kind, _fields: _UNMADE)
    first: dict[Key, Any] = {**dict(enumerate(first_args)), **first_kwargs}
    return [key for key, value in given if not _same(value, first[key], built)]


def _checksum(array: np.ndarray) -> int:
    return zlib.crc32(np.ascontiguousarray(array).data.cast("B"))


def _same(value: Any, before: Any, built: Mapping[int, int]) -> bool:
    if before is _UNMADE:
        known = built.get(id(value))
        return known is None or known == _checksum(value)
    if isinstance(value, np.ndarray):
        alike = bool(value.dtype == before.dtype) and value.shape == before.shape
        return alike and value.tobytes() == before.tobytes()
    if isinstance(value, list | dict | tuple):
        try:
            return encode(value) == encode(before)
        except ProtocolFault:
            return False
    return True
