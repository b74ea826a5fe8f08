"""A course with one homework of three questions, and a class that gets them wrong in many ways."""

import json
import os
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from autograder.cli.main import group

COURSE = """
name = "small"
title = "Small"
timezone = "Europe/Paris"
[grade]
homework = "100 %"
exam = "0 %"
[assignments.small]
title = "Small homework"
weight = "100 %"
"""
SOLUTIONS = '''"""Hidden references of assignments/small."""
import numpy as np

from autograder import core, edge, question


@question(points=2)
def grad(A, w):
    """Gradient of w'Aw."""
    return A @ w + A.T @ w


@grad.cases
def _(rng):
    for d in (2, 3, 5):
        yield core(f"random, d={d}", rng.normal(size=(d, d)), rng.normal(size=d))
    yield edge("w = 0", rng.normal(size=(3, 3)), np.zeros(3))


@grad.mistake(credit=0.25)
def takes_A_symmetric(A, w):
    """Your formula is right for some matrices only. Compare with finite differences on [[0, 1], [0, 0]]."""
    return 2 * A @ w


@question(points=3)
def extremes(x):
    """The smallest and the largest entry."""
    return float(np.min(x)), float(np.max(x))


@extremes.cases
def _(rng):
    for n in (4, 6):
        yield core(f"random, n={n}", rng.normal(size=n))


@question(points=1)
def root(a, b):
    """An x with x * x between a and b."""
    return ((a + b) / 2) ** 0.5


@root.cases
def _(rng):
    yield core("wide", 2.0, 4.0)
    yield core("narrow", 100.0, 101.0)
    yield core("small", 0.01, 0.02)


@root.accepts
def _(answer, case):
    low, high = case.args
    if not isinstance(answer, float):
        return "A number is asked for."
    if answer * answer < low:
        return "The square of your number is too small."
    return "The square of your number is too large." if answer * answer > high else None
'''
STUBS = {
    "grad": 'def grad(A, w):\n    """Gradient of w\'Aw."""\n    raise NotImplementedError',
    "extremes": 'def extremes(x):\n    """Smallest and largest entry."""\n    raise NotImplementedError',
    "root": 'def root(a, b):\n    """An x with x * x between a and b."""\n    raise NotImplementedError',
}
RIGHT = {
    "grad": "def grad(A, w):\n    return (A + A.T) @ w",
    "extremes": "def extremes(x):\n    return min(x), max(x)",
    "root": "def root(a, b):\n    return ((a + b) / 2) ** 0.5",
}
TITLES = {"grad": "Gradient (2 points)", "extremes": "Extremes (3 points)", "root": "Root (1 point)"}


def text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}


def notebook(before: str = "", **answers: str) -> bytes:
    cells = [text("# Small homework"), code("import numpy as np")]
    if before:
        cells.append(code(before))
    for number, (name, title) in enumerate(TITLES.items(), 1):
        cells += [text(f"## {number}. {title}\n\nWrite it."), code(answers.get(name, STUBS[name]))]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}).encode()


class ClassCourse:
    """The course in a folder of its own, with commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.solutions = folder / "solutions" / "small.py"
        for place, content in {
            "course.toml": COURSE.encode(),
            "assignments/small/small.ipynb": notebook(),
            "solutions/small.py": SOLUTIONS.encode(),
        }.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_bytes(content)
        secret = folder / ".autograder" / "secret"  # the same cases in every course
        secret.parent.mkdir(mode=0o700)
        secret.write_text("5e" * 32, encoding="utf-8")
        secret.chmod(0o600)

    @classmethod
    def at(cls, folder: Path) -> "ClassCourse":
        """The course that a folder holds already."""
        found = cls.__new__(cls)
        found.folder, found.solutions = folder, folder / "solutions" / "small.py"
        return found

    def hand_in(self, student: str, before: str = "", **answers: str) -> None:
        """Right answers but for those that are given."""
        place = self.folder / "submissions" / "small" / student / "small.ipynb"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(notebook(before, **{**RIGHT, **answers}))

    def run(self, *arguments: str, typed: str | None = None) -> Result:
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            return CliRunner().invoke(group, arguments, input=typed)
        finally:
            os.chdir(before)

    def grade(self) -> Result:
        return self.run("grade", "small", "-j", "1", "--accept-isolation", "1")

    def report(self, student: str) -> dict[str, Any]:
        file = self.folder / "reports" / "small" / student / "report.json"
        report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return report

    def verdict(self, student: str, question: str) -> dict[str, Any]:
        """What the report says of a question."""
        found: dict[str, Any] = next(
            each for each in self.report(student)["questions"] if each["name"] == question
        )
        return found
