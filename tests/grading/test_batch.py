"""A batch of submissions: what goes wrong with one concerns that one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from autograder.access import write_whole
from autograder.domain.course import AssignmentSettings, Limits
from autograder.domain.submission import ReceivedBy, Submission
from autograder.errors import IsolationError
from autograder.grading.assignment import OpenAssignment
from autograder.grading.batch import grade_batch
from autograder.grading.grader import Grader, GraderRecipe
from autograder.grading.workers import ThisProcess
from autograder.notebook.released import Released
from autograder.questions.solutions import prepare
from autograder.sandbox.interpreter import this_interpreter

NOTEBOOK = b"""{"cells": [
 {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Doubling"},
 {"cell_type": "markdown", "id": "b", "metadata": {}, "source": "## 1. Double (2 points)\\n\\nReturn 2x."},
 {"cell_type": "code", "id": "c", "metadata": {}, "outputs": [], "execution_count": null,
  "source": "def double(x):\\n    \\"\\"\\"x: float -> float\\"\\"\\"\\n    raise NotImplementedError"}
], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"""
SOLUTIONS = """
from autograder import core, question

@question(points=2)
def double(x):
    return 2.0 * x

@double.cases
def _(rng):
    yield core("one", 1.5)
    yield core("two", -2.5)
"""


@pytest.fixture
def assignment(tmp_path: Path) -> OpenAssignment:
    module = tmp_path / "doubling.py"
    module.write_text(SOLUTIONS, encoding="utf-8")
    limits = Limits()
    solutions = prepare("doubling", module, secret=b"x" * 32, limits=limits)
    return OpenAssignment(
        AssignmentSettings("doubling", "Doubling", Fraction(1), limits=limits),
        Released.from_content(NOTEBOOK),
        solutions,
    )


def submissions(*students: str) -> Iterator[Submission]:
    for student in students:
        received = datetime(2026, 10, 1, tzinfo=UTC)
        yield Submission(student, "doubling", NOTEBOOK, received, ReceivedBy.SERVER, "doubling.ipynb")


class Clumsy:
    """Stands in for a runner, and fails on purpose."""

    def __init__(self, error: Exception) -> None:
        self._error = error
        self.interpreter = this_interpreter()

    def start(self, *_: object, **__: object) -> object:
        raise self._error

    def close(self) -> None:
        pass


def clumsy_recipe(assignment: OpenAssignment, error: Exception) -> GraderRecipe:
    return lambda: Grader(assignment, Clumsy(error), lambda report: f"page of {report.student}")  # type: ignore[arg-type]


def test_an_error_of_ours_on_one_submission_leaves_a_report_that_asks_for_a_person(
    assignment: OpenAssignment,
) -> None:
    """No student gets a mark by it, and the batch goes on."""
    recipe = clumsy_recipe(assignment, KeyError("ours"))

    graded = list(grade_batch(submissions("a", "b"), recipe, ThisProcess()))

    assert [one.report.student for one in graded] == ["a", "b"]
    assert all(one.report.needs_person and one.report.score is None for one in graded)


def test_a_machine_that_cannot_seal_ends_the_run_before_anything_is_graded(
    assignment: OpenAssignment,
) -> None:
    """IsolationError reaches the instructor as a sentence; no report is written."""
    recipe = clumsy_recipe(assignment, IsolationError("no Landlock"))

    with pytest.raises(IsolationError):
        list(grade_batch(submissions("a"), recipe, ThisProcess()))


def test_a_report_file_is_whole_or_not_there(tmp_path: Path) -> None:
    """A crash while writing leaves the old file."""
    write_whole(tmp_path / "report.html", "old")

    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "report.html", "new \udc80")

    assert (tmp_path / "report.html").read_text("utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
