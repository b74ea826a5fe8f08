"""Sample points: random points, the same for every answer to a question, at which expressions are compared.

Two expressions are equal when their values are, at points of whole numbers modulo a prime where both have
exact values (so that an accident is next to impossible), else at points of floats and of forty digits.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import permutations, product
from operator import mul
from typing import Any

from autograder.expressions.evaluator import Evaluator
from autograder.expressions.expression import Expression
from autograder.expressions.kinks import KinkSearch, has_kinks
from autograder.expressions.matrices import map_entries
from autograder.expressions.number_systems import (
    FORTY,
    PRIME,
    Floats,
    Inexact,
    ManyDigits,
    Modular,
    NumberSystem,
    Undefined,
)
from autograder.expressions.point import Point
from autograder.expressions.shapes import compatible
from autograder.expressions.symbols import Symbol, Symbols
from autograder.expressions.tree import walk

_SCALES = (1.0, 0.3, 0.1, 0.03)
"""Magnitudes of the first points of floats, at which most differences show."""
_WIDE = 24
"""Further points, of sizes from a thousandth to a thousand, at which what agreed at the first is compared."""
_SMALLEST = 3
"""Two-by-two matrices obey identities that larger ones do not."""
TOLERANCE = 1e-9
"""Of floats, relative to the largest entry."""
_FINE = Decimal("1e-25")
"""Of forty digits and more, which decide."""
_MORE_DIGITS = 120
"""Digits that tell a small difference from what cancellation leaves of forty."""
_CONFIRMED = 2
"""Points at which forty digits confirm what floats call equal."""
_SAME_ORDER = 50
"""Two numbers whose ratio stays within such a factor grow alike."""
_REMEMBERED = 64
"""Expressions whose values at the wide points are kept."""
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
        self._wide: tuple[Point, ...] = ()
        self._wide_values: dict[Expression, Values] = {}
        """Of keys, at the wide points."""

    @property
    def floats(self) -> tuple[Point, ...]:
        """The first points of floats, drawn when first asked for."""
        if not self._floats:
            self._floats = _draw_float_points(self._symbols, self._assumption)
        return self._floats

    @property
    def wide(self) -> tuple[Point, ...]:
        """Points of floats of many sizes, drawn when first asked for."""
        if not self._wide:
            self._wide = _draw_wide_points(self._symbols, self._assumption)
        return self._wide

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
        """Whether the two have the same values wherever the key has one, on every side of every kink."""
        if not compatible(answer.expression.shape, key.expression.shape):
            return False
        if answer.exact is not None and key.exact is not None:
            return _agree(answer.exact, key.exact)
        answer, key = self.with_floats(answer), self.with_floats(key)
        pairs = list(zip(self.floats, answer.floats or (), key.floats or (), strict=True))
        if not self._same_at(pairs, answer.expression, key.expression, confirmed=_CONFIRMED):
            return False
        known = self._wide_values.get(key.expression)
        if known is None:
            known = tuple(_entries(key.expression, point) for point in self.wide)
            if len(self._wide_values) < _REMEMBERED:
                self._wide_values[key.expression] = known
        pairs = [
            (point, _entries(answer.expression, point), value)
            for point, value in zip(self.wide, known, strict=True)
        ]
        some = any(value is not None for value in (*(key.floats or ()), *known))
        return (
            some
            and self._same_at(pairs, answer.expression, key.expression)
            and self._same_beside_kinks(answer.expression, key.expression)
        )

    def alike(self, answer: SampledValues, key: SampledValues) -> bool:
        """Whether the two have about the same values at the first points: enough to name a mistake."""
        if not compatible(answer.expression.shape, key.expression.shape):
            return False
        if answer.exact is not None and key.exact is not None:
            return _agree(answer.exact, key.exact)
        pairs = zip(self.with_floats(answer).floats or (), self.with_floats(key).floats or (), strict=True)
        met = [(mine, theirs) for mine, theirs in pairs if theirs is not None][:_POINTS]
        return bool(met) and all(mine is not None and _near(mine, theirs, TOLERANCE) for mine, theirs in met)

    def _same_at(
        self,
        pairs: Sequence[tuple[Point, Entries | None, Entries | None]],
        answer: Expression,
        key: Expression,
        *,
        confirmed: int = 0,
    ) -> bool:
        """Whether values agree at these points; forty digits decide where floats differ, and at the first."""
        for point, mine, theirs in pairs:
            if theirs is None:
                continue
            near = mine is not None and _near(mine, theirs, TOLERANCE)
            if (confirmed > 0 or not near) and _differ(answer, key, point):
                return False
            confirmed -= 1
        return True

    def _same_beside_kinks(self, answer: Expression, key: Expression) -> bool:
        """Whether values agree on both sides of every kink of either; forty digits decide at each point."""
        if not (has_kinks(answer.tree) or has_kinks(key.tree)):
            return True
        fixed = frozenset(self._symbols.sizes) if self._assumption.tied else frozenset[str]()
        search = KinkSearch((answer, key), self.wide, self._symbols, fixed)
        return not any(_differ(answer, key, point) for point in search.points())

    def grow_alike(self, answer: Expression, key: Expression) -> bool:
        """Whether two numbers stay within a constant factor of each other where all symbols are large."""
        names = [
            symbol.name for symbol in self._symbols if not symbol.shape.is_array and not symbol.is_function
        ]
        ratios = []
        for powers in product((3, 5, 8), repeat=min(len(names), 4)):
            large = dict(zip(names, (10.0**power for power in powers), strict=False))
            point = replace(self.wide[0], values={**self.wide[0].values, **large})
            mine, theirs = _entries(answer, point), _entries(key, point)
            if mine is None or theirs is None or not mine[0] or not theirs[0]:
                return False
            ratios.append(mine[0] / theirs[0])
        return bool(min(ratios) > 0 and max(ratios) <= _SAME_ORDER * min(ratios))

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


def _agree(answer: Values, key: Values) -> bool:
    """Whether two exact values are the same wherever the key has one, and it has one somewhere."""
    pairs = [(mine, theirs) for mine, theirs in zip(answer, key, strict=True) if theirs is not None]
    return bool(pairs) and all(mine is not None and _near(mine, theirs, 0) for mine, theirs in pairs)


def _near(left: Entries, right: Entries, tolerance: float | Decimal) -> bool:
    """Whether the entries are equal up to `tolerance`, relative to the largest of them."""
    if len(left) != len(right):  # a literal zero against an array
        return not any(left) and not any(right)
    if not tolerance:
        return left == right
    scale: Any = max(max(abs(x) for x in left), max(abs(x) for x in right))
    return all(abs(x - y) <= tolerance * scale for x, y in zip(left, right, strict=True))


def _differ(answer: Expression, key: Expression, point: Point) -> bool:
    """Whether the two differ at a point of floats, by forty digits and, where these cancel, by more."""
    first = _gap(answer, key, point, FORTY)
    if first is None or not first:
        return False
    second = _gap(answer, key, point, _MORE_DIGITS)
    # What more digits make vanish was rounding; a difference stays what it is.
    return second is not None and second > 0 and second > first * _FINE


def _gap(answer: Expression, key: Expression, point: Point, digits: int) -> Decimal | None:
    """How far the two are apart, 0 where equal up to _FINE; None where the key has no value."""
    with ManyDigits.working(digits):
        exact = with_many_digits(point, _names_in(answer) | _names_in(key))
        theirs = _entries(key, exact)
        if theirs is None:
            return None
        mine = _entries(answer, exact)
        if mine is None:
            return Decimal(1)
        if _near(mine, theirs, _FINE):
            return Decimal(0)
        if len(mine) != len(theirs):
            return Decimal(1)
        gap = max(abs(x - y) for x, y in zip(mine, theirs, strict=True))
        numbers = exact.numbers
        floor = numbers.largest.scaleb(8 - digits) if isinstance(numbers, ManyDigits) else 0
        return gap if digits == FORTY or gap > floor else Decimal(0)


def _names_in(expression: Expression) -> set[str]:
    return {
        part.value if part.op == "symbol" else part.value[0]
        for part in walk(expression.tree)
        if part.op in ("symbol", "apply")
    }


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
    return value if math.isfinite(value) and _near(left, scaled, TOLERANCE) else None


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


def with_many_digits(point: Point, names: set[str]) -> Point:
    """The same point of floats, for these symbols, in as many digits as are worked with."""
    values = {name: map_entries(value, Decimal) for name, value in point.values.items() if name in names}
    functions = {
        name: tuple(_in_digits(part) for part in coefficients)
        for name, coefficients in point.functions.items()
        if name in names
    }
    return Point(ManyDigits(), point.sizes, values, functions)


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


def _draw_wide_points(symbols: Symbols, assumption: Assumption) -> tuple[Point, ...]:
    """Points of sizes from a thousandth to a thousand; at every other one with a size for each symbol."""
    numbers = Floats()
    choices = _choose_sizes(symbols, assumption, count=1)
    points = []
    for k in range(_WIDE):
        scale = 10 ** (-3 + 6 * k / (_WIDE - 1))
        seed, positive = f"wide {k}", k % 4 == 3
        point = _draw_point(symbols, assumption, numbers, choices[0], seed, scale=scale, positive=positive)
        points.append(_resized(point, symbols, assumption, seed) if k % 2 else point)
    return tuple(points)


def _resized(point: Point, symbols: Symbols, assumption: Assumption, seed: str) -> Point:
    """The point with each symbol of a size of its own."""
    source, values = random.Random(seed), dict(point.values)  # noqa: S311 -- as above
    for symbol in symbols:
        fixed = assumption.tied and symbol.name in symbols.sizes
        if symbol.name in values and not fixed and symbol.between is None:
            size = 10 ** source.uniform(-2, 2)
            values[symbol.name] = map_entries(values[symbol.name], partial(mul, size))
    return replace(point, values=values)


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
    if symbol.between is not None and not numbers.exact:
        low, high = map(float, symbol.between)
        return source.uniform(low, high)
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
