"""The support vector machine: question 11."""

import numpy as np

from autograder import core, edge, partly, question

from .kernels import gaussian

# 11. Support vector machine


@question(points=4, seconds=120.0, seconds_per_case=20.0)
def svm_fit(K, y, C):
    """Dual variables and bias of a support vector machine, pair by pair (SMO)."""
    K, y = np.asarray(K, dtype=float), np.asarray(y, dtype=float)
    alpha, slope = np.zeros(len(y)), y.copy()
    for _ in range(100_000):
        up = np.where(y > 0, alpha < C * (1 - 1e-12), alpha > C * 1e-12)
        down = np.where(y < 0, alpha < C * (1 - 1e-12), alpha > C * 1e-12)
        i, j = np.argmax(np.where(up, slope, -np.inf)), np.argmin(np.where(down, slope, np.inf))
        if not (up[i] and down[j] and slope[i] - slope[j] > 1e-9):
            break
        step = (slope[i] - slope[j]) / max(K[i, i] + K[j, j] - 2 * K[i, j], 1e-12)
        room_i = C - alpha[i] if y[i] > 0 else alpha[i]
        room_j = alpha[j] if y[j] > 0 else C - alpha[j]
        step = min(step, room_i, room_j)
        alpha[i], alpha[j] = alpha[i] + y[i] * step, alpha[j] - y[j] * step
        slope = slope - step * (K[:, i] - K[:, j])
    residuals = y - K @ (alpha * y)
    hinges = np.maximum(0, 1 - y * (residuals[:, None] + y - residuals)).sum(axis=1)
    best = residuals[hinges <= np.min(hinges) + 1e-9 * (1 + np.min(hinges))]
    return alpha, float((np.min(best) + np.max(best)) / 2)


