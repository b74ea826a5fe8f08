"""Mutations: the expressions one slip away from a key, a transpose lost, a term, a factor, a sign."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from autograder.expressions.shapes import NUMBER, ShapeKind
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import Node, constant, node, number

MAX_MUTATIONS = 120


def mutate(tree: Node, symbols: Symbols) -> Iterator[tuple[Node, str]]:
    """Trees that differ from a shaped tree in one place, of the same shape, each with what was changed.

    What was changed ends a key of the sentences `close.*`; at most MAX_MUTATIONS are made.
    """
    for count, found in enumerate(_mutants(tree, symbols)):
        if count >= MAX_MUTATIONS:
            return
        yield found


def _mutants(tree: Node, symbols: Symbols) -> Iterator[tuple[Node, str]]:
    yield from _mutants_here(tree, symbols)
    for place, part in enumerate(tree.args):
        if tree.op == "power" and place == 1:
            continue  # exponents are mutated with their power
        for mutant, change in _mutants(part, symbols):
            parts = (*tree.args[:place], mutant, *tree.args[place + 1 :])
            yield node(tree.op, *parts, value=tree.value, shape=tree.shape), change


def _mutants_here(tree: Node, symbols: Symbols) -> Iterator[tuple[Node, str]]:
    match tree.op:
        case "transpose" | "inverse" | "negative" if tree.args[0].shape == tree.shape:
            yield tree.args[0], "sign" if tree.op == "negative" else tree.op
        case "add":
            yield from _in_sum(tree)
            yield from _with_a_size(tree, symbols)
        case "product":
            yield from _in_product(tree)
        case "divide":
            yield tree.args[0], "factor"
        case "number" if tree.shape == NUMBER:
            for scale in (Fraction(2), Fraction(1, 2)):
                yield replace(tree, value=tree.value * scale), "factor"
        case "power":
            yield from _in_power(tree)
        case "symbol":
            yield from _in_symbol(tree, symbols)


def _in_sum(tree: Node) -> Iterator[tuple[Node, str]]:
    terms = tree.args
    for place, term in enumerate(terms):
        rest = (*terms[:place], *terms[place + 1 :])
        yield (node("add", *rest, shape=tree.shape) if len(rest) > 1 else rest[0]), "term"
        if term.op != "negative":
            turned = node("negative", term, shape=term.shape)
            yield node("add", *terms[:place], turned, *terms[place + 1 :], shape=tree.shape), "sign"


def _with_a_size(tree: Node, symbols: Symbols) -> Iterator[tuple[Node, str]]:
    """A mean for a sum, or a sum for a mean, in one term alone or in all others."""
    terms = tree.args
    for name in (name for name in symbols.sizes if not name.isdigit()):
        size = node("size", value=name, shape=NUMBER)
        for changed in (
            [node("product", size, term, value="", shape=term.shape) for term in terms],
            [node("divide", term, size, shape=term.shape) for term in terms],
        ):
            for place in range(len(terms)):
                alone = (*terms[:place], changed[place], *terms[place + 1 :])
                others = (*changed[:place], terms[place], *changed[place + 1 :])
                for parts in (alone, others) if len(terms) > 2 else (alone,):
                    yield node("add", *parts, shape=tree.shape), "factor"


def _in_product(tree: Node) -> Iterator[tuple[Node, str]]:
    left, right = tree.args
    for kept in (left, right):
        if kept.shape == tree.shape:
            yield kept, "factor"
    both_square = left.shape is not None and left.shape == right.shape and left.shape.is_square
    if both_square:
        yield node("product", right, left, value=tree.value, shape=tree.shape), "order"
    if left.op == "number" and left.shape == NUMBER and left.value == 2:
        return
    if tree.shape is not None and tree.shape.kind in (ShapeKind.ARRAY, ShapeKind.NUMBER):
        yield node("product", number(2), tree, value="", shape=tree.shape), "factor"


def _in_power(tree: Node) -> Iterator[tuple[Node, str]]:
    times = constant(tree.args[1])
    if times is None:
        return
    for changed in (times + 1, times - 1, -times):
        if changed == 1:
            yield tree.args[0], "exponent"
        elif changed != 0 and abs(changed) <= 12:
            raised = replace(number(changed), shape=NUMBER)
            yield node("power", tree.args[0], raised, value=tree.value, shape=tree.shape), "exponent"


def _in_symbol(tree: Node, symbols: Symbols) -> Iterator[tuple[Node, str]]:
    symbol = symbols.by_name[tree.value]
    if symbol.shape.is_square and not symbol.symmetric:
        yield node("transpose", tree, shape=tree.shape), "transpose"
    for other in symbols:
        if (
            other.name != symbol.name
            and other.shape == symbol.shape
            and not other.is_function
            and not other.rows_of
        ):
            yield replace(tree, value=other.name), "symbol"
