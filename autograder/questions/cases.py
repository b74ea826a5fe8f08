"""A case is one set of arguments a question is judged on; it belongs to a group that carries points."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.domain.answer import Call


class Group(StrEnum):
    """A named group of cases."""

    CORE = "core"
    EDGE = "edge"
    DTYPE = "dtype"
    MAGNITUDE = "magnitude"
    KINK = "kink"
    SPEED = "speed"


_WEIGHTS = {
    Group.CORE: 70,
    Group.EDGE: 15,
    Group.DTYPE: 5,
    Group.MAGNITUDE: 5,
    Group.KINK: 10,
    Group.SPEED: 10,
}


def shares(groups: Iterable[Group]) -> dict[Group, Fraction]:
    """The part of the points each group carries: the weights above, renormalised over the groups present."""
    return dict(_shares(frozenset(groups)))


@cache
def _shares(named: frozenset[Group]) -> dict[Group, Fraction]:
    present = [group for group in Group if group in named]
    total = sum(_WEIGHTS[group] for group in present)
    return {group: Fraction(_WEIGHTS[group], total) for group in present}


@dataclass(frozen=True, slots=True, eq=False)
class Pace:
    """How fast a speed case must be: a fixed time, or a share of the time of the grader's own loop.

    The loop is timed on `small` arguments, of which the case is `work` times as much work.
    """

    seconds: float | None = None
    looped: Callable[..., Any] | None = None
    small: tuple[Any, ...] = ()
    work: float = 1.0
    share: float = 0.3


_SINGLE = np.dtype(np.float16).char + np.dtype(np.float32).char


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One set of arguments, with what only the judge knows of it."""

    group: Group
    label: str
    call: Call
    known: SimpleNamespace = field(default_factory=SimpleNamespace)
    pace: Pace | None = None

    @property
    def single_precision(self) -> bool:
        """Whether an argument is an array in single precision, or less."""
        arguments = (*self.call.args, *self.call.kwargs.values())
        return any(isinstance(value, np.ndarray) and value.dtype.char in _SINGLE for value in arguments)

    def knowing(self, **facts: Any) -> "Case":
        """The same case, with facts that `.check` and `.accepts` read as `case.known.NAME`."""
        return replace(self, known=SimpleNamespace(**{**vars(self.known), **facts}))


def core(label: str, /, *args: Any, **kwargs: Any) -> Case:
    """Generic data: what the question is about."""
    return Case(Group.CORE, label, Call(args, kwargs))


def edge(label: str, /, *args: Any, **kwargs: Any) -> Case:
    """One dimension, one sample, zeros, singular matrices."""
    return Case(Group.EDGE, label, Call(args, kwargs))


def dtype(label: str, /, *args: Any, **kwargs: Any) -> Case:
    """Integers, float32: other kinds of numbers."""
    return Case(Group.DTYPE, label, Call(args, kwargs))


def magnitude(label: str, /, *args: Any, **kwargs: Any) -> Case:
    """Very large and very small numbers, where a sloppy formula loses digits."""
    return Case(Group.MAGNITUDE, label, Call(args, kwargs))


def kink(label: str, /, *args: Any, **kwargs: Any) -> Case:
    """Points where the function has no derivative."""
    return Case(Group.KINK, label, Call(args, kwargs))


def speed(
    label: str,
    /,
    *args: Any,
    seconds: float | None = None,
    looped: Callable[..., Any] | None = None,
    small: tuple[Any, ...] = (),
    work: float = 1.0,
    share: float = 0.3,
) -> Case:
    """A large case with a time limit, asked only of answers that are right on the core.

    Either `seconds`, or a `looped` version that the grader times itself on `small` arguments.
    """
    if (seconds is None) == (looped is None):
        raise TypeError(f"speed case {label!r}: give either seconds= or looped= with small= and work=")
    return Case(Group.SPEED, label, Call(args), pace=Pace(seconds, looped, small, work, share))
