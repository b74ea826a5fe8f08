"""A small course of another teacher's: what is said of wrong answers, by keys and variables."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENT

from autograder.domain.course import AssignmentSettings
from autograder.domain.report_json import to_json
from autograder.domain.submission import ReceivedBy, Submission
from autograder.errors import IsolationError
from autograder.grading.assignment import OpenAssignment
from autograder.grading.grade import grade
from autograder.notebook.released import Released
from autograder.questions.solutions import prepare
from autograder.sandbox.runner import Runner

LAB = Path(__file__).parent / "lab"
SUBMITTED = (LAB / "submitted.ipynb").read_bytes()
ONE_ROW = "def newton(grad, hess, w0, n_steps):\n    return np.zeros((1, len(w0)))"


@pytest.fixture(scope="module")
def lab() -> Iterator[Any]:
    """Grades a notebook of the lab: question by question, what JSON says of it."""
    solutions = prepare("lab", LAB / "solutions.py", secret=b"of the tests", limits=PATIENT)
    settings = AssignmentSettings("lab", "lab", weight=Fraction(1), limits=PATIENT)
    released = Released.from_content((LAB / "released.ipynb").read_bytes())
    at = datetime(2026, 10, 1, tzinfo=UTC)
    with Runner(accept_level=1) as runner:

        def graded(content: bytes) -> dict[str, Any]:
            submission = Submission("ada", "lab", content, at, ReceivedBy.SERVER, "lab.ipynb")
            try:
                report = grade(submission, OpenAssignment(settings, released, solutions), runner)
            except IsolationError as problem:
                pytest.skip(f"student code cannot be run here at all: {problem}")
            return {question["name"]: question for question in to_json(report)["questions"]}

        yield graded


def test_what_went_wrong_is_seen_without_the_author(lab: Any) -> None:
    told = lab(SUBMITTED)
    assert told["kmeans_step"]["sentence_values"]["inner"]["key"] == "rows.last"
    assert told["first_direction"]["sentence_key"] == "order.row_of_eigenvectors"
    assert told["logistic_grad"]["sentence_key"] == "slip.labels"
    assert told["logistic_grad"]["sentence_values"] == {"name": "y"}
    assert told["newton"]["mistake"] == "only_last"


def test_sizes_are_named_by_the_statement(lab: Any) -> None:
    """One row, where (n_steps + 1, d) is asked for: never `(1,) instead of (d, 1)`."""
    notebook = json.loads(SUBMITTED)
    for cell in notebook["cells"]:
        if "def newton" in "".join(cell["source"]):
            cell["source"] = ONE_ROW
    told = lab(json.dumps(notebook).encode())["newton"]
    assert told["sentence"] == "Your answer has shape (1, d) instead of (n_steps + 1, d)."
