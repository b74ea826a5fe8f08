"""A course whose one assignment asks for a function and a figure, and a few students who hand it in."""

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
preload = ["matplotlib.pyplot"]
[grade]
homework = "100 %"
exam = "0 %"
[assignments.small]
title = "Small"
weight = "100 %"
"""
SOLUTIONS = """
from autograder import core, question, written

@question(points=2)
def double(x):
    return 2.0 * x

@double.cases
def _(rng):
    yield core("one", 1.5)
    yield core("two", -2.5)

figure = written("Losses of random starts", points=2, rubric={"labels, and = signs": 0.5, "why": "3/2"})
"""
PLACEHOLDER = "*Your comment: write here.*"
STUB = 'def double(x):\n    """Twice x."""\n    raise NotImplementedError'
DRAW = "import matplotlib.pyplot as plt\nplt.plot([3, 1, 0.2])\nplt.show()\nprint('drawn')"


def text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}


def notebook(*, answer: str = STUB, figure: str = "# your figure", comment: str = PLACEHOLDER) -> bytes:
    cells = [
        text("# Small"),
        text("## 1. Double (2 points)\n\nReturn $2x$."),
        code(answer),
        text("## 2. Losses of random starts (2 points, by hand)\n\nDraw one figure, and say why."),
        code(figure),
        text(comment),
        text("# Before you submit\n\nSave it."),
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}).encode()


class Course:
    """The course in a folder of its own, with commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for place, content in {
            "course.toml": COURSE.encode(),
            "assignments/small/small.ipynb": notebook(),
            "solutions/small.py": SOLUTIONS.encode(),
        }.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_bytes(content)

    @property
    def marking(self) -> Path:
        return self.folder / "marking" / "small"

    @property
    def table(self) -> Path:
        return self.marking / "written-2.csv"

    def hand_in(self, student: str, content: bytes) -> None:
        place = self.folder / "submissions" / "small" / student / "small.ipynb"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def ask_for_no_figure(self) -> None:
        """Leave out what a person marks."""
        solutions, source = self.folder / "solutions/small.py", self.folder / "assignments/small/small.ipynb"
        solutions.write_text(solutions.read_text().partition("figure = ")[0])
        released = json.loads(source.read_text())
        del released["cells"][3:6]
        source.write_text(json.dumps(released))

    def run(self, *arguments: str) -> Result:
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            return CliRunner().invoke(group, arguments)
        finally:
            os.chdir(before)

    def grade(self) -> Result:
        return self.run("grade", "small", "-j", "1", "--accept-isolation", "1")

    def report(self, student: str) -> dict[str, Any]:
        file = self.folder / "reports" / "small" / student / "report.json"
        report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return report
