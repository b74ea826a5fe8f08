"""Proving an assignment before it is released: every claim its author makes is tried out.

The reference and every alternate earn everything, the stub nothing, every mistake is caught and told apart
from every other, the notebook's examples hold for the reference, stub and reference have one signature,
every question has a statement, points add up, and what is released holds no hidden line.
"""

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.domain.report import Outcome, Verdict
from autograder.errors import CourseError, Flaw, JudgingError
from autograder.notebook.assignment import AssignmentText, Statement
from autograder.questions.judge import judge_strictly
from autograder.questions.question import Alternate, Mistake, Question
from autograder.questions.solutions import Prepared, Solutions
from autograder.questions.trial import Rehearsal

_PATIENCE = 60.0
_SINGLE_PRECISION_LOSES = Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class Tally:
    """What was tried of one question."""

    question: str
    points: Fraction
    cases: int
    alternates: int
    mistakes: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: flaws, none of them where the assignment may be released, and what was tried."""

    flaws: tuple[Flaw, ...]
    tallies: tuple[Tally, ...]


def check(text: AssignmentText, solutions: Solutions, *, notebook: str, module: str) -> Checked:
    """Check an assignment; `notebook` and `module` are the names of its files, for the messages."""
    flaws = [*_pairs(text, solutions, notebook, module), *_hidden_lines(text, solutions, notebook)]
    for prepared in solutions.questions:
        statement = text.statement(prepared.question.name)
        if statement is not None:
            flaws += _question_flaws(prepared, statement, solutions, f"{module}: {prepared.question.name}")
    return Checked(tuple(flaws), tuple(map(_tally, solutions.questions)))


def must_pair(text: AssignmentText, solutions: Solutions, *, notebook: str, module: str) -> None:
    """Raise CourseError unless every question stands on both sides, with the same points."""
    flaws = tuple(_pairs(text, solutions, notebook, module))
    if flaws:
        raise CourseError(flaws)


def _tally(prepared: Prepared) -> Tally:
    question = prepared.question
    counts = len(prepared.cases), len(question.alternates), len(question.mistakes)
    return Tally(question.name, question.points, *counts)


def _pairs(text: AssignmentText, solutions: Solutions, notebook: str, module: str) -> Iterator[Flaw]:
    """Every question stands on both sides, with the same points."""
    asked = {statement.name: statement for statement in text.statements if statement.name}
    hidden = {prepared.question.name: prepared.question for prepared in solutions.questions}
    for name in sorted(asked.keys() - hidden.keys()):
        yield Flaw(f"{notebook}: {name}", "has no reference", f"write it in {module}")
    for name in sorted(hidden.keys() - asked.keys()):
        yield Flaw(
            f"{module}: {name}", "has no statement", f"write its heading, statement and stub in {notebook}"
        )
    for name in sorted(asked.keys() & hidden.keys()):
        if asked[name].points != hidden[name].points:
            what = f"{asked[name].points} points in the notebook, {hidden[name].points} in the solutions"
            yield Flaw(f"{notebook}: {name}", what, "make them equal")
    yield from _written_pairs(text, solutions, notebook, module)


def _written_pairs(text: AssignmentText, solutions: Solutions, notebook: str, module: str) -> Iterator[Flaw]:
    """Every part that is marked by hand has its heading and its rubric, with the same title and points."""
    headed = {statement.title: statement.points for statement in text.statements if statement.written}
    marked = {part.title: part.points for part in solutions.written}
    for title in sorted(headed.keys() - marked.keys()):
        how = f'write `part = written("{title}", points={headed[title]}, rubric={{...}})` in {module}'
        yield Flaw(f"{notebook}: {title}", "is marked by hand and has no rubric", how)
    for title in sorted(marked.keys() - headed.keys()):
        heading = f"## 9. {title} ({marked[title]} points, by hand)"
        yield Flaw(f"{module}: {title}", "has no heading", f"write `{heading}` in {notebook}")
    for title in sorted(headed.keys() & marked.keys()):
        if headed[title] != marked[title]:
            what = f"{headed[title]} points in the notebook, {marked[title]} in the solutions"
            yield Flaw(f"{notebook}: {title}", what, "make them equal")


def _hidden_lines(text: AssignmentText, solutions: Solutions, notebook: str) -> Iterator[Flaw]:
    """No line that answers a question stands in what is released."""
    sources = [part.cell.source for part in text.parts]
    public = {line.strip() for source in sources for line in source.splitlines()}
    public |= {line for source in sources for line in _returned(source)}
    for prepared in solutions.questions:
        question = prepared.question
        right = (question.reference, *(alternate.function for alternate in question.alternates))
        for line in sorted(set().union(*map(_body_lines, right)) & public):
            yield Flaw(f"{notebook}: {question.name}", f"holds a line of a right answer: {line}")


def _body_lines(function: Callable[..., Any]) -> set[str]:
    """The lines of a function that could give it away: returned expressions of some length."""
    return {line for line in _returned(inspect.getsource(function)) if len(line) > len("return x + y")}


def _returned(source: str) -> set[str]:
    """The `return` statements of a piece of Python, written one way; none of what is not Python."""
    try:
        tree = ast.parse(inspect.cleandoc("\n" + source))
    except (SyntaxError, ValueError):
        return set()
    returns = (node for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value is not None)
    return {ast.unparse(node) for node in returns}


def _question_flaws(
    prepared: Prepared, statement: Statement, solutions: Solutions, where: str
) -> Iterator[Flaw]:
    question = prepared.question
    try:
        stub = _stub(statement)
    except Exception as error:  # noqa: BLE001 - whatever an author's stub raises
        yield Flaw(where, f"the stub cannot be run: {error!r}")
        return
    if _parameters(stub) != _parameters(question.reference):
        what = f"the reference is {question.name}{question.signature}, the stub {statement.signature}"
        yield Flaw(where, what, "give both the same parameters, with the same defaults")
    yield from _right_answers(prepared, solutions, where)
    yield from _stub_earns_nothing(prepared, stub, solutions, where)
    yield from _empty_answers_earn_nothing(prepared, solutions, where)
    yield from _examples_hold(question, statement, solutions, where)
    for mistake in question.mistakes:
        yield from _mistake_flaws(prepared, mistake, solutions, f"{where}: mistake {mistake.name}")


def _stub(statement: Statement) -> Callable[..., Any]:
    """The function that students find in the notebook."""
    namespace: dict[str, Any] = {"np": np}
    exec(compile(statement.stub, f"<stub of {statement.name}>", "exec"), namespace)  # noqa: S102 - author's
    function: Callable[..., Any] = namespace[statement.name]
    return function


def _parameters(function: Callable[..., Any]) -> list[tuple[str, str, str]]:
    """Names, kinds and defaults: all of a signature that a caller can tell."""
    parameters = inspect.signature(function).parameters.values()
    return [(one.name, str(one.kind), repr(one.default)) for one in parameters]


def _right_answers(prepared: Prepared, solutions: Solutions, where: str) -> Iterator[Flaw]:
    question = prepared.question
    verdict = _rehearse(prepared, question.reference, solutions)
    if isinstance(verdict, Flaw):
        yield Flaw(where, verdict.what)
        return
    if verdict.mark != 1 or verdict.notes:
        yield Flaw(where, f"the reference itself earns {verdict.mark}: {verdict.sentence}")
    for alternate in question.alternates:
        yield from _alternate_flaws(prepared, alternate, solutions, f"{where}: alternate {alternate.name}")


def _alternate_flaws(
    prepared: Prepared, alternate: Alternate, solutions: Solutions, where: str
) -> Iterator[Flaw]:
    verdict = _rehearse(prepared, alternate.function, solutions)
    if isinstance(verdict, Flaw):
        yield Flaw(where, verdict.what)
        return
    due = _SINGLE_PRECISION_LOSES if alternate.float32 else Fraction(1)
    slow = any(group.name == "speed" and group.worth == 0 for group in verdict.groups)
    if verdict.mark != due and not (slow and verdict.mark == due * _without_speed(verdict)):
        yield Flaw(where, f"earns {verdict.mark}, not {due}: {verdict.sentence}")


def _without_speed(verdict: Verdict) -> Fraction:
    """What is left for a right answer by loops: everything but the speed group."""
    return 1 - sum((group.share for group in verdict.groups if group.name == "speed"), Fraction(0))


def _stub_earns_nothing(
    prepared: Prepared, stub: Callable[..., Any], solutions: Solutions, where: str
) -> Iterator[Flaw]:
    verdict = _rehearse(prepared, stub, solutions)
    if isinstance(verdict, Flaw) or verdict.mark != 0 or verdict.outcome is not Outcome.NOT_ATTEMPTED:
        ending = verdict.what if isinstance(verdict, Flaw) else f"{verdict.outcome}, earning {verdict.mark}"
        yield Flaw(where, f"the stub is {ending}", "let it raise NotImplementedError")


def _empty_answers_earn_nothing(prepared: Prepared, solutions: Solutions, where: str) -> Iterator[Flaw]:
    """Whoever returns the same thing whatever is asked has not answered: no credit of a mistake is theirs."""
    for empty in (None, 0.0, 1.0, True, (), ""):
        verdict = _rehearse(prepared, _always(empty), solutions)
        if isinstance(verdict, Verdict) and verdict.mark != 0:
            as_what = f" as mistake {verdict.mistake}" if verdict.mistake else ""
            yield Flaw(where, f"returning {empty!r} always earns {verdict.mark}{as_what}", "it should earn 0")


def _always(value: Any) -> Callable[..., Any]:
    return lambda *_, **__: value


def _examples_hold(
    question: Question, statement: Statement, solutions: Solutions, where: str
) -> Iterator[Flaw]:
    for example in statement.examples:
        namespace: dict[str, Any] = {"np": np, **_references(solutions)}
        try:
            exec(compile(example, f"<examples of {question.name}>", "exec"), namespace)  # noqa: S102 - author's
        except Exception as error:  # noqa: BLE001 - whatever an author's example raises
            yield Flaw(where, f"an example of the notebook fails for the reference: {error!r}")


def _mistake_flaws(prepared: Prepared, mistake: Mistake, solutions: Solutions, where: str) -> Iterator[Flaw]:
    if not mistake.hint:
        yield Flaw(where, "has no docstring", "it is the hint its maker reads")
    if any(line.removeprefix("return ") in mistake.hint for line in _body_lines(prepared.question.reference)):
        yield Flaw(where, "its hint holds the reference")
    if mistake.same_as and prepared.question.mistake_named(mistake.same_as) is None:
        yield Flaw(where, f"same_as={mistake.same_as!r} names no mistake of this question")
    verdict = _rehearse(prepared, mistake.function, solutions)
    if isinstance(verdict, Flaw):
        yield Flaw(where, verdict.what)
    elif verdict.mark == 1:
        yield Flaw(where, "is not caught: it earns everything")
    elif verdict.mistake not in (mistake.name, mistake.same_as):
        allowed = (
            f"same_as={verdict.mistake!r} declares that they cannot be told apart" if verdict.mistake else ""
        )
        yield Flaw(where, f"is taken for {verdict.mistake or 'an unknown error'}", allowed)


def _rehearse(prepared: Prepared, function: Callable[..., Any], solutions: Solutions) -> Verdict | Flaw:
    """Judge an author's function as if handed in, beside the references of the others; or why none can be."""
    name = prepared.question.name
    source = f"def {name}(): pass"
    student = Rehearsal({**_references(solutions), name: function}, source=source)
    try:
        return judge_strictly(prepared, student, seconds=_PATIENCE)
    except JudgingError as error:
        return Flaw(name, f"cannot be judged: {error}")


def _references(solutions: Solutions) -> Mapping[str, Callable[..., Any]]:
    return {p.question.name: p.question.reference for p in solutions.questions}
