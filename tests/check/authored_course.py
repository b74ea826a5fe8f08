"""A course of one small assignment that is ready, for tests that spoil it."""

import json
from pathlib import Path

COURSE = """\
name = "small"
title = "Small"
timezone = "Europe/Paris"
[grade]
homework = "100 %"
exam = "0 %"
[assignments.small]
title = "Small"
weight = "100 %"
"""
SOLUTIONS = '''\
import numpy as np
from autograder import core, edge, question


@question(points=2)
def double(w):
    """Twice w."""
    return 2.0 * np.asarray(w)


@double.cases
def _(rng):
    yield core("three", rng.normal(size=3))
    yield core("two", rng.normal(size=2))


@double.mistake(credit=0.25)
def triple(w):
    """That is thrice. Count again."""
    return 3.0 * w
'''
CELLS = (
    "# Small\n\nThere are 2 points in all.",
    "import numpy as np",
    "## 1. Doubling (2 points)\n\nWrite the double.",
    'def double(w):\n    """Twice w."""\n    raise NotImplementedError',
    "assert double(np.array([1.0, 2.0]))[1] == 4",
)


def write_notebook(file: Path, cells: tuple[str, ...]) -> None:
    """A notebook whose cells are text where they begin with a heading."""
    written = [
        {"cell_type": "markdown", "source": source, "metadata": {}, "id": f"c{k}"}
        if source.startswith("#")
        else {
            "cell_type": "code",
            "source": source,
            "metadata": {},
            "id": f"c{k}",
            "outputs": [],
            "execution_count": None,
        }
        for k, source in enumerate(cells)
    ]
    document = {"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document), encoding="utf-8")


def write_course(folder: Path) -> None:
    """The course, in a folder that is there."""
    for name in ("solutions", "quiz"):
        (folder / name).mkdir()
    (folder / "course.toml").write_text(COURSE, encoding="utf-8")
    (folder / "solutions/small.py").write_text(SOLUTIONS, encoding="utf-8")
    write_notebook(folder / "assignments/small/small.ipynb", CELLS)
