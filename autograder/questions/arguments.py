"""Arguments that are more than data: functions, generators and arrays too large to send."""

import inspect
import textwrap
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from autograder.domain.answer import Built, Given, Oracle, Seeded


def oracle(function: Callable[..., Any], *, calls: int = 20_000) -> Oracle:
    """A function that stays with the grader: the student's code holds a stand-in that calls back."""
    return Oracle(function, calls)


def given(function: Callable[..., Any], **values: Any) -> Given:
    """A function whose source is shipped to the student's process, `values` bound as keyword arguments.

    It must be a `def` of its own that names nothing but its parameters and `np`.
    """
    return Given(function.__name__, textwrap.dedent(inspect.getsource(function)), values)


def built(recipe: Callable[..., Any], **values: Any) -> Built:
    """An argument that both sides make for themselves: `recipe(**values)`, with a recipe as for `given`."""
    return Built(given(recipe, **values))


def seeded(seed: int) -> Seeded:
    """A `numpy.random.Generator` made in the student's process."""
    return Seeded(seed)


def make_argument(argument: Any) -> Any:
    """The argument itself, as the trusted side uses it; plain data is returned as it is."""
    match argument:
        case Oracle(function):
            return function
        case Given(name, source, values):
            return partial(_defined(name, source), **values)
        case Built(recipe):
            return make_argument(recipe)()
        case Seeded(seed):
            return np.random.default_rng(seed)
        case _:
            return argument


@cache
def _defined(name: str, source: str) -> Callable[..., Any]:
    namespace: dict[str, Any] = {"np": np}
    exec(compile(source, f"<given {name}>", "exec"), namespace)  # noqa: S102 - the author's own text
    function: Callable[..., Any] = namespace[name]
    return function
