"""Which forbidden names an answer uses: a static reading of the function and of what it calls.

Only the trusted side's own parse of the submitted text is read. It is a rule about style of solution, not a
wall: the sandbox is the wall.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_DETOURS = frozenset(
    {
        "eval",
        "exec",
        "getattr",
        "globals",
        "vars",
        "__import__",
        "import_module",
        "attrgetter",
        "methodcaller",
        "__dict__",
        "__getattribute__",
    }
)
"""Ways to reach a name without writing it; where names are forbidden, these are too."""
_SPELLINGS = {"@": frozenset({"@", "matmul", "__matmul__", "__rmatmul__", "__imatmul__"})}
"""Other ways to write one thing."""


def forbidden_names(source: str, function: str, forbids: Iterable[str]) -> tuple[str, ...] | None:
    """The names of `forbids` that `function` uses, itself or through what it calls, sorted.

    "@" in `forbids` is the matrix product operator. A variable of the function's own is no use of a
    function that happens to have its name. None where the text defines no such function.

    Raises:
        SyntaxError: the text is not Python.
    """
    definitions, imported = _read(source)
    if function not in definitions:
        return None
    banned = _DETOURS.union(*(_SPELLINGS.get(name, {name}) for name in forbids))
    found: set[str] = set()
    todo, seen = [function], {function}
    while todo:
        try:
            used, called = _names(definitions[todo.pop()])
        except RecursionError as error:
            raise SyntaxError("nested too deep to be read") from error
        found.update(banned & (used | {imported[name] for name in called if name in imported}))
        following = (called & definitions.keys()) - seen
        seen |= following
        todo += following
    return tuple(sorted(found - {function}))


# One notebook is read for each of its questions in turn; and most of its pieces are the same in every
# submission, so that they are parsed once. Together a twentieth of the grader's time for a submission.
@lru_cache(maxsize=1)
def _read(source: str) -> tuple[dict[str, tuple[ast.AST, ...]], dict[str, str]]:
    """What every global name stands for, and what imported names are called at home."""
    definitions: dict[str, tuple[ast.AST, ...]] = {}
    imported: dict[str, str] = {}
    for bindings, imports in _read_pieces(source):
        for name, value, always in bindings:
            # A plain statement replaces what a name stood for; one under `if` or a loop may.
            definitions[name] = (value,) if always else (*definitions.get(name, ()), value)
        imported |= imports
    return definitions, imported


_Piece = tuple[list[tuple[str, ast.AST, bool]], dict[str, str]]
"""What whole statements bind, to what, whether always; and what they import."""
_GAP = re.compile(r"\n\n(?=\S)")
_SHORT = 4000
"""Characters of a piece that is kept for the next submission."""


def _read_pieces(source: str) -> list[_Piece]:
    try:
        # Statements that are whole by themselves are the same statements one below the other.
        return [(_read_known if len(part) <= _SHORT else _read_piece)(part) for part in _GAP.split(source)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass  # an empty line inside a statement, or no Python: read as a whole
    try:
        return [_read_piece(source)]
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(f"cannot be read: {error}") from error


def _read_piece(text: str) -> _Piece:
    bindings: list[tuple[str, ast.AST, bool]] = []
    imports: dict[str, str] = {}
    for statement in ast.parse(text).body:
        for part in _statements(statement):
            bindings += ((name, value, part is statement) for name, value in _bound(part))
            if isinstance(part, ast.Import | ast.ImportFrom):
                imports |= _imported(part)
    return bindings, imports


_read_known = lru_cache(maxsize=256)(_read_piece)


def _statements(statement: ast.stmt) -> Iterator[ast.stmt]:
    """A statement and those under it that run in the same scope."""
    yield statement
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for part in ast.iter_child_nodes(statement):
        inner = [part] if isinstance(part, ast.stmt) else getattr(part, "body", ())
        for one in inner if isinstance(inner, list) else ():
            yield from _statements(one)


def _bound(statement: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    """The names that a statement binds, each with what it is bound to."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name, statement
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            yield from ((name, statement.value) for name in _stored(target))
    elif isinstance(statement, ast.AnnAssign) and statement.value:
        yield from ((name, statement.value) for name in _stored(statement.target))
    elif isinstance(statement, ast.Expr):
        walrus = (node for node in ast.walk(statement) if isinstance(node, ast.NamedExpr))
        yield from ((node.target.id, node.value) for node in walrus)


def _stored(target: ast.AST) -> Iterator[str]:
    return (n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))


def _imported(statement: ast.Import | ast.ImportFrom) -> dict[str, str]:
    """`{"product": "dot"}` of `from numpy import dot as product`."""
    return {alias.asname or alias.name: alias.name.rpartition(".")[2] for alias in statement.names}


def _names(definitions: tuple[ast.AST, ...]) -> tuple[set[str], set[str]]:
    """All names that definitions use, and among them those that are looked up outside."""
    used: set[str] = set()
    free = _free(definitions, used)
    return used | free, free


def _free(nodes: Iterable[ast.AST], used: set[str]) -> set[str]:
    """The names that one scope looks up outside; attributes, operators and imports are added to `used`."""
    loaded, own = set[str](), set[str]()
    todo = list(nodes)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name):
            (loaded if isinstance(node.ctx, ast.Load) else own).add(node.id)
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            own.add(getattr(node, "name", ""))
            todo += _outside(node)
            loaded |= _free(_inside(node), used)
            continue
        if isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, ast.Attribute):
            used.add(node.attr)
        elif isinstance(node, ast.MatMult):
            used.add("@")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            used |= set(_imported(node).values())
        todo += ast.iter_child_nodes(node)
    return loaded - own


def _outside(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.AST]:
    """What is evaluated where the function is defined: defaults and decorators."""
    defaults = [default for default in function.args.kw_defaults if default is not None]
    return [*function.args.defaults, *defaults, *getattr(function, "decorator_list", ())]


def _inside(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.AST]:
    """The parameters and the body of a function."""
    every = function.args
    rest = [one for one in (every.vararg, every.kwarg) if one is not None]
    body = [function.body] if isinstance(function, ast.Lambda) else function.body
    return [*every.posonlyargs, *every.args, *every.kwonlyargs, *rest, *body]
