"""Kernel logistic regression: questions 9 and 10."""

import numpy as np

from autograder import core, dtype, edge, magnitude, partly, question, speed

from .kernels import gaussian, gram
from .ridge import TINY, krr_fit

LIBRARY_DIFFERENCES = ("approx_fprime", "approx_derivative")
"""Not `gradient` or `derivative`: students call their variables so."""

# 9. Kernel logistic regression: objective and gradient


@question(points=3, forbids=("num_grad", *LIBRARY_DIFFERENCES), tolerance=1e-12)
def klr_loss_grad(alpha, K, y, lam):
    """Objective of kernel logistic regression, and its gradient in alpha."""
    alpha, K, y = (np.asarray(values, dtype=float) for values in (alpha, K, y))
    values = K @ alpha
    objective = np.mean(np.logaddexp(0, -y * values)) + lam / 2 * alpha @ values
    wrong = np.exp(-np.logaddexp(0, y * values))  # 1 / (1 + e^m), which never overflows
    return float(objective), K @ (lam * alpha - y * wrong / len(y))


@klr_loss_grad.cases
def _(rng):
    def problem(n, kind="gaussian", size=1.0, lam=None):
        y = np.array([-1.0, 1.0, *rng.choice([-1.0, 1.0], max(n - 2, 0))])[:n]
        return size * rng.normal(size=n), gram(rng, n, kind), y, float(lam or rng.uniform(0.1, 1))

    yield core("Gaussian, n=8", *problem(8))
    yield core("linear, n=10", *problem(10, "linear"))
    yield core("Gaussian, n=20", *problem(20))
    yield edge("n=1", *problem(1))
    yield edge("alpha = 0", np.zeros(4), *problem(4)[1:])
    yield edge("lam = 0", *problem(5)[:3], 0.0)
    alpha, K, y, lam = problem(4)
    yield dtype("integer labels", alpha, K, y.astype(int), lam)
    yield dtype("integer alpha", rng.integers(1, 5, 4), K, y, lam)
    yield magnitude("large margins", *problem(8, size=1e4))


@klr_loss_grad.scale
def _(alpha, K, y, lam):
    alpha, K = np.abs(alpha), np.abs(K)
    objective = 1 + np.mean(K @ alpha) + lam / 2 * alpha @ K @ alpha
    return objective, np.max(K @ (lam * alpha + 1 / len(y)))


def pulls(alpha, K, y):
    """y_i / (1 + e^m_i) / n: how each sample pulls."""
    return y * np.exp(-np.logaddexp(0, y * (K @ alpha))) / len(y)


@klr_loss_grad.mistake(credit=0.5)
def chain_rule_forgotten(alpha, K, y, lam):
    """alpha enters through K alpha: apply the chain rule."""
    return klr_loss_grad(alpha, K, y, lam)[0], lam * alpha - pulls(alpha, K, y)


@klr_loss_grad.mistake(credit=0.5)
def penalty_doubled(alpha, K, y, lam):
    """Differentiate the penalty: does the 1/2 cancel?"""
    return klr_loss_grad(alpha, K, y, lam)[0], K @ (2 * lam * alpha - pulls(alpha, K, y))


@klr_loss_grad.mistake(credit=0.4)
def penalty_of_coefficients(alpha, K, y, lam):
    """The penalty is the RKHS norm of f, not the Euclidean norm of alpha."""
    objective = np.mean(np.logaddexp(0, -y * (K @ alpha))) + lam / 2 * alpha @ alpha
    return objective, lam * alpha - K @ pulls(alpha, K, y)


@klr_loss_grad.mistake(credit=0.5)
def sum_for_mean(alpha, K, y, lam):
    """Sum or mean?"""
    objective = np.sum(np.logaddexp(0, -y * (K @ alpha))) + lam / 2 * alpha @ K @ alpha
    return objective, K @ (lam * alpha - len(y) * pulls(alpha, K, y))


@klr_loss_grad.mistake(credit=0.5)
def penalty_without_half(alpha, K, y, lam):
    """Reread the penalty: what stands in front of it?"""
    objective = klr_loss_grad(alpha, K, y, 2 * lam)[0]
    return objective, klr_loss_grad(alpha, K, y, 2 * lam)[1]


