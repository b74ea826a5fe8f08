"""Small edits of a function, one at a time, such as a slip of the pen makes.

A sign, a factor, a transpose, an index, an axis, an off-by-one, a term left out. What is proven to be right
is edited here to see whether the hidden cases notice.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_SMALLEST = 1e-6
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


def list_edits(function: ast.FunctionDef, *, within: str = "") -> Iterator[Edit]:
    """Every small edit of a function; `within` names a helper, which is then part of the edits' names."""
    body = [n for n in function.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
    bare = _copy(function, {"body": body, "decorator_list": [], "returns": None})
    seen: Counter[str] = Counter()
    for node in _find_editable(body):
        changes = (change for kind, change in _CHANGES.items() if isinstance(node, kind))
        for edited in (each for change in changes for each in change(node)):
            name = within + _name_edit(node, edited)
            if _unparse(node) != _unparse(edited):
                seen[name] += 1
                number = f" ({seen[name]})" if seen[name] > 1 else ""
                yield Edit(name + number, node.lineno, _replace(bare, node, edited))


def _name_edit(node: ast.AST, edited: ast.AST) -> str:
    old, new = " ".join(_unparse(node).split()), " ".join(_unparse(edited).split())
    same = next(
        (k for k, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    return f"{_shorten(old, same)} -> {_shorten(new, same)}"


def _unparse(node: ast.AST) -> str:
    return "(nothing)" if isinstance(node, ast.Pass) else ast.unparse(node)


def _shorten(text: str, place: int) -> str:
    """A long text around the place that matters."""
    if len(text) <= _LONGEST:
        return text
    first = max(0, min(place - _LONGEST // 3, len(text) - _LONGEST))
    start, end = "..." if first else "", "..." if first + _LONGEST < len(text) else ""
    return f"{start}{text[first : first + _LONGEST]}{end}"


Located = ast.stmt | ast.expr


def _find_editable(body: Iterable[ast.AST]) -> Iterator[Located]:
    """The nodes that a slip may change: nothing in messages, annotations, decorators and `dtype=`."""
    for node in body:
        if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr | ast.arguments):
            continue
        if isinstance(node, ast.keyword) and node.arg == "dtype":
            continue
        if isinstance(node, ast.With):
            yield from _find_editable(node.body)
            continue
        if isinstance(node, ast.stmt | ast.expr):
            yield node
        yield from _find_editable(ast.iter_child_nodes(node))


Change = Callable[[Any], Iterator[ast.AST]]
_CHANGES: dict[type[ast.AST], Change] = {}
"""Per kind of node, what makes its edits."""


def _edits(kind: type[ast.AST]) -> Callable[[Change], Change]:
    """Register what makes the edits of a kind of node."""

    def register(change: Change) -> Change:
        _CHANGES[kind] = change
        return change

    return register


@_edits(ast.BinOp)
def _edit_operation(node: ast.BinOp) -> Iterator[ast.AST]:
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
                yield ast.BinOp(_transpose(left), node.op, right)
            if _is_matrix(right):
                yield ast.BinOp(left, node.op, _transpose(right))


def _is_matrix(node: ast.expr) -> bool:
    """By the convention of the field: capital letters are matrices."""
    return isinstance(node, ast.Name) and node.id[:1].isupper()


def _transpose(node: ast.expr) -> ast.expr:
    return ast.Attribute(node, "T", ast.Load())


@_edits(ast.UnaryOp)
def _edit_sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.USub | ast.Not) and not isinstance(node.operand, ast.Constant):
        yield node.operand


@_edits(ast.Return)
def _edit_return(node: ast.Return) -> Iterator[ast.AST]:
    value = node.value
    if value is not None and not isinstance(
        value, ast.Constant | ast.Tuple | ast.Dict | ast.List | ast.Compare
    ):
        yield ast.Return(ast.UnaryOp(ast.USub(), value))
        yield ast.Return(ast.BinOp(ast.Constant(2), ast.Mult(), value))


@_edits(ast.Constant)
def _edit_number(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, int) and not isinstance(value, bool):
        yield from (ast.Constant(value + 1), ast.Constant(value - 1))
    elif isinstance(value, float) and abs(value) >= _SMALLEST:
        yield ast.Constant(2 * value)
    elif isinstance(value, float) and value == 0:
        yield ast.Constant(1.0)


@_edits(ast.Subscript)
def _edit_subscript(node: ast.Subscript) -> Iterator[ast.AST]:
    index = node.slice
    if isinstance(index, ast.Name):
        before = ast.BinOp(index, ast.Sub(), ast.Constant(1))
        yield ast.Subscript(node.value, before, node.ctx)
    if isinstance(index, ast.Tuple) and len(index.elts) == 2:
        yield ast.Subscript(node.value, ast.Tuple(index.elts[::-1], ast.Load()), node.ctx)


@_edits(ast.Attribute)
def _edit_attribute(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr == "T":
        yield node.value
    elif node.attr in _TWINS:
        yield ast.Attribute(node.value, _TWINS[node.attr], node.ctx)


@_edits(ast.Call)
def _edit_call(node: ast.Call) -> Iterator[ast.AST]:
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


@_edits(ast.Compare)
def _edit_comparison(node: ast.Compare) -> Iterator[ast.AST]:
    change = _BOUNDARY.get(type(node.ops[0]))
    if len(node.ops) == 1 and change is not None:
        yield ast.Compare(node.left, [change()], node.comparators)


@_edits(ast.BoolOp)
def _edit_condition(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    if len(node.values) == 2:
        yield from node.values


@_edits(ast.AugAssign)
def _edit_update(node: ast.AugAssign) -> Iterator[ast.AST]:
    yield ast.Pass()
    change = {ast.Add: ast.Sub, ast.Sub: ast.Add}.get(type(node.op))
    if change is not None:
        yield ast.AugAssign(node.target, change(), node.value)


@_edits(ast.Expr)
def _edit_statement(node: ast.Expr) -> Iterator[ast.AST]:
    if isinstance(node.value, ast.Call):
        yield ast.Pass()


def _replace(function: ast.FunctionDef, old: ast.AST, new: ast.AST) -> ast.FunctionDef:
    """A copy of the function with one node replaced."""

    def copy(node: Any) -> Any:
        if node is old:
            return ast.copy_location(new, old)
        if isinstance(node, list):
            return [copy(each) for each in node]
        if isinstance(node, ast.AST):
            return _copy(node, {name: copy(value) for name, value in ast.iter_fields(node)})
        return node

    tree: ast.FunctionDef = ast.fix_missing_locations(copy(function))
    return tree


def _copy(node: Any, changes: dict[str, Any]) -> Any:
    return ast.copy_location(type(node)(**{**dict(ast.iter_fields(node)), **changes}), node)
