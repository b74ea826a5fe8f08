"""Calling a function of the student's on the arguments of a batch, one answer per call."""

import sys
import time
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.sandbox.messages import (
    ArgumentsChanged,
    AskBatch,
    BatchAnswers,
    CallAnswer,
    CallEnding,
    Key,
    ReferencesBound,
)
from autograder.sandbox.protocol import ProtocolFault, encode
from autograder.sandbox.worker.containers import make_plain
from autograder.sandbox.worker.printing import CapturedStream, OutputBuffer
from autograder.sandbox.worker.reserve import give_back
from autograder.sandbox.worker.standins import ArgumentBuilder, Exchange, build_argument
from autograder.sandbox.worker.tracebacks import builtin_name, message_of
from autograder.sandbox.worker.wire_end import WireEnd

_ABSENT = object()
_LARGE = 1 << 20
_MUTABLE = (np.ndarray, list, dict, tuple)
_SCALARS = frozenset((type(None), bool, int, float, np.float64, np.int64, np.bool_))
_NUMBERS = "biufc"
_SMALL = 4096
"""Bytes of an answer that may wait for others."""
_ROOM = 1 << 16
"""Bytes of all that wait."""
_DEEP = 3
_PATIENCE = 0.005
"""Seconds for which answers may wait to be sent together."""


class Calls:
    """Answers the grader's questions about the names a notebook has defined."""

    def __init__(self, wire: WireEnd, exchange: Exchange, namespace: dict[str, Any]) -> None:
        self._wire = wire
        self._exchange = exchange
        self._make = ArgumentBuilder(exchange).make
        self._namespace = namespace
        self._waiting: list[CallAnswer] = []
        self._sent_at = 0.0
        self._room = _ROOM
        exchange.before_asking = self._send

    def answer(self, request: AskBatch) -> None:
        """Read the calls of a batch and answer each."""
        self._exchange.begin()
        parts = [self._wire.receive(make=self._make) for _ in range(request.frames)]
        calls = [call for part in parts for call in part.calls]
        name, timed = request.name, request.timed
        function = self._namespace.get(name, _ABSENT)
        self._sent_at = time.perf_counter()
        with _silence():
            for index, (args, kwargs) in enumerate(calls):
                if not name:
                    function, args = self._namespace.get(args[0], _ABSENT), args[1:]
                if callable(function):
                    self._answer(index, function, args, kwargs, timed=timed)
                else:
                    self._keep(index, "undefined", "", "", [], None)
                if not request.together or time.perf_counter() - self._sent_at > _PATIENCE:
                    self._send()
                self._exchange.forget()
            self._send()

    def _answer(
        self,
        index: int,
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        *,
        timed: bool,
    ) -> None:
        args = [build_argument(value) for value in args]
        kwargs = {key: build_argument(value) for key, value in kwargs.items()}
        given: list[tuple[Key, Any]] = [*enumerate(args), *kwargs.items()]
        before = [(key, value, _state(value)) for key, value in given if isinstance(value, _MUTABLE)]
        ending: CallEnding
        try:
            value = function(*args, **kwargs)
            if not _is_plain(value):  # in the time of the call: whoever returns a container has it made plain
                value = make_plain(value)
        except BaseException as error:  # noqa: BLE001 - student code
            give_back(error)
            ending, exception, message, value = "raised", builtin_name(type(error)), message_of(error), None
        else:
            ending, exception, message = "returned", "", ""
        if timed:  # noticing changes of large arguments takes time that is not the student's
            self._keep(index, ending, exception, message, [], value)
            self._send()
            self._wire.send(ArgumentsChanged(_find_changed(before)))
        else:
            self._keep(index, ending, exception, message, _find_changed(before), value)

    def _keep(
        self,
        index: int,
        ending: CallEnding,
        exception: str,
        message: str,
        changed: list[Key],
        value: Any,
    ) -> None:
        """Keep an answer as it is now; a large one, or one that holds more than numbers, is sent at once."""
        # Student code may go on writing to what it returned: what waits is a copy.
        kept, room = _copy_small(value, self._room - len(message))
        if room < 0:
            self._send()
            kept, room = _copy_small(value, self._room - len(message))
        self._waiting.append(CallAnswer(index, ending, exception, message, changed, kept))
        self._room = room
        if room < 0:
            self._send()

    def _send(self) -> None:
        """Send the answers that wait; of one that cannot be sent, its type."""
        if self._waiting:
            answers, self._waiting = self._waiting, []
            *small, last = answers  # what waits for others is small: only the last may be too large
            self._wire.send_value(
                last.value, lambda value: BatchAnswers([*small, last._replace(value=value)])
            )
            self._sent_at = time.perf_counter()
            self._room = _ROOM

    def answer_variable(self, name: str) -> None:
        """Send the value of a name."""
        value = self._namespace.get(name, _ABSENT)
        with _silence():
            if value is _ABSENT:
                self._keep(0, "undefined", "", "", [], None)
            else:
                self._keep(0, "returned", "", "", [], _make_plain_or_leave(value))
            self._send()

    def bind_references(self, names: list[str]) -> None:
        """Bind names to functions of the grader's."""
        for name in names:
            self._namespace[name] = self._exchange.stand_in(f"={name}", name)
        self._wire.send(ReferencesBound())


class _silence:  # noqa: N801 - reads as a statement
    """Nothing that is printed here is kept: hidden calls tell only what they return."""

    def __enter__(self) -> None:
        self._streams = sys.stdout, sys.stderr
        nothing = OutputBuffer(0)
        sys.stdout, sys.stderr = CapturedStream(nothing, "<stdout>"), CapturedStream(nothing, "<stderr>")

    def __exit__(self, *_error: object) -> None:
        sys.stdout, sys.stderr = self._streams


def _is_plain(value: Any) -> bool:
    return type(value) in _SCALARS or (type(value) is np.ndarray and value.dtype.kind in _NUMBERS)


def _copy_small(value: Any, room: int, depth: int = 0) -> tuple[Any, int]:
    """A copy of a small value, and the room that is left for others; below 0 of one that may not wait.

    Lists and tuples of numbers may: sent alone, each of them cost both sides twice as much.
    """
    kind = type(value)
    if kind in _SCALARS:
        return value, room - 8 - (value.bit_length() >> 2 if kind is int else 0)
    if kind is np.ndarray:
        if value.nbytes > _SMALL or value.dtype.hasobject:
            return value, -1
        return value.copy(), room - value.nbytes
    if (kind is not list and kind is not tuple) or depth == _DEEP or len(value) > _SMALL // 8:
        return value, -1
    items = []
    for item in value:
        kept, room = _copy_small(item, room - 8, depth + 1)
        if room < 0:
            return value, -1
        items.append(kept)
    return (tuple(items) if kind is tuple else items), room


def _make_plain_or_leave(value: Any) -> Any:
    """A variable's value made plain; as it is where student code in it ends in anything but a value."""
    try:
        return make_plain(value)
    except BaseException:  # noqa: BLE001 - student code
        return value


def _find_changed(before: list[tuple[Key, Any, object]]) -> list[Key]:
    """Positions and names of the arguments that are not what they were."""
    return [key for key, value, was in before if _state(value) != was]


def _state(value: Any) -> object:
    """What to compare a mutable argument by."""
    if isinstance(value, np.ndarray):
        kept = (
            value.tobytes()
            if value.nbytes < _LARGE
            else zlib.crc32(np.ascontiguousarray(value).data.cast("B"))
        )
        return value.dtype, value.shape, kept
    try:
        return encode(value)
    except ProtocolFault:
        return ()
