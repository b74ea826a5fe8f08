"""Where a function was answered, and which cell below bound one of the names it uses to something else.

A question is asked in the state at the end of the notebook. A trial cell `ls_loss = ls_loss(w, X, y)` takes
an answer away that was right where it stands, and so does a second helper of the same name, a loop variable
or `%reset`; with what is said here the question can be asked again as it stood.
"""

import ast
import dis
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from types import CodeType

from autograder.domain.notebook import Cell
from autograder.notebook.code import SHORT, is_stub, parse

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_RESET = re.compile(r"^[ \t]*%(?:reset|reset_selective|xdel)\b", re.MULTILINE)
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_READS = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "LOAD_CLASSDEREF"})
_LOOK_ONLY = frozenset(
    {"print", "display", "len", "repr", "str", "type", "float", "int", "sum", "max", "min", "abs"}
)
"""Built-in functions that change nothing they are given."""
EVERYTHING = "*"
"""Stands for all names: `%reset`, or an import of whatever there is."""


class NameChange(StrEnum):
    """What became of a name."""

    ASSIGNED = "assigned"
    LOOPED = "looped"
    DEFINED = "defined"
    IMPORTED = "imported"
    DELETED = "deleted"
    RESET = "reset"
    CHANGED = "changed"
    """What it names was changed in place: an entry of an array, say."""
    HANDED_OVER = "handed_over"
    """What it names was given to a function or to another name, and may have been changed there."""
    INDIRECT = "indirect"
    """Any name may have been bound, by `globals()` or `exec`."""


@dataclass(frozen=True, slots=True)
class Rebinding:
    """A question that stood before a cell bound one of the names it uses anew."""

    question: str
    stood: int
    """Place of the last cell of the state in which it is to be asked again, from 0."""
    place: int
    """Place of the cell that bound the name anew: the one below."""
    name: str
    change: NameChange


def rebindings(
    cells: Sequence[Cell], questions: Iterable[str], examples: dict[str, frozenset[str]]
) -> Iterator[Rebinding]:
    """For each question that was answered: the first cell that took a name from it, below its examples.

    Args:
        cells: the cells that run, in order.
        questions: names of the functions.
        examples: the sources of each question's examples, which mark where it was used as it stood.
    """
    read = [(_read_known if len(cell.source) <= SHORT else _read)(cell.source) for cell in cells]
    for question in questions:
        answered = [k for k, cell in enumerate(read) if question in cell.answers]
        if not answered:  # a partial, another name of a function: what was assigned first
            answered = [k for k, cell in enumerate(read) if question in cell.definitions][:1]
        if not answered:
            continue
        shown = [k for k, cell in enumerate(cells) if cell.source in examples.get(question, frozenset())]
        stood = max([answered[-1], *shown])
        uses = names_used(question, [cell.definitions for cell in read[: stood + 1]])
        taken = list(_taken(question, uses, read, stood))
        if taken:  # asked again as it stood before all of them; what surely took a name is named first
            surely = next((one for one in taken if one.change is not NameChange.HANDED_OVER), taken[0])
            yield replace(surely, stood=taken[0].stood)


def names_used(question: str, definitions: Sequence[dict[str, list["NotebookDefinition"]]]) -> frozenset[str]:
    """All global names that a function may read, itself or through functions and classes of the notebook."""
    together: dict[str, list[NotebookDefinition]] = {}
    for cell in definitions:
        for name, defined in cell.items():
            together.setdefault(name, []).extend(defined)
    seen, waiting = {question}, [question]
    while waiting:
        for definition in together.get(waiting.pop(), ()):
            new = definition.reads - seen
            seen |= new
            waiting += new & together.keys()
    return frozenset(seen)


