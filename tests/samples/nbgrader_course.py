"""A small nbgrader course of our own writing, built cell by cell."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Cell = dict[str, Any]
SOLUTION = "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION"
TEST = "assert square(2) == 4\n### BEGIN HIDDEN TESTS\nassert square(-3) == 9\n### END HIDDEN TESTS"
TASK = "Draw it.\n### BEGIN MARK SCHEME\n2 for the axes\n### END MARK SCHEME"


def cell(source: str, kind: str = "code", /, **nbgrader: Any) -> Cell:
    """A cell; with keywords, nbgrader's metadata of schema 3."""
    code = {"execution_count": None, "outputs": []} if kind == "code" else {}
    metadata: dict[str, Any] = {}
    if nbgrader:
        usual = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
        metadata = {"nbgrader": usual | nbgrader}
    return {"cell_type": kind, "metadata": metadata, "source": source, **code}


def answer(grade_id: str, source: str = SOLUTION) -> Cell:
    """An answer that tests elsewhere judge."""
    return cell(source, solution=True, grade_id=grade_id)


def check(grade_id: str, source: str = TEST, points: Any = 2) -> Cell:
    """A test."""
    return cell(source, grade=True, locked=True, grade_id=grade_id, points=points)


def essay(grade_id: str, points: Any = 3) -> Cell:
    """An answer in words, marked by hand."""
    return cell(
        "Because of the chain rule.", "markdown", grade=True, solution=True, grade_id=grade_id, points=points
    )


def task(grade_id: str, points: Any = 4) -> Cell:
    """A task, marked by hand."""
    return cell(TASK, "markdown", task=True, locked=True, grade_id=grade_id, points=points)


def usual_cells() -> list[Cell]:
    """One cell of each kind."""
    return [
        cell("# Squares", "markdown"),
        cell("import numpy as np\nfrom helper import two", locked=True, grade_id="imports"),
        answer("square"),
        check("square_test"),
        essay("why"),
        task("draw"),
    ]


def write_notebook(path: Path, cells: Sequence[Cell], **metadata: Any) -> Path:
    """Write a notebook file."""
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    for number, each in enumerate(cells):
        each.setdefault("id", f"c{number}")
    document = {"cells": list(cells), "metadata": kernel | metadata, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
    return path


def write_course(folder: Path, files: Mapping[str, str | bytes] | None = None) -> Path:
    """A course with source/ps1/squares.ipynb, a helper module, a data file, and no gradebook."""
    write_notebook(folder / "source/ps1/squares.ipynb", usual_cells())
    beside = {"source/ps1/helper.py": "two = 2\n", "source/ps1/data/points.csv": "1,2\n"}
    for name, content in (beside | dict(files or {})).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder
