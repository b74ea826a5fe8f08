"""The examples of a released notebook as Otter's tests, so that `grader.check("quad_grad")` runs them.

Otter finds them in the notebook's metadata, in the OK format: doctests, one case for each `assert`. All of
them are public, since the notebook shows them; nothing hidden comes near this module. Writing them does
not need Otter.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograder.domain.notebook import CellKind
from autograder.notebook.assignment import AssignmentText, Role, Statement

Document = dict[str, Any]
"""A notebook as JSON."""

CELL = "check-yourself"
"""Id of the cell that starts Otter; the hyphen keeps it apart from names of questions."""

_START = """\
# Optional. Where otter-grader is installed, grader.check("{question}") runs the examples of that question
# and grader.check_all() all of them. Otter reads this file: if you rename it, change both names below.
try:
    open("{file}").close()
    import otter

    grader = otter.Notebook("{file}")
except (ImportError, OSError):
    from types import SimpleNamespace

    instead = "Otter or {file} is not here. Run the cells of examples: they check the same."
    grader = SimpleNamespace(check=lambda question: instead, check_all=lambda: instead)
"""
"""The file is opened first: if it is missing, as in a grader's sandbox, Otter's slow import is avoided."""


def add_otter_tests(document: Document, text: AssignmentText, *, file: str) -> Document:
    """Add the examples of a released notebook as Otter's tests, and a cell that starts Otter.

    Args:
        document: the released notebook.
        text: what was read from the same notebook.
        file: the name under which it is handed out.
    """
    tests = {s.name: _make_test(s) for s in text.statements if s.examples}
    if not tests or any("otter.Notebook(" in part.cell.source for part in text.parts):
        return document  # nothing to check, or a notebook whose author starts Otter
    otter = {"OK_FORMAT": True, "assignment_name": file.removesuffix(".ipynb"), "tests": tests}
    return {
        **document,
        "metadata": {**document["metadata"], "otter": otter},
        "cells": _insert_start(document["cells"], text, _START.format(question=next(iter(tests)), file=file)),
    }


def _make_test(statement: Statement) -> Document:
    cases = [
        {"code": code, "hidden": False, "locked": False}
        for example in statement.examples
        for code in split_into_doctests(example)
    ]
    suite = {"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    return {"name": statement.name, "points": write_points(statement.points), "suites": [suite]}


def write_points(points: Any) -> int | float:
    """Points as JSON writes them: an int if they are whole."""
    return int(points) if points == int(points) else float(points)


def split_into_doctests(example: str) -> Iterator[str]:
    r"""Split a cell of examples into doctests, one for each assert with the code before it.

    >>> list(split_into_doctests("x = 1\nassert x\n\nassert (\n    x > 0)"))
    ['>>> x = 1\n>>> assert x', '>>> assert (\n...     x > 0)']
    """
    lines = example.splitlines()
    waiting: list[str] = []
    body, read = ast.parse(example).body, 0
    for position, statement in enumerate(body):
        first, last = max(statement.lineno - 1, read), statement.end_lineno or statement.lineno
        waiting += _add_prompts(lines[first:last])
        read = last
        rest = body[position + 1 :]
        if isinstance(statement, ast.Assert) and any(isinstance(later, ast.Assert) for later in rest):
            yield "\n".join(waiting)
            waiting = []
    if waiting:
        yield "\n".join(waiting)


def _add_prompts(lines: Sequence[str]) -> Iterator[str]:
    """Put the interpreter's prompts before a statement: a doctest knows its lines by them."""
    for number, line in enumerate(lines):
        yield (f">>> {line}" if number == 0 else f"... {line}").rstrip() if line else "..."


def _insert_start(cells: Sequence[Mapping[str, Any]], text: AssignmentText, source: str) -> list[Document]:
    """Insert the start of Otter after the imports at the top, or else before the first code."""
    code = next((k for k, part in enumerate(text.parts) if part.cell.kind is CellKind.CODE), len(cells))
    place = code + 1 if code < len(cells) and text.parts[code].role is Role.SUPPORT else code
    start: Document = {
        "cell_type": "code",
        "execution_count": None,
        "id": CELL,
        "metadata": {},
        "outputs": [],
        "source": source.rstrip("\n").splitlines(keepends=True),
    }
    return [*map(dict, cells[:place]), start, *map(dict, cells[place:])]
