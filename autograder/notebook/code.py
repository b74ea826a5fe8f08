"""What the Python of one cell says, as far as that can be told without running it.

Used to decide which cells are copies, which are missing, and what a static scan may look at. Whether a
function exists is asked of the process that ran the notebook, never decided here.
"""

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from autograder.notebook.newer_python import NewerSyntax, find_newer_syntax


@dataclass(frozen=True, slots=True)
class CellDefinition:
    """One function that a cell defines outside of any other function, or the stub of a variable."""

    name: str
    parameters: tuple[str, ...]
    stub: bool
    """Whether its body does nothing but `raise NotImplementedError`, or it is `name = ...`."""
    first: int
    last: int
    """Its lines, from 1, both included."""
    alone: bool
    """Whether it stands at the top of the cell, not inside an `if`, `for`, `with` or `try`."""


@dataclass(frozen=True, slots=True)
class Code:
    """One cell as static Python. `python` keeps the cell's lines, with magics blanked."""

    python: str
    names: frozenset[str] = frozenset()
    """All names it binds outside of functions: functions, classes, imports, variables."""
    touched: frozenset[str] = frozenset()
    """All names it may change outside of functions or by `global`: bound, deleted, assigned into."""
    definitions: tuple[CellDefinition, ...] = ()
    stubs: frozenset[str] = frozenset()
    """Names whose last binding in the cell is a stub."""
    only_definitions: bool = False
    """Whether functions at its top, and stubs of variables, are all it holds."""
    returns: bool = False
    """Whether a `return` stands outside of all functions, where it has nothing to return from."""
    trouble: str = ""
    """Why it cannot be read as Python, empty where it can."""
    newer: NewerSyntax | None = None
    """What a newer Python than this would read in it."""


def understand(source: str) -> Code:
    """What the source of a code cell says. Never raises."""
    return (_understand_known if len(source) <= SHORT else _understand)(source)


def _understand(source: str) -> Code:
    try:
        tree, python = parse(source)
        return _describe(tree, python)
    except SyntaxError as problem:
        where = f"line {problem.lineno}: " if problem.lineno else ""
        newer = find_newer_syntax(_plain(source))
        return Code("", trouble=f"{where}{problem.msg}"[:200], newer=newer)
    except (ValueError, RecursionError, MemoryError, OverflowError) as problem:
        # what the parser says of null bytes and of expressions nested too deeply for it
        return Code("", trouble=str(problem)[:200] or "nested too deeply")


def parse(source: str) -> tuple[ast.Module, str]:
    """The tree of a cell, and the plain Python it was read as.

    What IPython accepts beyond Python (magics, `!` lines, `?`, prompts, an indented cell) is blanked, line
    by line, only where the cell does not parse without it. The tree is shared: nobody changes it. Raises
    SyntaxError, ValueError, RecursionError, MemoryError.
    """
    return (_parse_known if len(source) <= SHORT else _parse_cell)(source)


def _parse_cell(source: str) -> tuple[ast.Module, str]:
    if source.lstrip().startswith("%%"):
        source = _blank_cell_magic(source)
    try:
        return _parse(source), source
    except SyntaxError:
        plain = _plain(source)
        if plain == source:
            raise
        return _parse(plain), plain


# A cell is read for each question that lost marks, and most cells are the same in every submission: keeping
# them saves a tenth of the grader's time.
_parse_known = lru_cache(maxsize=256)(_parse_cell)
_understand_known = lru_cache(maxsize=256)(_understand)
SHORT = 4000
"""Characters of a cell that is kept."""


def _plain(source: str) -> str:
    """A source without what IPython accepts beyond Python."""
    plain = _TIMED.sub(lambda found: found[1] + (found[2] or "pass"), _without_prompts(source))
    return _MAGIC.sub(r"\1pass", _ASSIGNED.sub(r"\1 None", plain))


def stub_of_variable(node: ast.stmt) -> str:
    """The name in a statement `name = ...`, the stub of a variable; empty for any other."""
    if (
        not isinstance(node, ast.Assign)
        or len(node.targets) != 1
        or not isinstance(node.targets[0], ast.Name)
    ):
        return ""
    dots = isinstance(node.value, ast.Constant) and node.value.value is Ellipsis
    return node.targets[0].id if dots else ""


