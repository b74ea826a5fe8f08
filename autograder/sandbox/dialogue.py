"""Asking one batch of calls: what the student's code is told, what it may ask back, what it answered."""

import builtins
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Self, TypeVar

import numpy as np

from autograder.domain.answer import Answer, Call, Ending, Oracle
from autograder.domain.limit import Limit, LimitKind
from autograder.quiet import quiet
from autograder.sandbox.bounds import OracleBounds
from autograder.sandbox.clock import Deadline
from autograder.sandbox.messages import (
    ArgumentsChanged,
    AskOracle,
    BatchAnswers,
    CallAnswer,
    CallBack,
    CallbackDone,
    Key,
    OracleRefused,
    OracleValue,
    encode_message,
)
from autograder.sandbox.process import Ended, Overdue, Process
from autograder.sandbox.protocol import ProtocolFault
from autograder.timeout import TimeIsUpError

_MOST_DEPTH = 8
_MOST_ASKED_BYTES = 64 << 20
MOST_BYTES = 128 << 20
"""Of the grader's memory that the answers to one question may take."""
_MOST_REFERENCE_CALLS = 20_000
_MOST_CALLBACKS = 200_000
_MANY_ENTRIES = 4096
References = Mapping[str, Callable[..., Any]]
_Expected = TypeVar("_Expected")
_ENDINGS = {"returned": Ending.RETURNED, "raised": Ending.RAISED, "undefined": Ending.UNDEFINED}


