"""The pages on adopting lead from a course of theirs to marks: their commands are run."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import nbgrader_course
import otter_course
import pytest
from followed_page import Follower, blocks_of
from handed_in import hand_in

from autograder.adopting.source import read_source
from autograder.adopting.their_tools import TheirPython


def follow(page: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the commands of a page in an instructor's home; what it shows of their output must stand there."""
    monkeypatch.setenv("HOME", str(home))
    instructor = Follower(home)
    for kind, _, session in blocks_of(page):
        if kind == "console":
            instructor.type(session)


def earned(home: Path, name: str) -> dict[str, dict[str, float | None]]:
    """What each student earned by each test."""
    reports = (home / "numerics/reports" / name).glob("*/report.json")
    read = {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in reports}
    return {
        student: {test["name"]: test["earned"] for q in report["questions"] for test in q.get("tests", ())}
        for student, report in read.items()
    }


@pytest.mark.soak
def test_an_nbgrader_course_comes_to_its_marks_and_formgrader_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("nbgrader")
    theirs = nbgrader_course.write_course(tmp_path / "nbgrader-course")
    # It calls another command of its own by name.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    release = [sys.executable, "-W", "ignore", "-m", "nbgrader", "generate_assignment", "ps1", "--create"]
    subprocess.run(release, cwd=theirs, check=True, capture_output=True)
    (assignment,) = read_source(theirs, TheirPython()).read
    (notebook,) = assignment.assignment.notebooks
    answers = {
        "ada": {"square": "def square(x):\n    return x * x", "why": "By the product rule."},
        "bob": {"square": "def square(x):\n    return 2 * x"},
    }
    for student, written in answers.items():
        hand_in(theirs / f"submitted/{student}/ps1/squares.ipynb", notebook, written)
    follow("docs/nbgrader.md", tmp_path, monkeypatch)
    marks = earned(tmp_path, "ps1")
    assert marks == {
        "ada": {"square_test": 2, "why": None, "draw": None},
        "bob": {"square_test": 0, "why": 0, "draw": None},  # the answer was left as it was handed out
    }
    with closing(sqlite3.connect(theirs / "gradebook.db")) as database:
        rows = database.execute("select auto_score, needs_manual_grade from grade").fetchall()
    assert sorted(rows, key=str) == [(0.0, 0), (0.0, 0), (2.0, 0), (None, 1), (None, 1), (None, 1)]


@pytest.mark.soak
def test_an_otter_assignment_comes_to_its_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("otter")
    master = otter_course.write_master(tmp_path / "otter-course")
    (assignment,) = read_source(master, TheirPython(Path("/usr/bin/false"))).read
    (notebook,) = assignment.assignment.notebooks
    (answer,) = [cell.id for cell in notebook.cells if "def square" in cell.source]
    for student, body in {"ada": "x * x", "bob": "4"}.items():
        path = tmp_path / f"handed-in/{student}/squares.ipynb"
        hand_in(path, notebook, {answer: f"def square(x):\n    return {body}"})
    follow("docs/otter.md", tmp_path, monkeypatch)
    marks = earned(tmp_path, "squares")
    assert marks == {
        "ada": {"q1 - 1": 1, "q1 - 2": 1, "why": None},
        "bob": {"q1 - 1": 1, "q1 - 2": 0, "why": None},
    }
    table = (tmp_path / "numerics/exports/squares/final_grades.csv").read_text(encoding="utf-8")
    assert table.splitlines()[0].startswith("file,")