@dataclass(frozen=True, eq=False)
class NotebookDefinition:
    """A function, a class, or what is assigned to a name."""

    node: ast.AST

    @cached_property
    def reads(self) -> frozenset[str]:
        """The names outside of it that it reads, as Python's own compiler sees it."""
        # Found once for all questions, and with a cell that is kept for all submissions: saves a thirtieth
        # of the grader's time for a submission that lost marks.
        try:
            if isinstance(self.node, ast.expr):
                code = compile(ast.Expression(self.node), "<answer>", "eval", dont_inherit=True)
            else:
                assert isinstance(self.node, ast.stmt)  # noqa: S101 - definitions are statements
                code = compile(ast.Module([self.node], []), "<answer>", "exec", dont_inherit=True)
        except _UNREADABLE:
            return frozenset()
        read, waiting = set[str](), [code]
        while waiting:
            one = waiting.pop()
            read |= {step.argval for step in dis.get_instructions(one) if step.opname in _READS}
            waiting += [constant for constant in one.co_consts if isinstance(constant, CodeType)]
        return frozenset(read)


def _taken(question: str, uses: frozenset[str], read: Sequence["_Cell"], stood: int) -> Iterator[Rebinding]:
    imported = {pair for cell in read[: stood + 1] for pair in cell.imports}
    libraries = {name for name, _ in imported}
    # Given functions, and what checks an answer, call NumPy too.
    shared = {name for name, what in imported if what.partition(".")[0] == "numpy"}
    values = _variables([cell.definitions for cell in read[: stood + 1]])
    for place in range(stood + 1, len(read)):
        cell = read[place]
        again = {name for name, _ in cell.imports & imported}  # the same import once more
        called = libraries - cell.assigned_into  # np.random.seed(0), plt.show()
        changes = sorted(cell.changes, key=lambda change: change[0] != question)
        for name, change in changes:  # the function's own name first, then in their order
            innocent = (
                (change is NameChange.IMPORTED and name in again)
                or (change is NameChange.CHANGED and name in called)
                or (change is NameChange.HANDED_OVER and name not in values)
            )
            if name == EVERYTHING or (name in uses | shared and not innocent):
                yield Rebinding(question, place - 1, place, question if name == EVERYTHING else name, change)


def _variables(definitions: Iterable[dict[str, list[NotebookDefinition]]]) -> frozenset[str]:
    """Names that stand for values which a function could change: no functions, no classes."""
    kinds: dict[str, bool] = {}
    for cell in definitions:
        for name, defined in cell.items():
            fixed = any(isinstance(one.node, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)) for one in defined)
            kinds[name] = kinds.get(name, True) and not fixed
    return frozenset(name for name, changes in kinds.items() if changes)


@dataclass(frozen=True, slots=True)
class _Cell:
    """What one cell does to the names of the notebook."""

    answers: frozenset[str] = frozenset()
    """Functions it defines that are no stubs."""
    definitions: dict[str, list[NotebookDefinition]] = field(default_factory=dict)
    changes: tuple[tuple[str, NameChange], ...] = ()
    imports: frozenset[tuple[str, str]] = frozenset()
    """Names bound by imports, each with what it stands for."""
    assigned_into: frozenset[str] = frozenset()
    """Names of which it assigns an entry or an attribute."""


