"""A class of five that was graded; one of them handed in nothing."""

import csv
import io
import json
from pathlib import Path

from tests.samples.marking_course import STUB, Course, code, text
from tests.samples.platform_files import PEOPLE

SOLUTIONS = """
from autograder import core, question

@question(points=3)
def double(x):
    return 2.0 * x

@double.cases
def _(rng):
    yield core("one", 1.5)

@question(points=5)
def half(x):
    return 0.5 * x

@half.cases
def _(rng):
    yield core("one", 1.5)
"""
DOUBLE = "def double(x):\n    return 2.0 * x\n"
HALF = "def half(x):\n    return 0.5 * x\n"
HALF_STUB = STUB.replace("double", "half").replace("Twice", "Half of")


def notebook(double: str = STUB, half: str = HALF_STUB) -> bytes:
    cells = [
        text("# Small"),
        text("## 1. Double (3 points)\n\nReturn $2x$."),
        code(double),
        text("## 2. Half (5 points)\n\nReturn $x/2$."),
        code(half),
        text("# Before you submit\n\nSave it."),
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}).encode()


def make_graded(folder: Path) -> Course:
    """The course of tests/samples/marking_course.py without its figure, graded for four of five."""
    made = Course(folder)
    (folder / "solutions" / "small.py").write_text(SOLUTIONS)
    (folder / "assignments" / "small" / "small.ipynb").write_bytes(notebook())
    roster = io.StringIO()
    rows = [("id", "name", "email", "group")]
    rows += [(student.id, student.name, student.email, student.group) for student in PEOPLE]
    csv.writer(roster).writerows(rows)
    (folder / "students.csv").write_text(roster.getvalue(), encoding="utf-8")
    made.hand_in("21904711", notebook(DOUBLE, HALF))  # 8 of 8
    made.hand_in("21904712", notebook(half=HALF))  # 5 of 8
    made.hand_in("21904713", notebook(double=DOUBLE))  # 3 of 8
    made.hand_in("21904714", notebook())
    done = made.grade()
    assert done.exit_code == 0, done.output
    return made
