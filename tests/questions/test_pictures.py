"""A picture shows what an answer does on a public case, and costs nobody a mark."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_questions import prepared, student

from autograder.domain.report import Chart, Outcome, Verdict
from autograder.errors import JudgingError
from autograder.questions.judge import judge, judge_strictly

SOLUTIONS = """
@question(points=1)
def halve(w, n):
    return np.array([np.asarray(w) / 2**k for k in range(n)])

@halve.cases
def _(rng):
    yield core("hidden", rng.normal(size=3), 4)

@halve.picture("Its size", of=core("public", np.array([4.0, 0.0]), 3), logarithmic=True)
def _(answer, case):
    return [float(np.abs(w).max()) for w in answer]
"""


@pytest.fixture
def verdict(module: Callable[[str], Path]) -> Callable[..., Verdict]:
    def judged(function: Callable[..., Any], solutions: str = SOLUTIONS) -> Verdict:
        return judge(prepared(module(solutions))["halve"], student(halve=function), seconds=5.0)

    return judged


def right(w: Any, n: int) -> Any:
    return np.array([w / 2**k for k in range(n)])


def test_an_answer_is_drawn_beside_what_is_expected(verdict) -> None:
    """On the public case alone."""
    told = verdict(lambda w, n: right(w, n) * 2)
    [chart] = told.pictures
    assert (chart.title, chart.across, chart.logarithmic) == ("Its size", "step", True)
    assert [(one.name, one.values) for one in chart.series] == [
        ("yours", (8.0, 4.0, 2.0)),
        ("expected", (4.0, 2.0, 1.0)),
    ]
    assert told.outcome is Outcome.WRONG


def test_a_right_answer_is_drawn_as_well(verdict) -> None:
    told = verdict(right)
    assert (told.mark, len(told.pictures)) == (1, 1)


@pytest.mark.parametrize(
    "answer",
    [None, "text", [], np.ones((2, 2, 2, 2)) * 1j, [["x"]], np.array(3.0), {"a": 1}, [[1.0], [2.0, 3.0]]],
)
def test_what_cannot_be_drawn_is_left_out(verdict, answer: Any) -> None:
    """Whatever it is, the verdict stands."""
    told = verdict(lambda w, n: answer)
    assert (told.mark, told.pictures) == (0, ())


def test_numbers_that_are_not_finite_are_gaps_and_long_series_are_cut(verdict) -> None:
    told = verdict(lambda w, n: [[np.inf], [np.nan], [1.0]])
    assert told.pictures[0].series[0].values == (None, None, 1.0)
    long = verdict(lambda w, n: np.ones((10_000, 1)))
    assert len(long.pictures[0].series[0].values) == 400


def test_a_function_that_fails_on_the_public_case_has_no_picture(verdict) -> None:
    """And one that is a stub or is missing is not asked."""

    def fails(w: Any, n: int) -> Any:
        if n == 3:
            raise ValueError
        return right(w, n)

    told = verdict(fails)
    assert (told.mark, told.pictures) == (1, ())


def test_a_picture_that_fails_on_the_reference_is_the_authors_fault(module) -> None:
    """`check` says so; no student loses by it."""
    broken = SOLUTIONS.replace("for w in answer]", "for w in answer.nothing]")
    one = prepared(module(broken))["halve"]
    with pytest.raises(JudgingError, match="picture of halve cannot be drawn for the reference"):
        judge_strictly(one, student(halve=right), seconds=5.0)


def test_charts_can_be_compared(verdict) -> None:
    """Pages of equal verdicts are drawn once."""
    one, other = verdict(right), verdict(right)
    assert isinstance(one.pictures[0], Chart)
    assert hash(one) == hash(other)


def test_the_public_case_is_asked_before_any_hidden_one(verdict) -> None:
    """What a function was given before would else be drawn with all its digits."""
    seen: list[Any] = []

    def tells(w: Any, n: int) -> Any:
        seen.append(np.array(w))
        return right(w, n) if len(seen) > 1 or n != 3 else np.array(seen).reshape(-1, 1)

    told = verdict(tells)
    assert told.mark == 1
    assert told.pictures[0].series[0].values == (4.0, 0.0)
