"""Why a function that a student wrote cannot be called as it is asked for, with the cell and the line.

It stands inside a class, another function or a text; a line of the stub was left in it; it takes its
parameters in another order. All of this is read in the cells as they were submitted: the process that ran
the notebook is not asked.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from autograder.domain.notebook import Cell, CellKind
from autograder.notebook.code import SHORT, find_names_read, is_stub, is_unwritten, parse

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class ObstacleKind(StrEnum):
    """What is in the way: the key of the sentence that says so."""

    REFUSED = "missing.cell_refused"
    """Grammar is kept, but Python compiles no such cell: a `return` outside of functions."""
    RAISE_LEFT = "obstacle.raise_left"
    RAISE_LEFT_IN = "obstacle.raise_left_in"
    """In another function, which it uses."""
    COROUTINE = "obstacle.coroutine"
    GENERATOR = "obstacle.generator"
    ORDER = "obstacle.order"
    PARAMETERS = "obstacle.parameters"
    METHOD = "obstacle.method"
    NESTED = "obstacle.nested"
    MAGIC = "obstacle.magic"
    COMMENTED = "obstacle.commented"
    QUOTED = "obstacle.quoted"
    TEXT_CELL = "obstacle.text_cell"
    CACHED = "obstacle.cached"
    PROCESSES = "obstacle.processes"
    KEYBOARD = "obstacle.keyboard"
    NOT_IN_NUMPY = "obstacle.not_in_numpy"
    SHADOWED = "obstacle.shadowed"
    """A function of Python's own that it calls, and that a cell has given another value."""
    STRICT = "obstacle.strict"
    """Warnings that the notebook has made errors."""
    KEPT_DEFAULT = "obstacle.kept_default"
    KEPT_NAME = "obstacle.kept_name"
    KEPT_VALUES = "obstacle.kept_values"
    """In a class, a dictionary or a global name: right for one call, and used in the next."""
    SEVERAL = "obstacle.several"
    TRIAL_DATA = "obstacle.trial_data"
    ENDLESS = "obstacle.endless"
    LOOP = "obstacle.loop"
    NO_RETURN = "obstacle.no_return"
    RETURN_INSIDE = "obstacle.return_inside"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What is in the way of one function, and where."""

    kind: ObstacleKind
    cell: int
    line: int
    name: str = ""
    """What else is named: another function, a magic, a parameter, a number of values."""


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition in a cell."""

    cell: Cell
    node: _Function
    inside: type[ast.AST] | None
    """What kind of definition it stands in."""


def find_absence(question: str, cells: Sequence[Cell]) -> Obstacle | None:
    """Why nothing of this name can be called although it seems to stand in one of the cells, text or code."""
    found = list(find_definitions(cells, question))
    if any(one.inside is None for one in found):
        return None
    for one in reversed(found):
        kind = ObstacleKind.METHOD if one.inside is ast.ClassDef else ObstacleKind.NESTED
        return Obstacle(kind, one.cell.number, one.node.lineno)
    for cell in reversed(cells):
        obstacle = _find_in_text(question, cell)
        if obstacle is not None:
            return obstacle
    return None