@svm_fit.cases
def _(rng):
    def problem(n, C, kind="gaussian", noise=0.3):
        X = rng.normal(size=(n, 2 if kind == "gaussian" else 3))
        score = X[:, 0] * X[:, 1] if kind == "gaussian" else X[:, 0] + 0.7
        y = np.where(score + noise * rng.normal(size=n) > 0, 1.0, -1.0)
        y[0], y[-1] = 1.0, -1.0
        if C < 0.1:  # as many of one class as of the other: with a small C, all of them are at the bound
            y = np.where(np.argsort(np.argsort(score)) < n // 2, -1.0, 1.0)
        return gaussian(X) if kind == "gaussian" else X @ X.T, y, C

    yield core("Gaussian, n=20, C=1", *problem(20, 1.0))
    yield core("Gaussian, n=30, C=10", *problem(30, 10.0))
    yield core("linear, n=25, C=0.5", *problem(25, 0.5, "linear"))
    yield core("small C: all at the bound", *problem(16, 0.01))
    corners = np.array([[0.0, 0.0], [0.0, 2.0], [4.0, 0.0], [4.0, 2.0]])
    yield edge("known margin", corners @ corners.T, np.array([-1.0, -1.0, 1.0, 1.0]), 10.0)
    yield edge("two points", np.eye(2), np.array([1.0, -1.0]), 10.0)
    yield edge("one point, two labels", np.ones((2, 2)), np.array([1.0, -1.0]), 1.0)
    yield edge("unbalanced", *problem(20, 1.0, "linear", noise=0.1))


def best_bias(K, y, alpha):
    """A bias with the least sum of hinge losses for these dual variables."""
    candidates = y - K @ (alpha * y)
    hinges = [np.sum(np.maximum(0, 1 - y * (y - candidates + b))) for b in candidates]
    return candidates[int(np.argmin(hinges))]


def duality_gap(K, y, C, alpha, b):
    """How far the primal objective is above the dual one, by their size: 0 where both are optimal."""
    scores = K @ (alpha * y)
    square = scores @ (alpha * y)
    primal = square / 2 + C * np.sum(np.maximum(0, 1 - y * (scores + b)))
    dual = np.sum(alpha) - square / 2
    return 2 * max(primal - dual, 0) / (abs(primal) + abs(dual) + 1e-12)


def is_optimal(K, y, C, alpha):
    """Whether dual variables solve the dual problem of this K and C, up to a thousandth."""
    room = 1e-3 * np.max(np.abs(alpha))
    feasible = np.min(alpha) >= -room and np.max(alpha) <= C + room and abs(alpha @ y) <= room * len(y)
    return feasible and duality_gap(K, y, C, alpha, best_bias(K, y, alpha)) <= 1e-3


@svm_fit.accepts
def _(answer, case):
    """The constraints of the dual and the duality gap decide; of a wrong answer, which problem it solves."""
    K, y, C = case.args
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return "Return a pair: alpha and b."
    if any(np.iscomplexobj(part) for part in answer):
        return "alpha and b are real numbers; yours are complex."
    alpha, b = (np.asarray(part, dtype=float) for part in answer)
    if alpha.size != len(y) or b.size != 1:
        return "Return a pair: alpha, with one entry per sample, and the number b."
    if alpha.shape != y.shape:
        said = judge_svm(K, y, C, alpha.ravel(), b.item())
        return partly(0.5, "alpha has the wrong shape: it should be (n,).") if said is None else said
    return judge_svm(K, y, C, alpha, b.item())


def judge_svm(K, y, C, alpha, b):
    broken = broken_constraint(K, y, C, alpha)
    if broken is not None:
        return broken
    optimal = is_optimal(K, y, C, alpha)
    if not np.isfinite(b):
        return (
            partly(0.7, "The dual variables are right; b is not a number.") if optimal else "b is no number."
        )
    gap = duality_gap(K, y, C, alpha, b)
    if optimal and gap <= 1e-3:
        return None
    if gap <= 5e-2:
        what = "the bias is not exact enough" if optimal else "your solver stops before the gap is closed"
        return partly(0.9, f"Nearly: {what}.")
    return bias_apart(K, y, C, alpha, b) if optimal else other_problem(K, y, C, alpha)


def broken_constraint(K, y, C, alpha):
    """What is wrong with dual variables before their objective is looked at."""
    if not np.isfinite(alpha).all():
        return "Some of your dual variables are not finite numbers."
    room = 1e-3 * np.max(np.abs(alpha))
    if np.min(alpha) < -room:
        if is_optimal(K, y, C, alpha * y):
            return partly(0.6, "Dual variables are not negative: did you return y_i alpha_i?")
        return "Some of your dual variables are negative."
    if np.max(alpha) > C + room:
        return "Some of your dual variables are larger than C."
    if abs(alpha @ y) > room * len(y):
        return "A constraint of the dual does not hold: which one comes from the bias?"
    return None


def bias_apart(K, y, C, alpha, b):
    """The dual variables are optimal and the bias is not."""
    if duality_gap(K, y, C, alpha, -b) <= 1e-3:
        return partly(0.6, "The dual variables are right; the bias has the wrong sign.")
    return partly(0.5, "The dual variables are right; the bias is not.")


def other_problem(K, y, C, alpha):
    """The dual variables are feasible and not optimal: perhaps they are for another problem."""
    if is_optimal(K, y, C / len(y), alpha):
        return partly(0.5, "Your alpha solves the problem with C/n: is the hinge loss summed or averaged?")
    if is_optimal(np.outer(y, y) * K, y, C, alpha):
        return partly(0.4, "Your alpha solves a problem whose quadratic form knows no labels.")
    if is_optimal(2 * K, y, C, alpha):
        return partly(0.5, "Your alpha solves a problem with another constant in front of the norm.")
    return "Your alpha and b satisfy the constraints, but are not optimal."


@svm_fit.mistake(credit=0.4)
def bias_forgotten_in_dual(K, y, C):
    """Which constraint of the dual comes from the bias b?"""
    Q = np.outer(y, y) * K
    alpha = np.full(len(y), C / 2)
    for _ in range(500):
        for i in range(len(y)):
            alpha[i] = np.clip(alpha[i] + (1 - Q[i] @ alpha) / Q[i, i], 0, C)
    return alpha, 0.0


@svm_fit.mistake(credit=0.4)
def hard_margin(K, y, C):
    """How large may alpha_i be? The constant C bounds it."""
    return svm_fit(K + 0.05 * np.eye(len(y)), y, 100 * C)


@svm_fit.mistake(credit=0.6)
def signed_variables(K, y, C):
    """Dual variables are not negative: did you return alpha_i y_i?"""
    alpha, b = svm_fit(K, y, C)
    return alpha * y, b


@svm_fit.mistake(credit=0.5)
def bias_zero(K, y, C):
    """The bias is part of the answer."""
    return svm_fit(K, y, C)[0], 0.0


@svm_fit.mistake(credit=0.6)
def bias_of_other_sign(K, y, C):
    """Evaluate y_i (f(x_i) + b) at a support vector with 0 < alpha_i < C. What should it be?"""
    alpha, b = svm_fit(K, y, C)
    return alpha, -b


@svm_fit.mistake(credit=0.5)
def mean_of_hinges(K, y, C):
    """Is the hinge loss summed or averaged?"""
    return svm_fit(K, y, C / len(y))


@svm_fit.mistake(credit=0.4)
def labels_left_out(K, y, C):
    """The quadratic form of the dual problem knows the labels: where do they stand?"""
    return svm_fit(np.outer(y, y) * K, y, C)


@svm_fit.mistake(credit=0.5)
def constant_of_norm(K, y, C):
    """Check the constant in front of the norm."""
    return svm_fit(2 * K, y, C)


@svm_fit.mistake(credit=0.7)
def bias_without_free_vectors(K, y, C):
    """What if no support vector lies strictly between the bounds? Then your bias is the mean of nothing."""
    alpha = svm_fit(K, y, C)[0]
    free = (alpha > 1e-6 * C) & (alpha < C * (1 - 1e-6))
    return alpha, float(np.sum((y - K @ (alpha * y))[free]) / np.float64(np.sum(free)))
