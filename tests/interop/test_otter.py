"""What is handed out answers `grader.check` of the real Otter, and runs as well without it."""

import json
from pathlib import Path

import numpy as np
import pytest
from course_files import NAMES, handed_out, solved
from real_tools import KERNEL, OTTER, needs, python

from autograder.domain.course import Limits
from autograder.domain.notebook import Cell, CellKind
from autograder.interop.otter import CELL, add_otter_tests, split_into_doctests
from autograder.notebook.assignment import read_assignment
from autograder.notebook.match import match
from autograder.notebook.read import read
from autograder.notebook.released import Released
from autograder.sandbox.runner import Runner


@needs("otter")
@pytest.mark.soak
def test_otter_passes_the_solved_notebooks_and_fails_the_untouched_ones(tmp_path: Path) -> None:
    """Every case of every question, of every assignment of this course."""
    for name in NAMES:
        (tmp_path / f"{name}-solved.ipynb").write_bytes(solved(name))
        (tmp_path / f"{name}-untouched.ipynb").write_bytes(handed_out(name).content)
    files = sorted(file.name for file in tmp_path.glob("*.ipynb"))
    told = python(OTTER, *files, at=tmp_path)
    for name in NAMES:
        asked = {s.name for s in handed_out(name).text.statements if s.examples}
        assert told[f"{name}-solved.ipynb"].keys() == told[f"{name}-untouched.ipynb"].keys() == asked
        for question, passed in told[f"{name}-solved.ipynb"].items():
            assert all(passed), f"{name}: {question}"
        for question, passed in told[f"{name}-untouched.ipynb"].items():
            assert not any(passed), f"{name}: {question}"


@pytest.mark.soak
@needs("otter", "nbclient", "ipykernel")
def test_grader_check_works_in_a_jupyter_kernel(tmp_path: Path) -> None:
    """The file has the name it was handed out under, so that Otter finds its tests."""
    files = {"solved": solved("gradients"), "untouched": handed_out("gradients").content}
    for folder, content in files.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "gradients.ipynb").write_bytes(content)
    told = python(KERNEL, *files, at=tmp_path)
    assert told["solved"]["failed"] == []
    all_of_them, one = told["solved"]["said"]
    assert all_of_them.count("All test cases passed!") == 10
    assert "All test cases passed!" in one
    assert all(id_.endswith("-examples") for id_ in told["untouched"]["failed"])
    all_of_them, one = told["untouched"]["said"]
    assert "All test cases passed!" not in all_of_them + one
    assert "NotImplementedError: Question 4" in one


@pytest.mark.parametrize("name", NAMES)
def test_no_test_is_hidden_and_none_is_more_than_an_example_of_the_notebook(name: str) -> None:
    handout = handed_out(name)
    examples = {s.name: "\n".join(s.examples) for s in handout.text.statements}
    for question, test in handout.document["metadata"]["otter"]["tests"].items():
        for case in test["suites"][0]["cases"]:
            assert case["hidden"] is False
            assert all(line[4:] in examples[question] for line in case["code"].splitlines())


@pytest.mark.parametrize(
    ("example", "cases"),
    [
        ("assert a", [">>> assert a"]),
        ("# Two.\nassert a\nassert b", [">>> assert a", ">>> assert b"]),
        ("x = 1\nassert x\ny = 2", [">>> x = 1\n>>> assert x\n>>> y = 2"]),
        ("x = 1; assert x", [">>> x = 1; assert x"]),
        ('assert """a\n\n  b"""', ['>>> assert """a\n...\n...   b"""']),
    ],
)
def test_each_assert_is_a_case_with_what_stands_before_it(example: str, cases: list[str]) -> None:
    assert list(split_into_doctests(example)) == cases


def test_without_otter_or_under_another_name_the_cell_says_what_to_do_instead(tmp_path: Path) -> None:
    start = next(cell for cell in handed_out("gradients").document["cells"] if cell["id"] == CELL)
    space: dict[str, object] = {"np": np}
    exec("".join(start["source"]), space)
    grader = space["grader"]
    assert "Run the cells of examples" in grader.check("quad_grad")  # type: ignore[attr-defined]
    assert "Run the cells of examples" in grader.check_all()  # type: ignore[attr-defined]


def test_the_cell_disturbs_no_matching_whether_it_is_there_or_not() -> None:
    handout = handed_out("gradients")
    released = Released.from_text(handout.text)
    with_it = match(read(handout.content), released)
    cells = [cell for cell in handout.document["cells"] if cell["id"] != CELL]
    without = match(read(json.dumps({**handout.document, "cells": cells}).encode()), released)
    assert with_it.notes == without.notes == ()
    assert with_it.stubs == without.stubs == released.questions.keys()
    assert len(with_it.notebook.cells) == len(without.notebook.cells) + 1


def test_grading_does_not_load_otter() -> None:
    """It takes seconds; the sealed process has no file of that name."""
    handout = handed_out("gradients")
    found = match(read(handout.content), Released.from_text(handout.text))
    asks = 'import sys\nassert "otter" not in sys.modules\nassert "Otter" in grader.check("quad_grad")'
    cells = [cell for cell in found.notebook.cells if "grader" in cell.source]
    cells.append(Cell(CellKind.CODE, asks, 99))
    with Runner(accept_level=1) as runner, runner.start(cells, Limits()) as run:
        assert [cell.ending.value for cell in run.cells] == ["ran"] * 2


def test_a_notebook_whose_author_starts_otter_keeps_that_cell_alone() -> None:
    handout = handed_out("gradients")
    again = add_otter_tests(handout.document, read_assignment(handout.content), file="gradients.ipynb")
    assert again == handout.document