def find_refused(question: str, cells: Sequence[Cell]) -> Obstacle | None:
    """The cell that defines a function and can be read, but not compiled; None where there is none."""
    for one in reversed([*find_definitions(cells, question)]):
        tree = parse_or_none(one.cell.source)
        try:
            compile(tree or "", "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        except SyntaxError as refused:
            return Obstacle(ObstacleKind.REFUSED, one.cell.number, refused.lineno or 1)
        except _UNREADABLE:
            continue
    return None


def find_left_raise(question: str, cells: Sequence[Cell]) -> Obstacle | None:
    """The `raise NotImplementedError` that was left in an answer, or in a function that it uses.

    None where the answer is the stub as it was handed out.
    """
    functions = {one.node.name: one for one in find_definitions(cells) if one.inside is None}
    waiting, seen = [question], {question}
    while waiting:
        name = waiting.pop(0)
        one = functions.get(name)
        if one is None:
            continue
        if name == question and is_untouched(one.node):
            return None
        lines = [n.lineno for n in ast.walk(one.node) if isinstance(n, ast.Raise) and is_unwritten(n)]
        if lines:
            own = name == question
            kind = ObstacleKind.RAISE_LEFT if own else ObstacleKind.RAISE_LEFT_IN
            return Obstacle(kind, one.cell.number, lines[0], "" if own else name)
        read = sorted(find_names_read(one.node) & functions.keys() - seen)
        waiting += read
        seen |= set(read)
    return None


def find_misuse(question: str, stub: str, cells: Sequence[Cell]) -> Iterator[Obstacle]:
    """What of a function that can be called keeps it from answering as it is called.

    Args:
        question: its name.
        stub: the function that was handed out.
        cells: of the notebook.
    """
    found = [one for one in find_definitions(cells, question) if one.inside is None]
    if not found:
        return
    one = found[-1]
    number, line = one.cell.number, one.node.lineno
    if isinstance(one.node, ast.AsyncFunctionDef):
        yield Obstacle(ObstacleKind.COROUTINE, number, line)
    for node in walk_inside(one.node):
        if isinstance(node, ast.Yield | ast.YieldFrom):
            yield Obstacle(ObstacleKind.GENERATOR, number, node.lineno)
            break
    tree = parse_or_none(stub) or ast.Module([], [])
    asked = next((node for node in tree.body if isinstance(node, _FUNCTIONS)), None)
    if asked is not None:
        kind = _compare(asked.args, one.node.args)
        if kind is not None:
            yield Obstacle(kind, number, line)


def _compare(asked: ast.arguments, given: ast.arguments) -> ObstacleKind | None:
    """How the parameters of a function keep it from being called like the one that is asked for."""
    wanted = [parameter.arg for parameter in (*asked.posonlyargs, *asked.args)]
    taken = [parameter.arg for parameter in (*given.posonlyargs, *given.args)]
    needed, needs = len(wanted) - len(asked.defaults), len(taken) - len(given.defaults)
    keywords = {parameter.arg for parameter in given.kwonlyargs}
    without = [
        one.arg for one, value in zip(given.kwonlyargs, given.kw_defaults, strict=True) if value is None
    ]
    if sorted(wanted) == sorted(taken) and wanted != taken:
        return ObstacleKind.ORDER
    too_few = len(taken) < len(wanted) and given.vararg is None
    lost = set(wanted[needed:]) - set(taken) - keywords and given.kwarg is None and needed < len(wanted)
    if too_few and not (set(wanted[len(taken) :]) <= keywords):
        return ObstacleKind.PARAMETERS
    return ObstacleKind.PARAMETERS if needs > needed or without or lost else None


def is_untouched(node: _Function) -> bool:
    """Whether a function does nothing yet, whatever became of its docstring."""
    body = [
        part
        for part in node.body
        if not isinstance(part, ast.Pass)
        and not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
    ]
    return is_stub(node) or (len(body) == 1 and is_unwritten(body[0]))


def walk_inside(function: _Function) -> Iterator[ast.AST]:
    """All that belongs to the body of a function, without what stands in functions within it."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)


def find_definitions(cells: Sequence[Cell], name: str = "") -> Iterator[Defined]:
    """The functions of a name, or all, that the code cells define, wherever they stand."""
    for cell in cells:
        if cell.kind is CellKind.CODE and name in cell.source:
            defined = _list_known(cell.source) if len(cell.source) <= SHORT else _list_defined(cell.source)
            yield from (Defined(cell, node, inside) for node, inside in defined if name in ("", node.name))


def _list_defined(source: str) -> list[tuple[_Function, type[ast.AST] | None]]:
    """The functions that a cell defines, each with the kind of what it stands in."""
    found, tree = list[tuple[_Function, type[ast.AST] | None]](), parse_or_none(source)
    waiting: list[tuple[ast.AST, type[ast.AST] | None]] = [(tree, None)] if tree else []
    while waiting:
        node, inside = waiting.pop(0)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                continue  # no function is defined within one
            if isinstance(child, _FUNCTIONS):
                found.append((child, inside))
            deeper = type(child) if isinstance(child, (*_FUNCTIONS, ast.ClassDef)) else inside
            waiting.append((child, deeper))
    return found


_list_known = lru_cache(maxsize=256)(_list_defined)
"""Most cells are alike in a class, and a notebook is looked through for each question that lost marks."""


def parse_or_none(source: str) -> ast.Module | None:
    """The tree of a cell; None where it is no Python."""
    try:
        return parse(source)[0]
    except _UNREADABLE:
        return None


MAGICS = (
    *("timeit", "writefile", "file", "script", "bash", "sh", "cmd", "system", "sx"),
    *("html", "latex", "javascript", "js", "markdown", "svg"),
    *("perl", "ruby", "python", "python2", "python3", "pypy"),
)
"""Magics of a whole cell that keep what it defines from the notebook."""


def _find_in_text(question: str, cell: Cell) -> Obstacle | None:
    """A definition that stands in a cell and is no code there: commented out, quoted, under a magic."""
    if question not in cell.source:
        return None
    defined = re.compile(rf"^(?P<before>[^\n\w]*)(?:async\s+)?def\s+{re.escape(question)}\s*\(", re.MULTILINE)
    found = defined.search(cell.source)
    if found is None:
        return None
    line = cell.source.count("\n", 0, found.end()) + 1
    if cell.kind is not CellKind.CODE:
        return Obstacle(ObstacleKind.TEXT_CELL, cell.number, line)
    magic = re.match(r"\s*%%(\w+)", cell.source)
    if magic is not None:
        head = cell.source[: magic.end()].count("\n") + 1
        name = magic[1].lower() if magic[1].lower() in MAGICS else ""
        return Obstacle(ObstacleKind.MAGIC, cell.number, head, name)
    if "#" in found["before"]:
        return Obstacle(ObstacleKind.COMMENTED, cell.number, line)
    return Obstacle(ObstacleKind.QUOTED, cell.number, line) if _quotes(cell.source, line) else None


def _quotes(source: str, line: int) -> bool:
    """Whether a line of a cell stands in a text of several lines."""
    tree = parse_or_none(source)
    texts = (
        node
        for node in ast.walk(tree or ast.Module([], []))
        if isinstance(node, ast.Constant | ast.JoinedStr)
    )
    return any(node.lineno <= line <= (node.end_lineno or 0) for node in texts)
