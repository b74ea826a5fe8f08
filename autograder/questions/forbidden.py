"""Which forbidden names an answer uses: a static reading of the function and of what it calls.

Only the trusted side's own parse of the submitted text is read. It is a rule about style of solution, not a
wall: the sandbox is the wall.
"""

import ast
from collections.abc import Iterable, Iterator

_DETOURS = frozenset(
    {"eval", "exec", "getattr", "globals", "vars", "__import__", "import_module", "attrgetter"}
)
"""Ways to reach a name without writing it; where names are forbidden, these are too."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


def forbidden_names(source: str, function: str, forbids: Iterable[str]) -> tuple[str, ...] | None:
    """The names of `forbids` that `function` uses, itself or through what it calls, sorted.

    "@" in `forbids` is the matrix product operator. None where the text defines no such function.
    """
    tree = ast.parse(source)
    definitions = dict(_definitions(tree))
    if function not in definitions:
        return None
    banned = frozenset(forbids) | _DETOURS
    aliases = dict(_aliases(tree))
    found: set[str] = set()
    todo, seen = [function], set[str]()
    while todo:
        name = todo.pop()
        if name in seen or name not in definitions:
            continue
        seen.add(name)
        used = set(_used(definitions[name]))
        todo.extend(used)
        found.update(banned & (used | {aliases[n] for n in used if n in aliases}))
    return tuple(sorted(found - {function}))


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Functions, classes and everything else that gives a name a value, later ones last."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value
        elif (
            isinstance(node, ast.AnnAssign | ast.NamedExpr)
            and isinstance(node.target, ast.Name)
            and node.value
        ):
            yield node.target.id, node.value


def _aliases(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(name in use, name it was imported under) of `from numpy import dot as product`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                if alias.asname:
                    yield alias.asname, alias.name.rpartition(".")[2]


def _used(definition: ast.AST) -> Iterator[str]:
    for node in ast.walk(definition):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.MatMult):
            yield "@"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield alias.name.rpartition(".")[2]
