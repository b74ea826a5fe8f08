"""How many bits of its hidden arguments an answer can make a verdict carry: counted, so that it is a bound.

A program chooses, knowing hidden arguments, among the verdicts that a student can be shown. This counts them
from above: every sentence of the closed list, with every value of its variables that is not fixed before the
first hidden call, with every outcome, worth of a group and recognised mistake, as if all went together.
"""

import builtins
import math
from collections.abc import Callable, Iterator, Mapping
from types import CodeType
from typing import Any

import numpy as np

from autograder.domain.report import Outcome
from autograder.domain.sentences import TEMPLATES, variables_of
from autograder.questions.cases import Group
from autograder.questions.question import Question
from autograder.questions.recognise import list_parts
from autograder.questions.sizes import read_sizes
from autograder.questions.solutions import Prepared

_WORTHS = 4
"""Of a case: 0, a half, nine tenths, 1."""
_RANKS = range(5)
_LIMITS = 8
_SPELT = 4
"""Ways to spell what is asked for, which does not depend on what came: letters, axes, or neither."""
_EXCEPTIONS = sum(isinstance(one, type) and issubclass(one, BaseException) for one in vars(builtins).values())
_SAID_ONCE = frozenset(
    ["group", "inner", "other", "part", "shapes", "change", "said", "late", "how", "why", "was", "whole"]
)
"""Variables that are sentences, counted on their own or as what a sentence stands in."""
CLOSED: Mapping[str, int] = {
    "error": _EXCEPTIONS + 1,
    "what": sum(key.startswith(("kind.", "content.")) for key in TEMPLATES),
    "factor": sum(key.startswith("factor.") for key in TEMPLATES),
    "counted": sum(key.startswith("counted.") for key in TEMPLATES),
    "count": 10,
    "limit": _LIMITS,
}
"""Variables whose values are of a closed set, and how many these are."""
OF_THE_QUESTION = frozenset(["asked", "given", "lengths", "number", "entry", "text"])
"""Variables whose values are letters and places of the question, or its author's words: counted for each."""
FIXED_BEFORE = frozenset(
    (
        *(
            "amount",
            "answer",
            "assignment",
            "cell",
            "next",
            "cells",
            "column",
            "command",
            "course",
            "day",
            "days",
            "defined",
            "encoding",
            "expected",
            "file",
            "files",
            "first",
            "format",
        ),
        *("function", "grading", "hours", "kept", "kernel", "keys", "language", "last", "length", "line"),
        *(
            "magic",
            "mark",
            "minutes",
            "module",
            "month",
            "more",
            "most",
            "name",
            "names",
            "numpy",
            "one",
            "points",
        ),
        *("points", "property", "python", "question", "reading", "signature", "size", "statement", "title"),
        *("total", "work", "year"),
    )
)
"""Variables whose values stand in the released or the submitted files, in the course's settings, in what
other files were given, or in what was run before the first hidden call; nothing hidden is seen in them."""


def count_bits(prepared: Prepared, stub: str = "") -> float:
    """Bits that a verdict on the question can carry, at most.

    Args:
        prepared: the question with its cases.
        stub: as released: its docstring names the lengths of arrays.
    """
    question = prepared.question
    parts = max(1, *(len(list_parts(known.value)) for known in prepared.expected.reference))
    groups = {case.group for case in prepared.cases}
    rules = [*_constants(question)]
    worths = math.comb(parts + _WORTHS - 1, parts) + sum(isinstance(one, int | float) for one in rules)
    mistakes = 1 + len(question.mistakes)
    choices = (
        len(Outcome),
        *(worths for _ in groups),
        mistakes,
        *(mistakes for _ in range(parts if parts > 1 else 0)),
        2,  # whether arguments were changed
        _count_sentences(question, stub, parts, sum(isinstance(one, str) for one in rules)),
    )
    return sum(map(math.log2, choices))


def _is_ours(key: str) -> bool:
    """Whether a sentence is said of questions that have references, and not of another tool's tests."""
    return not key.startswith(("tests.", "foreign."))


def _count_sentences(question: Question, stub: str, parts: int, reasons: int) -> int:
    """How many sentences may be said of hidden cases, with all their values."""
    sizes = read_sizes(question, stub)
    letters = {one for shape in (*sizes.arguments.values(), *sizes.returned) for one in shape}
    spelt = sum((3 * (len(letters) + len(sizes.parameters)) + 3) ** rank for rank in _RANKS)
    values = {
        **CLOSED,
        "asked": _SPELT,
        "given": spelt + len(_RANKS),
        "lengths": spelt,
        "number": parts,
        "entry": parts,
        "text": 1 + len(question.mistakes) + reasons,
    }
    alone = sum(
        math.prod(values.get(name, 1) for name in variables_of(key)) for key in TEMPLATES if _is_ours(key)
    )
    shown_in = (1 + _LIMITS) * (2 + len(Group)) * (1 + 3 * parts) * 5 * 2
    return int(alone * shown_in)


def _constants(question: Question) -> Iterator[Any]:
    """Texts and numbers in the author's rules: reasons and worths are among them."""
    rules: list[Callable[..., Any]] = [one.holds for one in question.properties]
    rule = question.comparison.rule
    for function in (*rules, *([rule] if rule is not None else [])):
        code = getattr(function, "__code__", None)
        if code is not None:
            yield from _constants_of(code)


def _constants_of(code: CodeType) -> Iterator[Any]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _constants_of(constant)
        elif isinstance(constant, str | int | float | np.number) and not isinstance(constant, bool):
            yield constant


def find_unsourced() -> frozenset[str]:
    """Variables of sentences of which it is not said where their values come from; there must be none."""
    names = {name for key in TEMPLATES for name in variables_of(key)}
    return frozenset(names - CLOSED.keys() - OF_THE_QUESTION - FIXED_BEFORE - _SAID_ONCE)
