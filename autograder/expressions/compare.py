"""Whether two expressions are equal: by their values at random points, exact where they can be."""

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograder.expressions.digits import Digits
from autograder.expressions.evaluator import Evaluator, Point
from autograder.expressions.expression import Expression
from autograder.expressions.fields import PRIME, Inexact, Undefined
from autograder.expressions.points import DECLARED, Assumption, exact_points, float_points, with_digits
from autograder.expressions.shapes import Shape, ShapeKind
from autograder.expressions.symbols import Symbols

TOLERANCE = 1e-9
"""Of floats, relative to the largest entry."""
_FINE = Decimal("1e-25")
"""Of forty digits, which confirm what floats call equal."""
_CONFIRMED = 2
_POINTS = 4
"""Points of floats that are compared, out of those at which the key has a value."""

Entries = tuple[Any, ...]
Values = tuple[Entries | None, ...]
"""The entries at each point, row by row; None where there is no value."""


@dataclass(frozen=True, slots=True)
class Valued:
    """An expression with its values; `exact` is None where it has no exact values."""

    expression: Expression
    exact: Values | None
    floats: Values | None
    """None as long as nobody asked: see Ground.with_floats."""

    @property
    def undefined(self) -> bool:
        """Whether it has no value at any point."""
        values = self.exact if self.exact is not None else self.floats
        return values is not None and all(entries is None for entries in values)


class Ground:
    """The points of one question under one assumption."""

    def __init__(self, symbols: Symbols, assumption: Assumption = DECLARED) -> None:
        self.exact = exact_points(symbols, assumption)
        self._symbols, self._assumption = symbols, assumption
        self._floats: tuple[Point, ...] = ()

    @property
    def floats(self) -> tuple[Point, ...]:
        if not self._floats:
            self._floats = float_points(self._symbols, self._assumption)
        return self._floats

    def valued(self, expression: Expression) -> Valued:
        """The expression with its values, exact if it has them, else floats."""
        try:
            return Valued(expression, tuple(_entries(expression, point) for point in self.exact), None)
        except Inexact:
            return self.with_floats(Valued(expression, None, None))

    def with_floats(self, valued: Valued) -> Valued:
        """The same with floats too."""
        if valued.floats is not None:
            return valued
        floats = tuple(_entries(valued.expression, point) for point in self.floats)
        return Valued(valued.expression, valued.exact, floats)

    def equal(self, answer: Valued, key: Valued) -> bool:
        """Whether the two have the same values wherever the key has one."""
        if not compatible(answer.expression.shape, key.expression.shape):
            return False
        if answer.exact is not None and key.exact is not None:
            return _same_exactly(answer.exact, key.exact)
        answer, key = self.with_floats(answer), self.with_floats(key)
        return _same_nearly(answer.floats or (), key.floats or ()) and self._confirmed(answer, key)

    def _confirmed(self, answer: Valued, key: Valued) -> bool:
        """Whether forty digits agree with the floats, at the first points where the key has a value."""
        places = [place for place, entries in enumerate(key.floats or ()) if entries is not None][:_CONFIRMED]
        for place in places:
            point = with_digits(self.floats[place])
            with Digits.working():
                mine, theirs = _entries(answer.expression, point), _entries(key.expression, point)
                if mine is not None and theirs is not None and not _near(mine, theirs, _FINE):
                    return False
        return True

    def ratios(self, answer: Valued, key: Valued) -> list[tuple[Point, Any]] | None:
        """Points, each with the c for which answer = c key there; None if one of them has none."""
        if answer.exact is not None and key.exact is not None:
            points, mine, theirs = self.exact, answer.exact, key.exact
        else:
            points, mine = self.floats, self.with_floats(answer).floats or ()
            theirs = self.with_floats(key).floats or ()
        found = [
            (point, _ratio(left, right, exact=point.numbers.exact))
            for point, left, right in zip(points, mine, theirs, strict=True)
            if right is not None
        ][:_POINTS]
        return None if not found or any(ratio is None for _, ratio in found) else found

    def factor(self, answer: Valued, key: Valued) -> Fraction | None:
        """The simple constant c with answer = c key, or None."""
        ratios = self.ratios(answer, key)
        if ratios is None:
            return None
        simple = {simple_fraction(ratio, exact=point.numbers.exact) for point, ratio in ratios}
        return simple.pop() if len(simple) == 1 else None


def compatible(left: Shape, right: Shape) -> bool:
    """Whether values of these shapes can be compared."""
    return left == right or (
        ShapeKind.ZERO in (left.kind, right.kind) and ShapeKind.CONDITION not in (left.kind, right.kind)
    )


def _entries(expression: Expression, point: Point) -> Entries | None:
    try:
        value = Evaluator(point).components(expression.tree, list(expression.indices))
    except (Undefined, ArithmeticError):
        return None
    entries = tuple(entry for row in value for entry in row) if isinstance(value, list) else (value,)
    if not point.numbers.exact and not all(math.isfinite(entry) for entry in entries):
        return None
    return entries


def _same_exactly(answer: Values, key: Values) -> bool:
    pairs = [(mine, theirs) for mine, theirs in zip(answer, key, strict=True) if theirs is not None]
    return bool(pairs) and all(mine is not None and _equal_entries(mine, theirs) for mine, theirs in pairs)


def _equal_entries(left: Entries, right: Entries) -> bool:
    if len(left) != len(right):  # a literal zero against an array
        return not any(left) and not any(right)
    return left == right


def _defined(answer: Values, key: Values) -> list[tuple[Entries | None, Entries]]:
    return [(mine, theirs) for mine, theirs in zip(answer, key, strict=True) if theirs is not None][:_POINTS]


def _same_nearly(answer: Values, key: Values) -> bool:
    pairs = _defined(answer, key)
    return bool(pairs) and all(mine is not None and _near(mine, theirs) for mine, theirs in pairs)


def _near(left: Entries, right: Entries, tolerance: Any = TOLERANCE) -> bool:
    if len(left) != len(right):
        return not any(left) and not any(right)
    scale = max(max(abs(x) for x in left), max(abs(x) for x in right))
    return all(abs(x - y) <= tolerance * scale for x, y in zip(left, right, strict=True))


def _ratio(left: Entries | None, right: Entries | None, *, exact: bool) -> Any:
    if left is None or right is None or len(left) != len(right):
        return None
    place = max(range(len(right)), key=lambda k: abs(right[k]))
    if not right[place] or not left[place]:
        return None
    if exact:
        ratio = left[place] * pow(right[place], -1, PRIME) % PRIME
        return ratio if all((x - ratio * y) % PRIME == 0 for x, y in zip(left, right, strict=True)) else None
    value = left[place] / right[place]
    return value if math.isfinite(value) and _near(left, tuple(value * y for y in right)) else None


def simple_fraction(ratio: Any, *, exact: bool) -> Fraction | None:
    """The fraction with a small numerator and denominator that the ratio is, or None."""
    if not exact:
        near = Fraction(ratio).limit_denominator(60)
        return (
            near
            if near and abs(float(near) - ratio) <= 1e-8 * abs(ratio) and abs(near.numerator) <= 1000
            else None
        )
    for denominator in (1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 16, 24, 32, 60, 64, 100, 128):
        value = ratio * denominator % PRIME
        value = value - PRIME if value > PRIME // 2 else value
        if 0 < abs(value) <= 1000:
            return Fraction(value, denominator)
    return None
