"""Mark the cells of a released notebook for an nbgrader course: answers, tests, and their points.

nbgrader reads this from the metadata of cells, in its schema 3, so the same file serves there and here.
Writing it does not need nbgrader.
"""

import ast
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from autograder.errors import CourseError, Flaw
from autograder.interop.otter import Document, write_points
from autograder.notebook.assignment import AssignmentText, Part, Role, Statement

SCHEMA = 3


class CellUse(StrEnum):
    """What a cell with nbgrader's metadata is for."""

    ANSWER = "answer"
    TESTS = "tests"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class MarkedCell:
    """A cell of a released notebook that nbgrader knows."""

    id: str
    """Its grade_id."""
    question: str
    """The key of the question it belongs to."""
    use: CellUse
    points: Fraction | None
    """None for an answer whose points its tests carry."""
    source: str
    metadata: Mapping[str, Any]
    """Its cell's, nbgrader's among it."""
    code: bool


def add_nbgrader_metadata(document: Document, text: AssignmentText) -> Document:
    """Add nbgrader's metadata to the cells that carry points or answers.

    The stub is the answer; the examples are locked tests that share the points of their question. The answer
    to a question without examples is marked by a person, and a written part is a task.

    Args:
        document: the released notebook, its cells those of `text`, in order.
        text: what was read from the same notebook.

    Raises:
        CourseError: two written parts are in one cell, and nbgrader gives points by cell.
    """
    marks = _describe_cells(text)
    given = sum((Fraction(mark.get("points", 0)) for mark in marks.values()), Fraction(0))
    if abs(given - text.points) > Fraction(1, 10**6):
        what = f"nbgrader gives points by cell, and finds {float(given):g} of {float(text.points):g}"
        raise CourseError([Flaw("notebook", what, "give each written part's heading a cell of its own")])
    cells = [_add_metadata(cell, marks.get(position)) for position, cell in enumerate(document["cells"])]
    return {**document, "cells": cells}


def list_marked_cells(document: Document, text: AssignmentText) -> Iterator[MarkedCell]:
    """The cells of a released notebook that nbgrader knows, in order.

    Args:
        document: the released notebook with nbgrader's metadata.
        text: what was read from it.
    """
    numbers = {part.cell.id: part.question for part in text.parts}
    statements = {statement.number: statement for statement in text.statements}
    for cell in document["cells"]:
        mark = cell["metadata"].get("nbgrader")
        if mark is None:
            continue
        statement = statements[numbers[cell["id"]]]
        use = CellUse.TASK if mark["task"] else CellUse.ANSWER if mark["solution"] else CellUse.TESTS
        points = statement.points if "points" in mark else None
        if use is CellUse.TESTS:
            points = statement.points / len(statement.examples)
        source, code = "".join(cell["source"]), cell["cell_type"] == "code"
        yield MarkedCell(cell["id"], statement.key, use, points, source, cell["metadata"], code)


def _describe_cells(text: AssignmentText) -> dict[int, Document]:
    """What nbgrader must know of each cell, by its position."""
    statements = {statement.number: statement for statement in text.statements}
    marks: dict[int, Document] = {}
    for position, part in enumerate(text.parts):
        if part.question:
            begins = position == 0 or text.parts[position - 1].question != part.question
            mark = _describe_cell(part, statements[part.question], begins=begins)
            marks |= {position: mark} if mark else {}
    return marks


def _describe_cell(part: Part, statement: Statement, *, begins: bool) -> Document:
    if part.role is Role.STUB:
        by_hand = {} if statement.examples else {"grade": True, "points": write_points(statement.points)}
        return {"grade": False, "solution": True, "locked": False, "task": False, **by_hand}
    if part.role is Role.EXAMPLES:
        share = write_points(statement.points / len(statement.examples))
        return {"grade": True, "solution": False, "locked": True, "task": False, "points": share}
    if statement.written and begins:
        points = write_points(statement.points)
        return {"grade": False, "solution": False, "locked": True, "task": True, "points": points}
    return {}


def _add_metadata(cell: Mapping[str, Any], mark: Document | None) -> Document:
    if not mark:
        return dict(cell)
    known = {**mark, "cell_type": cell["cell_type"], "grade_id": cell["id"], "schema_version": SCHEMA}
    known["checksum"] = compute_checksum("".join(cell["source"]), known)
    return {**cell, "metadata": {**cell["metadata"], "nbgrader": known}}


def compute_checksum(source: str, mark: Mapping[str, Any]) -> str:
    """The checksum by which nbgrader notices that a student changed a test."""
    locked = not mark["solution"] and (mark["grade"] or mark["locked"])
    content = [source, mark["cell_type"], str(mark["grade"]), str(mark["solution"]), str(locked)]
    content += [mark["grade_id"], *([str(float(mark["points"]))] if mark["grade"] else [])]
    return hashlib.md5("".join(content).encode(), usedforsecurity=False).hexdigest()


def make_source_version(document: Document) -> Document:
    """The same notebook for the source/ folder of an nbgrader course.

    `nbgrader generate_assignment` replaces a whole answer by its own stub, unless part of the answer is
    marked as the solution. Here that is the line that raises, so that the function's head and docstring
    stay; or the whole stub of a variable, which nbgrader replaces by its own that raises.
    """
    return {**document, "cells": [_mark_solution(cell) for cell in document["cells"]]}


def _mark_solution(cell: Mapping[str, Any]) -> Document:
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
