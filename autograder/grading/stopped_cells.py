"""Cells that stopped before their end: what is said of them, and of the questions that lost something by it.

A process's word is its own: which library is missing, and who needs it, is read in the submitted cells.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec

from autograder.domain.report import CellEnding, CellRun, Outcome, Verdict
from autograder.domain.sentences import SILENT, Sentence, say
from autograder.notebook.code import find_names_read, parse

_MOST_NOTES = 20
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NOT_IMPORTED = ("ModuleNotFoundError", "ImportError")
_MISSING = re.compile(r"No module named '([\w.]+)'")


@dataclass(frozen=True, slots=True)
class _Import:
    """A library that is not installed here, where the notebook asks for it."""

    module: str
    cell: int
    line: int


@dataclass(frozen=True, slots=True)
class _Function:
    """A function of the notebook, and where it is defined."""

    cell: CellRun
    node: ast.FunctionDef | ast.AsyncFunctionDef


def tell_stopped_cells(cells: Sequence[CellRun]) -> tuple[Sentence, ...]:
    """A note on each cell that stopped and of which the rest was run, and on those that had no time."""
    stopped = [one for one in cells if one.ending is not CellEnding.SKIPPED]
    told = [_tell(one) for one in stopped if one.number and one.ran_on]
    skipped = [one for one in cells if one.ending is CellEnding.SKIPPED and one.number and one.limit]
    for one in skipped[:1]:
        limit = one.limit.sentence if one.limit else SILENT
        told.insert(0, say("cells.skipped", cell=one.number, limit=limit))
    return tuple(told[:_MOST_NOTES])


def _tell(cell: CellRun) -> Sentence:
    values = {"cell": cell.number, "names": cell.ran_on}
    if cell.line and cell.ending is CellEnding.RAISED:
        return say("cell.ran_on", line=cell.line, what=name_what_was_raised(cell), **values)
    if cell.line and cell.limit:
        return say("cell.ran_on.limit", line=cell.line, limit=cell.limit.sentence, **values)
    return say("cell.defined", **values)


def name_what_was_raised(cell: CellRun) -> str:
    """The exception of a cell by its built-in name; of a missing library also which, as the cell names it."""
    module = _module_at(cell) if cell.exception in _NOT_IMPORTED else ""
    return f"{cell.exception}: No module named '{module}'" if module else cell.exception


def name_causes(verdicts: Sequence[Verdict], cells: Sequence[CellRun]) -> tuple[Verdict, ...]:
    """The verdicts, of which those that a stopped cell or a missing library explains say so."""
    lost = [verdict for verdict in verdicts if verdict.outcome in (Outcome.MISSING, Outcome.RAISED)]
    if not lost:
        return tuple(verdicts)
    trees = {place: _tree(cell) for place, cell in enumerate(cells)}
    functions = {
        node.name: _Function(cells[place], node)
        for place, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, _FUNCTIONS)
    }
    absent = _absent_libraries(cells, trees)
    return tuple(_name_cause(one, functions, absent) if one in lost else one for one in verdicts)


def _name_cause(
    verdict: Verdict, functions: Mapping[str, _Function], absent: Mapping[str, _Import]
) -> Verdict:
    function = functions.get(verdict.question)
    if function is None:
        return verdict
    if verdict.outcome is Outcome.RAISED:
        needs = next(_libraries_needed(verdict.question, functions, absent), None)
        if needs is None:
            return verdict
        values = {
            "question": verdict.question,
            "module": needs.module,
            "cell": needs.cell,
            "line": needs.line,
        }
        return replace(verdict, sentence=say("raised.library", **values), advice=())
    cell = function.cell
    if not cell.line or cell.ending is CellEnding.RAN or function.node.lineno + 1 < cell.line:
        return verdict
    what = cell.limit.sentence if cell.limit else name_what_was_raised(cell)
    stopped = say(
        "missing.cell_stopped", question=verdict.question, cell=cell.number, line=cell.line, what=what
    )
    return replace(verdict, sentence=stopped)


def _libraries_needed(
    name: str, functions: Mapping[str, _Function], absent: Mapping[str, _Import]
) -> Iterator[_Import]:
    """The missing libraries that a function uses, itself or through others."""
    waiting, seen = [name], {name}
    while waiting:
        function = functions.get(waiting.pop())
        if function is None:
            continue
        for node in ast.walk(function.node):
            if isinstance(node, ast.Import | ast.ImportFrom):
                missing = [module for module in _modules(node) if _is_absent(module)]
                yield from (_Import(module, function.cell.number, node.lineno) for module in missing)
        read = find_names_read(function.node)
        yield from (absent[one] for one in sorted(read & absent.keys()))
        waiting += sorted(read - seen)
        seen |= read


def _absent_libraries(cells: Sequence[CellRun], trees: Mapping[int, ast.Module]) -> dict[str, _Import]:
    """By the name they would have, the libraries whose imports failed in cells that stopped there."""
    found: dict[str, _Import] = {}
    for place, cell in enumerate(cells):
        if cell.exception not in _NOT_IMPORTED:
            continue
        for node in ast.walk(trees[place]):
            if not isinstance(node, ast.Import | ast.ImportFrom) or (node.end_lineno or 0) < cell.line:
                continue
            for alias, module in zip(node.names, _modules(node), strict=True):
                name = alias.asname or alias.name.partition(".")[0]
                if _is_absent(module) and name not in cell.ran_on:
                    found.setdefault(name, _Import(module, cell.number, node.lineno))
    return found


def _module_at(cell: CellRun) -> str:
    """The module that was not found at the line where a cell stopped, as the cell writes it."""
    for node in ast.walk(_tree(cell)):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if node.lineno <= cell.line <= (node.end_lineno or 0):
            said = _MISSING.fullmatch(cell.message)
            whole = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            parts = [".".join(name.split(".")[:k]) for name in whole for k in range(1, name.count(".") + 2)]
            return said[1] if said is not None and said[1] in parts else ""
    return ""


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The top module of each name of an import."""
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "").partition(".")[0]] * len(node.names)
    return [alias.name.partition(".")[0] for alias in node.names]


def _is_absent(module: str) -> bool:
    """Whether no library of this name is installed, here and so in the process that ran the notebook."""
    try:
        return bool(module) and find_spec(module) is None
    except (ImportError, ValueError, AttributeError):
        return False


def _tree(cell: CellRun) -> ast.Module:
    try:
        return parse(cell.source)[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])
