"""A question may ask for a variable: it is judged by its value, and spoken of as a variable."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_questions import prepared, student

from autograder.check.assignment import check
from autograder.domain.course import AssignmentSettings, Limits
from autograder.domain.report import Outcome, Verdict
from autograder.domain.submission import ReceivedBy, Submission
from autograder.grading.assignment import OpenAssignment
from autograder.grading.explain import explain
from autograder.grading.grade import grade
from autograder.notebook.assignment import read_assignment
from autograder.notebook.released import Released
from autograder.notebook.solved import solve
from autograder.questions.judge import judge
from autograder.questions.solutions import load, prepare
from autograder.questions.source import answers_to
from autograder.questions.variable import literal
from autograder.sandbox.runner import Runner

SOLUTIONS = '''
def best():
    return np.linalg.solve(np.array([[2.0, 0.0], [0.0, 4.0]]), np.ones(2))

w_best = variable("w_best", points="3/2", reference=best)
count = variable("count", points=1, reference=3, compare="exact")

@w_best.mistake(credit=0.5)
def without_factor():
    """A factor is missing in your gradient. Differentiate once more."""
    return np.array([1.0, 0.5])

@w_best.alternate
def by_hand():
    return [0.5, 0.25]
'''


@pytest.fixture
def verdict(module: Callable[[str], Path]) -> Callable[..., Verdict]:
    """The verdict on a value of `w_best`, or on a notebook without it."""

    def judged(*values: Any) -> Verdict:
        held = {"w_best": lambda: values[0]} if values else {}
        return judge(prepared(module(SOLUTIONS))["w_best"], student(**held), seconds=5.0)

    return judged


def test_the_right_value_earns_everything(verdict) -> None:
    """However it is written."""
    for value in (np.array([0.5, 0.25]), [0.5, 0.25], (0.5, 0.25)):
        assert (verdict(value).mark, verdict(value).points) == (1, Fraction(3, 2))


def test_a_mistake_is_recognised(verdict) -> None:
    told = verdict(np.array([1.0, 0.5]))
    assert (told.mark, told.mistake) == (Fraction(1, 2), "without_factor")
    assert str(told.sentence) == "A factor is missing in your gradient."


def test_a_stub_is_not_attempted_and_an_undefined_name_is_missing(verdict) -> None:
    assert verdict(...).outcome is Outcome.NOT_ATTEMPTED
    assert "`w_best` is still `...`" in str(verdict(...).sentence)
    assert verdict().outcome is Outcome.MISSING
    assert "no variable called `w_best`" in str(verdict().sentence)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "Your variable holds None: was it assigned?"),
        ("text", "Your variable holds"),
        (np.array([[0.5, 0.25]]), "`np.ndim` of your answer is 2"),
        (np.array([np.nan, 0.25]), "NaN"),
        (np.array([7.0, -3.0]), "What your variable holds is not what is asked for."),
        (object(), "Your variable holds"),
    ],
)
def test_what_is_wrong_with_a_value_is_said_of_a_variable(verdict, value: Any, said: str) -> None:
    told = verdict(value)
    assert said in str(told.sentence)
    assert "function" not in " ".join(map(str, (told.sentence, *told.advice)))


def test_a_value_can_be_written_into_the_solved_notebook() -> None:
    for value in (np.arange(3), np.array([[0.1, np.inf]]), (1.5,), {"a": [np.float64(2.5), None]}, "x", True):
        again = eval(literal(value), {"np": np})
        assert repr(again) == repr(value) or np.array_equal(again, value)


def notebook(*answers: str) -> bytes:
    best, count = answers or ("w_best = ...", "count = ...")
    cells = [
        ("markdown", "# Small"),
        ("code", "import numpy as np"),
        ("markdown", "## 1. The minimiser (1.5 points)\n\nWhich $w$ is best?"),
        ("code", best),
        ("code", "assert np.shape(w_best) == (2,)"),
        ("markdown", "## 2. A count (1 point)\n\nHow many?"),
        ("code", count),
    ]
    written = [
        {"cell_type": kind, "source": source, "metadata": {}}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for kind, source in cells
    ]
    return json.dumps({"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


@pytest.fixture
def assignment(module: Callable[[str], Path]) -> OpenAssignment:
    solutions = prepare("small", module(SOLUTIONS), secret=b"x", limits=Limits())
    return OpenAssignment(
        AssignmentSettings("small", "Small", Fraction(1)), Released.from_content(notebook()), solutions
    )


def handed_in(content: bytes) -> Submission:
    return Submission("ada", "small", content, datetime(2026, 10, 1, tzinfo=UTC), ReceivedBy.SERVER)


def test_variables_of_a_notebook_are_judged_in_the_sandbox(assignment: OpenAssignment) -> None:
    """Answered, untouched, and undone by a copied stub; for appeals the value is shown."""
    with Runner(accept_level=1) as runner:
        right = grade(handed_in(notebook("w_best = np.array([1, 0.5]) / 2", "count = 3")), assignment, runner)
        assert [verdict.outcome for verdict in right.verdicts] == [Outcome.RIGHT] * 2
        assert right.verdicts[0].examples[0].passed
        untouched = grade(handed_in(notebook()), assignment, runner)
        assert [verdict.outcome for verdict in untouched.verdicts] == [Outcome.NOT_ATTEMPTED] * 2
        wrong = handed_in(notebook("w_best = np.array([1.0, 0.5])", "count = True"))
        report = grade(wrong, assignment, runner)
        assert [verdict.mark for verdict in report.verdicts] == [Fraction(1, 2), 0]
        told = "\n".join(explain(wrong, assignment, runner))
    assert "expected  array([0.5 , 0.25])" in told
    assert "answered  array([1. , 0.5])" in told


def test_an_assignment_with_variables_is_proven_and_solved(module: Callable[[str], Path]) -> None:
    file = module(SOLUTIONS)
    text = read_assignment(notebook())
    solutions = prepare("small", file, secret=b"x", limits=Limits())
    assert check(text, solutions, notebook="small.ipynb", module="small.py").flaws == ()
    solved = json.loads(solve(notebook(), answers_to(file, load(file))))
    sources = ["".join(cell["source"]) for cell in solved["cells"]]
    assert sources[3] == "w_best = np.array([0.5, 0.25])"
    assert sources[6] == "count = 3"
