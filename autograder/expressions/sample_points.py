"""Sample points: random points, the same for every answer to a question, at which expressions are compared.

Two expressions are equal when their values are, at points of whole numbers modulo a prime where both have
exact values (so that an accident is next to impossible), else at points of floats and of forty digits.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any

from autograder.expressions.evaluator import Evaluator, Point
from autograder.expressions.expression import Expression
from autograder.expressions.matrices import map_entries
from autograder.expressions.number_systems import (
    PRIME,
    Floats,
    FortyDigits,
    Inexact,
    Modular,
    NumberSystem,
    Undefined,
)
from autograder.expressions.shapes import compatible
from autograder.expressions.symbols import Symbol, Symbols

_SCALES = (1.0, 0.3, 0.1, 0.03)
"""Magnitudes of the points of floats."""
_SMALLEST = 3
"""Two-by-two matrices obey identities that larger ones do not."""
TOLERANCE = 1e-9
"""Of floats, relative to the largest entry."""
_FINE = Decimal("1e-25")
"""Of forty digits, which confirm what floats call equal."""
_CONFIRMED = 2
"""Points at which forty digits confirm it."""
_POINTS = 4
"""Points of floats that are compared, out of those at which the key has a value."""

Entries = tuple[Any, ...]
Values = tuple[Entries | None, ...]
"""The entries at each point, row by row; None where there is no value."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """What holds at the points beyond what the question declares."""

    symmetric: frozenset[str] = frozenset()
    """Matrices taken to be symmetric."""
    one_dimensional: bool = False
    """Every size is 1."""
    tied: bool = False
    """A number called like a size is that size, as n in 1/n."""


DECLARED = Assumption()


@dataclass(frozen=True, slots=True)
class SampledValues:
    """An expression with its values; `exact` is None where it has no exact values."""

    expression: Expression
    exact: Values | None
    floats: Values | None
    """None as long as nobody asked: see SamplePoints.with_floats."""

    @property
    def undefined(self) -> bool:
        """Whether it has no value at any point."""
        values = self.exact if self.exact is not None else self.floats
        return values is not None and all(entries is None for entries in values)


class SamplePoints:
    """The points of one question under one assumption."""

    def __init__(self, symbols: Symbols, assumption: Assumption = DECLARED) -> None:
        self.exact = _draw_exact_points(symbols, assumption)
        self._symbols, self._assumption = symbols, assumption
        self._floats: tuple[Point, ...] = ()

    @property
    def floats(self) -> tuple[Point, ...]:
        """The points of floats, drawn when first asked for."""
        if not self._floats:
            self._floats = _draw_float_points(self._symbols, self._assumption)
        return self._floats

    def evaluate(self, expression: Expression) -> SampledValues:
        """The expression with its values, exact if it has them, else floats."""
        try:
            return SampledValues(expression, tuple(_entries(expression, point) for point in self.exact), None)
        except Inexact:
            return self.with_floats(SampledValues(expression, None, None))

    def with_floats(self, values: SampledValues) -> SampledValues:
        """The same with floats too."""
        if values.floats is not None:
            return values
        floats = tuple(_entries(values.expression, point) for point in self.floats)
        return SampledValues(values.expression, values.exact, floats)

    def equal(self, answer: SampledValues, key: SampledValues) -> bool:
        """Whether the two have the same values wherever the key has one."""
        if not compatible(answer.expression.shape, key.expression.shape):
            return False
        if answer.exact is not None and key.exact is not None:
            return _agree(answer.exact, key.exact, tolerance=0)
        answer, key = self.with_floats(answer), self.with_floats(key)
        agree = _agree(answer.floats or (), key.floats or (), tolerance=TOLERANCE)
        return agree and self._forty_digits_agree(answer, key)

    def _forty_digits_agree(self, answer: SampledValues, key: SampledValues) -> bool:
        """Whether forty digits agree with the floats, at the first points where the key has a value."""
        places = [place for place, entries in enumerate(key.floats or ()) if entries is not None][:_CONFIRMED]
        for place in places:
            point = _with_forty_digits(self.floats[place])
            with FortyDigits.working():
                mine, theirs = _entries(answer.expression, point), _entries(key.expression, point)
                if mine is not None and theirs is not None and not _near(mine, theirs, tolerance=_FINE):
                    return False
        return True

    def ratios(self, answer: SampledValues, key: SampledValues) -> list[tuple[Point, Any]] | None:
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

    def factor(self, answer: SampledValues, key: SampledValues) -> Fraction | None:
        """The simple constant c with answer = c key, or None."""
        ratios = self.ratios(answer, key)
        if ratios is None:
            return None
        simple = {simple_fraction(ratio, exact=point.numbers.exact) for point, ratio in ratios}
        return simple.pop() if len(simple) == 1 else None


def _entries(expression: Expression, point: Point) -> Entries | None:
    """The entries of an expression at a point; None where it has no value. Raises Inexact."""
    try:
        value = Evaluator(point).components(expression.tree, list(expression.indices))
    except (Undefined, ArithmeticError):
        return None
    entries = tuple(entry for row in value for entry in row) if isinstance(value, list) else (value,)
    if not point.numbers.exact and not all(math.isfinite(entry) for entry in entries):
        return None
    return entries


def _agree(answer: Values, key: Values, *, tolerance: float) -> bool:
    """Whether the two are the same wherever the key has a value, and it has one somewhere."""
    pairs = [(mine, theirs) for mine, theirs in zip(answer, key, strict=True) if theirs is not None][:_POINTS]
    return bool(pairs) and all(
        mine is not None and _near(mine, theirs, tolerance=tolerance) for mine, theirs in pairs
    )


def _near(left: Entries, right: Entries, *, tolerance: float | Decimal) -> bool:
    """Whether the entries are equal up to `tolerance`, relative to the largest of them."""
    if len(left) != len(right):  # a literal zero against an array
        return not any(left) and not any(right)
    if not tolerance:
        return left == right
    scale: Any = max(max(abs(x) for x in left), max(abs(x) for x in right))
    return all(abs(x - y) <= tolerance * scale for x, y in zip(left, right, strict=True))


def _ratio(left: Entries | None, right: Entries | None, *, exact: bool) -> Any:
    """The c for which left = c right, or None."""
    if left is None or right is None or len(left) != len(right):
        return None
    place = max(range(len(right)), key=lambda k: abs(right[k]))
    if not right[place] or not left[place]:
        return None
    if exact:
        ratio = left[place] * pow(right[place], -1, PRIME) % PRIME
        return ratio if all((x - ratio * y) % PRIME == 0 for x, y in zip(left, right, strict=True)) else None
    value = left[place] / right[place]
    scaled = tuple(value * y for y in right)
    return value if math.isfinite(value) and _near(left, scaled, tolerance=TOLERANCE) else None


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


def _draw_exact_points(symbols: Symbols, assumption: Assumption) -> tuple[Point, ...]:
    """Two points of whole numbers modulo a prime, at different sizes (three where sizes count)."""
    numbers = Modular()
    choices = _choose_sizes(symbols, assumption, count=3 if assumption.tied else 2)
    return tuple(
        _draw_point(symbols, assumption, numbers, sizes, f"exact {k}") for k, sizes in enumerate(choices)
    )


def _with_forty_digits(point: Point) -> Point:
    """The same point of floats in forty digits."""
    values = {name: map_entries(value, Decimal) for name, value in point.values.items()}
    functions = {
        name: tuple(_in_digits(part) for part in coefficients)
        for name, coefficients in point.functions.items()
    }
    return Point(FortyDigits(), point.sizes, values, functions)


def _in_digits(part: Any) -> Any:
    return [_in_digits(entry) for entry in part] if isinstance(part, list) else Decimal(part)


def _draw_float_points(symbols: Symbols, assumption: Assumption) -> tuple[Point, ...]:
    """Eight points of floats of several magnitudes, the last four all positive for logarithms and roots."""
    numbers = Floats()
    choices = _choose_sizes(symbols, assumption, count=2)
    return tuple(
        _draw_point(
            symbols,
            assumption,
            numbers,
            choices[k % len(choices)],
            f"float {k}",
            scale=_SCALES[k % len(_SCALES)],
            positive=k >= len(_SCALES),
        )
        for k in range(2 * len(_SCALES))
    )


def _choose_sizes(symbols: Symbols, assumption: Assumption, *, count: int) -> list[Mapping[str, int]]:
    """Different sizes for different names, as the question's conditions allow, different at each point."""
    named = [size for size in symbols.sizes if not size.isdigit()]
    fixed = {size: int(size) for size in symbols.sizes if size.isdigit()}
    if assumption.one_dimensional:
        return [{**fixed, **dict.fromkeys(named, 1)}]
    allowed = []
    for chosen in permutations(range(_SMALLEST, _SMALLEST + max(len(named) + 1, count)), len(named)):
        sizes = dict(zip(named, chosen, strict=True))
        if all(sizes.get(large, 1) >= sizes.get(small, 1) for large, small in symbols.at_least):
            allowed.append({**fixed, **sizes})
    return _spread_out(allowed, count) or [fixed]


