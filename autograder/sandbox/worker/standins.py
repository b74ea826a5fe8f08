"""What stands in the student's process for arguments that are not data, and how it asks the grader."""

import functools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.sandbox.messages import AskOracle, CallBack, CallbackDone, OracleRefused, OracleValue
from autograder.sandbox.protocol import ProtocolFault, Recipe
from autograder.sandbox.worker.code import compile_cell
from autograder.sandbox.worker.wire_end import WireEnd

_MOST_FUNCTIONS = 10_000


class Exchange:
    """Questions that go back to the grader while student code runs."""

    def __init__(self, wire: WireEnd) -> None:
        self._wire = wire
        self._turn = threading.RLock()
        self._functions: list[Callable[..., Any]] = []
        self._batch = 0
        self.before_asking: Callable[[], None] = lambda: None
        """What is done before a question goes to the grader: send the answers that came before it."""

    def begin(self) -> None:
        """Begin a batch of calls: what was an argument of an earlier one cannot be asked any more."""
        self._batch += 1

    def forget(self) -> None:
        """Let go of the functions that were handed out during a call."""
        self._functions.clear()

    def stand_in(self, slot: int | str, name: str) -> Callable[..., Any]:
        """A function that asks the grader's function of this slot."""
        batch = self._batch
        reference = isinstance(slot, str) and slot.startswith("=")

        def oracle(*args: Any, **kwargs: Any) -> Any:
            if not reference and batch != self._batch:
                raise ValueError("this function can be asked only while it is an argument")
            return self._ask(slot, args, kwargs)

        oracle.__name__ = oracle.__qualname__ = name
        return oracle

    def _ask(self, slot: int | str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        with self._turn:
            self.before_asking()
            try:
                self._wire.send(AskOracle(slot, args, dict(kwargs)), recognise=self._recognise)
            except ProtocolFault as fault:
                raise ValueError(f"this function cannot be asked at that: {fault}") from None
            while True:
                message = self._wire.receive()
                if type(message) is OracleValue:
                    return message.value
                if type(message) is OracleRefused:
                    raise ValueError(message.why)
                self._call_back(message)

    def _recognise(self, value: object) -> Recipe | None:
        if not callable(value) or isinstance(value, type) or len(self._functions) >= _MOST_FUNCTIONS:
            return None
        self._functions.append(value)
        return Recipe("function", {"number": len(self._functions) - 1})

    def _call_back(self, request: CallBack) -> None:
        """Call a function of the student's that the grader's function was given."""
        try:
            value = self._functions[request.number](*request.args, **request.kwargs)
        except BaseException:  # noqa: BLE001 - student code
            self._wire.send(CallbackDone(returned=False, value=None))
            return
        self._wire.send_value(value, lambda sent: CallbackDone(returned=True, value=sent))


class ArgumentBuilder:
    """Makes arguments from recipes."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def make(self, kind: str, fields: dict[str, Any]) -> object:
        """The argument a recipe describes."""
        if kind == "oracle":
            return self._exchange.stand_in(fields["slot"], fields["name"])
        if kind == "seeded":
            return np.random.default_rng(fields["seed"])
        function = compile_function(fields["name"], fields["source"])
        if kind == "built":
            return _ToBuild(function, fields["values"])
        return functools.partial(function, **fields["values"]) if fields["values"] else function


@dataclass(frozen=True, slots=True)
class _ToBuild:
    """An argument too large to lie about before its call."""

    function: Callable[..., Any]
    values: dict[str, Any]


def build_argument(value: Any) -> Any:
    """An argument as the call takes it: what is built is built now."""
    return value.function(**value.values) if type(value) is _ToBuild else value


@functools.lru_cache(maxsize=256)
def compile_function(name: str, source: str) -> Callable[..., Any]:
    """The function a source defines; it may name numpy as np."""
    scope: dict[str, Any] = {"np": np, "numpy": np, "__name__": "given"}
    body, _ = compile_cell(f"<given {name}>", source)
    assert body is not None  # noqa: S101 - it is a definition
    exec(body, scope)  # noqa: S102 - the author's text
    function: Callable[..., Any] = scope[name]
    return function
