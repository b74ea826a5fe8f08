"""Homework 4 keeps its promises: honest work earns everything, mistakes are told, nothing is free."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from homework import Homework, verdicts

from autograder.domain.report import Outcome
from autograder.sandbox.runner import Runner

HOMEWORK = Homework("training")


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner(preload=("matplotlib.pyplot",), accept_level=1) as warm:
        yield warm


def test_the_notebook_asks_eight_questions_and_a_figure_for_twenty_points() -> None:
    assert [statement.written for statement in HOMEWORK.text.statements] == [False] * 8 + [True]
    assert HOMEWORK.text.points == 20


@pytest.mark.soak
def test_references_alternates_and_mistakes_earn_what_is_declared() -> None:
    assert HOMEWORK.checked().flaws == ()


@pytest.mark.parametrize("answer", [0.0, 1.0, None, True, np.zeros(8), (np.zeros(8), np.zeros(61)), []])
def test_a_constant_earns_nearly_nothing(answer: object) -> None:
    for prepared in HOMEWORK.solutions.questions:
        verdict = HOMEWORK.verdict(prepared.question.name, lambda *_, **__: answer)
        assert verdict.mark is not None
        assert verdict.mark < Fraction(1, 5)


@pytest.mark.parametrize("slope", [0.0, 0.25, 1.0])
def test_any_slope_between_0_and_1_is_right_at_a_kink(slope: float) -> None:
    verdict = HOMEWORK.verdict("net_grad", gradient_with_slope(slope))
    assert verdict.mark == 1


@pytest.mark.parametrize("slope", [-0.1, 1.1, 2.0])
def test_no_other_slope_is_right_at_a_kink(slope: float) -> None:
    """It costs the kinks alone."""
    verdict = HOMEWORK.verdict("net_grad", gradient_with_slope(slope))
    assert {group.name for group in verdict.groups if group.worth < 1} == {"kink"}
    assert "no slope between 0 and 1" in str(verdict.sentence)


def gradient_with_slope(slope: float) -> Any:
    def gradient(w: Any, X: Any, y: Any) -> Any:
        h = X.shape[1] // 2
        z = np.stack([X[:, :h] @ w[:h], X[:, h:] @ w[h:-2]])
        active, slopes = np.maximum(z, 0), np.where(z == 0, slope, z > 0)
        error = 2 * (w[-2:] @ active - y)
        inner = [(error * w[-2 + k] * slopes[k]) @ half for k, half in enumerate((X[:, :h], X[:, h:]))]
        return np.concatenate([*inner, active @ error])

    return gradient


def test_directions_of_another_order_are_told_from_wrong_ones() -> None:
    def ascending(X: Any, k: int) -> Any:
        return np.linalg.svd(X - X.mean(axis=0))[2][::-1][:k]

    assert "principal directions, but not the first ones" in str(HOMEWORK.verdict("pca", ascending).sentence)


def test_a_solved_notebook_earns_everything_but_its_figure(runner: Runner) -> None:
    report = HOMEWORK.graded(HOMEWORK.solved(), runner)
    *answers, figure = report.verdicts
    assert {verdict.outcome for verdict in answers} == {Outcome.RIGHT}
    assert figure.outcome is Outcome.AWAITING_MARK
    assert report.score_so_far == 19
    assert all(example.passed for verdict in answers for example in verdict.examples)


def test_an_untouched_notebook_attempts_nothing(runner: Runner) -> None:
    report = HOMEWORK.graded(HOMEWORK.released, runner)
    assert {verdict.outcome for verdict in report.verdicts[:-1]} == {Outcome.NOT_ATTEMPTED}


WRONG_GRADIENT = """
def net_grad(w, X, y):
    h = X.shape[1] // 2
    left, right = np.maximum(X[:, :h] @ w[:h], 0), np.maximum(X[:, h:] @ w[h:-2], 0)
    error = w[-2] * left + w[-1] * right - y
    inner = [(error * w[-2] * (left > 0)) @ X[:, :h], (error * w[-1] * (right > 0)) @ X[:, h:]]
    return np.concatenate([*inner, [error @ left, error @ right]])
"""


def test_a_training_with_a_wrong_gradient_keeps_nine_tenths(runner: Runner) -> None:
    told = verdicts(HOMEWORK.graded(HOMEWORK.solved({"net_grad": WRONG_GRADIENT}), runner))
    assert told["net_grad"].mistake == "constant_of_net_gradient"
    assert told["train_net"].mark == Fraction(9, 10)
    assert "not counted twice" in " ".join(map(str, told["train_net"].notes))