def _spread_out(allowed: Sequence[Mapping[str, int]], count: int) -> list[Mapping[str, int]]:
    """The first choice, then those that differ most from all before, small ones first."""
    kept = list(allowed[:1])

    def least_difference(sizes: Mapping[str, int]) -> int:
        return min(sum(sizes[name] != other[name] for name in sizes) for other in kept)

    while kept and len(kept) < min(count, len(allowed)):
        rest = [sizes for sizes in allowed if sizes not in kept]
        kept.append(max(rest, key=lambda sizes: (least_difference(sizes), -sum(sizes.values()))))
    return kept


def _draw_point(
    symbols: Symbols,
    assumption: Assumption,
    numbers: NumberSystem,
    sizes: Mapping[str, int],
    seed: str,
    *,
    scale: float = 1.0,
    positive: bool = False,
) -> Point:
    values, functions = {}, {}
    for symbol in symbols:
        source = random.Random(f"{seed} {symbol.name}")  # noqa: S311 -- points are no secret, only spread out
        if symbol.is_function:
            functions[symbol.name] = _draw_coefficients(
                numbers, source, 1 if symbol.domain == "1" else sizes[symbol.domain]
            )
        elif not symbol.rows_of:
            values[symbol.name] = _draw_value(
                symbol, numbers, source, sizes, assumption, scale=scale, positive=positive or symbol.positive
            )
    if assumption.tied:
        for name in symbols.sizes:
            if name in values and not isinstance(values[name], list):
                values[name] = type(_draw_number(numbers, random.Random(0)))(sizes[name])  # noqa: S311 -- only its type
    return Point(numbers, sizes, values, functions)


