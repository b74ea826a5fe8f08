"""The examples of a released notebook as Otter's tests, so that `grader.check("quad_grad")` runs them.

Otter finds them in the notebook's metadata, in the OK format: doctests, one case for each `assert`. All are
public, since they stand in the notebook anyway; what is hidden never comes near this module. Otter itself is
not needed to write them.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograder.domain.notebook import CellKind
from autograder.notebook.assignment import AssignmentText, Role, Statement

Document = dict[str, Any]
"""A notebook as its JSON says it."""

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
"""The file is opened first: where it is missing, as in a grader's sandbox, Otter's slow import is spared."""


def with_otter(document: Document, text: AssignmentText, *, file: str) -> Document:
    """The released notebook with its examples as Otter's tests, and the cell that starts Otter.

    Args:
        document: the released notebook.
        text: the same notebook, understood.
        file: the name it is handed out under.
    """
    tests = {s.name: _test(s) for s in text.statements if s.examples}
    if not tests or any("otter.Notebook(" in part.cell.source for part in text.parts):
        return document  # nothing to check, or a notebook whose author starts Otter
    otter = {"OK_FORMAT": True, "assignment_name": file.removesuffix(".ipynb"), "tests": tests}
    return {
        **document,
        "metadata": {**document["metadata"], "otter": otter},
        "cells": _with_start(document["cells"], text, _START.format(question=next(iter(tests)), file=file)),
    }


def _test(statement: Statement) -> Document:
    cases = [
        {"code": code, "hidden": False, "locked": False}
        for example in statement.examples
        for code in doctests(example)
    ]
    suite = {"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    return {"name": statement.name, "points": plain(statement.points), "suites": [suite]}


def plain(points: Any) -> int | float:
    """Points as JSON says them: whole where they are."""
    return int(points) if points == int(points) else float(points)


def doctests(example: str) -> Iterator[str]:
    r"""The code of a cell of examples as doctests, one for each assert with what stands before it.

    >>> list(doctests("x = 1\nassert x\n\nassert (\n    x > 0)"))
    ['>>> x = 1\n>>> assert x', '>>> assert (\n...     x > 0)']
    """
    lines = example.splitlines()
    waiting: list[str] = []
    body, read = ast.parse(example).body, 0
    for position, statement in enumerate(body):
        first, last = max(statement.lineno - 1, read), statement.end_lineno or statement.lineno
        waiting += _prompted(lines[first:last])
        read = last
        rest = body[position + 1 :]
        if isinstance(statement, ast.Assert) and any(isinstance(later, ast.Assert) for later in rest):
            yield "\n".join(waiting)
            waiting = []
    if waiting:
        yield "\n".join(waiting)


def _prompted(lines: Sequence[str]) -> Iterator[str]:
    """A statement behind the prompts of the interpreter, by which a doctest knows its lines."""
    for number, line in enumerate(lines):
        yield (f">>> {line}" if number == 0 else f"... {line}").rstrip() if line else "..."


def _with_start(cells: Sequence[Mapping[str, Any]], text: AssignmentText, source: str) -> list[Document]:
    """The cells, and Otter's start after the imports at the top, or else before the first code."""
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
