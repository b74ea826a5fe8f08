"""Equations and inequalities: what they state, and whether two of them are true at the same points.

Conditions are compared as sets. First by their form: equal up to a factor that is positive. Else by their
truth at many points, on both sides of every boundary and on it, with many digits; what the declarations say
holds at every point, so that `L > 0` says nothing where L is declared positive.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import partial
from itertools import islice, product
from operator import add
from typing import Any

from autograder.expressions import matrices
from autograder.expressions.evaluator import Evaluator
from autograder.expressions.expression import Expression, part_of
from autograder.expressions.kinks import KinkSearch
from autograder.expressions.number_systems import ManyDigits, Undefined
from autograder.expressions.point import Point
from autograder.expressions.sample_points import (
    SampledValues,
    SamplePoints,
    simple_fraction,
    with_many_digits,
)
from autograder.expressions.shapes import NUMBER, ShapeKind, compatible
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import Node, constant, node, walk

_FLIPPED = {"<": ">", "<=": ">="}
_DIGITS = 120
"""With which truth is decided."""
_ZERO = Decimal("1e-70")
"""Beside the sides, a difference this small is none: boundaries are found to a hundred digits."""
_ROUNDED = Decimal("1e-98")
"""Beside the largest number met, so is one this small, which rounding leaves."""
_UNCLEAR = Decimal("1e-60")
"""What lies between is not decided."""
_NOTHING = Decimal("1e-100")
_ROUNDS = 90
"""Steps in which a boundary is found."""
_SHIFTS = (0.1, 1.0, 10.0, 1000.0)


@dataclass(frozen=True, slots=True)
class Condition:
    """`difference` = 0, != 0, >= 0 or > 0."""

    sign: str
    difference: SampledValues


class SetComparison(Enum):
    """How two conditions compare."""

    SAME = "same"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


def links_of(tree: Node) -> Iterator[Node]:
    """Every relation that conditions are joined of."""
    return (part for part in walk(tree) if part.op == "relation")


def find_conditions(expression: Expression, points: SamplePoints) -> tuple[Condition, ...]:
    """The conditions an answer states, one or several."""
    return tuple(
        Condition(
            _FLIPPED.get(part.value, part.value), points.evaluate(part_of(expression, _difference(part)))
        )
        for part in links_of(expression.tree)
    )


def _difference(relation: Node) -> Node:
    left, right = relation.args if relation.value not in _FLIPPED else reversed(relation.args)
    zero = next(
        (side for side in (right, left) if side.shape is not None and side.shape.kind is ShapeKind.ZERO), None
    )
    if zero is None:
        return node("add", left, node("negative", right, shape=right.shape), shape=left.shape)
    other = left if zero is right else right
    if relation.value in ("=", "!="):
        return _vanishing(other)
    return other if zero is right else node("negative", other, shape=other.shape)


def _vanishing(tree: Node) -> Node:
    """What is zero exactly when the tree is: v for ||v||^2, <v, v> and -v."""
    if tree.op in ("negative", "norm", "transpose"):
        return _vanishing(tree.args[0])
    if tree.op == "power" and tree.shape is not None and not tree.shape.is_array:
        times = constant(tree.args[1])
        if times is not None and times > 0:
            return _vanishing(tree.args[0])
    if tree.op == "inner" and tree.args[0] == tree.args[1]:
        return _vanishing(tree.args[0])
    if tree.op == "product":
        left, right = tree.args
        if left == node("transpose", right) and right.shape is not None and right.shape.is_column:
            return _vanishing(right)
    return tree


def compare_conditions(
    answer: tuple[Expression, Sequence[Condition]],
    key: tuple[Expression, Sequence[Condition]],
    points: SamplePoints,
    symbols: Symbols,
) -> SetComparison:
    """Whether two answers state the same: by their form, else by their truth."""
    plain = not any(part.op == "either" for whole, _ in (answer, key) for part in walk(whole.tree))
    if plain and _same_form(answer[1], key[1], points, symbols):
        return SetComparison.SAME
    return _TruthTable(answer[0], key[0], points, symbols).compare()


def _same_form(
    answer: Sequence[Condition], key: Sequence[Condition], points: SamplePoints, symbols: Symbols
) -> bool:
    """Whether each condition of one set is, up to a positive factor, one of the other."""
    left = list(key)
    for mine in answer:
        match = next((theirs for theirs in left if _same_condition(mine, theirs, points, symbols)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _same_condition(answer: Condition, key: Condition, points: SamplePoints, symbols: Symbols) -> bool:
    """Equal up to a constant, or a power of a symbol declared positive; for inequalities a positive one."""
    if answer.sign != key.sign or not compatible(
        answer.difference.expression.shape, key.difference.expression.shape
    ):
        return False
    ratios = points.ratios(answer.difference, key.difference)
    if ratios is None:
        return False
    for unit in _units(symbols, [point for point, _ in ratios]):
        found = {
            simple_fraction(point.numbers.reduce(ratio * scale), exact=point.numbers.exact)
            for (point, ratio), scale in zip(ratios, unit, strict=True)
        }
        factor = found.pop() if len(found) == 1 else None
        if factor is not None:
            return factor > 0 or answer.sign in ("=", "!=")
    return False


def _units(symbols: Symbols, points: Sequence[Point]) -> Iterator[list[Any]]:
    """At each point, products of powers of the positive numbers: what an inequality may be multiplied by."""
    names = [symbol.name for symbol in symbols if symbol.positive][:3]
    for powers in sorted(
        product((0, 1, -1, 2, -2), repeat=len(names)), key=lambda chosen: sum(map(abs, chosen))
    ):
        yield [_monomial(point, names, powers) for point in points]


def _monomial(point: Point, names: Sequence[str], powers: Sequence[int]) -> Any:
    scale = point.numbers.from_fraction(Fraction(1))
    for name, power in zip(names, powers, strict=True):
        base = point.values[name] if power > 0 else point.numbers.invert(point.values[name])
        for _ in range(abs(power)):
            scale = point.numbers.reduce(scale * base)
    return scale


class _TruthTable:
    """Where an answer and a key are true, at points found for both."""

    def __init__(self, answer: Expression, key: Expression, points: SamplePoints, symbols: Symbols) -> None:
        self._answer, self._key = answer, key
        self._symbols = symbols
        used = {part.value for whole in (answer, key) for part in walk(whole.tree) if part.op == "symbol"}
        self._used = used | {
            part.value[0] for whole in (answer, key) for part in walk(whole.tree) if part.op == "apply"
        }
        self._seeds = [*self._definite(points.wide), *points.wide[::2], *points.floats]
        size = self._seeds[0].sizes
        self._seeds = [
            replace(seed, functions=points.wide[0].functions) for seed in self._seeds if seed.sizes == size
        ]

    def compare(self) -> SetComparison:
        """The same where the truth of the key changes and that of the answer with it."""
        truths = set()
        unmet = [(whole, link) for whole in (self._answer, self._key) for link in links_of(whole.tree)]
        unmet = [(whole, link) for whole, link in unmet if link.value == "="]
        with ManyDigits.working(_DIGITS):
            for point, boundary in self._points():
                try:
                    mine, theirs = (
                        _HOLDS[whole.tree.op](whole, whole.tree, point, boundary)
                        for whole in (self._answer, self._key)
                    )
                    unmet = [one for one in unmet if not _relation_holds(*one, point, boundary)]
                except _Unclear:
                    continue
                if mine != theirs:
                    return SetComparison.DIFFERENT
                truths.add(theirs)
        # An equation that holds at no point that was found, and one beside an inequality, say nothing.
        equations = [
            all(link.value == "=" for link in links_of(whole.tree)) for whole in (self._answer, self._key)
        ]
        told = len(truths) == 2 and not unmet and equations[0] == equations[1]
        return SetComparison.SAME if told else SetComparison.UNDECIDED

    def _points(self) -> Iterator[tuple[Point, bool]]:
        """Points of many digits: of many sizes, beside boundaries, and on them, which the second says."""
        for seed in self._seeds:
            yield with_many_digits(seed, self._used), False
        for seed in islice(self._seeds, 2):
            yield from ((with_many_digits(point, self._used), False) for point in self._special(seed))
        for whole in (self._key, self._answer):
            for link in links_of(whole.tree):
                yield from ((point, True) for point in self._solved(link))
                yield from self._at_boundary(part_of(whole, _difference(link)))

    def _definite(self, seeds: Sequence[Point]) -> Iterator[Point]:
        """Points at which square matrices are definite, or nearly so."""
        squares = [
            symbol.name for symbol in self._symbols if symbol.shape.is_square and symbol.name in self._used
        ]
        for seed in seeds[10:14] if squares else ():
            for shift in (*_SHIFTS, *(-shift for shift in _SHIFTS)):
                values = dict(seed.values)
                for name in squares:
                    values[name] = [
                        [entry + shift * (i == j) for j, entry in enumerate(row)]
                        for i, row in enumerate(values[name])
                    ]
                yield replace(seed, values=values)

    def _special(self, seed: Point) -> Iterator[Point]:
        """The point with one scalar at zero, at one, or at a number that the conditions name."""
        numbers = {Fraction(0), Fraction(1)}
        for whole in (self._answer, self._key):
            numbers |= {value for part in walk(whole.tree) if (value := constant(part)) is not None}
        for symbol in self._symbols:
            if symbol.name not in self._used or symbol.name not in seed.values:
                continue
            for number in sorted(numbers)[:12]:
                for at in (float(number), -float(number)):
                    if symbol.admits(at) and not symbol.shape.is_array:
                        yield replace(seed, values={**seed.values, symbol.name: at})
            if symbol.shape.is_array:
                zero = matrices.map_entries(seed.values[symbol.name], lambda entry: 0 * entry)
                yield replace(seed, values={**seed.values, symbol.name: zero})

    def _solved(self, link: Node) -> Iterator[Point]:
        """Points that satisfy an equation which is solved for a symbol, or says that a gradient vanishes."""
        if link.value != "=":
            return
        for one, other in (link.args, link.args[::-1]):
            inside = {part.value for part in walk(other) if part.op == "symbol"}
            for seed in self._seeds[:3]:
                point = with_many_digits(seed, self._used)
                if one.op == "symbol" and one.value not in inside:
                    value = _value_at(part_of(self._key, other), point)
                    if value is not None:
                        if not isinstance(value, list) and isinstance(point.values[one.value], list):
                            value = matrices.map_entries(point.values[one.value], lambda entry: 0 * entry)
                        for by in (0, 1, -1):  # on the solution, and beside it on two sides
                            moved = matrices.map_entries(value, partial(add, Decimal(by)))
                            yield replace(point, values={**point.values, one.value: moved})
                if _vanishing(one).op == "apply" and _vanishing(one).value[1] == 1:
                    yield from _with_gradient_zero(_vanishing(one), point)

    def _at_boundary(self, difference: Expression) -> Iterator[tuple[Point, bool]]:
        """Points on both sides of where the difference changes its sign, and one on the boundary itself."""
        tree, shape = difference.tree, difference.shape
        if shape.is_matrix and not difference.indices:
            if not shape.is_square:
                return
            tree = node("call", tree, value="eigmin", shape=NUMBER)
        step = node("call", tree, value="step", shape=tree.shape)
        search = KinkSearch([replace(difference, tree=step)], self._seeds, self._symbols, frozenset())
        for point in islice(search.points(), 60):
            numbers = [value for value in point.values.values() if not isinstance(value, list)]
            if not any(0 < abs(number) < 1e-20 for number in numbers):  # else its square would count as zero
                yield with_many_digits(point, self._used), False
        scalar = replace(difference, tree=tree)
        for one, other in islice(search.crossings(), 4):
            found = _boundary(scalar, with_many_digits(one, self._used), with_many_digits(other, self._used))
            if found is not None:
                yield found, True


def _all_hold(whole: Expression, tree: Node, point: Point, boundary: bool) -> bool:  # noqa: FBT001
    return all(_HOLDS[part.op](whole, part, point, boundary) for part in tree.args)


def _any_holds(whole: Expression, tree: Node, point: Point, boundary: bool) -> bool:  # noqa: FBT001
    return any(_HOLDS[part.op](whole, part, point, boundary) for part in tree.args)


def _relation_holds(whole: Expression, link: Node, point: Point, boundary: bool) -> bool:  # noqa: FBT001
    sign = _FLIPPED.get(link.value, link.value)
    difference = part_of(whole, _difference(link))
    numbers = ManyDigits()
    value = _value_at(difference, replace(point, numbers=numbers))
    if value is None:
        return False
    sides = max(_size(_value_at(part_of(whole, side), point)) for side in link.args)
    scale = max(numbers.largest, sides)
    if isinstance(value, list) and len(value[0]) > 1 and sign in (">", ">=") and not difference.indices:
        try:
            value = matrices.eigenvalues(value, point.numbers)[0]
        except Undefined:
            return False
    entries = [entry for row in value for entry in row] if isinstance(value, list) else [value]
    zeros = [_is_zero(entry, scale, sides, boundary=boundary) for entry in entries]
    match sign:
        case "=":
            return all(zeros)
        case "!=":
            return not all(zeros)
        case ">=":
            return all(zero or entry > 0 for zero, entry in zip(zeros, entries, strict=True))
    return all(not zero and entry > 0 for zero, entry in zip(zeros, entries, strict=True))


class _Unclear(Exception):  # noqa: N818 -- the point says nothing, another will
    """A difference may be what rounding leaves, or as small as exp(-1000) is."""


def _is_zero(entry: Decimal, scale: Decimal, sides: Decimal, *, boundary: bool) -> bool:
    """Whether a difference of two sides is none; raises _Unclear where it could be a small one.

    On a boundary that was found, what is nothing beside the largest number met is zero. Elsewhere it may be
    as small as exp(-1000) and is no zero.
    """
    size = abs(entry)
    if not size or size <= _ZERO * sides or (boundary and size <= _ROUNDED * scale):
        return True
    if size <= _UNCLEAR * scale:
        raise _Unclear
    return False


_HOLDS: dict[str, Callable[[Expression, Node, Point, bool], bool]] = {
    "both": _all_hold,
    "either": _any_holds,
    "relation": _relation_holds,
}


def _value_at(expression: Expression, point: Point) -> Any:
    """The value at a point, or None."""
    try:
        return Evaluator(point).components(expression.tree, list(expression.indices))
    except (Undefined, ArithmeticError):
        return None


def _size(value: Any) -> Decimal:
    """The size of the largest entry."""
    if value is None:
        return Decimal(0)
    entries = [entry for row in value for entry in row] if isinstance(value, list) else [value]
    return Decimal(max(map(abs, entries)))


def _boundary(difference: Expression, one: Point, other: Point) -> Point | None:
    """The point between two at which a difference vanishes, by regula falsi (Illinois)."""
    low, high = Decimal(0), Decimal(1)
    below, above = _value_at(difference, one), _value_at(difference, other)
    if below is None or above is None or isinstance(below, list) or below * above >= 0:
        return None
    point = one
    for _ in range(_ROUNDS):
        middle = low + (high - low) * below / (below - above)
        point = _between(one, other, middle)
        value = _value_at(difference, point)
        if value is None:
            return None
        if value == 0 or abs(high - low) < Decimal("1e-105"):
            return point
        if value * above < 0:
            low, below = high, above
        else:
            below /= 2
        high, above = middle, value
    return None  # not found to enough digits


def _between(one: Point, other: Point, at: Decimal) -> Point:
    values = {name: _mix(value, other.values[name], at) for name, value in one.values.items()}
    return replace(one, values=values)


def _mix(one: Any, other: Any, at: Decimal) -> Any:
    if isinstance(one, list):
        return [[_mix(x, y, at) for x, y in zip(*rows, strict=True)] for rows in zip(one, other, strict=True)]
    mixed = one + (other - one) * at
    # What rounding leaves of zero, is zero: a condition such as 0 < x would take it for a number.
    return mixed if abs(mixed) > _NOTHING * max(abs(one), abs(other)) else Decimal(0)


def _with_gradient_zero(gradient: Node, point: Point) -> Iterator[Point]:
    """The point with the linear term of a function chosen so that its gradient vanishes."""
    name = gradient.value[0]
    value = _value_at(Expression(gradient, gradient.shape or NUMBER), point)
    if value is None:
        return
    whole, linear, *rest = point.functions[name]
    entries = [row[0] for row in value] if isinstance(value, list) else [value]
    for by in (0, 1, -1):  # no gradient, and one that points up or down in every entry
        turned = [old - entry + by for old, entry in zip(linear, entries, strict=True)]
        yield replace(point, functions={**point.functions, name: (whole, turned, *rest)})
