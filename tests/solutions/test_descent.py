"""Homework 3 keeps its promises: honest work earns everything, a wrong trajectory is told where it leaves."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from homework import Homework, verdicts

from autograder.domain.report import Outcome
from autograder.sandbox.runner import Runner

HOMEWORK = Homework("descent")


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner(preload=("matplotlib.pyplot",)) as runner:
        yield runner


def test_the_notebook_asks_eight_questions_and_a_figure_for_twenty_points() -> None:
    assert [statement.written for statement in HOMEWORK.text.statements] == [False] * 8 + [True]
    assert HOMEWORK.text.points == 20


@pytest.mark.soak
def test_references_alternates_and_mistakes_earn_what_is_declared() -> None:
    assert HOMEWORK.checked().flaws == ()
    assert HOMEWORK.limits_unsaid() == []


@pytest.mark.parametrize(
    "answer", [0.0, 1.0, None, True, np.zeros((9, 3)), np.zeros(11), "monotone", (1.0, 1.0)]
)
def test_a_constant_earns_nearly_nothing(answer: object) -> None:
    for prepared in HOMEWORK.solutions.questions:
        verdict = HOMEWORK.verdict(prepared.question.name, lambda *_, **__: answer)
        assert verdict.mark is not None
        assert verdict.mark < Fraction(1, 5)


def test_a_solved_notebook_earns_everything_that_is_judged_in_the_sandbox(runner: Runner) -> None:
    report = HOMEWORK.graded(HOMEWORK.solved(), runner)
    *judged, figure = report.verdicts
    assert {verdict.outcome for verdict in judged} == {Outcome.RIGHT}
    assert figure.outcome is Outcome.AWAITING_MARK
    assert all(example.passed for verdict in judged for example in verdict.examples)


def test_an_untouched_notebook_attempts_nothing(runner: Runner) -> None:
    *judged, _figure = HOMEWORK.graded(HOMEWORK.released, runner).verdicts
    assert {verdict.outcome for verdict in judged} == {Outcome.NOT_ATTEMPTED}


INCREASE_ALLOWED = """
def armijo_step(f, grad, w, gamma0=1.0, beta=0.5, c=1e-4):
    gamma = gamma0
    while f(w - gamma * grad(w)) > f(w) + c * gamma * np.dot(grad(w), grad(w)):
        gamma *= beta
    return gamma
"""


def test_a_descent_that_calls_a_wrong_search_keeps_nine_tenths(runner: Runner) -> None:
    """The descent hands the functions it was given on to our search: each asks the other side in turn."""
    told = verdicts(HOMEWORK.graded(HOMEWORK.solved({"armijo_step": INCREASE_ALLOWED}), runner))
    assert told["armijo_step"].mistake == "increase_allowed"
    assert told["gd_backtracking"].mark == Fraction(9, 10)


def descending(step: Callable[..., Any]) -> Callable[..., Any]:
    """An answer to `gd` whose steps are `step(grad, trajectory so far, gamma)`."""

    def answer(grad: Callable[..., Any], w0: Any, gamma: float, n_steps: int) -> Any:
        trajectory = [np.array(w0, dtype=float)]
        for _ in range(n_steps):
            trajectory.append(trajectory[-1] + step(grad, trajectory, gamma))
        return np.array(trajectory)

    return answer


STEPS: dict[str, Callable[..., Any]] = {
    "Row 1 is the first wrong one (row 0 is the start): the step lacks the factor gamma": (
        lambda grad, rows, gamma: -grad(rows[-1])
    ),
    "Row 1 is the first wrong one (row 0 is the start): the step goes in another direction than the gradient "
    "tells; the gradient was never asked for at your row 0.": (
        lambda grad, rows, gamma: -gamma * grad(rows[-1] + np.arange(1.0, 1 + len(rows[-1])))
    ),
    "Row 2 is the first wrong one (row 0 is the start): it takes the step to row 1 once more": (
        lambda grad, rows, gamma: -gamma * grad(rows[max(len(rows) - 2, 0)])
    ),
    "Row 1 is the first wrong one (row 0 is the start): it repeats row 0": (
        lambda grad, rows, gamma: 0.0 * rows[0]
    ),
    "Row 1 is the first wrong one (row 0 is the start): the step is 1/2 times as long": (
        lambda grad, rows, gamma: -gamma / 2 * grad(rows[-1])
    ),
    "Row 3 is the first wrong one (row 0 is the start): the step has the right length, but goes uphill": (
        lambda grad, rows, gamma: (-gamma if len(rows) < 3 else gamma) * grad(rows[-1])
    ),
}


@pytest.mark.parametrize("sentence", STEPS)
def test_the_first_wrong_iterate_is_named_with_what_it_is_instead(sentence: str) -> None:
    assert str(HOMEWORK.verdict("gd", descending(STEPS[sentence])).sentence).startswith(sentence)


def test_of_right_numbers_in_another_shape_both_shapes_are_named() -> None:
    """In the letters of the statement, the same in all cases."""
    for name, asked, given in (
        ("gd_1d", "(n_steps + 1,)", "(n_steps + 1, 1)"),
        ("gd", "(n_steps + 1, d)", "(n_steps + 1, 1, d)"),
    ):
        reference = HOMEWORK.question(name).question.reference
        verdict = HOMEWORK.verdict(name, lambda *args, of=reference: np.expand_dims(of(*args), 1))
        assert verdict.mark == Fraction(1, 2)
        assert str(verdict.sentence) == f"The numbers are right, but have shape {given} instead of {asked}."


def test_a_trajectory_that_starts_one_step_late_is_told_so() -> None:
    reference = HOMEWORK.question("gd").question.reference
    verdict = HOMEWORK.verdict("gd", lambda grad, w0, gamma, n: reference(grad, w0, gamma, n + 1)[1:])
    assert str(verdict.sentence).startswith(
        "Row 0 is already the first iterate: your rows are one step ahead."
    )


def test_steps_that_pass_the_test_but_are_not_the_first_are_worth_a_part() -> None:
    reference = HOMEWORK.question("gd_backtracking").question.reference

    def timid(f, grad, w0, n_steps, gamma0=1.0, beta=0.5, c=1e-4):  # type: ignore[no-untyped-def]
        return reference(f, grad, w0, n_steps, gamma0 * beta**3, beta, c)

    verdict = HOMEWORK.verdict("gd_backtracking", timid)
    assert verdict.mistake is None
    assert verdict.mark == Fraction(7, 10)
    assert "is its gamma the first that does?" in str(verdict.sentence)


def test_a_right_step_with_a_wrong_factor_is_worth_one_half() -> None:
    verdict = HOMEWORK.verdict("best_step", lambda L, mu: (2 / (L + mu), mu / L))
    assert verdict.mark == Fraction(1, 2)
