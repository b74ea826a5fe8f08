"""Small edits of a function, one at a time, such as a slip of the pen makes.

A sign, a factor, a transpose, an index, an axis, an off-by-one, a term left out. What is proven to be right
is edited here to see whether the hidden cases notice.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_SHORTEST = 1e-6
"""Numbers below are tolerances: twice such a number is no mistake."""
_LONGEST = 60
_TWINS = {
    "sum": "mean",
    "mean": "sum",
    "maximum": "minimum",
    "minimum": "maximum",
    "max": "min",
    "min": "max",
}
_BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """One function with one small edit."""

    name: str
    """As `A.T -> A`; a second edit of the same words has ` (2)` behind it."""
    line: int
    """Where the edit is, in the file of the function."""
    tree: ast.FunctionDef


def edits(function: ast.FunctionDef, *, within: str = "") -> Iterator[Edit]:
    """Every small edit of a function; `within` names a helper, which is then part of the edits' names."""
    body = [node for node in function.body if not _is_text(node)]
    bare = _copied(function, {"body": body, "decorator_list": [], "returns": None})
    seen: Counter[str] = Counter()
    for node in _editable(body):
        for edited in _edited(node):
            name = within + _named(node, edited)
            if _unparsed(node) != _unparsed(edited):
                seen[name] += 1
                number = f" ({seen[name]})" if seen[name] > 1 else ""
                yield Edit(name + number, node.lineno, _replaced(bare, node, edited))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _named(node: ast.AST, edited: ast.AST) -> str:
    old, new = " ".join(_unparsed(node).split()), " ".join(_unparsed(edited).split())
    same = next(
        (k for k, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    return f"{_short(old, same)} -> {_short(new, same)}"


def _unparsed(node: ast.AST) -> str:
    return "(nothing)" if isinstance(node, ast.Pass) else ast.unparse(node)


def _short(text: str, place: int) -> str:
    """A long text around the place that matters."""
    if len(text) <= _LONGEST:
        return text
    first = max(0, min(place - _LONGEST // 3, len(text) - _LONGEST))
    start, end = "..." if first else "", "..." if first + _LONGEST < len(text) else ""
    return f"{start}{text[first : first + _LONGEST]}{end}"


Located = ast.stmt | ast.expr


def _editable(body: Iterable[ast.AST]) -> Iterator[Located]:
    """The nodes that a slip may change: nothing in messages, annotations, decorators and `dtype=`."""
    for node in body:
        if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr | ast.arguments):
            continue
        if isinstance(node, ast.keyword) and node.arg == "dtype":
            continue
        if isinstance(node, ast.With):
            yield from _editable(node.body)
            continue
        if isinstance(node, ast.stmt | ast.expr):
            yield node
        yield from _editable(ast.iter_child_nodes(node))


def _edited(node: Located) -> Iterator[ast.AST]:
    for kind, change in _CHANGES.items():
        if isinstance(node, kind):
            yield from change(node)


def _operation(node: ast.BinOp) -> Iterator[ast.AST]:
    left, right = node.left, node.right
    match node.op:
        case ast.Add():
            yield from (ast.BinOp(left, ast.Sub(), right), left, right)
        case ast.Sub():
            yield from (ast.BinOp(left, ast.Add(), right), left, ast.UnaryOp(ast.USub(), right))
        case ast.Mult():
            yield from (left, right)
        case ast.Div():
            yield left
        case ast.MatMult():
            if _is_matrix(left):
                yield ast.BinOp(_transposed(left), node.op, right)
            if _is_matrix(right):
                yield ast.BinOp(left, node.op, _transposed(right))


def _is_matrix(node: ast.expr) -> bool:
    """By the convention of the field: capital letters are matrices."""
    return isinstance(node, ast.Name) and node.id[:1].isupper()


def _transposed(node: ast.expr) -> ast.expr:
    return ast.Attribute(node, "T", ast.Load())


def _sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.USub | ast.Not) and not isinstance(node.operand, ast.Constant):
        yield node.operand


def _returned(node: ast.Return) -> Iterator[ast.AST]:
    value = node.value
    if value is not None and not isinstance(
        value, ast.Constant | ast.Tuple | ast.Dict | ast.List | ast.Compare
    ):
        yield ast.Return(ast.UnaryOp(ast.USub(), value))
        yield ast.Return(ast.BinOp(ast.Constant(2), ast.Mult(), value))


def _number(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, int) and not isinstance(value, bool):
        yield from (ast.Constant(value + 1), ast.Constant(value - 1))
    elif isinstance(value, float) and abs(value) >= _SHORTEST:
        yield ast.Constant(2 * value)
    elif isinstance(value, float) and value == 0:
        yield ast.Constant(1.0)


def _subscript(node: ast.Subscript) -> Iterator[ast.AST]:
    index = node.slice
    if isinstance(index, ast.Name):
        before = ast.BinOp(index, ast.Sub(), ast.Constant(1))
        yield ast.Subscript(node.value, before, node.ctx)
    if isinstance(index, ast.Tuple) and len(index.elts) == 2:
        yield ast.Subscript(node.value, ast.Tuple(index.elts[::-1], ast.Load()), node.ctx)


def _attribute(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr == "T":
        yield node.value
    elif node.attr in _TWINS:
        yield ast.Attribute(node.value, _TWINS[node.attr], node.ctx)


def _call(node: ast.Call) -> Iterator[ast.AST]:
    name = getattr(node.func, "id", "")
    if name in ("max", "min"):
        yield ast.Call(ast.Name(_TWINS[name], ast.Load()), node.args, node.keywords)
    if name == "range" and not isinstance(node.args[-1], ast.Constant):
        for change in (ast.Sub(), ast.Add()):
            stop = ast.BinOp(node.args[-1], change, ast.Constant(1))
            yield ast.Call(node.func, [*node.args[:-1], stop], node.keywords)
    for keyword in node.keywords:
        if keyword.arg == "axis":
            others = [each for each in node.keywords if each is not keyword]
            yield ast.Call(node.func, node.args, others)


def _comparison(node: ast.Compare) -> Iterator[ast.AST]:
    change = _BOUNDARY.get(type(node.ops[0]))
    if len(node.ops) == 1 and change is not None:
        yield ast.Compare(node.left, [change()], node.comparators)


def _condition(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    if len(node.values) == 2:
        yield from node.values


def _update(node: ast.AugAssign) -> Iterator[ast.AST]:
    yield ast.Pass()
    change = {ast.Add: ast.Sub, ast.Sub: ast.Add}.get(type(node.op))
    if change is not None:
        yield ast.AugAssign(node.target, change(), node.value)


def _effect(node: ast.Expr) -> Iterator[ast.AST]:
    if isinstance(node.value, ast.Call):
        yield ast.Pass()


_CHANGES: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.BinOp: _operation,
    ast.UnaryOp: _sign,
    ast.Return: _returned,
    ast.Constant: _number,
    ast.Subscript: _subscript,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Compare: _comparison,
    ast.BoolOp: _condition,
    ast.AugAssign: _update,
    ast.Expr: _effect,
}


def _replaced(function: ast.FunctionDef, old: ast.AST, new: ast.AST) -> ast.FunctionDef:
    """A copy of the function with one node replaced."""

    def copied(node: Any) -> Any:
        if node is old:
            return ast.copy_location(new, old)
        if isinstance(node, list):
            return [copied(each) for each in node]
        if isinstance(node, ast.AST):
            return _copied(node, {name: copied(value) for name, value in ast.iter_fields(node)})
        return node

    tree: ast.FunctionDef = ast.fix_missing_locations(copied(function))
    return tree


def _copied(node: Any, changes: dict[str, Any]) -> Any:
    return ast.copy_location(type(node)(**{**dict(ast.iter_fields(node)), **changes}), node)
