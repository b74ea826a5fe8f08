"""What is said of wrong numbers holds in every failing case: random references, all made wrong but one."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_questions import judged

from autograder.domain.sentences import say, sentences_in
from autograder.questions.arguments import given as given_function
from autograder.questions.arguments import oracle
from autograder.questions.diagnose import diagnose
from autograder.questions.explain import explain
from autograder.questions.question import question
from autograder.questions.slips import find_slip

Change = Callable[[Any], Any]
NUMBERS, VECTORS, SQUARES, PATHS = (), (5,), (4, 4), (5, 3)


def filled(index: Any) -> Change:
    def change(values: Any) -> Any:
        left = np.zeros_like(values)
        left[index] = values[index]
        return left

    return change


def moved(*places: Any) -> Change:
    def change(values: Any) -> Any:
        other = values.copy()
        for place in places:
            other[place] += 1.5
        return other

    return change


WRONG: dict[str, tuple[tuple[int, ...], Change]] = {
    "zero": (VECTORS, np.zeros_like),
    "minus": (VECTORS, np.negative),
    "factor": (SQUARES, lambda values: 2 * values),
    "factor_unnamed": (VECTORS, lambda values: 0.6607 * values),
    "transposed": (SQUARES, np.transpose),
    "one_step.iterates_behind": (PATHS, lambda values: np.vstack([values[:1], values[:-1]])),
    "first_alone.entry": (VECTORS, filled(0)),
    "first_alone.row": (PATHS, filled(0)),
    "truncated": (VECTORS, np.trunc),
    "rounded": (VECTORS, lambda values: np.round(values, 2)),
    "function.absolute": (VECTORS, np.abs),
    "function.square": (NUMBERS, np.square),
    "function.exponential": (VECTORS, np.exp),
    "function.off_by_one.more": (NUMBERS, lambda values: values + 1),
    "part_of_matrix.diagonal": (SQUARES, lambda values: np.diag(np.diag(values))),
    "part_of_matrix.symmetric": (SQUARES, lambda values: (values + values.T) / 2),
    "part_of_matrix.upper": (SQUARES, np.triu),
    "order.entries_reversed": (VECTORS, lambda values: values[::-1]),
    "order.rows_reversed": (PATHS, lambda values: values[::-1]),
    "order.columns": (PATHS, lambda values: values[:, [1, 0, 2]]),
    "order.rows": (PATHS, lambda values: values[[3, 0, 1, 2, 4]]),
    "shifted": (VECTORS, lambda values: values + 0.4321),
    "differs.first": (VECTORS, moved(0)),
    "differs.last": (VECTORS, moved(-1)),
    "differs.diagonal": (SQUARES, lambda values: values + np.diag(np.arange(1.0, 5.0))),
    "differs.above": (SQUARES, moved((0, 1), (1, 3))),
    "rows.last": (PATHS, moved(-1)),
    "rows.later": (PATHS, moved(2, 3)),
    "lines.rows.missing_first": (PATHS, lambda values: values[1:]),
    "lines.entries.missing_last": (VECTORS, lambda values: values[:-1]),
    "lines.rows.end_early": (PATHS, lambda values: values[:-2]),
    "lines.entries.end_early": (VECTORS, lambda values: values[:2]),
    "lines.rows.extra_last": (PATHS, lambda values: np.vstack([values, values[:1] + 1])),
    "only.last.row": (PATHS, lambda values: values[-1]),
    "only.first.entry": (VECTORS, lambda values: values[0]),
    "summed": (SQUARES, np.sum),
}
SEEDS = st.integers(0, 2**32 - 1)


def references(seed: int, shape: tuple[int, ...]) -> list[Any]:
    """Three right answers, no two numbers of which are alike."""
    rng = np.random.default_rng(seed)
    return [3 * rng.normal(size=shape) + 0.01 for _ in range(3)]


def keys(*pairs: tuple[Any, Any]) -> set[str]:
    found = diagnose(judged(*pairs))
    return {one.key for one in sentences_in(found.sentence)} if found else set()


@pytest.mark.parametrize("key", WRONG)
@given(seed=SEEDS)
def test_an_observation_is_made_where_it_holds_and_not_where_one_case_differs(key: str, seed: int) -> None:
    shape, change = WRONG[key]
    right = references(seed, shape)
    assert key in keys(*((change(one), one) for one in right))
    noise = np.random.default_rng(seed + 1).normal(size=np.shape(change(right[0])))
    assert key not in keys(*((change(one), one) for one in right[:2]), (noise, right[2]))


@given(seed=SEEDS, shape=st.sampled_from([NUMBERS, VECTORS, SQUARES, PATHS]))
def test_nothing_is_seen_in_noise(seed: int, shape: tuple[int, ...]) -> None:
    pairs = list(zip(references(seed, shape), references(seed + 1, shape), strict=True))
    assert keys(*pairs) == set()


@given(seed=SEEDS, shape=st.sampled_from([(3, 2), (2, 5), (4, 3)]))
def test_triangles_are_spoken_of_square_arrays_only(seed: int, shape: tuple[int, int]) -> None:
    pairs = [(one + np.triu(np.ones(shape), 1), one) for one in references(seed, shape)]
    assert not any("diagonal" in str(diagnose(judged(*pairs))) for _ in pairs)


@given(seed=SEEDS, rank=st.sampled_from([3, 4, 6]))
def test_a_row_of_a_matrix_of_eigenvectors_is_recognised(seed: int, rank: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = []
    for _ in range(3):
        matrix = rng.normal(size=(rank, rank))
        vectors = np.linalg.eigh(matrix @ matrix.T)[1]
        pairs.append((vectors[0], -vectors[:, -1]))
    found = diagnose(judged(*pairs), free_signs=True)
    assert found and found.sentence.key == "order.row_of_eigenvectors"
    noise = rng.normal(size=rank)
    pairs[1] = (noise / np.linalg.norm(noise), pairs[1][1])
    found = diagnose(judged(*pairs), free_signs=True)
    assert found is None or found.sentence.key != "order.row_of_eigenvectors"


def double_sum(A, w):
    return float(sum(A[i, j] * w[i] * w[j] for i in range(len(w)) for j in range(len(w))))


def bilinear(A, u, v):
    return A @ u - 2 * v


def logistic(w, X, y):
    return float(np.sum(np.log1p(np.exp(-y * (X @ w)))))


def gram(X, Z, sigma):
    return np.exp(-((X[:, None] - Z[None]) ** 2).sum(axis=-1) / (2 * sigma**2))


def ridge(X, y, lam):
    return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)


def ridge_grad(w, X, y, lam):
    return X.T @ (X @ w - y) / len(y) + lam * w


def of_zero_and_one(w, X, y):
    z = X @ w
    return float(np.sum(np.log1p(np.exp(z)) - y * z))


def summed_sizes(X, Z, sigma):
    return np.exp(-(np.abs(X[:, None] - Z[None]).sum(axis=-1) ** 2) / (2 * sigma**2))


def draw(rng: Any, name: str) -> tuple[Any, ...]:
    n, d = int(rng.integers(5, 8)), int(rng.integers(2, 5))
    return {
        "double_sum": (rng.normal(size=(d, d)), rng.normal(size=d)),
        "bilinear": (rng.normal(size=(d, d)), rng.normal(size=d), rng.normal(size=d)),
        "logistic": (rng.normal(size=d), rng.normal(size=(n, d)), np.where(np.arange(n) % 2, 1.0, -1.0)),
        "ridge": (rng.normal(size=(n, d)), rng.normal(size=n), 0.7),
        "ridge_grad": (rng.normal(size=d), rng.normal(size=(n, d)), rng.normal(size=n), 0.7),
        "gram": (rng.normal(size=(n, d)), rng.normal(size=(3, d)), 1.5),
    }[name]


SLIPS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "slip.without_last": (double_sum, lambda A, w: double_sum(A[:-1, :-1], w[:-1])),
    "slip.without_first": (double_sum, lambda A, w: double_sum(A[1:, 1:], w[1:])),
    "slip.first_alone": (logistic, lambda w, X, y: logistic(w, X[:1], y[:1])),
    "slip.transposed": (bilinear, lambda A, u, v: bilinear(A.T, u, v)),
    "slip.swapped": (bilinear, lambda A, u, v: bilinear(A, v, u)),
    "slip.labels": (logistic, of_zero_and_one),
    "slip.negated": (bilinear, lambda A, u, v: bilinear(A, u, -v)),
    "slip.left_out": (bilinear, lambda A, u, v: bilinear(A, u, 0 * v)),
    "slip.squared": (gram, lambda X, Z, sigma: gram(X, Z, sigma**2)),
    "slip.inverted": (gram, lambda X, Z, sigma: gram(X, Z, 1 / sigma)),
    "slip.multiple": (ridge, lambda X, y, lam: ridge(X, y, lam / len(y))),
    "slip.rest": (ridge_grad, lambda w, X, y, lam: len(y) * ridge_grad(w, X, y, 0) + lam * w),
    "slip.first_row": (double_sum, lambda A, w: double_sum(np.vstack([0 * A[:1], A[1:]]), w)),
    "slip.last_column": (double_sum, lambda A, w: double_sum(np.column_stack([A[:, :-1], 0 * w]), w)),
    "slip.sum_of_sizes": (gram, summed_sizes),
}


@pytest.mark.parametrize("key", SLIPS)
@given(seed=SEEDS)
def test_a_slip_is_recognised_where_it_explains_all_cases_and_nowhere_else(key: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    reference, wrong = SLIPS[key]
    asked = question(points=1)(reference)
    cases = [draw(rng, reference.__name__) for _ in range(3)]
    lost = [one for args in cases for one in judged((wrong(*args), reference(*args)), args=args)]
    found = find_slip(asked, lost)
    assert found and found.sentence.key == key
    other = np.asarray(reference(*cases[0])) + rng.normal(size=np.shape(reference(*cases[0])))
    lost[0] = judged((other, reference(*cases[0])), args=cases[0])[0]
    assert find_slip(asked, lost) is None


@pytest.mark.parametrize(
    "factor",
    [
        lambda n, d: 2.0,
        lambda n, d: 0.5**0.5,
        lambda n, d: n,
        lambda n, d: 1 / d,
        lambda n, d: d / n,
        lambda n, d: (n - 1) / n,
        lambda n, d: (n + 1) / n,
        lambda n, d: d**0.5,
    ],
)
def test_a_number_multiplied_by_what_the_statement_does_not_say_is_named(factor: Any) -> None:
    """A constant, a length, the ratio of two, one off: of which only that it is a multiple is said."""
    rng, lost = np.random.default_rng(3), []
    for n, d in ((6, 2), (9, 4)):
        X, y = rng.normal(size=(n, d)), rng.normal(size=n)
        lost += judged((ridge(X, y, factor(n, d) * 0.7), ridge(X, y, 0.7)), args=(X, y, 0.7))
    found = find_slip(question(points=1)(ridge), lost)
    assert found and found.sentence == say("slip.multiple", name="lam")


@pytest.mark.parametrize("power", [1, -1, 2, -2])
def test_a_factor_that_is_a_power_of_an_argument_is_named(power: int) -> None:
    """As `/ 2 * h` in place of `/ (2 * h)`."""

    def step(g: Any, gamma: float) -> Any:
        return (2 + gamma) * g**3

    lost = []
    for gamma, g in ((0.3, np.array([1.0, 2.0])), (0.7, np.array([3.0, -1.0, 2.0]))):
        lost += judged((step(g, gamma) * gamma**power, step(g, gamma)), args=(g, gamma))
    found = find_slip(question(points=1)(step), lost)
    assert found and found.sentence == say("slip.factor", name="gamma")


def test_a_step_without_its_factor_is_told_before_which_rows_are_wrong() -> None:
    def descend(w: Any, gamma: float) -> Any:
        rows = [w]
        for _ in range(3):
            rows.append(rows[-1] - gamma * (rows[-1] - 1))
        return np.array(rows)

    lost = []
    for w, gamma in ((np.array([3.0, 2.0]), 0.3), (np.array([5.0, -1.0]), 0.7)):
        lost += judged((descend(w, 1.0), descend(w, gamma)), args=(w, gamma))
    assert diagnose(lost).sentence == say("rows.later")  # type: ignore[union-attr]
    told = explain(lost, None, question=question(points=1)(descend))
    assert told.sentence == say("slip.missing", name="gamma")


def test_a_slip_in_one_of_several_values_is_told_of_that_value() -> None:
    def objective(w: Any, lam: float) -> tuple[float, Any]:
        return np.sum(w**3) + lam * w @ w, 3 * w**2 + 2 * lam * w

    cases = [(np.array([1.0, 2.0]), 0.5), (np.array([3.0, -1.0, 2.0]), 0.2)]
    answers = [(objective(w, lam)[0], objective(w, lam / 2)[1]) for w, lam in cases]
    lost = [
        one
        for args, answer in zip(cases, answers, strict=True)
        for one in judged((answer, objective(*args)), args=args)
    ]
    found = find_slip(question(points=1)(objective), lost)
    assert found and str(found.sentence).startswith(
        "In value 2 of 2: your answer is right with a multiple of `lam`"
    )


@pytest.mark.parametrize("send", [oracle, given_function])
def test_arguments_in_each_others_place_are_found_beside_a_function(send: Any) -> None:
    """A gap of Jensen with its two points exchanged."""

    def gap(f: Any, u: Any, v: Any, t: float) -> float:
        return float(t * f(u) + (1 - t) * f(v) - f(t * u + (1 - t) * v))

    points = (np.array([1.0, 2.0]), np.array([0.5, -1.0])), (np.arange(3.0), np.array([2.0, 5.0, 1.0]))
    lost = [
        one
        for u, v in points
        for one in judged((gap(cubes, v, u, 0.3), gap(cubes, u, v, 0.3)), args=(send(cubes), u, v, 0.3))
    ]
    found = find_slip(question(points=1)(gap), lost)
    assert found and found.sentence == say("slip.swapped", one="u", other="v")


def cubes(w):
    return np.sum(np.abs(w) ** 3)


def test_no_slip_is_recognised_in_truth_values_and_words() -> None:
    """Two answers of two possible ones agree with some slip by chance."""

    def is_psd(A: np.ndarray) -> bool:
        return bool(np.linalg.eigvalsh(A + A.T)[0] >= 0)

    asked = question(points=1)(is_psd)
    cases = [np.diag([1.0, -1.0]), np.diag([2.0, 3.0, -1.0])]
    lost = [one for A in cases for one in judged((True, is_psd(A)), args=[A])]
    assert is_psd(cases[0][:-1, :-1]) and is_psd(cases[1][:-1, :-1])
    assert find_slip(asked, lost) is None
