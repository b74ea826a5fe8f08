"""Marks of an assignment that was adopted from nbgrader go back into the gradebook it came from."""

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from formgrader_pages import open_formgrader, read_scores, serve_formgrader
from nbgrader_course import answer, check, essay, task, write_notebook
from real_tools import needs, run

from autograder.cli.main import group
from tests.samples.exported_to_nbgrader import NbgraderCourse

ANSWER = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
TEST = "assert double(1) == 2\n### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS"

DOUBLED = "def double(x):\n    return x + x\nprint('doubled')"
TRIPLED = "def triple(x):\n    return 3 * x\nprint('tripled')"
TRIPLE, TEST_TRIPLE = ANSWER.replace("double", "triple").replace("2 *", "3 *"), "assert triple(2) == 6"


def command(at: Path, *arguments: str) -> Result:
    before = Path.cwd()
    os.chdir(at)
    try:
        return CliRunner().invoke(group, arguments)
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with theirs, an nbgrader course, and ours, in which it was graded and sent back."""
    tmp_path = tmp_path_factory.mktemp("exported")
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    write_notebook(
        theirs / "source/ps1/problem1.ipynb",
        [answer("double", ANSWER), check("t1", TEST), check("t1b", "assert double(0) == 0", 1), essay("why")],
    )
    write_notebook(
        theirs / "source/ps1/problem2.ipynb",
        [answer("triple", TRIPLE), check("t2", TEST_TRIPLE, 3), task("free", 0), task("draw")],
    )
    run("nbgrader", "generate_assignment", "ps1", "--create", at=theirs)
    assert command(tmp_path, "adopt", str(theirs), "--to", str(ours)).exit_code == 0
    for student, double, triple, why, lost in (
        ("ada", DOUBLED, TRIPLED, "Because.", ""),
        ("bob", "double = abs", "triple = abs", "", "t1"),
        ("eve", "def double(x):\n    return 2 * x", "", "So.", ""),
    ):
        for notebook in ("problem1", "problem2") if triple else ("problem1",):
            released = json.loads((theirs / f"release/ps1/{notebook}.ipynb").read_text())
            kept = [c for c in released["cells"] if c["metadata"]["nbgrader"]["grade_id"] != lost]
            typed = {"double": double, "triple": triple, "why": why}
            for each in kept:
                name = each["metadata"]["nbgrader"]["grade_id"]
                each["source"] = typed.get(name) or each["source"]
            if student == "ada" and notebook == "problem2":
                kept.append({"cell_type": "markdown", "metadata": {}, "source": "My drawing.", "id": "mine"})
            place = tmp_path / "handed" / student / f"{notebook}.ipynb"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(json.dumps({**released, "cells": kept}))
    graded = command(ours, "grade", "ps1", str(tmp_path / "handed"), "--accept-isolation", "1", "-j", "1")
    assert graded.exit_code == 0, graded.output
    done = command(ours, "export", "ps1", "--to", "nbgrader", "--into", str(theirs))
    assert done.exit_code == 0, done.output
    return tmp_path


def course_in(theirs: Path) -> NbgraderCourse:
    course = NbgraderCourse.__new__(NbgraderCourse)
    course.theirs = theirs
    return course


@pytest.mark.soak
@needs("nbgrader", "nbformat", "jupyter_server")
def test_formgrader_shows_the_marks_beside_their_cells(exported: Path, tmp_path: Path) -> None:
    """In a real browser: each box has the score of its test, with the statement at which that stopped."""
    course = course_in(shutil.copytree(exported / "theirs", tmp_path / "theirs"))
    query = (
        "select student_id, notebook.name, submitted_notebook.id from submitted_notebook join"
        " submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"
        " join notebook on notebook.id = submitted_notebook.notebook_id"
    )
    ids = {(student, notebook): id_ for student, notebook, id_ in course.ask(query)}
    with serve_formgrader(course.theirs, tmp_path) as address, open_formgrader() as page:
        page.goto(f"{address}/formgrader/gradebook/ps1")
        page.wait_for_selector("text=problem1")
        assert read_scores(page, address, ids["ada", "problem1"]) == ["2", "1", None]
        assert read_scores(page, address, ids["ada", "problem2"]) == ["3", None, None]
        assert read_scores(page, address, ids["bob", "problem1"]) == ["0", "1", "0"]
        assert "The cell of this test is missing" in page.content()
        assert read_scores(page, address, ids["bob", "problem2"]) == ["0", None, None]
        told = page.content()
        assert "The test of this question does not pass." in told and "assert triple(2) == 6" in told
        if (wanted := os.environ.get("AUTOGRADER_PICTURES")) is not None:
            page.screenshot(path=f"{wanted}/formgrader-adopted.png", full_page=True)


@pytest.mark.soak
@needs("nbgrader", "nbformat")
def test_each_graded_cell_has_its_score_and_a_lost_test_is_put_back(exported: Path) -> None:
    theirs, ours = exported / "theirs", exported / "ours"
    course = course_in(theirs)
    assert course.grades == {
        ("ada", "t1"): (2.0, None, False),
        ("ada", "t1b"): (1.0, None, False),
        ("ada", "why"): (None, None, True),
        ("ada", "t2"): (3.0, None, False),
        ("ada", "draw"): (None, None, True),
        ("ada", "free"): (None, None, True),  # of 0 points: nbgrader asks for a person, and counts it
        ("bob", "t1"): (0.0, None, False),
        ("bob", "t1b"): (1.0, None, False),
        ("bob", "why"): (0.0, None, False),  # left as it was: nbgrader gives 0 by itself
        ("bob", "t2"): (0.0, None, False),
        ("bob", "draw"): (None, None, True),
        ("bob", "free"): (None, None, True),
        ("eve", "t1"): (2.0, None, False),
        ("eve", "t1b"): (1.0, None, False),
        ("eve", "why"): (None, None, True),
        ("eve", "t2"): (0.0, None, False),
        ("eve", "draw"): (0.0, None, False),
        ("eve", "free"): (0.0, None, False),
    }
    # Of two tests below one answer, the comment names the one it is about.
    [[told]] = course.ask("select auto_comment from comment where auto_comment like '%t1%'")
    assert told == "t1: Not found: 0 of 2 points. The cell of this test is missing from your notebook."
    # What running the cells of each notebook gave stands in it.
    for notebook, printed in (("problem1", "doubled\n"), ("problem2", "tripled\n")):
        cells = json.loads((theirs / f"autograded/ada/ps1/{notebook}.ipynb").read_text())["cells"]
        assert [output["text"] for cell in cells for output in cell.get("outputs", ())] == [[printed]]
    missing = (theirs / "autograded/eve/ps1/problem2.ipynb").read_text()
    assert "No notebook for this question" in missing and "cannot be read" not in missing
    # What was not handed in is not put among what was.
    handed_in = sorted(path.name for path in (theirs / "submitted/eve/ps1").glob("*.ipynb"))
    assert handed_in == ["problem1.ipynb"]
    shown = json.loads((theirs / "autograded/bob/ps1/problem1.ipynb").read_text())["cells"]
    [test] = [cell for cell in shown if cell["metadata"].get("nbgrader", {}).get("grade_id") == "t1"]
    assert "assert double(3) == 6" in "".join(test["source"])
    assert [output["output_type"] for output in test["outputs"]] == ["error"]
    # Marks that a person types in formgrader come back: of what waits as marks by hand, else as decisions.
    course.give("ada", "why", 2.0)
    # A cell that is answer and test is two there; the comment is the answer's.
    course.change(
        "update comment set manual_comment = 'Say which rule.' where cell_id in (select id from base_cell"
        " where name = 'why' and type = 'SolutionCell') and notebook_id in (select submitted_notebook.id from"
        " submitted_notebook join submitted_assignment on submitted_assignment.id ="
        " submitted_notebook.assignment_id where submitted_assignment.student_id = 'ada')"
    )
    course.give("ada", "draw", 4.0)
    course.give("ada", "free", 0.0)
    course.give("bob", "t2", 1.0, "Half of it.", home="triple")
    course.give("bob", "draw", 9.0)
    taken = command(ours, "mark", "ps1", "--from", "nbgrader", str(theirs))
    assert "2 marks by hand and 1 decision on questions recorded, 0 unchanged" in taken.output, taken.output
    assert "draw was given 9 of 4 points" in taken.stderr
    report = json.loads((ours / "reports/ps1/ada/report.json").read_text())["questions"]
    told = {
        each["name"]: (each["outcome"], each["comment"]) for each in report if each["outcome"] == "marked"
    }
    assert told == {"why": ("marked", "Say which rule."), "draw": ("marked", "")}
    scores = json.loads(command(ours, "grades", "--json").stdout)
    assert (scores["ada"]["ps1"], scores["bob"]["ps1"]) == (12, None)  # what people gave counts
    assert "autograder mark ps1" in command(ours, "todo").stdout
    again = command(ours, "mark", "ps1", "--from", "nbgrader", str(theirs))
    assert "0 marks by hand and 0 decisions on questions recorded, 3 unchanged" in again.output, again.output
    sheet = command(ours, "mark", "ps1", "--names")
    assert "“why”, 2 copies, 0 of them empty, 1 marked" in sheet.output
    assert "My drawing." in (ours / "marking/ps1/draw.html").read_text()
    assert "2 for the axes" in (ours / "marking/ps1/draw.html").read_text()  # the scheme, for who marks
