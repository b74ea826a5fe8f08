"""References with one small edit each, judged until the first case that notices."""

import ast
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import FunctionType
from typing import Any

from autograder.check.edits import Edit, list_edits
from autograder.domain.answer import Ending
from autograder.errors import JudgingError
from autograder.questions.in_process import run_here
from autograder.questions.question import Question
from autograder.questions.score_case import score_case
from autograder.questions.solutions import Prepared

MOST = 200
"""Mutants tried of one question; of more, every second, third, ... is."""
_LEAST_PATIENCE = 0.25
"""Seconds a mutant may take on one case, or ten times what the reference took: then it never ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Mutant:
    """A reference with one small edit."""

    edit: Edit
    file: str
    """Where the edited function is written."""
    function: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Mutation:
    """What a mutation run of one question came to."""

    tried: int
    survivors: tuple[Mutant, ...]
    """Those that earn everything."""
    known: frozenset[str]
    """The names of all edits, tried or not."""


def mutate(prepared: Prepared) -> Mutation:
    """Edit the reference of a question in every small way and see which edits earn everything."""
    mutants = list(make_mutants(prepared.question))
    step = -(-len(mutants) // MOST) or 1
    declared = prepared.question.equivalents
    tried = [m for k, m in enumerate(mutants) if k % step == 0 or m.edit.name in declared]
    alive = tuple(mutant for mutant in tried if survives(prepared, mutant))
    return Mutation(len(tried), alive, frozenset(mutant.edit.name for mutant in mutants))


def survives(prepared: Prepared, mutant: Mutant) -> bool:
    """Whether a mutant is right in every case, however long it takes for large ones."""
    return all(_passes(prepared, mutant, k) for k in range(len(prepared.cases)))


def _passes(prepared: Prepared, mutant: Mutant, k: int) -> bool:
    """Whether a case notices nothing; a rule that fails on what came makes a person look, and so notices."""
    case, expected, scale = prepared.cases[k], prepared.expected.reference[k], prepared.expected.scales[k]
    answer = run_here(mutant.function, case.call, seconds=max(_LEAST_PATIENCE, 10 * expected.seconds))
    if answer.ending is Ending.TIMED_OUT or (answer.changed and not expected.changed):
        return False
    try:
        return score_case(prepared.question, case, expected, scale, answer).credit == 1
    except JudgingError:
        return False


def make_mutants(question: Question) -> Iterator[Mutant]:
    """Every mutant of a reference and of the helpers it calls, in the order of their lines."""
    functions = _find_functions(question)
    for one in functions:
        within = "" if one is functions[0] else f"{one.tree.name}: "
        for edit in list_edits(one.tree, within=within):
            yield Mutant(edit, one.file, _build(functions, one, edit.tree))


@dataclass(frozen=True, slots=True, eq=False)
class _OwnFunction:
    """A function of the assignment, and what is written of it."""

    function: FunctionType
    tree: ast.FunctionDef

    @property
    def file(self) -> str:
        """Where it is written."""
        return self.function.__code__.co_filename


def _find_functions(question: Question) -> tuple[_OwnFunction, ...]:
    """The reference and the assignment's own functions that it calls, the reference first."""
    reference: Any = question.reference
    home = reference.__module__.partition(".")[0]
    found: dict[str, Any] = {reference.__name__: reference}
    waiting = [reference]
    while waiting:
        function = waiting.pop()
        for name in _global_names(function.__code__):
            helper = function.__globals__.get(name)
            if name in found or not isinstance(helper, FunctionType):
                continue
            # The files of a package are `_solutions_final.kernels` and its like.
            if helper.__module__.partition(".")[0] == home:
                found[name] = helper
                waiting.append(helper)
    trees = ((function, _find_tree(function)) for function in found.values())
    return tuple(_OwnFunction(function, tree) for function, tree in trees if tree is not None)


def _global_names(code: Any) -> Iterator[str]:
    """The global names a function uses, and those of the functions inside it."""
    yield from code.co_names
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from _global_names(constant)


def _find_tree(function: FunctionType) -> ast.FunctionDef | None:
    """The function as it is written, found by its line: several may have one name."""
    line = function.__code__.co_firstlineno
    for node in _parse(function.__code__.co_filename):
        first = min((node.lineno, *(decorator.lineno for decorator in node.decorator_list)))
        if first == line:
            return node
    return None


@lru_cache(maxsize=8)
def _parse(file: str) -> Sequence[ast.FunctionDef]:
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]


def _build(functions: Sequence[_OwnFunction], old: _OwnFunction, new: ast.FunctionDef) -> Callable[..., Any]:
    """The reference, defined anew with one of its functions edited; nothing else is changed."""
    namespaces: dict[str, dict[str, Any]] = {one.file: dict(one.function.__globals__) for one in functions}
    anew: dict[FunctionType, Any] = {}
    for one in functions:
        tree = new if one is old else one.tree
        plain = ast.FunctionDef(**{**dict(ast.iter_fields(tree)), "decorator_list": []})
        code = compile(ast.Module([ast.copy_location(plain, tree)], []), one.file, "exec")
        exec(code, namespaces[one.file])  # noqa: S102 - the author's own text
        anew[one.function] = namespaces[one.file][tree.name]
    # A helper goes by the name it was imported under as well, in each of the files.
    for namespace in namespaces.values():
        for name, value in namespace.items():
            original = value.reference if isinstance(value, Question) else value
            if isinstance(original, FunctionType) and original in anew:
                namespace[name] = anew[original]
    function: Callable[..., Any] = anew[functions[0].function]
    return function
