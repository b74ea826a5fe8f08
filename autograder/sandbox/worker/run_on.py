"""What of a cell is run on after one of its statements raised: imports and definitions, and what these need.

A cell stops at its first exception, and what stands below never runs: `from google.colab import drive` above
`import numpy as np` would take the whole notebook down. So the remaining imports, functions and classes are
executed one by one, with the assignments that functions of the notebook need. Only names that were unbound
when the cell stopped are bound: an old draft below the failing line replaces nothing.
"""

import ast
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from copy import copy
from dataclasses import dataclass
from types import CodeType
from typing import Any

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_CHANGES = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.Expr)
"""What may give a name its value: an assignment, a loop that fills a table, a call `table.append(1)`."""
_TRIES = (ast.Try, ast.TryStar)
_BLOCKS = (ast.If, ast.With, *_TRIES)
_Block = ast.If | ast.With | ast.Try | ast.TryStar
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
            elif isinstance(statement, _BLOCKS) and line < statement.body[0].lineno:
                yield from _inside(statement)  # its condition raised, or what opens it
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
    rest = [part for whole in rest for part in _singly(whole)]
    wanted = set(needed()) if any(isinstance(part, (*_CHANGES, *_BLOCKS)) for part in rest) else set[str]()
    running = _RunningOn(namespace, execute, name, flags, constants_only=constants_only, anew=anew)
    running.note_imports(rest)
    for statement in running.choose(rest, wanted):
        running.run(statement)
    return RunOn(
        tuple(one for one, ran in running.outcome.items() if ran),
        tuple(one for one, ran in running.outcome.items() if not ran),
    )


class _RunningOn:
    """Executes statements one by one, and keeps which of their names they have bound."""

    def __init__(
        self,
        namespace: dict[str, Any],
        execute: Callable[[CodeType], object],
        name: str,
        flags: int,
        *,
        constants_only: bool,
        anew: bool,
    ) -> None:
        self.outcome: dict[str, bool] = {}
        """By name, whether it was bound."""
        self._namespace, self._execute, self._name, self._flags = namespace, execute, name, flags
        self._bound = frozenset(namespace)
        self._imported = frozenset[str]()
        self._constants_only, self._anew = constants_only, anew

    def note_imports(self, statements: Iterable[ast.stmt]) -> None:
        """Keep which names are libraries: calling these defines nothing."""
        imports = (node for one in statements for node in ast.walk(one) if isinstance(node, _IMPORTS))
        self._imported = frozenset(name for node in imports for name in _names_bound(node))

    def choose(self, statements: Iterable[ast.stmt], wanted: set[str]) -> list[ast.stmt]:
        """Imports and definitions, and the changes of names that these call for, in their order.

        Of a block, what remains is the block with nothing else in it. `wanted` gains the names that are read.
        """
        parts = [part for whole in statements for part in _singly(whole)]
        chosen: list[ast.stmt] = []
        for statement in reversed(parts):
            kept = self._keep(statement, wanted)
            if kept is not None:
                wanted |= _read_by(kept)
                chosen.append(kept)
        return chosen[::-1]

    def _keep(self, statement: ast.stmt, wanted: set[str]) -> ast.stmt | None:
        """The statement if it is to be run; of a block, what of it is."""
        if isinstance(statement, _BLOCKS):
            return self._prune(statement, wanted)
        if not isinstance(statement, (*_IMPORTS, *_DEFINITIONS, *_CHANGES)):
            return None
        names = _names_bound(statement)
        replaces = (
            self._anew and isinstance(statement, (*_IMPORTS, *_DEFINITIONS)) and not _is_stub(statement)
        )
        if self._bound.intersection(names) and not replaces:
            return None
        if isinstance(statement, ast.Expr | ast.For):  # np.random.seed(0), plt.plot(x): no definition
            names = [name for name in names if name not in self._imported]
        passed_over = not wanted.intersection(names) or (self._constants_only and _calls(statement))
        return None if isinstance(statement, _CHANGES) and passed_over else statement

    def _prune(self, block: _Block, wanted: set[str]) -> ast.stmt | None:
        if self._constants_only and _calls(*_heads(block)):
            return None
        pruned = copy(block)
        for name, statements in reversed(_bodies(block)):
            setattr(pruned, name, self.choose(statements, wanted))
        pruned.body = pruned.body or [ast.Pass()]
        if isinstance(pruned, _TRIES):
            pruned.handlers = [
                ast.ExceptHandler(one.type, one.name, self.choose(one.body, wanted) or [ast.Pass()])
                for one in pruned.handlers
            ]
        return pruned if _names_bound(pruned) else None

    def run(self, statement: ast.stmt) -> None:
        """Execute one statement; of a block that raises, what stands in it."""
        names = _names_bound(statement)
        if _is_stub(statement) and any(map(self.outcome.get, names)):
            return
        if self._constants_only and isinstance(statement, _CHANGES) and _calls(statement):
            return
        ran = False
        try:
            ran = any(map(self._runs, _forms(statement)))
        except KeyboardInterrupt:  # the cell's time is over: nothing more is called
            self._constants_only = True
        if isinstance(statement, _BLOCKS):
            if not ran or isinstance(statement, _TRIES):  # what an error caught there has left out
                for part in self.choose(_inside(statement, alone=ran), set(names)):
                    if not any(name in self._namespace for name in _names_bound(part)):
                        self.run(part)
            self.outcome |= {name: name in self._namespace for name in names}
        else:
            self.outcome |= {name: ran or self.outcome.get(name, False) for name in names if name != "*"}

    def _runs(self, statement: ast.stmt) -> bool:
        """Whether a statement could be executed; a time limit that strikes meanwhile is passed on."""
        module = ast.fix_missing_locations(ast.Module([statement], []))
        takes_all = isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"
        before = {name: self._namespace[name] for name in self._bound} if takes_all else {}
        try:
            self._execute(compile(module, self._name, "exec", self._flags, dont_inherit=True))
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001 - student code
            return False
        finally:
            self._namespace.update(before)
        return True