def is_stub(node: ast.stmt) -> bool:
    """Whether a statement is a function whose body is a docstring and `raise NotImplementedError`."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.decorator_list:
        return False
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    return len(body) == 1 and is_unwritten(body[0])


def is_unwritten(node: ast.stmt) -> bool:
    """Whether a statement is `raise NotImplementedError`, with or without a message."""
    if not isinstance(node, ast.Raise):
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def find_names_read(tree: ast.AST) -> frozenset[str]:
    """All names the code reads, inside functions too."""
    return frozenset(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )


def _parse(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a student's "\lambda" is no business of our log
        return ast.parse(source)


def _describe(tree: ast.Module, python: str) -> Code:
    names: set[str] = set()
    stubs: set[str] = set()
    definitions: list[CellDefinition] = []
    top = {id(statement) for statement in tree.body}
    for statement in _statements(tree.body):
        bound = frozenset(_bound(statement))
        names |= bound
        variable = stub_of_variable(statement)
        stubs = stubs | bound if variable or is_stub(statement) else stubs - bound
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            definitions.append(_define(statement, alone=id(statement) in top))
        elif variable:
            last, alone = statement.end_lineno or statement.lineno, id(statement) in top
            definitions.append(
                CellDefinition(variable, (), stub=True, first=statement.lineno, last=last, alone=alone)
            )
    return Code(
        python,
        frozenset(names),
        frozenset(_touched(tree)) | names,
        tuple(definitions),
        frozenset(stubs),
        only_definitions=all(
            isinstance(statement, ast.FunctionDef | ast.Pass)
            or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
            or bool(stub_of_variable(statement))
            for statement in tree.body
        ),
        returns=any(isinstance(statement, ast.Return) for statement in _statements(tree.body)),
    )


def _define(node: ast.FunctionDef | ast.AsyncFunctionDef, *, alone: bool) -> CellDefinition:
    arguments = node.args
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return CellDefinition(
        node.name,
        tuple(parameter.arg for parameter in parameters),
        is_stub(node),
        node.lineno,
        node.end_lineno or node.lineno,
        alone,
    )


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement that runs in the notebook's own namespace, in order."""
    waiting = list(reversed(body))
    while waiting:
        statement = waiting.pop()
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        inner: list[ast.stmt] = []
        for field in ("body", "handlers", "orelse", "finalbody", "cases"):
            for part in getattr(statement, field, ()):
                inner += [part] if isinstance(part, ast.stmt) else part.body
        waiting += reversed(inner)


def _bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            yield alias.asname or alias.name.partition(".")[0]
    elif isinstance(statement, ast.Assign):
        yield from _targets(*statement.targets)
    elif isinstance(statement, ast.AugAssign | ast.AnnAssign | ast.For | ast.AsyncFor):
        yield from _targets(statement.target)
    elif isinstance(statement, ast.With | ast.AsyncWith):
        yield from _targets(*(item.optional_vars for item in statement.items if item.optional_vars))


def _touched(tree: ast.Module) -> Iterator[str]:
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from (
                name for part in ast.walk(node) if isinstance(part, ast.Global) for name in part.names
            )
            continue
        if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest
        elif isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and not isinstance(
            node.ctx, ast.Load
        ):
            base: ast.expr = node
            while isinstance(base, ast.Attribute | ast.Subscript):
                base = base.value
            if isinstance(base, ast.Name):
                yield base.id
        waiting += ast.iter_child_nodes(node)


def _targets(*targets: ast.expr) -> Iterator[str]:
    for target in targets:
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


_RUNS_PYTHON = re.compile(r"\s*%%(?:time|capture|prun)\b[^\n]*")
_TIMED = re.compile(r"^([ \t]*)%(?:time|prun)\b(?:[ \t]+-\w+)*[ \t]*(.*)$", re.MULTILINE)
_MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.%]+\?{1,2}[ \t]*)$", re.MULTILINE)
_ASSIGNED = re.compile(r"^([\w, \t]+=)[ \t]*[%!](?!=).*$", re.MULTILINE)
_PROMPT = re.compile(r"^(?:>>> ?|\.\.\. ?|In \[\d+\]: |   \.\.\.: )", re.MULTILINE)


def _blank_cell_magic(source: str) -> str:
    """The cell under a `%%` magic: its Python where the magic runs it here, nothing where it does not."""
    head = _RUNS_PYTHON.match(source)
    if head is None:
        return "pass" + "\n" * source.count("\n")
    return "\n" * head[0].count("\n") + source[head.end() :]


def _without_prompts(source: str) -> str:
    """The cell as IPython reads it: copied prompts removed, the indentation of its first line too."""
    if _PROMPT.match(source):
        source = _PROMPT.sub("", source)
    indent = re.match(r"\n*([ \t]+)\S", source)
    return re.sub(f"^{indent[1]}", "", source, flags=re.MULTILINE) if indent else source
