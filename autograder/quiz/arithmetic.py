"""Values of an author's expressions at drawn values, in the safe language that answers are written in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Any

from autograder.errors import AutograderError
from autograder.expressions.answer import parse_conditions
from autograder.expressions.calculator import check_conditions, evaluate, symbols_of
from autograder.expressions.expression import typecheck
from autograder.expressions.tree import is_condition, walk
from autograder.expressions.unreadable import Unreadable

DIGITS = 60
"""Of values that are not rational: ten more than conditions are computed with."""
Value = Fraction | float | Sequence[Any]
"""A number, a vector as a sequence of numbers, a matrix as a sequence of rows."""


class NoValueError(AutograderError):
    """An expression of a quiz cannot be read, or has no value here; the message says which and why."""


@dataclass(frozen=True, slots=True)
class ConditionCheck:
    """Whether a condition holds, and what stands on its sides."""

    holds: bool
    left: str
    right: str


def evaluate_number(text: str, values: Mapping[str, Value]) -> Fraction:
    """The value of an expression that is a number; what is not rational is taken to DIGITS digits."""
    value = evaluate_value(text, values)
    if isinstance(value, Fraction | int):
        return Fraction(value)
    if isinstance(value, float) and isfinite(value):
        # A root that a float rounds would not satisfy its own equation.
        return _exact(evaluate(text, values, precision=DIGITS))
    raise NoValueError(f"{text!r} is not a number")


def _exact(value: Any) -> Fraction:
    """The fraction that a number of many binary digits is."""
    sign, mantissa, exponent, _ = value._mpf_
    size = Fraction(int(mantissa)) * Fraction(2) ** exponent
    return Fraction(-size if sign else size)


def evaluate_value(text: str, values: Mapping[str, Value]) -> Value:
    """The value of an expression: a number, a vector or a matrix; raises NoValueError."""
    try:
        value: Value = evaluate(text, values)
    except Unreadable as reason:
        raise NoValueError(f"{text!r}: {reason.message}") from reason
    return value


def check_condition(text: str, values: Mapping[str, Value]) -> ConditionCheck:
    """Whether a relation holds at these values, computed with 50 digits; raises NoValueError."""
    try:
        truth = check_conditions(text, values)
    except Unreadable as reason:
        raise NoValueError(reason.message) from reason
    link = next((link for link in truth.links if not link.holds), truth.links[0])
    return ConditionCheck(truth.holds, _side(link.left), _side(link.right))


def condition_flaw(text: str, values: Mapping[str, Value]) -> str:
    """Why a text is no condition on the names in `values`, or the empty string."""
    try:
        symbols = symbols_of(values)
        tree = typecheck(parse_conditions(text, symbols).tree, symbols).tree
    except Unreadable as reason:
        return reason.message
    for part in walk(tree):
        arrays = [side for side in part.args if side.shape is not None and side.shape.is_array]
        if part.op == "relation" and part.value not in ("=", "!=") and arrays:
            return (
                "vectors and matrices cannot be compared by an inequality: compare an entry, a norm or an "
                "eigenvalue, as in lambda_min(A) >= 0"
            )
    return "" if is_condition(tree) else "it is a value, not an equation or inequality"


def _side(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_side(entry) for entry in value) + "]"
    return f"{float(value):.8g}"
