"""Calling a function of the student's on the arguments of a batch, one answer per call."""

import sys
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograder.sandbox.protocol import ProtocolFault, encode
from autograder.sandbox.worker.line import Line, named
from autograder.sandbox.worker.printing import Page, Pen
from autograder.sandbox.worker.reserve import give_back
from autograder.sandbox.worker.standins import Exchange, Workshop, arrived
from autograder.sandbox.worker.tracebacks import builtin_name, message_of

_ABSENT = object()
_LARGE = 1 << 20
_MUTABLE = (np.ndarray, list, dict, tuple)
_SCALARS = frozenset((type(None), bool, int, float, np.float64, np.int64, np.bool_))
_SMALL = 4096
_PATIENCE = 0.005
"""Seconds for which answers may wait to be told together."""
Key = int | str


class Calls:
    """Answers the grader's questions about the names a notebook has defined."""

    def __init__(self, line: Line, exchange: Exchange, namespace: dict[str, Any]) -> None:
        self._line = line
        self._exchange = exchange
        self._make = Workshop(exchange).make
        self._namespace = namespace
        self._waiting: list[list[Any]] = []
        self._told_at = 0.0
        exchange.before_asking = self._tell

    def batch(self, name: str, timed: bool, together: bool, frames: int) -> None:  # noqa: FBT001 - as it comes over the wire
        """Read the calls of a batch and answer each; `together` where that is quick and small.

        A timed one waits for "go" with its arguments made.
        """
        self._exchange.begin()
        calls = [call for _ in range(frames) for call in self._line.receive(make=self._make)]
        function = self._namespace.get(name, _ABSENT)
        self._told_at = time.perf_counter()
        with _silence():
            for index, (args, kwargs) in enumerate(calls):
                if callable(function):
                    self._answer(index, function, args, kwargs, timed=timed)
                else:
                    self._ready(timed=timed)
                    self._keep(index, "undefined", "", "", [], None)
                if not together or time.perf_counter() - self._told_at > _PATIENCE:
                    self._tell()
                self._exchange.forget()
            self._tell()

    def _answer(
        self,
        index: int,
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        *,
        timed: bool,
    ) -> None:
        args = [arrived(value) for value in args]
        kwargs = {key: arrived(value) for key, value in kwargs.items()}
        before = _states([*enumerate(args), *kwargs.items()])
        self._ready(timed=timed)
        try:
            value = function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001 - student code
            give_back(error)
            kind, exception, message, value = "raised", builtin_name(type(error)), message_of(error), None
        else:
            kind = "returned"
            exception = message = ""
        if timed:  # noticing changes of large arguments takes time that is not the student's
            self._keep(index, kind, exception, message, [], value)
            self._tell()
            self._line.send("changed", _changed(before))
        else:
            self._keep(index, kind, exception, message, _changed(before), value)

    def _ready(self, *, timed: bool) -> None:
        if timed:
            self._line.send("ready")
            self._line.frame()

    def _keep(
        self, index: int, kind: str, exception: str, message: str, changed: list[Key], value: Any
    ) -> None:
        """Keep an answer as it is now; a large one, or one that holds others, is told at once."""
        small = type(value) in _SCALARS
        if type(value) is np.ndarray and value.nbytes <= _SMALL and not value.dtype.hasobject:
            value, small = value.copy(), True
        if not small:
            self._tell()
        self._waiting.append([index, kind, exception, message, changed, value])
        if not small:
            self._tell()

    def _tell(self) -> None:
        """Tell the answers that wait; of one that cannot be sent, its type."""
        if self._waiting:
            told, self._waiting = self._waiting, []
            try:
                self._line.send("answers", told)
            except ProtocolFault as fault:
                *rest, value = told[-1]
                self._line.send("answers", [*told[:-1], [*rest, named(value, fault)]])
            self._told_at = time.perf_counter()

    def variable(self, name: str) -> None:
        """Tell the value of a name."""
        value = self._namespace.get(name, _ABSENT)
        with _silence():
            if value is _ABSENT:
                self._keep(0, "undefined", "", "", [], None)
            else:
                self._keep(0, "returned", "", "", [], value)
            self._tell()

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


def _states(given: Iterable[tuple[Key, Any]]) -> list[tuple[Key, Any, object]]:
    """The arguments that can be changed, with what each is compared by later."""
    return [(key, value, _state(value)) for key, value in given if isinstance(value, _MUTABLE)]


def _changed(before: list[tuple[Key, Any, object]]) -> list[Key]:
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
