"""The real nbgrader and the real Otter give the marks that we give, on small courses of our own."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbgrader_course
import otter_course
import pytest
from handed_in import hand_in
from otter_checks import FIRST, QUESTIONS, spell_test_file

from autograder.adopting.adopt import adopt
from autograder.adopting.source import read_source
from autograder.adopting.their_tools import TheirPython

PYTHON = TheirPython()
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
SQUARE = "def square(x):\n    return {}"
ANSWERS = {
    "right": SQUARE.format("x * x"),
    "visible": SQUARE.format("4"),
    "wrong": SQUARE.format("2 * x + 1"),
    "raises": SQUARE.format("1 / 0"),
    "stub": "",
    "broken": "def square(x):\n    return (",
    "magics": "!ls\n%matplotlib inline\n%load_ext autoreload\n%time 1\n" + SQUARE.format("x * x"),
    "unknown": "%no_such_magic\n" + SQUARE.format("x * x"),
    "warns": "import warnings\n\n\ndef square(x):\n    warnings.warn('slow')\n    return x * x",
}
CASES = [
    nbgrader_course.cell("import numpy as np", locked=True, grade_id="imports"),
    nbgrader_course.answer("square"),
    nbgrader_course.check("square_test"),
    nbgrader_course.check("partial", "sum(square(k) == k * k for k in (2, 3)) / 2", 1),
    nbgrader_course.check("binds", "grid = np.arange(4)\nassert square(grid).shape == (4,)", 0.5),
    nbgrader_course.check("uses", "assert np.allclose(square(grid), grid**2)", 1.5),
    nbgrader_course.essay("why"),
]


def run(module: str, *arguments: str, folder: Path) -> None:
    """Run a tool, which must succeed."""
    command = [sys.executable, "-m", module, *arguments]
    environment = os.environ | {"PATH": PATH}
    environment.pop("PYTHONWARNINGS", None)  # a kernel would take it over, and warnings are part of the marks
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def grade(ours: Path, name: str, handed_in: Path) -> dict[str, dict[str, float | None]]:
    """What each student earned here, by test."""
    run("autograder", "grade", name, str(handed_in), "--out", "out", folder=ours)
    marks = {}
    for path in (ours / "out").glob("*/report.json"):
        questions = json.loads(path.read_text())["questions"]
        marks[path.parent.name] = {t["name"]: t["earned"] for q in questions for t in q.get("tests", ())}
    return marks


def test_a_warning_takes_every_test_that_meets_it_its_points(tmp_path: Path) -> None:
    """Python shows it once, a kernel in each cell: the real nbgrader gives 0 for all four."""
    course = tmp_path / "theirs"
    nbgrader_course.write_notebook(course / "source/ps1/squares.ipynb", CASES)
    (found,) = read_source(course, PYTHON).read
    (notebook,) = found.assignment.notebooks
    hand_in(tmp_path / "in/warns/squares.ipynb", notebook, {"square": ANSWERS["warns"], "why": "So."})
    adopt(course, tmp_path / "ours", python=PYTHON)
    (marks,) = grade(tmp_path / "ours", "ps1", tmp_path / "in").values()
    assert marks == {"square_test": 0, "partial": 0, "binds": 0, "uses": 0, "why": None}


def test_what_students_write_into_a_cell_that_nobody_marked_counts(tmp_path: Path) -> None:
    """nbgrader puts back locked cells alone: of any other, what the student made of it runs."""
    course = tmp_path / "theirs"
    stub = nbgrader_course.cell("def greet():\n    return '<your text>'")
    cells = [
        stub,
        nbgrader_course.check("t", "assert isinstance(greet(), str)"),
        nbgrader_course.check("u", "assert greet() == 'hi'"),
    ]
    path = nbgrader_course.write_notebook(course / "source/ps1/greet.ipynb", cells)
    (tmp_path / "in/anna").mkdir(parents=True)
    (tmp_path / "in/anna/greet.ipynb").write_text(path.read_text().replace("<your text>", "hi"))
    adopt(course, tmp_path / "ours", python=PYTHON)
    (marks,) = grade(tmp_path / "ours", "ps1", tmp_path / "in").values()
    assert marks == {"t": 2, "u": 2}


@pytest.mark.soak
def test_marks_are_those_of_nbgrader_autograde(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    nbgrader_course.write_notebook(theirs / "source/ps1/squares.ipynb", CASES)
    run("nbgrader", "generate_assignment", "ps1", "--create", folder=theirs)
    (found,) = read_source(theirs, PYTHON).read
    (notebook,) = found.assignment.notebooks
    for student, answer in ANSWERS.items():
        answers = {"square": answer} if answer else {}
        hand_in(theirs / f"submitted/{student}/ps1/squares.ipynb", notebook, answers)
    adopt(theirs, tmp_path / "ours", python=PYTHON)
    ours = grade(tmp_path / "ours", "ps1", theirs / "submitted")
    run("nbgrader", "autograde", "ps1", folder=theirs)
    with sqlite3.connect(theirs / "gradebook.db") as database:
        rows = database.execute(
            "select submitted_assignment.student_id, base_cell.name, grade.auto_score from grade"
            " join base_cell on base_cell.id = grade.cell_id"
            " join submitted_notebook on submitted_notebook.id = grade.notebook_id"
            " join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"
            " where base_cell.name != 'why'"
        ).fetchall()
    wanted: dict[str, dict[str, float]] = {}
    for student, name, score in rows:
        wanted.setdefault(student, {})[name] = score
    without = {
        student: {name: mark for name, mark in marks.items() if name != "why"}
        for student, marks in ours.items()
    }
    assert without == wanted


@pytest.mark.soak
def test_marks_are_those_of_otter_run(tmp_path: Path) -> None:
    master = otter_course.write_master(tmp_path / "hw")
    run("otter", "assign", master.name, str(tmp_path / "dist"), "--no-run-tests", folder=master.parent)
    (zipped,) = (tmp_path / "dist/autograder").glob("*.zip")
    (found,) = read_source(zipped, PYTHON).read
    (notebook,) = found.assignment.notebooks
    (answer,) = [cell.id for cell in notebook.cells if "def square" in cell.source]
    adopt(zipped, tmp_path / "ours", python=PYTHON)
    wanted = {}
    for student in ("right", "visible", "raises", "broken"):
        path = hand_in(tmp_path / f"in/{student}/squares.ipynb", notebook, {answer: ANSWERS[student]})
        folder = tmp_path / "otter" / student
        folder.mkdir(parents=True)
        run("otter", "run", str(path), "-a", str(zipped), "-o", str(folder), folder=tmp_path)
        tests = json.loads((folder / "results.json").read_text())["tests"]
        wanted[student] = sum(test.get("score", 0) for test in tests if test["name"] != "Public Tests")
    ours = grade(tmp_path / "ours", "squares", tmp_path / "in")
    assert {student: sum(marks.values()) for student, marks in ours.items()} == pytest.approx(wanted)


@pytest.mark.soak
def test_questions_are_right_where_otter_run_finds_them_right(tmp_path: Path) -> None:
    """Wherever in a cell their checks stand."""
    cells = [source for question in QUESTIONS.values() for source in question.cells]
    notebook = nbgrader_course.write_notebook(
        tmp_path / "hw.ipynb", [nbgrader_course.cell(source) for source in (FIRST, *cells)]
    )
    tests = {f"{name}.py": spell_test_file(name) for name in QUESTIONS}
    zipped = otter_course.write_zip(tmp_path / "autograder.zip", tests)
    run("otter", "run", str(notebook), "-a", str(zipped), "-o", str(tmp_path), folder=tmp_path)
    found = json.loads((tmp_path / "results.json").read_text())["tests"]
    scores = {test["name"]: test.get("score") for test in found if test["name"] != "Public Tests"}
    assert scores == {name: float(question.right) for name, question in QUESTIONS.items()}
