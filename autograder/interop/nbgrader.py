"""A released notebook as one of an nbgrader course: which cells are answers, which tests, and their points.

nbgrader reads this from the metadata of cells, in its schema 3. The same file then serves there as here:
nbgrader itself is not needed to write it.
"""

import ast
import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from autograder.errors import CourseError, Flaw
from autograder.interop.otter import Document, plain
from autograder.notebook.assignment import AssignmentText, Part, Role, Statement

SCHEMA = 3


def with_nbgrader(document: Document, text: AssignmentText) -> Document:
    """The released notebook with nbgrader's metadata on the cells that carry points or answers.

    The stub is the answer; the examples are locked tests, which share the points of their question. A
    question without examples is an answer that a person marks, and a written part a task.

    Args:
        document: the released notebook, its cells those of `text`, in order.
        text: the same notebook, understood.

    Raises:
        CourseError: two written parts stand in one cell, and nbgrader gives points by cell.
    """
    marks = _marks(text)
    given = sum((Fraction(mark.get("points", 0)) for mark in marks.values()), Fraction(0))
    if abs(given - text.points) > Fraction(1, 10**6):
        what = f"nbgrader gives points by cell, and finds {float(given):g} of {float(text.points):g}"
        raise CourseError([Flaw("notebook", what, "give each written part's heading a cell of its own")])
    cells = [_marked(cell, marks.get(position)) for position, cell in enumerate(document["cells"])]
    return {**document, "cells": cells}


def _marks(text: AssignmentText) -> dict[int, Document]:
    """By position of the cell, what nbgrader is to know of it."""
    statements = {statement.number: statement for statement in text.statements}
    marks: dict[int, Document] = {}
    for position, part in enumerate(text.parts):
        if part.question:
            mark = _mark(part, statements[part.question], begins=_begins(text.parts, position))
            marks |= {position: mark} if mark else {}
    return marks


def _begins(parts: Sequence[Part], position: int) -> bool:
    """Whether a question begins with this cell."""
    return position == 0 or parts[position - 1].question != parts[position].question


def _mark(part: Part, statement: Statement, *, begins: bool) -> Document:
    if part.role is Role.STUB:
        by_hand = {} if statement.examples else {"grade": True, "points": plain(statement.points)}
        return {"grade": False, "solution": True, "locked": False, "task": False, **by_hand}
    if part.role is Role.EXAMPLES:
        share = plain(statement.points / len(statement.examples))
        return {"grade": True, "solution": False, "locked": True, "task": False, "points": share}
    if statement.written and begins:
        points = plain(statement.points)
        return {"grade": False, "solution": False, "locked": True, "task": True, "points": points}
    return {}


def _marked(cell: Mapping[str, Any], mark: Document | None) -> Document:
    if not mark:
        return dict(cell)
    known = {**mark, "cell_type": cell["cell_type"], "grade_id": cell["id"], "schema_version": SCHEMA}
    known["checksum"] = checksum("".join(cell["source"]), known)
    return {**cell, "metadata": {**cell["metadata"], "nbgrader": known}}


def checksum(source: str, mark: Mapping[str, Any]) -> str:
    """What nbgrader computes of a cell, to notice that a student changed a test."""
    locked = not mark["solution"] and (mark["grade"] or mark["locked"])
    told = [source, mark["cell_type"], str(mark["grade"]), str(mark["solution"]), str(locked)]
    told += [mark["grade_id"], *([str(float(mark["points"]))] if mark["grade"] else [])]
    return hashlib.md5("".join(told).encode(), usedforsecurity=False).hexdigest()


def as_source(document: Document) -> Document:
    """The same for the source/ folder of an nbgrader course.

    `nbgrader generate_assignment` replaces a whole answer by its own stub, unless a part of it is marked as
    the solution: here the line that raises, so that the function's head and docstring stay, or the stub of
    a variable, in place of which nbgrader's own raises.
    """
    return {**document, "cells": [_with_solution(cell) for cell in document["cells"]]}


def _with_solution(cell: Mapping[str, Any]) -> Document:
    if not cell["metadata"].get("nbgrader", {}).get("solution"):
        return dict(cell)
    source = "".join(cell["source"])
    [stub] = ast.parse(source).body
    answered = stub.body[-1] if isinstance(stub, ast.FunctionDef) else stub
    lines, indent = source.splitlines(), " " * answered.col_offset
    solution = lines[answered.lineno - 1 : answered.end_lineno]
    marked = [f"{indent}### BEGIN SOLUTION", *solution, f"{indent}### END SOLUTION"]
    whole = [*lines[: answered.lineno - 1], *marked, *lines[answered.end_lineno :]]
    return {**cell, "source": "\n".join(whole).splitlines(keepends=True)}
