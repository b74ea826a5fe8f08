"""Kinks: where max, |·|, floor and the like change their formula, and points on both sides of each.

Two expressions that agree on one side of a kink say nothing of the other: `3 - a` is |a - 3| up to a = 3.
While an expression is evaluated, the arguments at which it could change its formula are written down: a
switch is the place of such an argument in that list, and its sign tells the side. Sides that random points
do not reach are searched for: by sizes, at the expressions' own numbers, then downhill.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import islice, permutations
from operator import mul
from typing import Any

from autograder.expressions.evaluator import Evaluator
from autograder.expressions.expression import Expression
from autograder.expressions.matrices import map_entries
from autograder.expressions.number_systems import Floats, Undefined
from autograder.expressions.point import Point
from autograder.expressions.shapes import NUMBER
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import Node, constant, walk

MAX_SWITCHES = 12
MAX_PATTERNS = 24
"""Combinations of sides that are compared."""
MAX_TRIALS = 400
"""Evaluations that one search may take."""
_DISTANCES = (1e-1, 1e-3, 1e-6)
"""How far from a kink its points lie, relative to the way across it: other kinks may be near."""
_STRETCHES = tuple(sign * 10.0**power for power in (0, 2, -2, 4, -4, 6, -6, 9, -9) for sign in (1, -1))
_STEPS = tuple(sign * size for size in (0.5, 0.1, 0.02, 0.003) for sign in (1, -1))
_BISECTIONS = 60


class _Switches(Floats):
    """Floats that write down the arguments of functions with a kink; those of roots apart."""

    def __init__(self) -> None:
        self.met: list[tuple[float, bool]] = []
        """Value, and whether it only touches zero, as the argument of a root does."""

    def function(self, name: str) -> Callable[..., Any]:
        function = super().function(name)
        note = _NOTES.get(name)
        if note is None:
            return function

        def call(*args: Any) -> Any:
            self.met += ((value, name == "sqrt") for value in note(*args))
            return function(*args)

        return call

    def power(self, base: Any, exponent: Any) -> Any:
        if exponent != int(exponent):
            self.met.append((base, True))
        return super().power(base, exponent)


_NOTES: Mapping[str, Callable[..., tuple[float, ...]]] = {
    "max": lambda left, right: (left - right,),
    "min": lambda left, right: (left - right,),
    "abs": lambda value: (value,),
    "relu": lambda value: (value,),
    "sign": lambda value: (value,),
    "step": lambda value: (value,),
    "sqrt": lambda value: (value,),
    "floor": lambda value: (value, value - 1, value + 1),
    "ceil": lambda value: (value, value - 1, value + 1),
    "round": lambda value: (value - 0.5, value + 0.5),
}


def has_kinks(tree: Node) -> bool:
    """Whether the tree has a part that changes its formula somewhere."""
    return any(
        (part.op == "call" and part.value in _NOTES)
        or (part.op == "norm" and (part.value != "2" or not (part.args[0].shape or NUMBER).is_array))
        or (part.op == "power" and (constant(part.args[1]) or Fraction(1, 2)).denominator != 1)
        for part in walk(tree)
    )


class KinkSearch:
    """Looks for points on both sides of every kink of some expressions, starting from given points."""

    def __init__(
        self,
        expressions: Sequence[Expression],
        seeds: Sequence[Point],
        symbols: Symbols,
        fixed: frozenset[str],
    ) -> None:
        self._expressions = expressions
        used = {
            part.value for expression in expressions for part in walk(expression.tree) if part.op == "symbol"
        }
        self._names = [symbol.name for symbol in symbols if symbol.name in used and symbol.name not in fixed]
        self._symbols = symbols
        self._numbers = sorted(
            {
                abs(float(value))
                for expression in expressions
                for part in walk(expression.tree)
                if (value := constant(part)) is not None and abs(value) < 10**12
            }
        )
        self._trials = 0
        functions = seeds[0].functions
        self._seen: list[tuple[Point, tuple[float, ...]]] = []
        self._touching: tuple[bool, ...] = ()
        for seed in seeds:
            if seed.sizes == seeds[0].sizes:  # ways from one point to another need one size
                self._try(replace(seed, functions=functions))

    def points(self) -> Iterator[Point]:
        """Points beside each kink, both sides, and one of each combination of sides that was met.

        Fewer where a side could not be found: max(0, x^2 + 1) has one only.
        """
        if not self._seen:
            return
        common, places = set(self._patterns()), self._distinct()
        for place in places:
            if self._touching[place]:
                yield from self._beside_touching(place)
                continue
            for sign in (1, -1):
                if not self._side(place, sign):
                    self._seek(place, sign)
            above, below = self._side(place, 1), self._side(place, -1)
            for one, other in islice(zip(above, below, strict=False), 1):
                yield from self._beside(place, one, other)
        if len(places) > 1:
            self._cross(common)
        yield from islice(self._patterns().values(), MAX_PATTERNS)

    def crossings(self) -> Iterator[tuple[Point, Point]]:
        """Pairs of points between which a switch changes its sign, of those that were met."""
        for place in self._distinct():
            above, below = self._side(place, 1), self._side(place, -1)
            yield from islice(zip(above, reversed(below), strict=False), 2)

    def _patterns(self) -> dict[tuple[bool, ...], Point]:
        """One point for each combination of sides."""
        found: dict[tuple[bool, ...], Point] = {}
        for point, values in self._seen:
            found.setdefault(tuple(value > 0 for value in values), point)
        return found

    def _cross(self, common: set[tuple[bool, ...]]) -> None:
        """Look for further combinations of sides, where kinks lie inside one another.

        Points made of two, one symbol as it is on one combination of sides, the others as on another; and
        points of other sizes than those of combinations that had to be searched for.
        """
        for one, other in islice(permutations(self._patterns().values(), 2), MAX_PATTERNS):
            for name in self._names:
                self._try(replace(one, values={**one.values, name: other.values[name]}))
        rare = [point for pattern, point in self._patterns().items() if pattern not in common]
        for point in islice((moved for base in rare[:4] for moved in self._stretched(base)), MAX_TRIALS // 2):
            self._try(point)

    def _try(self, point: Point) -> tuple[float, ...] | None:
        """The values of all switches at a point, kept; None where an expression has no value."""
        self._trials += 1
        numbers = _Switches()
        inside = replace(point, numbers=numbers)
        try:
            for expression in self._expressions:
                Evaluator(inside).components(expression.tree, list(expression.indices))
        except (Undefined, ArithmeticError, ValueError):
            return None
        values = tuple(value for value, _ in numbers.met)
        if self._seen and len(values) != len(self._seen[0][1]):
            return None
        if not self._seen:
            self._touching = tuple(touching for _, touching in numbers.met)
        self._seen.append((point, values))
        return values

    def _distinct(self) -> list[int]:
        """The switches that differ from all before, the first few."""
        found: dict[tuple[float, ...], int] = {}
        for place in range(len(self._touching)):
            values = [values[place] for _, values in self._seen[:6]]
            size = max(map(abs, values)) or 1.0
            if not all(map(math.isfinite, values)):
                continue
            turned = math.copysign(1.0, values[0])
            found.setdefault(tuple(round(turned * value / size, 9) for value in values), place)
        return list(found.values())[:MAX_SWITCHES]

    def _side(self, place: int, sign: int) -> list[Point]:
        return [point for point, values in self._seen if sign * values[place] > 0]

    def _seek(self, place: int, sign: int) -> None:
        """Look for a point where the switch has this sign: by sizes, by numbers, then downhill."""
        nearest = sorted(self._seen, key=lambda seen: -sign * seen[1][place])[:2]
        for point in (*self._stretched(self._seen[0][0]), *self._at_numbers(nearest[0][0])):
            if self._trials > MAX_TRIALS:
                return
            values = self._try(point)
            if values is not None and sign * values[place] > 0:
                return
        point, values = max(self._seen, key=lambda seen: sign * seen[1][place])
        self._climb(place, sign, point, values[place])

    def _stretched(self, base: Point) -> Iterator[Point]:
        """The point with one symbol, or all of them, larger, smaller or turned."""
        for names in ([name] for name in self._names) if len(self._names) > 1 else ():
            for stretch in _STRETCHES[1:]:
                yield from self._changed(base, names, partial(mul, stretch))
        for stretch in _STRETCHES[1:]:
            yield from self._changed(base, self._names, partial(mul, stretch))

    def _at_numbers(self, base: Point) -> Iterator[Point]:
        """The point with one scalar at, just above or just below a number that the expressions name."""
        for name in self._names:
            if isinstance(base.values[name], list):
                continue
            for number in self._numbers:
                for value in (number * by for by in (1, -1, 1.001, 0.999, -1.001, -0.999)):
                    yield from self._changed(base, [name], partial(lambda fixed, _: fixed, value))

    def _climb(self, place: int, sign: int, point: Point, value: float) -> None:
        """Step by step to where the switch changes its sign, or nearer to it."""
        for _ in range(12):
            best = point, value
            for name in self._names:
                if isinstance(point.values[name], list):
                    continue
                for step in _STEPS:
                    for moved in self._changed(best[0], [name], _shift(step)):
                        values = self._try(moved) if self._trials <= MAX_TRIALS else None
                        if values is not None and sign * values[place] > sign * best[1]:
                            best = moved, values[place]
            if sign * best[1] > 0 or best[0] is point:
                return
            point, value = best

    def _changed(self, base: Point, names: Sequence[str], change: Callable[[Any], Any]) -> Iterator[Point]:
        """The point with the values of some symbols changed, unless that breaks a declaration."""
        values = dict(base.values)
        for name in names:
            changed = map_entries(values[name], change)
            if not self._symbols.by_name[name].admits(changed):
                return
            values[name] = changed
        yield replace(base, values=values)

    def _beside(self, place: int, above: Point, below: Point) -> Iterator[Point]:
        """Points close to the kink on the way from one side to the other."""
        low, high = 0.0, 1.0
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            values = (
                self._try(self._between(above, below, middle)) if self._trials <= 2 * MAX_TRIALS else None
            )
            if values is None:
                return
            if values[place] > 0:
                low = middle
            else:
                high = middle
            if high - low < 1e-9 * high:
                break
        for distance in _DISTANCES:
            for at in (low - distance * (low or 1), high + distance * (1 - high or high)):
                if 0 <= at <= 1:
                    yield self._between(above, below, at)

    def _beside_touching(self, place: int) -> Iterator[Point]:
        """Points on both sides of where the argument of a root touches zero, along one scalar."""
        for name in self._names:
            start, _ = min(self._seen, key=lambda seen: abs(seen[1][place]))
            if isinstance(start.values[name], list):
                continue
            for point in self._at_numbers(start):
                if self._trials > MAX_TRIALS:
                    return
                self._try(point)
            point, values = min(self._seen, key=lambda seen: abs(seen[1][place]))
            self._climb(place, -1, point, values[place])
            point, _ = min(self._seen, key=lambda seen: abs(seen[1][place]))
            for stretch in (0.5, 0.9, 1.1, 2.0, -1.0, 10.0, -10.0):
                yield from self._changed(point, [name], partial(mul, stretch))

    def _between(self, one: Point, other: Point, at: float) -> Point:
        """The point on the straight way between two, at 0 the first."""
        values = {name: _mixed(one.values[name], other.values[name], at) for name in self._names}
        return replace(one, values={**one.values, **values})


def _shift(step: float) -> Callable[[Any], Any]:
    """A step in proportion to where one stands."""
    return lambda old: old + step * (abs(old) or 1)


def _mixed(one: Any, other: Any, at: float) -> Any:
    if isinstance(one, list):
        return [
            [_mixed(x, y, at) for x, y in zip(*rows, strict=True)] for rows in zip(one, other, strict=True)
        ]
    return one + (other - one) * at