def _bodies(block: _Block) -> list[tuple[str, list[ast.stmt]]]:
    """The parts of a block that hold statements, by their names, in order."""
    return [(name, getattr(block, name)) for name in ("body", "orelse", "finalbody") if hasattr(block, name)]


def _inside(block: _Block, *, alone: bool = False) -> Iterator[ast.stmt]:
    """The statements in a block; of the first part `alone`."""
    for _, statements in _bodies(block)[: 1 if alone else None]:
        yield from statements


def _heads(block: _Block) -> list[ast.AST]:
    """What a block asks or opens before its statements run."""
    if isinstance(block, ast.If):
        return [block.test]
    return [item.context_expr for item in block.items] if isinstance(block, ast.With) else []


def _calls(*nodes: ast.AST) -> bool:
    return any(isinstance(node, ast.Call | ast.Await) for one in nodes for node in ast.walk(one))


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


def _names_bound(statement: ast.AST) -> list[str]:
    """The names that a statement binds, or gives another value by changing what they stand for."""
    if isinstance(statement, _DEFINITIONS):
        return [statement.name]
    if isinstance(statement, _IMPORTS):
        return [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
    if isinstance(statement, (*_BLOCKS, ast.For, ast.ExceptHandler)):
        parts = [
            part for part in ast.iter_child_nodes(statement) if isinstance(part, ast.stmt | ast.ExceptHandler)
        ]
        target = _names_stored(statement.target) if isinstance(statement, ast.For) else []
        return [*target, *(name for part in parts for name in _names_bound(part))]
    if isinstance(statement, ast.Expr):
        call = statement.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            return [name for name in [_base(call.func)] if name]
        return []
    return _names_stored(statement)


def _names_stored(node: ast.AST) -> list[str]:
    """The names that are assigned to, or into."""
    kinds = ast.Name | ast.Attribute | ast.Subscript
    stored = (part for part in ast.walk(node) if isinstance(part, kinds) and isinstance(part.ctx, ast.Store))
    return [name for name in map(_base, stored) if name]


def _base(node: ast.AST) -> str:
    """The name that `name.part[0].other` begins with; empty where it begins with none."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _read_by(node: ast.AST) -> set[str]:
    """The names it reads, inside functions too."""
    names = (part for part in ast.walk(node) if isinstance(part, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Load)}
