"""An expression: an answer that is parsed and has its shapes, ready to be evaluated."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from autograder.domain.sentences import say
from autograder.expressions.shape_inference import ShapeInference, has_one_behind
from autograder.expressions.shapes import NUMBER, Shape, ShapeKind, array, compatible
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import Node, constant, free_indices, node, walk
from autograder.expressions.unreadable import IllTyped, Unreadable
from autograder.expressions.vocabulary import SPECTRAL

MAX_COST = 5_000
"""Bound on what one evaluation may cost, about in microseconds."""
_COST = {"product": 12, "inverse": 60, "apply": 25, "transpose": 3, "inner": 8}


@dataclass(frozen=True, slots=True)
class Expression:
    """A typed tree with its shape; indices left free on a number make it a vector or a matrix."""

    tree: Node
    shape: Shape
    indices: tuple[tuple[str, str], ...] = ()
    depends_on_sizes: bool = False
    """Whether its value depends on the sizes themselves, as tr(I_n) does."""


def typecheck(parsed: Node, symbols: Symbols, *, wanted: Shape | None = None, style: str = "") -> Expression:
    """The parsed tree with its shapes; an identity of unknown size takes the size of `wanted`.

    A 1 behind a matrix is the vector of ones, but the number where only this has the shape of `wanted`.

    Raises Unreadable: IllTyped or UnknownSymbol, or because one evaluation would cost too much.
    """
    for ones in (True, False) if any(map(has_one_behind, walk(parsed))) else ():
        with suppress(Unreadable):
            found = _typecheck(parsed, wanted, ShapeInference(symbols, style=style, ones=ones))
            if wanted is None or compatible(found.shape, wanted):
                return found
    return _typecheck(parsed, wanted, ShapeInference(symbols, style=style))


def _typecheck(parsed: Node, wanted: Shape | None, inference: ShapeInference) -> Expression:
    tree = inference.infer(parsed)
    if tree.op == "stack" and tree.value[2] and wanted is not None and wanted.rows == "1" and wanted.is_array:
        rows = tree.value[0]  # entries without a direction are a row where one is wanted
        tree = node("stack", *tree.args, value=(1, rows, True), shape=array("1", str(rows)))
    free = sorted(free_indices(tree))
    if wanted is not None and tree.shape is not None:
        inference.fit(tree.shape, wanted)
        if wanted.is_array and 0 < len(free) <= 2:  # of δ_ij, the key says over what i and j run
            ends = (inference.indices[free[0]], inference.indices[free[1]] if len(free) == 2 else "1")
            inference.fit(Shape(ShapeKind.ARRAY, *ends), wanted)
    tree = inference.resolve(tree)
    if _estimate_cost(tree, 1) > MAX_COST:
        raise Unreadable(say("typed.this_is_too_long_to"))
    indices = tuple((index, inference.resolve_size(inference.indices[index])) for index in free)
    depends = any(_SIZE_DEPENDENT[part.op](part) for part in walk(tree) if part.op in _SIZE_DEPENDENT)
    return Expression(tree, _shape_over(tree, indices), indices, depends)


def part_of(whole: Expression, tree: Node) -> Expression:
    """An expression made from parts of another, in which the same indices may be free."""
    free = free_indices(tree)
    indices = tuple(pair for pair in whole.indices if pair[0] in free)
    return Expression(tree, _shape_over(tree, indices), indices, whole.depends_on_sizes)


def _shape_over(tree: Node, indices: tuple[tuple[str, str], ...]) -> Shape:
    """The shape of what the tree is at all values of its free indices."""
    shape = tree.shape or NUMBER
    if not indices or shape.kind is ShapeKind.CONDITION:
        return shape
    if not shape.like_number or len(indices) > 2:
        names = ", ".join(name for name, _ in indices)
        raise IllTyped(say("typed.the_index_is_free_here", names=names))
    return array(indices[0][1], indices[1][1] if len(indices) == 2 else "1")


def _estimate_cost(tree: Node, times: int) -> int:
    """An estimate of what one evaluation costs."""
    if times > MAX_COST:
        return times
    heavy = tree.shape is not None and tree.shape.is_array
    own = _COST.get(tree.op, 1) if heavy or tree.op in ("inner", "apply") else 1
    if tree.op == "power" and heavy:
        own = 12 * abs(int(constant(tree.args[1]) or 1)) + 60
    if tree.op == "call" and tree.value in ("det", "pinv", "rank"):
        own = 90
    if (tree.op == "call" and tree.value in SPECTRAL) or (
        tree.op == "norm" and tree.value in ("spectral", "nuclear")
    ):
        own = 400
    below = times * {"sum": 4, "expect": 8}.get(tree.op, 1)
    return own * times + sum(_estimate_cost(part, below) for part in tree.args)


_SIZE_DEPENDENT: Mapping[str, Callable[[Node], bool]] = {
    "size": lambda _: True,
    "ones": lambda _: True,
    "sum": lambda node: node.value[0] not in free_indices(node.args[0]),
    "call": lambda node: (
        node.value in ("rank", "mean")
        or (node.value in ("tr", "total") and any(part.op == "identity" for part in walk(node)))
    ),
    "norm": lambda node: any(part.op == "identity" for part in walk(node)),
    "inner": lambda node: any(part.op == "identity" for part in walk(node)),
}
