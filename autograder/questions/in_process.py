"""The grader's own functions (references, mistakes, alternates), called as a student's function is called."""

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.domain.answer import Answer, Batch, Call, Ending, Opaque, Oracle
from autograder.questions.arguments import make_argument
from autograder.quiet import quiet
from autograder.timeout import TimeIsUpError, at_most

PATIENCE = 10.0
"""Seconds an author's function may take on one case: a known mistake may never end."""


def run_here(function: Callable[..., Any], call: Call, *, seconds: float = PATIENCE) -> Answer:
    """Call an author's function on fresh arguments and tell how it ended, as for a student's function."""
    arguments = dict(call.named())
    asked: dict[int | str, list[tuple[Any, ...]]] = {k: [] for k in arguments}
    fresh = {k: _fresh(argument, asked[k]) for k, argument in arguments.items()}
    before = copy.deepcopy(fresh)
    args, kwargs = [fresh[k] for k in range(len(call.args))], {k: fresh[k] for k in call.kwargs}
    start = time.thread_time()
    try:
        with quiet(), at_most(seconds):
            value = function(*args, **kwargs)
    except TimeIsUpError:
        return Answer(Ending.TIMED_OUT)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - an author's mistake may raise what it likes
        return Answer(Ending.RAISED, exception=builtin_name(error), message=str(error))
    spent = time.thread_time() - start
    return Answer(
        Ending.RETURNED,
        value=as_data(value),
        seconds=spent,
        changed=tuple(k for k in before if not unchanged(before[k], fresh[k])),
        asked={k: tuple(points) for k, points in asked.items() if points},
    )


def builtin_name(error: BaseException) -> str:
    """The name of the nearest built-in class of an exception."""
    return next(c.__name__ for c in type(error).__mro__ if c.__module__ == "builtins")


def as_data(value: Any) -> Any:
    """A copy of what was returned, as it would arrive from a student's process: what is no data is Opaque."""
    if value is None or isinstance(value, bool | int | float | complex | str | np.generic):
        return value
    if isinstance(value, np.ndarray):
        return Opaque("ndarray") if value.dtype.hasobject else value.copy()
    if isinstance(value, list):
        return [as_data(item) for item in value]
    if isinstance(value, tuple):
        return tuple(as_data(item) for item in value)
    if isinstance(value, Mapping):
        return {key: as_data(item) for key, item in value.items()}
    return Opaque(type(value).__name__)


def unchanged(before: Any, after: Any) -> bool:
    """Whether an argument still holds what it held."""
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.dtype == after.dtype
            and before.shape == after.shape
            and before.tobytes() == after.tobytes()
        )
    if isinstance(before, list | tuple):
        return len(before) == len(after) and all(map(unchanged, before, after))
    if isinstance(before, Mapping):
        return before.keys() == after.keys() and all(unchanged(before[k], after[k]) for k in before)
    return True


def _fresh(argument: Any, points: list[tuple[Any, ...]]) -> Any:
    if isinstance(argument, Oracle):

        def stand_in(*args: Any) -> Any:
            points.append(copy.deepcopy(args))
            return argument.function(*args)

        return stand_in
    return copy.deepcopy(make_argument(argument))


class InProcessCode:
    """A student made of the grader's own functions: for checking an assignment before it is released."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]], *, source: str = "") -> None:
        self.source = source
        self._functions = dict(functions)

    def ask(self, name: str, batch: Batch, *, seconds: float) -> tuple[Answer, ...]:
        """One answer per call; `seconds` are those of each."""
        if name not in self._functions:
            return tuple(Answer(Ending.UNDEFINED) for _ in batch.calls)
        return tuple(run_here(self._functions[name], call, seconds=seconds) for call in batch.calls)

    def variable(self, name: str) -> Answer:
        """What the function without arguments of that name returns."""
        if name not in self._functions:
            return Answer(Ending.UNDEFINED)
        return run_here(self._functions[name], Call())

    @contextmanager
    def standing_in(self, references: Mapping[str, Callable[..., Any]]) -> Iterator["InProcessCode"]:
        """The same functions, these references in place of some of them."""
        yield InProcessCode({**self._functions, **references}, source=self.source)
