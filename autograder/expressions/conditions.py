"""Equations and inequalities: one canonical form, and whether two of them say the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from autograder.expressions.evaluator import Point
from autograder.expressions.expression import Expression, part_of
from autograder.expressions.sample_points import SampledValues, SamplePoints, simple_fraction
from autograder.expressions.shapes import ShapeKind, compatible
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import Node, constant, node

_FLIPPED = {"<": ">", "<=": ">="}


@dataclass(frozen=True, slots=True)
class Condition:
    """`difference` = 0, != 0, >= 0 or > 0."""

    sign: str
    difference: SampledValues


def find_conditions(expression: Expression, points: SamplePoints) -> tuple[Condition, ...]:
    """The conditions an answer states, one or several."""
    parts = expression.tree.args if expression.tree.op == "both" else (expression.tree,)
    return tuple(
        Condition(
            _FLIPPED.get(part.value, part.value), points.evaluate(part_of(expression, _difference(part)))
        )
        for part in parts
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


def same_conditions(
    answer: Sequence[Condition], key: Sequence[Condition], points: SamplePoints, symbols: Symbols
) -> bool:
    """Whether two sets of conditions say the same, each one of one set the same as one of the other."""
    left = list(key)
    for mine in answer:
        match = next((theirs for theirs in left if same_condition(mine, theirs, points, symbols)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def same_condition(answer: Condition, key: Condition, points: SamplePoints, symbols: Symbols) -> bool:
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
    """At each point, products of powers of the positive numbers: what an inequality may be multiply by."""
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
