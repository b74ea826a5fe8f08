"""What of a cell is run on after one of its statements raised: imports and definitions, and what these need.

A cell stops at its first exception, and what stands below never runs: `from google.colab import drive` above
`import numpy as np` would take the whole notebook down. So the remaining imports, functions and classes are
executed one by one, with the assignments that functions of the notebook need. Only names that were unbound
when the cell stopped are bound: an old draft below the failing line replaces nothing.
"""

import ast
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from types import CodeType
from typing import Any

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign)
_BLOCKS = (ast.If, ast.With, ast.Try)
_SPLITTABLE = (*_IMPORTS, *_FUNCTIONS)
_MAGICS_OF_CODE = frozenset({"time", "capture", "prun", "matplotlib"})
_TIMED = "<timed exec>"
"""What IPython calls the code below a `%%time`."""


@dataclass(frozen=True, slots=True)
class RunOn:
    """What was executed of the rest of a cell."""

    names: tuple[str, ...] = ()
    """What it bound, in order."""
    failed: tuple[str, ...] = ()
    """What was to be bound by statements that raised in their turn."""


def names_needed(trees: Iterable[ast.AST]) -> frozenset[str]:
    """The names that functions and classes of these cells read."""
    needed: set[str] = set()
    for tree in trees:
        needed.update(*(_read_by(node) for node in ast.walk(tree) if isinstance(node, _DEFINITIONS)))
    return frozenset(needed)


def find_line(error: BaseException, name: str) -> int:
    """The line of the cell called `name` that was under way when the error was raised; 0 if none was."""
    lines = {f.f_code.co_filename: line for f, line in reversed([*traceback.walk_tb(error.__traceback__)])}
    return lines[_TIMED] + 1 if _TIMED in lines else lines.get(name, 0)


def statements_of(tree: ast.Module) -> list[ast.stmt]:
    """The statements of a cell; of one below a `%%time`, what is timed, with the lines it has in the cell."""
    match tree.body:
        case [
            ast.Expr(
                ast.Call(ast.Attribute(attr="run_cell_magic"), [ast.Constant(magic), _, ast.Constant(code)])
            )
        ]:
            if magic in _MAGICS_OF_CODE and isinstance(code, str):
                return ast.parse("\n" + code).body
    return tree.body


def rest_of(body: Sequence[ast.stmt], line: int) -> Iterator[ast.stmt]:
    """The statements that were not reached, or not done, when the one at this line raised.

    The statement itself is among them where a part of it may still be done: the other names of an import, a
    function whose annotation or decorator raised, what follows in the same `if`, `with` or `try`.
    """
    for place, statement in enumerate(body):
        first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
        if first <= line <= (statement.end_lineno or statement.lineno):
            if isinstance(statement, _SPLITTABLE):
                yield statement
            elif isinstance(statement, _BLOCKS):
                for block in ("body", "orelse", "finalbody"):
                    yield from rest_of(getattr(statement, block, ()), line)
            yield from body[place + 1 :]
            return


def run_on(
    rest: Iterable[ast.stmt],
    namespace: dict[str, Any],
    execute: Callable[[CodeType], object],
    *,
    name: str,
    flags: int = 0,
    needed: Callable[[], Set[str]] = frozenset,
    constants_only: bool = False,
    anew: bool = False,
) -> RunOn:
    """Execute what defines something among the statements; one that raises costs itself only.

    Args:
        rest: the statements, in order.
        namespace: the notebook's. What is bound in it now keeps its value.
        execute: runs code in the namespace.
        name: what tracebacks call the cell.
        flags: of the compiler.
        needed: tells the names whose assignments are run, beside those that the statements need themselves.
        constants_only: of assignments, only those that call nothing: there is no time for more.
        anew: imports, functions and classes replace what is bound, as they would have in their cell.
    """
    bound, outcome = frozenset(namespace), dict[str, bool]()
    for statement in _chosen(rest, needed, constants_only=constants_only):
        names = _names_bound(statement)
        replaces = anew and isinstance(statement, (*_IMPORTS, *_DEFINITIONS)) and not _is_stub(statement)
        if bound.intersection(names) and not replaces:
            continue
        if _is_stub(statement) and any(map(outcome.get, names)):
            continue
        if constants_only and isinstance(statement, _ASSIGNMENTS) and _calls(statement):
            continue
        try:
            ran = any(_runs(form, execute, name, flags) for form in _forms(statement))
        except KeyboardInterrupt:  # the cell's time is over: nothing more is called
            ran, constants_only = False, True
        outcome |= {bound_name: ran or outcome.get(bound_name, False) for bound_name in names}
    return RunOn(
        tuple(one for one, ran in outcome.items() if ran),
        tuple(one for one, ran in outcome.items() if not ran),
    )


def _runs(statement: ast.stmt, execute: Callable[[CodeType], object], name: str, flags: int) -> bool:
    """Whether a statement could be executed; a time limit that strikes meanwhile is passed on."""
    module = ast.fix_missing_locations(ast.Module([statement], []))
    try:
        execute(compile(module, name, "exec", flags, dont_inherit=True))
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - student code
        return False
    return True


def _chosen(
    rest: Iterable[ast.stmt], needed: Callable[[], Set[str]], *, constants_only: bool
) -> list[ast.stmt]:
    """Imports and definitions, and the assignments that these or `needed` call for, in their order."""
    parts = [part for whole in rest for part in _singly(whole)]
    wanted, chosen = set[str](), list[ast.stmt]()
    if any(isinstance(part, _ASSIGNMENTS) for part in parts):  # seldom: every cell is read for it
        wanted |= needed()
    for statement in reversed(parts):
        if isinstance(statement, _ASSIGNMENTS):
            if not wanted.intersection(_names_bound(statement)) or (constants_only and _calls(statement)):
                continue
        elif not isinstance(statement, (*_IMPORTS, *_DEFINITIONS)):
            continue
        wanted |= _read_by(statement)
        chosen.append(statement)
    return chosen[::-1]


def _calls(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Call | ast.Await) for node in ast.walk(statement))


def _singly(statement: ast.stmt) -> Iterator[ast.stmt]:
    """An import of several names as several imports; anything else as it is."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            yield ast.copy_location(ast.Import([alias]), statement)
    elif isinstance(statement, ast.ImportFrom):
        for alias in statement.names:
            one = ast.ImportFrom(statement.module, [alias], statement.level)
            yield ast.copy_location(one, statement)
    else:
        yield statement


def _forms(statement: ast.stmt) -> Iterator[ast.stmt]:
    """The statement; a function also without annotations, and without decorators too, if these raise."""
    yield statement
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        for argument in ast.walk(statement.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        statement.returns = None
        yield statement
        if statement.decorator_list:
            statement.decorator_list = []
            yield statement


def _is_stub(statement: ast.stmt) -> bool:
    """Whether it is a function that only raises: it replaces no answer."""
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    body = statement.body[1:] if ast.get_docstring(statement, clean=False) is not None else statement.body
    return len(body) == 1 and isinstance(body[0], ast.Raise)


def _names_bound(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
    stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return [node.id for node in stored if isinstance(node.ctx, ast.Store)]


def _read_by(node: ast.AST) -> set[str]:
    """The names it reads, inside functions too."""
    names = (part for part in ast.walk(node) if isinstance(part, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Load)}
