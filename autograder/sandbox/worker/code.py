"""The code of a cell, an example or a recipe, compiled once for all notebooks where every student got it."""

import ast
import re
from types import CodeType

Compiled = tuple[CodeType | None, CodeType | None]
"""The statements, and apart the expression whose value is shown."""

_kept: dict[str, Compiled] = {}

_TO_LAST_AT_MARGIN = re.compile(r"(?:.*\n)?(?=[^\s#])", re.DOTALL)
_STATEMENT = re.compile(
    r"(?:def|class|assert|import|from|for|while|if|elif|else|with|try|except|finally|del|pass|raise)\b"
    r"|\w+(?:, *\w+)* *(?://|\*\*|[-+*/@%&|^])?=(?!=)"
)


def keep(source: str) -> None:
    """Compile a source before any notebook is run. SyntaxError or ValueError where it is no plain Python."""
    _kept[source] = compile_cell("<given>", source)


def compile_cell(name: str, source: str, flags: int = 0) -> Compiled:
    """The code of a source, which tracebacks call by `name`.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: what `compile` raises.
    """
    if not flags and source in _kept:
        body, last = _kept[source]
        return body and _named(body, name), last and _named(last, name)
    if _ends_in_statement(source):
        return compile(source, name, "exec", flags, dont_inherit=True), None
    tree = compile(source, name, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        expression = ast.Expression(tree.body.pop().value)
        last = compile(expression, name, "eval", flags, dont_inherit=True)
    body = compile(tree, name, "exec", flags, dont_inherit=True) if tree.body else None
    return body, last


def _named(code: CodeType, name: str) -> CodeType:
    """The same code, of a file of another name; so are the functions in it."""
    parts = tuple(_named(part, name) if isinstance(part, CodeType) else part for part in code.co_consts)
    return code.replace(co_filename=name, co_consts=parts)


def _ends_in_statement(source: str) -> bool:
    """Whether the last line at the margin begins a statement that has no value to show.

    Then the cell is compiled at once, without the tree that takes most of the time. Where the line only looks
    so (in a text of several lines), the value is not shown, and nothing else is lost.
    """
    before = _TO_LAST_AT_MARGIN.match(source)
    if before is None or ";" in source[before.end() :]:
        return False
    return _STATEMENT.match(source, before.end()) is not None