def _read(source: str) -> _Cell:
    changes = [(EVERYTHING, NameChange.RESET)] if _RESET.search(source) else []
    try:
        tree, _ = parse(source)
    except _UNREADABLE:
        return _Cell(changes=tuple(changes))
    answers, definitions, imports = set[str](), dict[str, list[NotebookDefinition]](), set[tuple[str, str]]()
    into = set[str]()
    for node in _outside_functions(tree):
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            definitions.setdefault(node.name, []).append(NotebookDefinition(node))
            if isinstance(node, ast.ClassDef) or not is_stub(node):
                answers.add(node.name)
        elif isinstance(node, ast.Assign):  # a lambda, or a function under another name
            for target in node.targets:
                if isinstance(target, ast.Name):
                    definitions.setdefault(target.id, []).append(NotebookDefinition(node.value))
                    if isinstance(node.value, ast.Lambda):
                        answers.add(target.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            imports |= _imports(node)
        changes += _changes(node)
        into |= {name for name, _ in _changed_in_place(node)}
    return _Cell(frozenset(answers), definitions, tuple(changes), frozenset(imports), frozenset(into))


# Most cells were handed out and are the same in every submission: reading them once saves an eighth of the
# grader's time for a submission that lost marks.
_read_known = lru_cache(maxsize=256)(_read)


def _outside_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node that runs in the notebook's own namespace, in order."""
    waiting: list[ast.AST] = [*reversed(tree.body)]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
            waiting += reversed([*ast.iter_child_nodes(node)])


def _changes(node: ast.AST) -> Iterator[tuple[str, NameChange]]:  # noqa: C901 - one line a kind of statement
    """The names a node binds, deletes or changes in place."""
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        yield node.name, NameChange.DEFINED
        for part in ast.walk(node):
            if isinstance(part, ast.Global):
                yield from ((name, NameChange.ASSIGNED) for name in part.names)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for name, what in _imports(node):
            yield (EVERYTHING if what.endswith("*") else name), NameChange.IMPORTED
    elif isinstance(node, ast.For | ast.AsyncFor):
        yield from ((name, NameChange.LOOPED) for name in _stored(node.target))
    elif isinstance(node, ast.Delete):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, NameChange.DELETED
            yield from _changed_in_place(target)
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from ((name, NameChange.ASSIGNED) for name in _stored(target))
            yield from _changed_in_place(target)
        if node.value is not None and _base(node.value):
            yield _base(node.value), NameChange.HANDED_OVER
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield from ((name, NameChange.ASSIGNED) for name in _stored(node.optional_vars))
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name, NameChange.DELETED  # Python forgets it at the end of the handler
    elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name, NameChange.ASSIGNED
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest, NameChange.ASSIGNED
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        method = node.value.func
        if isinstance(method, ast.Attribute) and isinstance(method.value, ast.Name):
            yield method.value.id, NameChange.CHANGED
    elif isinstance(node, ast.Call):
        yield from _changed_by_call(node)


def _changed_by_call(node: ast.Call) -> Iterator[tuple[str, NameChange]]:
    """What a call may do to names: those it is given, and with `globals()` to any."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in ("globals", "exec", "get_ipython"):
        yield EVERYTHING, NameChange.INDIRECT
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    if name in ("setattr", "delattr"):
        yield from ((base, NameChange.CHANGED) for base in map(_base, given[:1]) if base)
    elif name not in _LOOK_ONLY:
        yield from ((base, NameChange.HANDED_OVER) for base in map(_base, given) if base)


def _imports(node: ast.Import | ast.ImportFrom) -> set[tuple[str, str]]:
    """The names it binds, each with what it stands for."""
    if isinstance(node, ast.ImportFrom):
        home = f"{'.' * node.level}{node.module or ''}"
        return {(alias.asname or alias.name, f"{home}.{alias.name}") for alias in node.names}
    return {
        (alias.asname, alias.name) if alias.asname else (alias.name.partition(".")[0],) * 2
        for alias in node.names
    }


def _stored(target: ast.AST) -> Iterator[str]:
    names = (part for part in ast.walk(target) if isinstance(part, ast.Name))
    return (name.id for name in names if isinstance(name.ctx, ast.Store))


def _changed_in_place(target: ast.AST) -> Iterator[tuple[str, NameChange]]:
    """The names of which an entry or an attribute is assigned; by `setattr` too."""
    if isinstance(target, ast.Call) and isinstance(target.func, ast.Name):
        if target.func.id in ("setattr", "delattr") and target.args and _base(target.args[0]):
            yield _base(target.args[0]), NameChange.CHANGED
        return
    if isinstance(target, ast.Attribute | ast.Subscript) and not isinstance(target.ctx, ast.Load):
        if _base(target):
            yield _base(target), NameChange.CHANGED
    elif isinstance(target, ast.Tuple | ast.List | ast.Starred) and isinstance(target.ctx, ast.Store):
        for part in ast.iter_child_nodes(target):
            yield from _changed_in_place(part)


def _base(node: ast.AST) -> str:
    """The name that `name.part[0].other` begins with; empty where it begins with none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
