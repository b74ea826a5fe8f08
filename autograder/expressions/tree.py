"""An expression as a tree: what was read, and after typing also the shape of every part.

| op | args | value |
|---|---|---|
| number | | Fraction |
| pi | | |
| symbol | | name |
| size | | name of a size, used as a number |
| identity, ones, zeros | | size, or "" where the context says it |
| add | terms | |
| negative, transpose, inverse | a | |
| product | a, b | "" or "dot" or "at": how it was written |
| entrywise, outer, inner, divide, power | a, b | "entry" or ".^": written entry by entry |
| norm | a | "2", "F", "1", "inf", "spectral" or "nuclear"; as written also "bar" (|a|) and "op2" |
| stack | entries, row by row | (rows, columns, whether it may be a row as well as a column) |
| call | arguments | name of a function everybody knows: exp, tr, max |
| apply | a | (function of the question, how often differentiated) |
| entry | a | indices |
| row | matrix | (index, name of the family): its i-th row as a column |
| expect | a | the random variables over which it runs |
| spread | a, or a and b | Var or Cov; before shapes are known |
| chances, indicator | inequalities | before shapes are known |
| sum | a | (index or "?", upper bound or "", "" or "!=j" or "<j": which values are left out) |
| relation | a, b | one of = != >= > <= < |
| both, either | conditions | |
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from autograder.domain.sentences import say
from autograder.expressions.shapes import Shape
from autograder.expressions.unreadable import Unreadable

MAX_DEPTH = 60
MAX_NODES = 300
_OPPOSITES = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}


@dataclass(frozen=True, slots=True)
class Node:
    """One part of an expression; equality is that of the writing, shapes apart."""

    op: str
    args: tuple["Node", ...] = ()
    value: Any = None
    shape: Shape | None = field(default=None, compare=False)
    depth: int = field(default=1, compare=False)


def node(op: str, *args: Node, value: Any = None, shape: Shape | None = None) -> Node:
    """A node over its parts; refuses to grow deeper than MAX_DEPTH."""
    depth = 1 + max((part.depth for part in args), default=0)
    if depth > MAX_DEPTH:
        raise Unreadable(say("typed.this_is_nested_too_deeply"))
    return Node(op, args, value, shape, depth)


def number(value: Fraction | int) -> Node:
    """A literal number."""
    return Node("number", (), Fraction(value))


def walk(tree: Node) -> Iterator[Node]:
    """Every node of the tree, parents first."""
    yield tree
    for part in tree.args:
        yield from walk(part)


def rules_of(walker: type, prefix: str) -> Mapping[str, Callable[[Any, Node], Any]]:
    """The methods of a class by the op they are named after, as `_evaluate_add` is the rule for `add`."""
    return {name.removeprefix(prefix): rule for name, rule in vars(walker).items() if name.startswith(prefix)}


def constant(tree: Node) -> Fraction | None:
    """The value of a part that is made of literal numbers only, else None."""
    if tree.op == "number":
        value: Fraction = tree.value
        return value
    if tree.op not in ("negative", "add", "product", "divide"):
        return None
    parts = [constant(part) for part in tree.args]
    if any(part is None for part in parts):
        return None
    return _combine(tree.op, [part for part in parts if part is not None])


def _combine(op: str, parts: list[Fraction]) -> Fraction | None:
    if op == "negative":
        return -parts[0]
    if op == "add":
        return sum(parts, Fraction(0))
    if op == "product":
        return parts[0] * parts[1]
    return parts[0] / parts[1] if parts[1] else None


def free_indices(tree: Node) -> frozenset[str]:
    """The indices that no sum inside the tree binds (digits are entries, not indices)."""
    inside = frozenset[str]().union(*(free_indices(part) for part in tree.args))
    if tree.op == "entry":
        return inside | {index for index in tree.value if not index.isdigit()}
    if tree.op == "row" and not tree.value[0].isdigit():
        return inside | {tree.value[0]}
    if tree.op == "sum":
        other = tree.value[2][-1:]
        return (inside | ({other} if other.isalpha() else set())) - {tree.value[0]}
    return inside


def absorb_term(left: Node, right: Node, sign: str) -> Node | None:
    """`right` taken into the sum that `left` ends with; None where it does not use the index of that sum."""
    if left.op == "product":
        inner = absorb_term(left.args[1], right, sign)
        return None if inner is None else node("product", left.args[0], inner, value=left.value)
    if left.op != "sum":
        return None
    body = left.args[0]
    deeper = absorb_term(body, right, sign)
    if deeper is None and left.value[0] in free_indices(right):
        terms = body.args if body.op == "add" else (body,)
        deeper = node("add", *terms, node("negative", right) if sign == "-" else right)
    return None if deeper is None else node("sum", deeper, value=left.value)


def is_condition(tree: Node) -> bool:
    """Whether it says that something holds, and has no value."""
    return tree.op in ("relation", "both", "either")


def complement(condition: Node) -> Node:
    """The condition that holds where this one does not."""
    if condition.op == "relation":
        return node("relation", *condition.args, value=_OPPOSITES[condition.value])
    joined = "either" if condition.op == "both" else "both"
    return node(joined, *(complement(part) for part in condition.args))
