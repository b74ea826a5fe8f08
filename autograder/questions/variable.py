"""A question whose answer is a variable of the notebook: judged like a function that is called once."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.questions.author_rule import Rule
from autograder.questions.cases import core
from autograder.questions.question import Question, question


def variable(
    name: str,
    *,
    points: int | float | str | Fraction,
    reference: Any,
    forbids: Iterable[str] = (),
    tolerance: float = 1e-8,
    digits: float | None = 1e-4,
    compare: str | Rule = "values",
) -> Question:
    """Make a question of a variable; mistakes, alternates and checks hang on it as on any other.

    Args:
        name: of the variable, as in the notebook's stub `name = ...`.
        points: what a full answer earns.
        reference: the right value, or a function without arguments that computes it.
        forbids: names its definition may not use.
        tolerance: scaled error up to which an answer is right.
        digits: scaled error up to which digits are lost only; None for no such band.
        compare: as for `question`.
    """
    if not name.isidentifier():
        raise ValueError(f"{name!r} is no name of a variable")

    def value() -> Any:
        return reference() if callable(reference) else reference

    value.__name__ = value.__qualname__ = name
    declare = question(points=points, forbids=forbids, tolerance=tolerance, digits=digits, compare=compare)
    asked = declare(value)
    asked.variable = True
    asked.cases(lambda _: (core("its value"),))
    return asked


def literal(value: Any) -> str:
    """A value as Python that makes it, to stand in a solved notebook."""
    if isinstance(value, np.ndarray):
        return f"np.array({literal(value.tolist())})"
    if isinstance(value, np.generic):
        return literal(value.item())
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{literal(k)}: {literal(v)}' for k, v in value.items())}}}"
    if isinstance(value, float) and not np.isfinite(value):
        return f"float({str(value)!r})"
    return repr(value)
