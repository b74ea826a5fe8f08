"""The released notebook with references in place of its stubs: handed out after the deadline."""

import ast
from collections.abc import Mapping
from textwrap import dedent

from autograder.errors import CourseError, Flaw
from autograder.notebook.assignment import Role, read_assignment
from autograder.notebook.release import write


def solve(content: bytes, references: Mapping[str, str], *, path: str = "") -> bytes:
    """The solved notebook, normalised as a released one.

    `references` holds, by name of the question, Python source that defines a function or variable of that
    name; it may define what it needs as well. The function's decorators (`@question(...)`) are left out.
    Raises CourseError, every mistake at once.
    """
    text = read_assignment(content, path=path)
    flaws: list[Flaw] = []
    sources: dict[int, str] = {}
    names = {statement.number: statement.name for statement in text.statements}
    for part in text.parts:
        sources[part.cell.number] = part.cell.source
        if part.role is Role.STUB:
            try:
                sources[part.cell.number] = _answer(names[part.question], references)
            except (SyntaxError, ValueError) as problem:
                where = f"{path}, cell {part.cell.number}" if path else f"cell {part.cell.number}"
                what = f"the stub of `{names[part.question]}` cannot be replaced: {problem}"
                flaws.append(Flaw(where, what))
    if flaws:
        raise CourseError(flaws)
    return write(content, text, sources, fails=False)


def _answer(name: str, references: Mapping[str, str]) -> str:
    """The source of a reference without its decorators. Raises SyntaxError, ValueError."""
    if name not in references:
        raise ValueError("there is no reference of that name")
    source = dedent(references[name]).strip("\n")
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            lines = source.split("\n")
            first = min((decorator.lineno for decorator in node.decorator_list), default=node.lineno)
            return "\n".join(lines[: first - 1] + lines[node.lineno - 1 :])
        if isinstance(node, ast.Assign) and name in {t.id for t in node.targets if isinstance(t, ast.Name)}:
            return source
    raise ValueError("its reference does not define that name")
