"""Values of expressions at given numbers, vectors and matrices: keys, drawn parameters, witnesses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from autograder.domain.sentences import say
from autograder.expressions.answer import parse_conditions
from autograder.expressions.evaluator import Evaluator
from autograder.expressions.expression import typecheck
from autograder.expressions.normalisation import canonical_name
from autograder.expressions.number_systems import (
    Floats,
    Inexact,
    MultiPrecision,
    NumberSystem,
    Rationals,
    Undefined,
)
from autograder.expressions.point import Point
from autograder.expressions.printer import SIGNS
from autograder.expressions.shapes import Shape, array
from autograder.expressions.symbols import Symbol, Symbols, declare
from autograder.expressions.tree import Node, is_condition
from autograder.expressions.unreadable import IllTyped, Unreadable, quoted

Value: TypeAlias = Any
"""A number (Fraction, float or mpf), a vector as a list of numbers, or a matrix as a list of rows."""

MARGIN = Fraction(1, 10**30)


@dataclass(frozen=True, slots=True)
class Link:
    """One equation or inequality, with the values of its sides."""

    left: Value
    sign: str
    right: Value
    holds: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """Whether all of several conditions hold, and each of them."""

    holds: bool
    links: tuple[Link, ...]


def evaluate(
    text: str, values: Mapping[str, Value], symbols: Symbols | None = None, *, precision: int | None = None
) -> Value:
    """The value of an expression: an exact Fraction where it has one and all values are whole or fractions.

    Floats else, or numbers of `precision` decimal digits. Vectors are lists, matrices lists of rows. Raises
    Unreadable for a text that cannot be read, and for an expression that has no value here.
    """
    symbols = symbols or symbols_of(values)
    tree = typecheck(parse_conditions(text, symbols).tree, symbols).tree
    if is_condition(tree):
        raise IllTyped(say("typed.is_an_equation_or_inequality", text=quoted(text)))
    return _value(tree, values, symbols, precision)


def check_conditions(
    text: str,
    values: Mapping[str, Value],
    symbols: Symbols | None = None,
    *,
    precision: int = 50,
    margin: Fraction = MARGIN,
) -> Truth:
    """Whether a condition holds (several are joined by `and` or `;`), computed with `precision` digits.

    A strict inequality must hold by more than `margin`, relative to 1 + |left| + |right|; the others may
    fail by as much. Raises Unreadable as `evaluate` does.
    """
    symbols = symbols or symbols_of(values)
    tree = typecheck(parse_conditions(text, symbols).tree, symbols).tree
    if not is_condition(tree):
        raise IllTyped(say("typed.is_a_value_not_an", text=quoted(text)))
    links: list[Link] = []

    def check(part: Node) -> bool:
        if part.op != "relation":
            holding = [check(inside) for inside in part.args]
            return all(holding) if part.op == "both" else any(holding)
        left, right = (_value(side, values, symbols, precision) for side in part.args)
        links.append(Link(left, SIGNS[part.value], right, _holds(part.value, left, right, margin)))
        return links[-1].holds

    return Truth(check(tree), tuple(links))


def symbols_of(values: Mapping[str, Value]) -> Symbols:
    """Symbols declared by their values: numbers, lists as vectors, lists of lists as matrices."""
    return declare(Symbol(canonical_name(name), _shape_of(name, value)) for name, value in values.items())


def _shape_of(name: str, value: Value) -> Shape:
    if not isinstance(value, Sequence):
        return array("1", "1")
    rows = [row if isinstance(row, Sequence) else [row] for row in value]
    if not rows or any(len(row) != len(rows[0]) for row in rows) or not rows[0]:
        raise Unreadable(say("typed.the_rows_of_have_different", name=name))
    return array(str(len(rows)), str(len(rows[0])))


def _holds(sign: str, left: Value, right: Value, margin: Fraction) -> bool:
    pairs = list(zip(*_paired(left, right), strict=True))
    if len(pairs) > 1 and sign not in ("=", "!="):
        raise IllTyped(say("typed.two_vectors_or_matrices_cannot"))
    if sign in ("<", "<="):
        pairs, sign = [(y, x) for x, y in pairs], {"<": ">", "<=": ">="}[sign]
    slack = [(x - y, (1 + abs(x) + abs(y)) * margin.numerator / margin.denominator) for x, y in pairs]
    match sign:
        case ">":
            return all(difference > allowed for difference, allowed in slack)
        case ">=":
            return all(difference >= -allowed for difference, allowed in slack)
        case "=":
            return all(abs(difference) <= allowed for difference, allowed in slack)
    return any(abs(difference) > allowed for difference, allowed in slack)


def _paired(left: Value, right: Value) -> tuple[list[Value], list[Value]]:
    """The entries of two sides, a literal zero beside each entry of an array."""
    mine, theirs = _flat(left), _flat(right)
    if len(mine) != len(theirs):
        mine, theirs = (
            mine * len(theirs) if len(mine) == 1 else mine,
            theirs * len(mine) if len(theirs) == 1 else theirs,
        )
    return mine, theirs


def _flat(value: Value) -> list[Value]:
    return [entry for row in value for entry in _flat(row)] if isinstance(value, list) else [value]


def _value(tree: Node, values: Mapping[str, Value], symbols: Symbols, precision: int | None) -> Value:
    try:
        if precision is None and all(_is_exact(value) for value in values.values()):
            try:
                return _compute(tree, values, symbols, Rationals())
            except Inexact:
                pass
        numbers = Floats() if precision is None else MultiPrecision(precision)
        return _compute(tree, values, symbols, numbers)
    except (Undefined, OverflowError) as reason:
        raise Unreadable(say("typed.this_has_no_value_here")) from reason


def _is_exact(value: Value) -> bool:
    if isinstance(value, Sequence):
        return all(_is_exact(entry) for entry in value)
    return isinstance(value, int | Fraction)


def _compute(tree: Node, values: Mapping[str, Value], symbols: Symbols, numbers: NumberSystem) -> Value:
    given = {canonical_name(name): value for name, value in values.items()}
    sizes = {size: int(size) for size in symbols.sizes if size.isdigit()}
    bound = {}
    for symbol in symbols:
        if symbol.is_function or symbol.rows_of:
            continue
        if symbol.name not in given:
            raise Unreadable(say("typed.has_no_value", name=symbol.name))
        bound[symbol.name] = _bind(symbol, given[symbol.name], sizes, numbers)
    value = Evaluator(Point(numbers, sizes, bound)).value(tree)
    if isinstance(value, list) and all(len(row) == 1 for row in value):
        return [row[0] for row in value]  # a column is given as a plain list
    return value


def _bind(symbol: Symbol, value: Value, sizes: dict[str, int], numbers: NumberSystem) -> Value:
    """A given value in the number system, with its sizes checked against the declaration."""
    if not isinstance(value, Sequence):
        rows = [[value]]
    else:
        rows = [list(row) if isinstance(row, Sequence) else [row] for row in value]
    for size, found in ((symbol.shape.rows, len(rows)), (symbol.shape.columns, len(rows[0]) if rows else 0)):
        if (1 if size == "1" else sizes.setdefault(size, found)) != found:
            raise Unreadable(
                say(
                    "typed.should_be_it_is",
                    name=symbol.name,
                    shape=symbol.shape.sentence,
                    count=str(len(rows)),
                    count_2=str(len(rows[0])),
                )
            )
    if any(len(row) != len(rows[0]) for row in rows):
        raise Unreadable(say("typed.the_rows_of_have_different", name=symbol.name))
    converted = [[_number(entry, numbers) for entry in row] for row in rows]
    return converted[0][0] if len(converted) == 1 and len(converted[0]) == 1 else converted


def _number(value: Value, numbers: NumberSystem) -> Value:
    if isinstance(value, int | Fraction):
        return numbers.from_fraction(Fraction(value))
    if isinstance(value, float) and not isinstance(numbers, Floats):
        return numbers.from_fraction(Fraction(value))
    return float(value) if isinstance(numbers, Floats) else value
