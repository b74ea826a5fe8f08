"""Homework 2 keeps its promises: honest work earns everything, mistakes are told, nothing is free."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from homework import Homework, verdicts

from autograder.domain.report import Outcome
from autograder.sandbox.runner import Runner

HOMEWORK = Homework("convexity")


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner(preload=("matplotlib.pyplot",)) as runner:
        yield runner


def test_the_notebook_asks_eight_questions_for_twenty_points() -> None:
    assert len(HOMEWORK.text.statements) == 8
    assert HOMEWORK.text.points == 20


@pytest.mark.soak
def test_references_alternates_and_mistakes_earn_what_is_declared() -> None:
    assert HOMEWORK.checked().flaws == ()


@pytest.mark.parametrize("answer", [0.0, 1.0, None, True, False, np.zeros((3, 3)), np.eye(2), (0.0, 1.0)])
def test_a_constant_earns_nearly_nothing(answer: object) -> None:
    for prepared in HOMEWORK.solutions.questions:
        verdict = HOMEWORK.verdict(prepared.question.name, lambda *_, **__: answer)
        assert verdict.mark is not None
        assert verdict.mark < Fraction(1, 5)


def test_a_solved_notebook_earns_everything_in_the_sandbox(runner: Runner) -> None:
    report = HOMEWORK.graded(HOMEWORK.solved(), runner)
    assert {verdict.outcome for verdict in report.verdicts} == {Outcome.RIGHT}
    assert all(example.passed for verdict in report.verdicts for example in verdict.examples)


def test_an_untouched_notebook_attempts_nothing(runner: Runner) -> None:
    report = HOMEWORK.graded(HOMEWORK.released, runner)
    assert {verdict.outcome for verdict in report.verdicts} == {Outcome.NOT_ATTEMPTED}


WRONG_GAP = """
def jensen_gap(f, u, v, t):
    return f(t * u + (1 - t) * v) - t * f(u) - (1 - t) * f(v)
"""


@pytest.mark.soak
def test_a_search_that_calls_a_wrong_gap_keeps_nine_tenths(runner: Runner) -> None:
    """Every trial hands the student's function to our reference, which calls it back.

    Every day a descent that calls a wrong step keeps as much.
    """
    told = verdicts(HOMEWORK.graded(HOMEWORK.solved({"jensen_gap": WRONG_GAP}), runner))
    assert told["jensen_gap"].mistake == "graph_minus_chord"
    assert told["find_violation"].mark == Fraction(9, 10)


OWN_ORDER = """
def find_violation(f, sample, rng, n_trials=1000, tol=1e-9):
    for _ in range(n_trials):
        t = rng.random()
        v = sample(rng)
        u = sample(rng)
        if t * f(u) + (1 - t) * f(v) - f(t * u + (1 - t) * v) > tol * (1 + abs(f(u)) + abs(f(v))):
            return u, v, t
"""


def test_a_mistake_is_known_by_its_symptoms_where_chance_decides_the_values(runner: Runner) -> None:
    told = verdicts(HOMEWORK.graded(HOMEWORK.solved({"find_violation": OWN_ORDER}), runner))
    assert told["find_violation"].mistake == "wrong_side"


def test_what_is_no_witness_is_told_why() -> None:
    reference = HOMEWORK.question("find_violation").question.reference

    def never_gives_up(f, sample, rng, n_trials=1000, tol=1e-9):  # type: ignore[no-untyped-def]
        return reference(f, sample, rng, n_trials, tol) or (sample(rng), sample(rng), 0.5)

    def disordered(f, sample, rng, n_trials=1000, tol=1e-9):  # type: ignore[no-untyped-def]
        found = reference(f, sample, rng, n_trials, tol)
        return found and (found[2], found[0], found[1])

    assert "accuse a convex function" in str(HOMEWORK.verdict("find_violation", never_gives_up).sentence)
    assert "in this order" in str(HOMEWORK.verdict("find_violation", disordered).sentence)


def test_any_minimiser_of_a_flat_quadratic_is_right() -> None:
    alternates = {a.name: a.function for a in HOMEWORK.question("quad_minimiser").question.alternates}
    assert HOMEWORK.verdict("quad_minimiser", alternates["another_of_many"]).mark == 1


def test_a_hessian_that_is_a_multiple_of_the_right_one_is_told_so() -> None:
    reference = HOMEWORK.question("num_hessian").question.reference
    verdict = HOMEWORK.verdict("num_hessian", lambda f, w, h=1e-3: 2 * reference(f, w, h))
    assert str(verdict.sentence) == "What you return is twice the Hessian."


def test_minus_the_hessian_by_any_scheme_is_no_wrong_distance_of_points() -> None:
    """The rule tells multiples apart, or all of them would look like the one known mistake."""
    alternates = {a.name: a.function for a in HOMEWORK.question("num_hessian").question.alternates}
    other = alternates["by_polarisation"]
    verdict = HOMEWORK.verdict("num_hessian", lambda f, w, h=1e-3: -other(f, w, h))
    assert (verdict.mark, verdict.mistake) == (0, None)
    assert "minus the Hessian" in str(verdict.sentence)


def test_nan_where_there_is_no_minimiser_is_not_taken_for_a_point_that_a_mistake_gives() -> None:
    reference = HOMEWORK.question("quad_minimiser").question.reference

    def gives_nan(A, b):  # type: ignore[no-untyped-def]
        found = reference(A, b)
        return np.nan if found is None else found

    verdict = HOMEWORK.verdict("quad_minimiser", gives_nan)
    assert verdict.mistake is None
