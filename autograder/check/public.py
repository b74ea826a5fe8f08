"""What is released gives nothing away, and can be drawn in a report as it is written."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

from autograder.check.subject import AssignmentUnderTest
from autograder.domain.notebook import CellKind
from autograder.errors import Flaw
from autograder.questions.question import Question
from autograder.render.mathematics import mathml

_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_FORMULA = re.compile(
    r"\$\$(?P<display>.+?)\$\$|(?<![\\$])\$(?=[^\s$])(?P<inline>(?:(?!\n\s*\n)[^$])+?)(?<=\S)\$(?!\d)",
    re.DOTALL,
)


def check_hidden_lines(subject: AssignmentUnderTest, question: Question) -> Iterator[Flaw]:
    """No line that answers the question stands in what is released."""
    right = (question.reference, *(alternate.function for alternate in question.alternates))
    hidden = set().union(*map(_find_telling_lines, right))
    for part in subject.text.parts:
        source = part.cell.source
        for line in sorted(hidden & ({line.strip() for line in source.splitlines()} | _find_returns(source))):
            where = f"{subject.notebook}, cell {part.cell.number}: {question.name}"
            yield Flaw(where, f"holds a line of a right answer: {line}")


def check_hints(subject: AssignmentUnderTest, question: Question) -> Iterator[Flaw]:
    """Every known mistake has a hint, none of which holds the reference, and all of which can be drawn."""
    right = [_strip_spaces(line.removeprefix("return ")) for line in _find_telling_lines(question.reference)]
    for mistake in question.mistakes:
        where = f"{subject.line(mistake.function)}: {question.name}: mistake {mistake.name}"
        if not mistake.hint:
            yield Flaw(where, "has no docstring", "it is the hint its maker reads")
        if any(line in _strip_spaces(mistake.hint) for line in right):
            yield Flaw(where, "its hint holds the reference", "let it ask, or give an example to try")
        yield from _check_formulas(mistake.hint, where)


def check_statements(subject: AssignmentUnderTest) -> Iterator[Flaw]:
    """Every formula of the notebook can be drawn in a report, which runs no script."""
    for part in subject.text.parts:
        if part.cell.kind is CellKind.MARKDOWN:
            yield from _check_formulas(part.cell.source, f"{subject.notebook}, cell {part.cell.number}")


def _check_formulas(markdown: str, where: str) -> Iterator[Flaw]:
    for found in _FORMULA.finditer(_CODE.sub("", markdown)):
        formula = " ".join((found["display"] or found["inline"]).split())
        if mathml(formula) is None:
            what = f"the formula `{formula[:80]}` cannot be drawn faithfully in a report"
            allowed = r"do without \begin, \operatorname*, \boldsymbol, \bm, \lim and \mathscr"
            yield Flaw(where, what, allowed)


def _find_telling_lines(function: Callable[..., Any]) -> set[str]:
    """The lines of a function that could give it away: returned expressions of some length."""
    return {line for line in _find_returns(inspect.getsource(function)) if len(line) > len("return x + y")}


def _find_returns(source: str) -> set[str]:
    """The `return` statements of a piece of Python, written one way; none of what is not Python."""
    try:
        tree = ast.parse(inspect.cleandoc("\n" + source))
    except (SyntaxError, ValueError):
        return set()
    returns = (node for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value is not None)
    return {ast.unparse(node) for node in returns}


def _strip_spaces(text: str) -> str:
    return "".join(text.split())