@klr_loss_grad.mistake(credit=0.5)
def penalty_left_out_of_objective(alpha, K, y, lam):
    """Your objective does not depend on lambda."""
    return klr_loss_grad(alpha, K, y, 0.0)[0], klr_loss_grad(alpha, K, y, lam)[1]


@klr_loss_grad.mistake(credit=0.5)
def label_forgotten(alpha, K, y, lam):
    """The chain rule gives one more factor: the margin holds the label."""
    return klr_loss_grad(alpha, K, y, lam)[0], K @ (lam * alpha - y * pulls(alpha, K, y))


@klr_loss_grad.mistake(credit=0.5)
def wrong_side(alpha, K, y, lam):
    """Well classified samples should contribute little. How much do they weigh in your gradient?"""
    return klr_loss_grad(alpha, K, y, lam)[0], K @ (lam * alpha - (y / len(y) - pulls(alpha, K, y)))


@klr_loss_grad.mistake(credit=0.4)
def sign_of_pull(alpha, K, y, lam):
    """Compare your gradient with finite differences: one of its two terms has the wrong sign."""
    return klr_loss_grad(alpha, K, y, lam)[0], K @ (lam * alpha + pulls(alpha, K, y))


@klr_loss_grad.mistake(credit=0.4)
def labels_zero_and_one(alpha, K, y, lam):
    """Which values do the labels take? Your formulas belong to 0 and 1."""
    values = K @ alpha
    predicted = np.exp(-np.logaddexp(0, -values))
    objective = np.mean(np.logaddexp(0, values) - y * values) + lam / 2 * alpha @ values
    return objective, K @ (lam * alpha + (predicted - y) / len(y))


@klr_loss_grad.mistake(credit=0.4)
def penalty_without_gradient(alpha, K, y, lam):
    """The penalty has a gradient too."""
    return klr_loss_grad(alpha, K, y, lam)[0], -K @ pulls(alpha, K, y)


@klr_loss_grad.mistake(credit=0.95)
def objective_overflows(alpha, K, y, lam):
    """Try a margin of -1000. Which exponential overflows, and what could be written in its place?"""
    objective = np.mean(np.log(1 + np.exp(-y * (K @ alpha)))) + lam / 2 * alpha @ K @ alpha
    return objective, klr_loss_grad(alpha, K, y, lam)[1]


# 10. Kernel logistic regression: training


@question(points=3, needs=(klr_loss_grad,), seconds=60.0, seconds_per_case=10.0)
def klr_fit(K, y, lam):
    """Coefficients of kernel logistic regression, by Newton's method in the function space."""
    K, y = np.asarray(K, dtype=float), np.asarray(y, dtype=float)
    n, alpha = len(y), np.zeros(len(y))
    for _ in range(100):
        objective = klr_loss_grad(alpha, K, y, lam)[0]
        wrong = np.exp(-np.logaddexp(0, y * (K @ alpha)))
        curvature = (wrong * (1 - wrong) / n)[:, None] * K + lam * np.eye(n)
        step, size = np.linalg.solve(curvature, lam * alpha - y * wrong / n), 1.0
        while klr_loss_grad(alpha - size * step, K, y, lam)[0] > objective and size > 1e-10:
            size /= 2
        alpha = alpha - size * step
        if np.max(np.abs(step)) <= 1e-8 * (1 + np.max(np.abs(alpha))):
            break
    return alpha


@klr_fit.cases
def _(rng):
    def problem(n, lam, kind="gaussian"):
        X = rng.normal(size=(n, 2 if kind == "gaussian" else 3))
        y = np.where(X[:, 0] * X[:, 1] + 0.3 * rng.normal(size=n) > 0, 1.0, -1.0)
        y[0], y[-1] = 1.0, -1.0
        return gaussian(X) if kind == "gaussian" else X @ X.T, y, lam

    yield core("Gaussian, n=20", *problem(20, 0.05))
    yield core("Gaussian, n=40, lam=0.01", *problem(40, 0.01))
    yield core("linear, n=15 (singular K)", *problem(15, 0.1, "linear"))
    X = rng.normal(size=(3, 2))
    yield edge("n=1", np.array([[2.0]]), np.array([1.0]), 0.5)
    yield edge("one point, two labels", gaussian(X[[0, 0, 1]]), np.array([1.0, -1.0, 1.0]), 0.1)
    yield edge("one class only", gaussian(X), np.ones(3), 0.2)
    yield edge("K = 0", np.zeros((3, 3)), np.array([1.0, -1.0, 1.0]), 0.1)
    yield speed("Gaussian, n=100", *problem(100, 0.1), seconds=10.0)