class Dialogue:
    """The exchange during one batch: answers come in, questions to oracles go back and are answered.

    A context manager: the clock of our own functions is taken away at its end.
    """

    def __init__(self, process: Process, deadline: Deadline, references: References) -> None:
        self._process = process
        self.whole = self.deadline = deadline
        """When all must have come, and what is under way. Our own functions' clock is set at the first."""
        self._references = references
        self._received = process.received
        self._depth = 0
        self._callbacks = 0
        self._functions = 0
        self._broken: Exception | None = None
        self._bounds = OracleBounds(deadline.left_for_ours)
        self._began = process.cpu_seconds()
        self._begin(None)

    def _begin(self, call: Call | None) -> None:
        self._call = call
        self._oracles = _oracles(call)
        self._most_entries = _most_entries(call) if self._oracles or self._references else 0
        self._asked: dict[Key, list[tuple[Any, ...]]] = {}
        self._counts: dict[Key, int] = {}
        self._bytes = 0
        self._oracle_failed = False

    def give(self, seconds: float) -> None:
        """Give what comes next so many seconds."""
        self.deadline = self._process.deadline(seconds)

    def next(self, expected: type[_Expected]) -> _Expected:
        """The next message of the expected kind; questions that come before it are answered."""
        while True:
            self._functions = 0
            message = self._process.receive(self.deadline, make=self._function_of_students)
            if self.received > MOST_BYTES:
                self._process.kill()
                raise Ended(Ending.CRASHED, Limit(LimitKind.ANSWERS, MOST_BYTES >> 20))
            if type(message) is AskOracle:
                self._serve(message)
            # A function of the student's is an argument of a question, never part of an answer.
            elif type(message) is expected and not self._functions:
                return message
            else:
                raise self.fault("a message out of turn")

    @property
    def received(self) -> int:
        """Bytes of our memory that what was said so far takes, at most."""
        return self._process.received - self._received

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._bounds.close()
        if isinstance(error, TimeIsUpError):
            raise Overdue from None

    def fault(self, what: str) -> Ended:
        """The protocol is broken: the process is not worth asking any more."""
        self._process.kill()
        return Ended(Ending.CRASHED, how=f"it sent {what}")

    def answers(
        self, calls: Sequence[Call], *, memory: Limit | None, timed: bool = False, each: float | None = None
    ) -> Iterator[Answer]:
        """The answers to all calls, in order, as they come: often several are sent together.

        `each` is the limit for one of them.
        """
        index = 0
        while index < len(calls):
            self._begin(calls[index])
            if each is not None and each < self.whole.seconds:
                self.give(min(each, self.whole.seconds - self.whole.spent()))
            answers = self.next(BatchAnswers).answers
            # From before the arguments were sent: whatever depends on them is in the time, also what is done
            # while they are received and made. The clock is the kernel's, of all threads of the process.
            seconds = max(0.0, self._process.cpu_seconds() - self._began) if timed else 0.0
            if not 0 < len(answers) <= len(calls) - index:
                raise self.fault("answers to no questions")
            for place, one in enumerate(answers):
                if place:
                    self._begin(calls[index])
                answer = self._answer(one, index, calls[index], memory)
                if timed and answer.ending is not Ending.UNDEFINED:
                    changed = _known_keys(self.next(ArgumentsChanged).changed, calls[index])
                    answer = replace(answer, seconds=seconds, changed=changed)
                yield answer
                index += 1

    def _answer(self, given: CallAnswer, index: int, call: Call, memory: Limit | None) -> Answer:
        """One answer as it counts."""
        if given.number != index:
            raise self.fault("an answer to no question")
        ending = _ENDINGS[given.ending]
        limit: Limit | None = None
        exception = ""
        if ending is Ending.RAISED:  # by a built-in name, whatever the student's process claims
            kind = getattr(builtins, given.exception, None)
            known = isinstance(kind, type) and issubclass(kind, BaseException)
            exception = given.exception if known else "Exception"
        if exception == "MemoryError":
            ending, limit = Ending.OUT_OF_MEMORY, memory
        if self._oracle_failed:
            ending = Ending.ORACLE_FAILED
        return Answer(
            ending,
            given.value if ending is Ending.RETURNED else None,
            exception,
            given.message[:2000],
            0.0,
            _known_keys(given.changed, call),
            self._asked_at(),
            limit,
        )

    def cut_short(self, end: Ended) -> Answer:
        """The answer of the call during which the process ended."""
        return Answer(end.ending, message=end.how, asked=self._asked_at(), limit=end.limit)

    def _asked_at(self) -> Mapping[Key, tuple[tuple[Any, ...], ...]]:
        return {key: tuple(points) for key, points in self._asked.items()} if self._asked else {}

    def _serve(self, question: AskOracle) -> None:
        """Answer one question to an oracle or a reference."""
        slot = question.slot
        function, most = self._function(slot)
        refusal = self._refusal(question, most)
        if function is None or refusal:
            why = refusal or "this function can be asked only while it is an argument"
            self._process.send(encode_message(OracleRefused(why)), self.deadline)
            return
        if not isinstance(slot, str) or not slot.startswith("="):
            self._asked.setdefault(slot, []).append(question.args)
        self._call_ours(function, question)

    def _call_ours(self, function: Callable[..., Any], question: AskOracle) -> None:
        """Send what a function of ours makes of a student's question."""
        self._depth += 1
        try:
            with quiet(), self._bounds:
                value = function(*question.args, **question.kwargs)
            pieces = encode_message(OracleValue(value))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - author's code on arguments that a student chose
            if self._bounds.overdue:  # whatever the author's function made of it
                self._broken = self._broken or Overdue()
            if (
                self._broken is None
                and question.slot in self._oracles
                and self._is_sensible(function, question)
            ):
                self._oracle_failed = True
            # The type alone: what the author's function says of its arguments may be hidden.
            refused = OracleRefused(f"the function has no value there ({type(error).__name__})")
            pieces = encode_message(refused)
        finally:
            self._depth -= 1
        if self._bounds.overdue:
            raise self._broken or Overdue()
        if self._broken is not None:
            raise self._broken
        self._process.send(pieces, self.deadline)

    def _function(self, slot: Key) -> tuple[Callable[..., Any] | None, int]:
        oracle = self._oracles.get(slot)
        if oracle is not None:
            return oracle.function, oracle.calls
        if isinstance(slot, str) and slot.startswith("="):
            return self._references.get(slot[1:]), _MOST_REFERENCE_CALLS
        return None, 0

    def _refusal(self, question: AskOracle, most: int) -> str:
        """Why a question is not answered, or nothing."""
        slot = question.slot
        sizes = [_entries(value) for value in (*question.args, *question.kwargs.values())]
        self._counts[slot] = self._counts.get(slot, 0) + 1
        self._bytes += 8 * sum(sizes)
        if self._depth >= _MOST_DEPTH:
            return "functions call each other too deeply"
        if most and self._counts[slot] > most:
            return f"this function was asked more than {most} times"
        if self._bytes > _MOST_ASKED_BYTES or max(sizes, default=0) > self._most_entries:
            return "this function was asked at too much data"
        return ""

    def _is_sensible(self, function: Callable[..., Any], question: AskOracle) -> bool:
        """Whether the function must be able to take these: numbers, in shapes of the case's own."""
        try:
            inspect.signature(function).bind(*question.args, **question.kwargs)
        except (TypeError, ValueError):
            return False
        assert self._call is not None  # noqa: S101 - only oracles of a call come here
        values = (*self._call.args, *self._call.kwargs.values())
        shapes = {value.shape for value in values if isinstance(value, np.ndarray)} | {()}
        return all(
            isinstance(value, float | np.floating | np.ndarray)
            and np.asarray(value).dtype.kind == "f"
            and np.shape(value) in shapes
            and bool(np.isfinite(value).all())
            for value in (*question.args, *question.kwargs.values())
        )

    def _function_of_students(self, kind: str, fields: dict[str, Any]) -> object:
        """A function that the student's code handed to one of ours: calling it asks the student's process."""
        number = fields.get("number")
        if kind != "function" or type(number) is not int:
            raise ProtocolFault("a recipe that we do not make")
        self._functions += 1

        def students(*args: Any, **kwargs: Any) -> Any:
            return self._ask_back(number, args, kwargs)

        return students

    def _ask_back(self, number: int, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        self._callbacks += 1
        if self._callbacks > _MOST_CALLBACKS:
            raise ValueError("the student's function was called too often")
        try:
            with self._bounds.pause():
                question = CallBack(number, args, dict(kwargs))
                self._process.send(encode_message(question), self.deadline)
                outcome = self.next(CallbackDone)
        except Exception as error:
            self._broken = error  # whatever the author's function makes of it
            raise
        if not outcome.returned:
            raise ValueError("the student's function failed")
        return outcome.value


@lru_cache(maxsize=4096)
def _oracles(call: Call | None) -> Mapping[Key, Oracle]:
    """The functions of ours that are arguments of a call; asked of the same calls for every student."""
    if call is None:
        return {}
    return {key: value for key, value in call.named() if isinstance(value, Oracle)}


def _most_entries(call: Call | None) -> int:
    """As many numbers as an honest question may hold: some times the largest of the case."""
    values = () if call is None else (value for _, value in call.named())
    return max([_MANY_ENTRIES, *(16 * _entries(value) for value in values)])


def _entries(value: Any) -> int:
    """How many numbers a value holds, roughly."""
    if isinstance(value, np.ndarray):
        return int(value.size)
    if isinstance(value, list | tuple):
        return sum(_entries(item) for item in value)
    if isinstance(value, dict):
        return sum(_entries(item) for item in value.values())
    if isinstance(value, str):
        return len(value) // 8 + 1
    return 1


def _known_keys(changed: Sequence[Key], call: Call) -> tuple[Key, ...]:
    """Those that are arguments of the call: a process may claim any."""
    if not changed:
        return ()
    known = {*range(len(call.args)), *call.kwargs}
    return tuple(key for key in changed if key in known)
