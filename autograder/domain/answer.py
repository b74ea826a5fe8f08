"""What the trusted side asks of student code, and what comes back.

The questions (which judge) and the sandbox (which runs) are strangers: these values are all they share.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from autograder.domain.limit import Limit


@dataclass(frozen=True, slots=True, eq=False)
class Oracle:
    """A function that stays with the grader; the student's code holds a stand-in that calls back."""

    function: Callable[..., Any]
    calls: int = 20_000
    """How often it may be asked during one call."""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """A function whose source is shipped: `def name(...)` text, with values its body may name."""

    name: str
    source: str
    values: Mapping[str, Any] = field(default_factory=dict)
    """Bound as keyword arguments."""


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """An argument made on both sides by the same recipe, because it is too large to be sent."""

    recipe: Given


@dataclass(frozen=True, slots=True)
class Seeded:
    """A `numpy.random.Generator` made in the student's process: `default_rng(seed)`."""

    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One call to ask: positional and keyword arguments, any of them an Oracle, Given, Built or Seeded."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    def named(self) -> Iterator[tuple[int | str, Any]]:
        """Every argument by its position or its name."""
        yield from enumerate(self.args)
        yield from self.kwargs.items()


ANY_FUNCTION = ""
"""Asked of this name, each call of a batch has the name of its function as its first argument."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The calls of one question that are asked together, in this order, the same for every student."""

    calls: tuple[Call, ...]
    seconds_per_call: float | None = None
    """Limit for each of them; None where all of them together have one only."""
    public: bool = False
    """Whether it is asked for what is shown, a picture or an example: it takes no time from the questions."""


class Ending(StrEnum):
    """How one call ended, as the trusted side saw it."""

    RETURNED = "returned"
    RAISED = "raised"
    UNDEFINED = "undefined"
    """There is no such name, or it is not callable."""
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    """The process died, or broke the protocol."""
    NOT_ASKED = "not_asked"
    """There was no time left to ask it."""
    ORACLE_FAILED = "oracle_failed"
    """Our own function raised on sensible arguments: the author's fault, not the student's."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something that is not data: a class, a generator, an open file. Only the name of its type arrives."""

    type_name: str


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What came back from one call. Everything in it is the student's word except `ending` and `seconds`."""

    ending: Ending
    value: Any = None
    """None, bool, int, float, complex, str, list, tuple, dict, numpy array or scalar, or Opaque."""
    exception: str = ""
    """Name of the exception's built-in class: `ValueError`; a student's own class by its built-in base."""
    message: str = ""
    """What the exception said: for instructors, never shown to students."""
    seconds: float = 0.0
    """Processor time of the student's process during the call, measured by the trusted side; for a call
    asked alone. 0 where it was asked together with others."""
    changed: tuple[int | str, ...] = ()
    """Positions or names of the arguments that the call changed in place."""
    asked: Mapping[int | str, tuple[tuple[Any, ...], ...]] = field(default_factory=dict)
    """Per oracle argument, by position or name: the arguments it was asked at, in order."""
    limit: Limit | None = None
    """The limit that was exceeded, for an ending that has one."""


@dataclass(frozen=True, slots=True)
class ExampleRun:
    """How one public example went in the student's process. Shown whole, worth no marks."""

    source: str
    passed: bool
    traceback: str = ""
    answer: str = ""
    """Printed form of what the student's function gave, where the example compares."""
    expected: str = ""