def excess(alpha, best, K, y, lam):
    """How far an objective is above its minimum, as a share of what could be gained from alpha = 0."""
    least = klr_loss_grad(best, K, y, lam)[0]
    return (klr_loss_grad(alpha, K, y, lam)[0] - least) / max(np.log(2) - least, 1e-2)


def same_function(alpha, other, K):
    """Whether two vectors of coefficients give the same function, and not just zero."""
    size = np.max(np.abs(K @ other))
    return size > 0 and np.max(np.abs(K @ (alpha - other))) <= 1e-3 * size


@klr_fit.accepts
def _(answer, case):
    """The objective decides; of a wrong answer, which other problem it solves."""
    answer, (K, y, lam) = np.asarray(answer, dtype=float), case.args
    above = excess(answer, case.expected, K, y, lam)
    if above <= 1e-6:
        return None
    if above <= 1e-3:
        return partly(0.9, "Nearly: your method stops before the objective is at its minimum.")
    if any(
        same_function(answer, klr_fit(K, y, factor * lam), K) for factor in (len(y), 2, 1 / 2, 1 / len(y))
    ):
        return partly(0.4, "Your alpha minimises another objective: what multiplies lambda there?")
    if any(same_function(answer, krr_fit(K, y, factor * lam), K) for factor in (1, 1 / 2, 1 / len(y))):
        return partly(0.2, "Your alpha minimises another loss: it is kernel ridge regression's.")
    if np.max(np.abs(answer - K @ case.expected)) <= 1e-3 * np.max(np.abs(answer)):
        return partly(0.4, "These are the fitted values K alpha; the coefficients alpha are asked for.")
    push = K @ pulls(answer, K, y)
    if np.max(np.abs(lam * answer - push)) <= 1e-3 * np.max(np.abs(push)):
        return partly(0.4, "Your alpha minimises another objective: is the penalty the RKHS norm?")
    if klr_loss_grad(answer, K, y, 0)[0] < klr_loss_grad(case.expected, K, y, 0)[0] - 1e-6:
        return partly(0.2, "Your f fits the labels closely and has a large norm: what holds it back?")
    if above < 0.5:
        return partly(
            0.3, "Your method stops far from the minimum: has it converged? Watch the gradient's norm."
        )
    if above > 2:
        return "The objective is larger than at alpha = 0. Does it go down while you solve?"
    return "The objective is hardly better than at alpha = 0."


def descend(gradient, alpha, step, n_steps):
    for _ in range(n_steps):
        alpha = alpha - step * gradient(alpha)
    return alpha


@klr_fit.mistake(credit=0.3)
def few_steps(K, y, lam):
    """Has your method converged? Watch the norm of the gradient."""
    size = np.linalg.norm(K, 2)
    step = 1 / (size**2 / (4 * len(y)) + lam * size + TINY)
    return descend(lambda alpha: klr_loss_grad(alpha, K, y, lam)[1], np.zeros(len(y)), step, 10)


@klr_fit.mistake(credit=0.4)
def penalty_times_n(K, y, lam):
    """Which objective do you minimise? Compare what multiplies lambda there with the statement."""
    return klr_fit(K, y, len(y) * lam)


@klr_fit.mistake(credit=0.4)
def coefficients_penalised(K, y, lam):
    """The penalty is the RKHS norm of f, not the Euclidean norm of alpha."""
    step = 1 / (np.linalg.norm(K, 2) ** 2 / (4 * len(y)) + lam)
    return descend(lambda alpha: lam * alpha - K @ pulls(alpha, K, y), np.zeros(len(y)), step, 3000)


@klr_fit.mistake(credit=0.2)
def ridge_in_its_place(K, y, lam):
    """That minimises another loss: the squares of question 5."""
    return krr_fit(K, y, lam)


@klr_fit.mistake(credit=0.2)
def hardly_regularised(K, y, lam):
    """Your answer does not depend on lambda."""
    return klr_fit(K, y, 1e-6)


@klr_fit.mistake(credit=0.4)
def fitted_values(K, y, lam):
    """Coefficients or fitted values?"""
    return K @ klr_fit(K, y, lam)
