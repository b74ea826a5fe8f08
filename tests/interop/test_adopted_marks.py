"""Marks of an assignment that was adopted from nbgrader go back into the gradebook it came from."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from nbgrader_course import answer, check, essay, write_notebook
from real_tools import needs, run

from autograder.cli.main import group
from tests.samples.exported_to_nbgrader import NbgraderCourse

ANSWER = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
TEST = "assert double(1) == 2\n### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS"


def command(at: Path, *arguments: str) -> Result:
    before = Path.cwd()
    os.chdir(at)
    try:
        return CliRunner().invoke(group, arguments)
    finally:
        os.chdir(before)


@pytest.mark.soak
@needs("nbgrader", "nbformat")
def test_each_graded_cell_has_its_score_and_a_lost_test_is_put_back(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    cells = [answer("double", ANSWER), check("t1", TEST), essay("why")]
    write_notebook(theirs / "source/ps1/problem1.ipynb", cells)
    run("nbgrader", "generate_assignment", "ps1", "--create", at=theirs)
    assert command(tmp_path, "adopt", str(theirs), "--to", str(ours)).exit_code == 0
    released = json.loads((theirs / "release/ps1/problem1.ipynb").read_text())
    for student, source, lost in (
        ("ada", "def double(x):\n    return x + x", ""),
        ("bob", "double = abs", "t1"),
    ):
        kept = [c for c in released["cells"] if c["metadata"]["nbgrader"]["grade_id"] != lost]
        for each in kept:
            if each["metadata"]["nbgrader"]["grade_id"] == "double":
                each["source"] = source
        place = tmp_path / "handed" / student / "problem1.ipynb"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps({**released, "cells": kept}))
    graded = command(ours, "grade", "ps1", str(tmp_path / "handed"), "--accept-isolation", "1", "-j", "1")
    assert graded.exit_code == 0, graded.output
    done = command(ours, "export", "ps1", "--to", "nbgrader", "--into", str(theirs))
    assert done.exit_code == 0, done.output
    course = NbgraderCourse.__new__(NbgraderCourse)
    course.theirs = theirs
    assert course.grades == {
        ("ada", "t1"): (2.0, None, False),
        ("ada", "why"): (0.0, None, False),
        ("bob", "t1"): (0.0, None, False),
        ("bob", "why"): (0.0, None, False),  # left as it was: nbgrader gives 0 by itself
    }
    shown = json.loads((theirs / "autograded/bob/ps1/problem1.ipynb").read_text())["cells"]
    [test] = [cell for cell in shown if cell["metadata"].get("nbgrader", {}).get("grade_id") == "t1"]
    assert "assert double(3) == 6" in "".join(test["source"])
    assert [output["output_type"] for output in test["outputs"]] == ["error"]
    refused = command(ours, "release", "ps1", "--to", "otter")
    assert "is adopted from another tool" in str(refused.exception)