def _draw_value(
    symbol: Symbol,
    numbers: NumberSystem,
    source: random.Random,
    sizes: Mapping[str, int],
    assumption: Assumption,
    *,
    scale: float,
    positive: bool,
) -> Any:
    if not symbol.shape.is_array:
        return _draw_number(numbers, source, positive=positive, scale=scale)
    rows, columns = (1 if size == "1" else sizes[size] for size in (symbol.shape.rows, symbol.shape.columns))
    matrix = [
        [_draw_number(numbers, source, positive=positive, scale=scale) for _ in range(columns)]
        for _ in range(rows)
    ]
    if symbol.symmetric or symbol.name in assumption.symmetric:
        matrix = [[matrix[min(i, j)][max(i, j)] for j in range(columns)] for i in range(rows)]
    return matrix if rows > 1 or columns > 1 else matrix[0][0]


def _draw_coefficients(numbers: NumberSystem, source: random.Random, size: int) -> Any:
    """The polynomial that stands for a function of the question."""
    one = [_draw_number(numbers, source) for _ in range(size)]
    square = [[_draw_number(numbers, source) for _ in range(size)] for _ in range(size)]
    odd = [[_draw_number(numbers, source) for _ in range(size)] for _ in range(2)]
    return _draw_number(numbers, source), one, square, *odd


def _draw_number(
    numbers: NumberSystem, source: random.Random, *, positive: bool = False, scale: float = 1.0
) -> Any:
    """A random number at which to compare expressions, away from zero."""
    if numbers.exact:
        return source.randrange(1, PRIME)
    size = scale * source.uniform(0.4, 1.9)
    return size if positive or source.random() < 0.5 else -size
