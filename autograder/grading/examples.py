"""Public examples, judged here: what is shown as passed follows from values, not from a process's word.

A notebook can make any assert hold in its own process. So the calls of an example are asked like hidden ones,
and before any of these; with the values that come back, the author's text runs here once more.
"""

import ast
import copy
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np

from autograder.domain.answer import (
    ANY_FUNCTION,
    Answer,
    Batch,
    Built,
    Call,
    Ending,
    ExampleRun,
    Given,
    Oracle,
)
from autograder.errors import JudgingError
from autograder.grading.assignment import OpenAssignment
from autograder.notebook.assignment import Statement
from autograder.notebook.code import find_names_read
from autograder.notebook.released import Released
from autograder.questions.author_bounds import any_large, bound
from autograder.questions.in_process import PATIENCE
from autograder.questions.memo import Memo, fingerprint
from autograder.quiet import quiet
from autograder.sandbox.run import Run
from autograder.timeout import TimeIsUpError, at_most

_SECONDS = 2.0
_ASK = "__ask__"
"""What stands in an example in place of a function that is asked for."""
_log = logging.getLogger(__name__)
_PLAIN = (type(None), bool, int, float, complex, str, np.ndarray, np.generic)


class _UnsendableError(Exception):
    """An argument of an example is neither data nor made by its text alone."""


class _OffTrackError(Exception):
    """With these values the example asks something else than it does with right ones."""


@dataclass(frozen=True, slots=True, eq=False)
class _Example:
    """One example: its code, and which calls it makes where everything is right."""

    source: str
    code: CodeType
    space: Mapping[str, Any]
    """What it finds beside the functions that are asked for."""
    sites: tuple[tuple[str, int], ...]
    """In the order of the calls: the function, and the place of the call among those of the statement."""


@dataclass(frozen=True, slots=True, eq=False)
class StatementExamples:
    """The examples of a statement that can be judged here, by their sources, and what is asked for them."""

    examples: Mapping[str, _Example]
    calls: tuple[Call, ...]
    """The name of the function is the first argument of each."""
    expected: tuple[Answer, ...]
    memo: Memo[Mapping[str, bool]] = field(default_factory=Memo)


def judge_examples(
    assignment: OpenAssignment, student: Run, shown: Mapping[str, Sequence[ExampleRun]]
) -> dict[str, tuple[ExampleRun, ...]]:
    """What the process says of its examples, by question, without what is not so.

    To be called before the process is asked any hidden case.
    """
    prepared = prepare_examples(assignment)
    claimed = tuple(
        name
        for name, runs in shown.items()
        if name in prepared and any(run.passed and run.source in prepared[name].examples for run in runs)
    )
    judged = {name: tuple(runs) for name, runs in shown.items()}
    if claimed:
        # One batch for all: one for each question would take a submission 2 % longer.
        batch = _join(assignment, claimed)
        came = iter(student.ask(ANY_FUNCTION, batch, seconds=len(claimed) * _SECONDS))
        for name in claimed:
            holds = _judge(prepared[name], [next(came) for _ in prepared[name].calls])
            judged[name] = tuple(_correct(run, holds) for run in judged[name])
    return judged


@lru_cache(maxsize=256)
def _join(assignment: OpenAssignment, names: tuple[str, ...]) -> Batch:
    """The calls of the examples of these questions; the same object for all who are asked the same."""
    prepared = prepare_examples(assignment)
    return Batch(tuple(call for name in names for call in prepared[name].calls), _SECONDS, public=True)


def _correct(run: ExampleRun, holds: Mapping[str, bool]) -> ExampleRun:
    if not run.passed or holds.get(run.source, True):
        return run
    return replace(
        run, passed=False, traceback="AssertionError: it does not hold for what your function returns."
    )


def _judge(each: StatementExamples, came: Sequence[Answer]) -> Mapping[str, bool]:
    """Which examples of a statement hold for these answers, once for all who answer alike."""
    key = fingerprint(came)
    holds = each.memo.get(key)
    if holds is None:
        large = any_large(came, each.expected)
        holds = {source: _holds(one, came, large=large) for source, one in each.examples.items()}
        each.memo.put(key, holds)
    return holds


def _holds(example: _Example, came: Sequence[Answer], *, large: bool) -> bool:
    """Whether an example holds where its calls return this."""

    def play() -> bool:
        left = iter(example.sites)

        def answer(name: str, _site: int, *_args: Any, **_kwargs: Any) -> Any:
            due, place = next(left, ("", 0))
            if due != name or came[place].ending is not Ending.RETURNED:
                raise _OffTrackError
            return copy.deepcopy(came[place].value)

        try:
            with quiet():
                exec(example.code, {**example.space, _ASK: answer})  # noqa: S102 - the author's text
        except Exception:  # noqa: BLE001 - whatever an assert makes of a student's values
            return False
        return True

    try:
        return bound(play, seconds=_SECONDS, large=large)
    except (TimeIsUpError, JudgingError):
        return False


