"""The final homework keeps its promises: honest work earns everything, mistakes are told, nothing is free."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from homework import Homework, verdicts

from autograder.domain.report import Outcome
from autograder.sandbox.runner import Runner

HOMEWORK = Homework("final")
PRELOAD = ("matplotlib.pyplot", "scipy.linalg", "scipy.optimize", "scipy.special")


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner(preload=PRELOAD, accept_level=1) as warm:
        yield warm


def reference(name: str) -> Callable[..., Any]:
    return HOMEWORK.question(name).question.reference


def test_the_notebook_asks_twelve_questions_and_three_by_hand_for_forty_points() -> None:
    assert [statement.written for statement in HOMEWORK.text.statements] == [False] * 12 + [True] * 3
    assert HOMEWORK.text.points == 40
    assert sum(statement.points for statement in HOMEWORK.text.statements if statement.written) == 10


@pytest.mark.soak
def test_references_alternates_and_mistakes_earn_what_is_declared() -> None:
    assert HOMEWORK.checked().flaws == ()


CONSTANTS = [0.0, 1.0, None, True, False, [1.0, 2.0, 3.0], np.zeros(20), np.eye(2), (np.zeros(20), 0.0)]


@pytest.mark.parametrize("answer", CONSTANTS)
def test_a_constant_earns_nearly_nothing(answer: object) -> None:
    for prepared in HOMEWORK.solutions.questions:
        verdict = HOMEWORK.verdict(prepared.question.name, lambda *_, **__: answer)
        assert verdict.mark is not None
        assert verdict.mark < Fraction(1, 5)


def test_whoever_looks_at_one_set_of_points_alone_is_told() -> None:
    def hasty(
        k: Any, sample: Any, rng: Any, n_points: int = 6, n_trials: int = 300, tol: float = 1e-9
    ) -> Any:
        return reference("non_psd_witness")(k, sample, rng, n_points, 1, tol)

    verdict = HOMEWORK.verdict("non_psd_witness", hasty)
    assert (verdict.mark, verdict.mistake) == (Fraction(2, 5), "one_set_alone")


def test_axes_in_ascending_order_keep_more_than_the_axes_of_the_smallest_eigenvalues() -> None:
    mistakes = {mistake.name: mistake for mistake in HOMEWORK.question("kernel_pca").question.mistakes}
    verdicts = [
        HOMEWORK.verdict("kernel_pca", mistakes[name].function) for name in ("largest_last", "smallest_first")
    ]
    assert [verdict.mark for verdict in verdicts] == [Fraction(3, 5), Fraction(2, 5)]


def test_coefficients_that_give_the_same_function_are_right() -> None:
    """Where K is singular, anything of its null space may be added."""

    def shifted(K: Any, y: Any, lam: float) -> Any:
        values, vectors = np.linalg.eigh(np.asarray(K, dtype=float))
        null = vectors[:, np.abs(values) <= 1e-12 * np.max(np.abs(values), initial=1e-300)]
        return reference("krr_fit")(K, y, lam) + null.sum(axis=1)

    assert HOMEWORK.verdict("krr_fit", shifted).mark == 1


@pytest.mark.parametrize(
    ("slip", "mark", "said"),
    [
        (lambda alpha, b, y: (alpha * y, b), "3/5", "did you return y_i alpha_i"),
        (lambda alpha, b, y: (alpha, -b), "3/5", "wrong sign"),
        (lambda alpha, b, y: (alpha, b + 1), "1/2", "the bias is not"),
        (lambda alpha, b, y: (alpha[:, None], b), "1/2", "wrong shape"),
        (lambda alpha, b, y: alpha, "0", "Return a pair"),
        (lambda alpha, b, y: (alpha + 0j, b), "0", "complex"),
        (lambda alpha, b, y: (None, None), "0", "Return a pair"),
        (lambda alpha, b, y: (0 * alpha, 0.0), "0", "not optimal"),
    ],
)
def test_a_support_vector_machine_is_told_which_part_is_wrong(slip: Any, mark: str, said: str) -> None:
    def slipped(K: Any, y: Any, C: float) -> Any:
        return slip(*reference("svm_fit")(K, y, C), y)

    verdict = HOMEWORK.verdict("svm_fit", slipped)
    assert verdict.mark == Fraction(mark)
    assert verdict.mistake or said in str(verdict.sentence)


@pytest.mark.parametrize(("n_steps", "mark"), [(0, "0"), (100, "3/10"), (5_000, "9/10")])
def test_gradient_descent_is_credited_for_how_near_it_comes(n_steps: int, mark: str) -> None:
    def descent(K: Any, y: Any, lam: float) -> Any:
        alpha, size = np.zeros(len(y)), np.linalg.norm(K, 2)
        for _ in range(n_steps):
            gradient = reference("klr_loss_grad")(alpha, K, y, lam)[1]
            alpha = alpha - gradient / (size**2 / (4 * len(y)) + lam * size + 1e-9)
        return alpha

    assert HOMEWORK.verdict("klr_fit", descent).mark == Fraction(mark)


def test_points_of_any_set_may_be_returned_as_an_array() -> None:
    def two_points(
        k: Any, sample: Any, rng: Any, n_points: int = 6, n_trials: int = 300, tol: float = 0
    ) -> Any:
        found = reference("non_psd_witness")(k, sample, rng, 6, n_trials)
        return None if found is None else np.array(found)[::-1]

    assert HOMEWORK.verdict("non_psd_witness", two_points).mark == 1


def test_a_solved_notebook_earns_everything_but_what_a_person_reads(runner: Runner) -> None:
    report = HOMEWORK.graded(HOMEWORK.solved(), runner)
    answers, read = report.verdicts[:12], report.verdicts[12:]
    assert {verdict.outcome for verdict in answers} == {Outcome.RIGHT}
    assert {verdict.outcome for verdict in read} == {Outcome.AWAITING_MARK}
    assert report.score_so_far == 30
    assert all(example.passed for verdict in answers for example in verdict.examples)


def test_an_untouched_notebook_attempts_nothing(runner: Runner) -> None:
    report = HOMEWORK.graded(HOMEWORK.released, runner)
    assert {verdict.outcome for verdict in report.verdicts[:12]} == {Outcome.NOT_ATTEMPTED}


WRONG_GRAM = """
def gaussian_gram(X, Z, sigma):
    return np.exp(-np.sum((X[:, None] - Z[None]) ** 2, axis=-1) / sigma**2)
"""


def test_a_prediction_with_a_wrong_kernel_keeps_nine_tenths(runner: Runner) -> None:
    told = verdicts(HOMEWORK.graded(HOMEWORK.solved({"gaussian_gram": WRONG_GRAM}), runner))
    assert told["gaussian_gram"].mistake == "factor_of_exponent"
    assert told["krr_predict"].mark == Fraction(9, 10)
    assert told["kernel_pca"].mark == 1
