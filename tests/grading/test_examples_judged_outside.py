"""What is shown as passed holds for the values that came back, whatever the notebook did to its process."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from patience import PATIENT

from autograder.course.opened import open_course
from autograder.domain.report import Report
from autograder.domain.submission import ReceivedBy, Submission
from autograder.errors import IsolationError
from autograder.grading.assignment import OpenAssignment
from autograder.grading.examples import prepare_examples
from autograder.grading.grade import grade
from autograder.sandbox.runner import Runner

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def gradients() -> OpenAssignment:
    opened = open_course(ROOT).assignment("gradients")
    return replace(opened, settings=replace(opened.settings, limits=PATIENT))


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner(preload=("matplotlib.pyplot",)) as made:
        try:
            made.isolation  # noqa: B018 - launches the server
        except IsolationError as error:
            pytest.skip(f"this machine cannot confine student code: {error}")
        yield made


def graded(gradients: OpenAssignment, runner: Runner, *sources: str, case: str = "right") -> Report:
    file = json.loads((ROOT / "tests/submissions/gradients" / case / "notebook.ipynb").read_text())
    for source in sources:
        cell = {"cell_type": "code", "id": "x", "metadata": {}, "outputs": [], "source": source}
        file["cells"].insert(0, cell | {"execution_count": None})
    submission = Submission(
        student="ada",
        assignment="gradients",
        content=json.dumps(file).encode(),
        received=datetime(2026, 10, 1, 12, tzinfo=UTC),
        received_by=ReceivedBy.SERVER,
        filename="gradients.ipynb",
    )
    return grade(submission, gradients, runner)


HOLDS_ALWAYS = "import numpy as np\nnp.allclose = np.isclose = lambda *a, **k: True"
SHAPES = "np.shape = lambda *a: type('T', (tuple,), {'__eq__': lambda *a: True})()"


def test_every_example_of_the_course_can_be_judged_here(gradients: OpenAssignment) -> None:
    prepared = prepare_examples(gradients)
    for statement in gradients.released.text.statements:
        assert set(statement.examples) == set(prepared[statement.name].examples), statement.name


def test_right_answers_pass_every_example(gradients, runner) -> None:
    report = graded(gradients, runner)
    assert report.score == report.points
    assert all(run.passed for verdict in report.verdicts for run in verdict.examples)


@pytest.mark.parametrize("patch", [HOLDS_ALWAYS, f"{HOLDS_ALWAYS}\n{SHAPES}"], ids=["values", "shapes too"])
def test_patched_comparisons_pass_no_example(gradients, runner, patch: str) -> None:
    """The same are shown as failed as without the patch."""
    honest = graded(gradients, runner, case="wrong_formulas")
    patched = graded(gradients, runner, patch, case="wrong_formulas")
    failed = {v.question for v in honest.verdicts if not all(run.passed for run in v.examples)}
    assert failed
    for verdict in patched.verdicts:
        assert all(run.passed for run in verdict.examples) == (verdict.question not in failed)
