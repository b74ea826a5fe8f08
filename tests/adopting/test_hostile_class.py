"""Some of a class hand in what harms: everybody else has the marks that they have alone."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nbgrader_course as sample
import otter_course
import pytest
from handed_in import hand_in
from marking_course import Course

from autograder.adopting.adopt import adopt
from autograder.adopting.their_tools import TheirPython
from autograder.foreign.model import read_assignment_file

pytestmark = pytest.mark.soak
SQUARE = "def square(x):\n    return {}"
HONEST = {
    "right": SQUARE.format("x * x"),
    "half": SQUARE.format("4"),
    "wrong": SQUARE.format("x + 1"),
    "stub": "",
}
HOSTILE = {
    "endless": "while True:\n    pass",
    "asleep": "import time\ndef square(x):\n    time.sleep(10 ** 6)",
    "bomb": "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
    "threads": "import threading, time\nfor _ in range(10 ** 5):\n"
    "    threading.Thread(target=time.sleep, args=(10 ** 6,)).start()",
    "killed": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "killer": "import os, signal\nfor pid in range(2, 40_000):\n    try:\n"
    "        os.kill(pid, signal.SIGKILL)\n    except OSError:\n        pass",
    "left": "import os\ndef square(x):\n    os._exit(0)",
    "memory": "kept = []\nwhile True:\n    kept.append(bytearray(1 << 24))",
    "disk": "with open('big', 'wb') as file:\n    while True:\n        file.write(bytes(1 << 20))",
    "printing": "while True:\n    print('x' * 1000)",
}
UNREADABLE = {
    "empty": b"",
    "zip": b"PK\x03\x04 no zip",
    "cut": b'{"cells": [{"cell_type": "code", "source": "',
    "deep": b"[" * 100_000,
    "table": b'{"cells": 7, "nbformat": 4}',
}


def of_nbgrader(folder: Path) -> str:
    sample.write_notebook(
        folder / "theirs/source/ps1/squares.ipynb",
        [sample.answer("square"), sample.check("square_test"), sample.essay("why")],
    )
    adopt(folder / "theirs", folder / "ours", python=TheirPython())
    return "ps1"


def of_otter(folder: Path) -> str:
    cells = [
        sample.cell('import otter\ngrader = otter.Notebook("squares.ipynb")'),
        sample.cell("def square(x):\n    ..."),
        sample.cell('grader.check("q1")'),
    ]
    sample.write_notebook(folder / "dist/student/squares.ipynb", cells)
    cells[1]["source"] = HONEST["right"]
    sample.write_notebook(folder / "dist/autograder/squares.ipynb", cells)
    path = folder / "dist/autograder/squares-autograder.zip"
    adopt(
        otter_course.write_zip(path, {"q1.py": otter_course.OK_TEST}), folder / "ours", python=TheirPython()
    )
    return "squares"


def marks(course: Course, name: str, student: str) -> list[float | None]:
    report = json.loads((course.folder / f"reports/{name}/{student}/report.json").read_text())
    return [test["earned"] for question in report["questions"] for test in question.get("tests", ())]


@pytest.mark.parametrize("make", [of_nbgrader, of_otter])
def test_what_some_hand_in_costs_nobody_else_a_mark(make: Callable[[Path], str], tmp_path: Path) -> None:
    name = make(tmp_path)
    course = Course.__new__(Course)
    course.folder = tmp_path / "ours"
    settings = course.folder / "course.toml"
    limits = (
        "\n[assignments.{}.limits]\nseconds_per_cell = 8\nseconds = 30\nscratch_mb = 8\nmemory_mb = 900\n"
    )
    settings.write_text(settings.read_text() + limits.format(name))
    [notebook] = read_assignment_file(course.folder / "adopted" / name).notebooks
    answer = next(cell.id for cell in notebook.cells if "def square" in cell.source)
    lying = course.folder / "submissions" / name

    def put(student: str, source: str) -> None:
        hand_in(lying / student / "squares.ipynb", notebook, {answer: source} if source else {})

    for student, source in HONEST.items():
        put(student, source)
    command = ("grade", name, "-j", "2", "--accept-isolation", "1")
    assert course.run(*command).exit_code == 0
    alone = {student: marks(course, name, student) for student in HONEST}
    assert alone["right"] != alone["wrong"]

    # The same class anew, each of the honest between two that harm.
    for folder in (lying, course.folder / ".autograder", course.folder / "reports"):
        shutil.rmtree(folder)
    for student, source in HOSTILE.items():
        put(student, source)
    for student, content in UNREADABLE.items():
        (lying / student).mkdir(parents=True)
        (lying / student / "squares.ipynb").write_bytes(content)
    for copy in range(3):
        for student, source in HONEST.items():
            put(f"{student}{copy}", source)
    done = course.run(*command)
    assert "Traceback" not in done.output, done.output
    for student, wanted in alone.items():
        for copy in range(3):
            assert marks(course, name, f"{student}{copy}") == wanted, (student, copy)
    for student in HOSTILE:
        earned = marks(course, name, student)
        assert earned[0] == 0, (student, earned)
    for student in UNREADABLE:
        assert student in done.output, "each is told"
