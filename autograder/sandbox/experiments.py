"""Cells that only try something out: a replay of the notebook need not wait for them."""

import ast
from collections.abc import Iterator, Sequence


def find_experiments(sources: Sequence[str]) -> frozenset[int]:
    """Places of the cells that leave behind nothing that another cell reads, nor change what one does.

    What is no plain Python is none of them.
    """
    trees = list(map(_parse, sources))
    read = [set(_names(tree, ast.Load)) if tree else set() for tree in trees]
    found = set[int]()
    for place, tree in enumerate(trees):
        others = set[str]().union(*read[:place], *read[place + 1 :])
        if tree is not None and not others.intersection(_left_behind(tree)):
            found.add(place)
    return frozenset(found)


def _parse(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _names(tree: ast.AST, context: type[ast.expr_context]) -> Iterator[str]:
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return (name.id for name in names if isinstance(name.ctx, context))


def _left_behind(tree: ast.Module) -> Iterator[str]:
    """Names it binds or may change in place; functions and imports are run in any case."""
    yield from _names(tree, ast.Store)
    yield from _names(tree, ast.Del)
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                yield from _names(node, ast.Load)
            case ast.Expr(ast.Call(ast.Attribute(value=owner))):
                yield from _names(owner, ast.Load)
            case ast.Global(names):
                yield from names