@lru_cache(maxsize=8)
def prepare_examples(assignment: OpenAssignment) -> Mapping[str, StatementExamples]:
    """By question: its examples as they go for the references, without those that cannot be judged here."""
    questions = {p.question.name: p.question for p in assignment.solutions.questions}
    functions = {name: one.reference for name, one in questions.items() if not one.variable}
    found = {}
    for statement in assignment.released.text.statements:
        if statement.examples and statement.name in functions:
            found[statement.name] = _prepare(statement, functions, assignment.released)
    return {name: each for name, each in found.items() if each.examples}


def list_recipes(assignment: OpenAssignment) -> list[str]:
    """The sources by which arguments of examples are made: public, so a process may have them ready."""
    calls = (call for each in prepare_examples(assignment).values() for call in each.calls)
    found = (value.recipe.source for call in calls for _, value in call.named() if isinstance(value, Built))
    return list(dict.fromkeys(found))


def _prepare(
    statement: Statement, functions: Mapping[str, Callable[..., Any]], released: Released
) -> StatementExamples:
    examples, calls, known = dict[str, _Example](), list[Call](), list[Answer]()
    for source in statement.examples:
        before = len(calls)
        try:
            with at_most(PATIENCE):
                examples[source] = _record(source, functions, released, calls, known)
        except (Exception, SystemExit, TimeIsUpError) as error:  # noqa: BLE001 - an author's: `check` tells them
            _log.info("an example of %s cannot be judged here: %r", statement.name, error)
            del calls[before:], known[before:]
    return StatementExamples(examples, tuple(calls), tuple(known))


def _record(
    source: str,
    functions: Mapping[str, Callable[..., Any]],
    released: Released,
    calls: list[Call],
    known: list[Answer],
) -> _Example:
    """Run an example with the references, and note what it asks."""
    marked = _Marked(functions)
    tree = ast.fix_missing_locations(marked.visit(ast.parse(source)))
    if not marked.asked:
        raise _UnsendableError("it asks nothing")
    code = compile(tree, "<example>", "exec")
    space, sites = _make_space(source, functions, released), list[tuple[str, int]]()

    def ask(name: str, site: int, *args: Any, **kwargs: Any) -> Any:
        node = marked.asked[site]
        sent = Call(
            (name, *map(_to_send, args, node.args)),
            {key.arg: _to_send(kwargs[key.arg], key.value) for key in node.keywords if key.arg},
        )
        value = functions[name](*args, **kwargs)
        sites.append((name, len(calls)))
        calls.append(sent)
        known.append(Answer(Ending.RETURNED, copy.deepcopy(value)))
        return value

    with quiet():
        exec(code, {**space, _ASK: ask})  # noqa: S102 - the author's text
    return _Example(source, code, space, tuple(sites))


class _Marked(ast.NodeTransformer):
    """Puts `__ask__("f", 0, x)` in place of `f(x)` for functions that are asked for."""

    def __init__(self, functions: Mapping[str, Any]) -> None:
        self._functions = functions
        self.asked: list[ast.Call] = []

    def visit_Call(self, node: ast.Call) -> ast.AST:
        plain = not any(isinstance(one, ast.Starred) for one in node.args) and all(
            k.arg for k in node.keywords
        )
        if not plain or not isinstance(node.func, ast.Name) or node.func.id not in self._functions:
            return self.generic_visit(node)
        self.asked.append(copy.deepcopy(node))
        head = [ast.Constant(node.func.id), ast.Constant(len(self.asked) - 1)]
        self.generic_visit(node)
        return ast.Call(ast.Name(_ASK, ast.Load()), [*head, *node.args], node.keywords)


def _to_send(value: Any, node: ast.expr) -> Any:
    """An argument as it is sent: as data, or made there by the text of the example."""
    if _is_data(value):
        return copy.deepcopy(value)
    if set(_names(node)) <= {"np"}:
        return Built(Given("argument", f"def argument():\n    return {ast.unparse(node)}"))
    if callable(value):
        return Oracle(value)
    raise _UnsendableError(f"`{ast.unparse(node)}` is no data")


def _names(node: ast.expr) -> Iterator[str]:
    """The names an expression takes from around it."""
    bound_here = {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and one.id not in bound_here:
            yield one.id


def _is_data(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_data, value))
    if isinstance(value, dict):
        return all(map(_is_data, value.values()))
    return isinstance(value, _PLAIN)


def _make_space(source: str, functions: Mapping[str, Any], released: Released) -> dict[str, Any]:
    """What released cells define that an example uses."""
    space: dict[str, Any] = {"np": np}
    used = find_names_read(ast.parse(source)) - space.keys() - functions.keys()
    for support in released.support:
        if support.names & used:
            for cell in (*support.needs, support.cell):
                exec(compile(cell.source, f"<cell {cell.number}>", "exec"), space)  # noqa: S102 - author's
    return space
