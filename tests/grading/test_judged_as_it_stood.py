"""An answer that was right where it stands keeps its marks, whatever a cell below does to a name it uses."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from test_submissions import CASES, Case, grade_sample

from autograder.domain.report import Outcome, Report
from autograder.sandbox.runner import Runner


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner(preload=("matplotlib.pyplot",), accept_level=1) as warm:
        yield warm


def graded_with(runner: Runner, *below: str, answers: str = "") -> Report:
    """The right notebook of homework 1, with a cell of answers before its end and these cells below it."""
    right = CASES["gradients-right"]
    notebook = json.loads(right.notebook)
    for source in (answers, *below):
        if source:
            cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
            notebook["cells"].append(cell | {"source": source, "id": f"added-{len(notebook['cells'])}"})
    case = Case("gradients", "as_it_stood", json.dumps(notebook).encode(), right.expected)
    return grade_sample(replace(case), runner)


@pytest.mark.parametrize(
    "cell",
    [
        "np = 3",
        "import math as np",
        "del quad_grad, ls_grad",
        "sum = 0\nlen = 1",
        "for quad_form in range(3):\n    pass",
        "def rel_error(a):\n    raise NotImplementedError",
        "with open('notes.txt', 'w') as ls_loss:\n    ls_loss.write('done')",
        "from numpy import *\ndel np",
        "%reset -f",
        "quad_grad = ls_grad = point_loss = None",
        "float = str",
        "globals().clear()",
        "exec('quad_grad = 3')",
        "np.dot = np.linalg.norm = None",
    ],
)
def test_a_name_bound_anew_below_costs_nothing(runner, cell):
    report = graded_with(runner, cell)
    assert {v.question: v.mark for v in report.verdicts if v.mark != 1} == {}


def test_wrong_values_count_as_well_as_errors(runner):
    answers = "TWICE = 2.0\n\ndef ls_hess(X):\n    return TWICE * X.T @ X\n"
    report = graded_with(
        runner, "assert np.shape(ls_hess(np.eye(2))) == (2, 2)", "TWICE = 1.0", answers=answers
    )
    [hessian] = [v for v in report.verdicts if v.question == "ls_hess"]
    assert hessian.mark == 1
    assert "`TWICE`" in str(hessian.notes[-1])


def test_an_array_that_is_changed_in_place_is_asked_before_it_was(runner):
    answers = "WEIGHTS = np.full(1, 2.0)\n\ndef ls_hess(X):\n    return WEIGHTS[0] * X.T @ X\n"
    report = graded_with(runner, "WEIGHTS *= 0", answers=answers)
    assert [v.question for v in report.verdicts if v.mark != 1] == []


@pytest.mark.parametrize(
    "cell",
    ["other = WEIGHTS\nother *= 0", "def spoil(a):\n    a[:] = 7\nspoil(WEIGHTS)", "np.copyto(WEIGHTS, 9)"],
)
def test_an_array_that_another_name_or_function_changes_is_asked_before_it_was(runner, cell):
    answers = "WEIGHTS = np.full(1, 2.0)\n\ndef ls_hess(X):\n    return WEIGHTS[0] * X.T @ X\n"
    report = graded_with(runner, cell, answers=answers)
    assert [v.question for v in report.verdicts if v.mark != 1] == []


@pytest.mark.parametrize(
    "answer",
    [
        "import functools\ndef g(k, X):\n    return k * X.T @ X\nls_hess = functools.partial(g, 2)",
        "class Hessian:\n    def __call__(self, X):\n        return 2 * X.T @ X\nls_hess = Hessian()",
        "def own(X):\n    return 2 * X.T @ X\nls_hess = own",
    ],
)
def test_an_answer_that_was_assigned_and_bound_anew_costs_nothing(runner, answer):
    right = CASES["gradients-right"]
    notebook = json.loads(right.notebook)
    [cell] = [c for c in notebook["cells"] if "".join(c["source"]).startswith("def ls_hess")]
    cell["source"] = answer
    last = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "id": "last"}
    notebook["cells"].append(last | {"source": "ls_hess = ls_hess(np.eye(2))"})
    case = Case("gradients", "as_it_stood", json.dumps(notebook).encode(), right.expected)
    assert [v.question for v in grade_sample(case, runner).verdicts if v.mark != 1] == []


def test_the_last_of_two_answers_is_the_answer(runner):
    """A second definition is a second answer: it is not the better of two that counts."""
    report = graded_with(runner, "def ls_hess(X):\n    return X.T @ X\n")
    [hessian] = [v for v in report.verdicts if v.question == "ls_hess"]
    assert hessian.mark < 1


def test_where_the_state_above_was_no_better_the_cell_is_still_named(runner):
    answers = "def ls_hess(X):\n    return X\n"
    report = graded_with(runner, "ls_hess = 3", answers=answers)
    [hessian] = [v for v in report.verdicts if v.question == "ls_hess"]
    assert hessian.outcome is Outcome.MISSING
    assert "put another value in place of `ls_hess`" in str(hessian.sentence)
