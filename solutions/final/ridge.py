"""Kernel ridge regression, in the feature space and in the input space: questions 5 to 8."""

import numpy as np

from autograder import built, core, dtype, edge, magnitude, partly, question, speed

from .kernels import gaussian_gram, gram, is_single

DIGITS = "The formula is right, but digits are lost: compute in float64."
TINY = 1e-300


def uniform(seed, shape):
    """Numbers between -1/2 and 1/2, cheap to draw: the large cases are built on both sides."""
    return np.random.default_rng(seed).random(shape) - 0.5


def large(rng, *shape):
    """An argument of this shape that is never sent."""
    return built(uniform, seed=int(rng.integers(2**32)), shape=shape)


# 5. Kernel ridge regression


@question(points=3, tolerance=1e-6)
def krr_fit(K, y, lam):
    """Coefficients of kernel ridge regression."""
    K, y = np.asarray(K, dtype=float), np.asarray(y, dtype=float)
    return np.linalg.solve(K + len(y) * lam * np.eye(len(y)), y)


@krr_fit.cases
def _(rng):
    def problem(n, lam, kind="gaussian", size=1.0):
        return gram(rng, n, kind, size), rng.normal(size=n), lam

    yield core("n=8, lam=0.1", *problem(8, 0.1))
    yield core("n=20, lam=0.01", *problem(20, 0.01))
    yield core("n=12, linear (singular K)", *problem(12, 0.05, "linear"))
    yield core("n=30, lam=1", *problem(30, 1.0))
    yield edge("n=1", *problem(1, 0.5))
    yield edge("y = 0", gram(rng, 5), np.zeros(5), 0.1)
    yield edge("K = 0", np.zeros((4, 4)), rng.normal(size=4), 0.1)
    yield dtype("integer labels", gram(rng, 6), np.array([1, -1, 1, 1, -1, -1]), 0.1)
    yield dtype("float32", gram(rng, 10).astype("f4"), rng.normal(size=10).astype("f4"), 0.5)
    yield magnitude("lam = 1e-6", *problem(40, 1e-6))
    yield magnitude("K of size 1e6", *problem(10, 1e3, size=1e6))
    yield magnitude("lam = 1e6", *problem(10, 1e6))


@krr_fit.accepts
def _(answer, case):
    """What counts is f, that is its values K alpha: where K is singular, many alpha give the same f."""
    K, alpha = np.asarray(case.args[0], dtype=float), case.expected
    answer = np.asarray(answer, dtype=float)
    size = max(np.max(np.abs(K @ alpha)), 1e-12 * np.max(np.abs(K)) * np.max(np.abs(alpha)), TINY)
    error = np.max(np.abs(K @ (answer - alpha))) / size
    if error <= (1e-3 if is_single(*case.args[:2]) else 1e-6):
        return None
    return partly(0.9, DIGITS) if error <= 1e-3 else False


def ridge_with(K, y, ridge):
    return np.linalg.solve(K + ridge * np.eye(len(y)), y)


@krr_fit.mistake(credit=0.4)
def number_for_identity(K, y, lam):
    """A matrix plus a number: to which entries does NumPy add it?"""
    return np.linalg.solve(K + len(y) * lam, y)


@krr_fit.mistake(credit=0.5)
def ridge_without_n(K, y, lam):
    """Write the optimality condition of the statement's objective: what multiplies lambda?"""
    return ridge_with(K, y, lam)


@krr_fit.mistake(credit=0.4)
def ridge_over_n(K, y, lam):
    """Write the optimality condition of the statement's objective: on which side does n end up?"""
    return ridge_with(K, y, lam / len(y))


@krr_fit.mistake(credit=0.2)
def ridge_forgotten(K, y, lam):
    """Your answer does not depend on lambda."""
    return np.linalg.pinv(K) @ y


@krr_fit.mistake(credit=0.4)
def values_for_coefficients(K, y, lam):
    """Coefficients or fitted values? The alpha_i multiply the functions k(., x_i)."""
    return K @ krr_fit(K, y, lam)


@krr_fit.mistake(credit=0.4)
def penalty_on_coefficients(K, y, lam):
    """The penalty is the RKHS norm of f, not the Euclidean norm of alpha."""
    return np.linalg.solve(K @ K + len(y) * lam * np.eye(len(y)), K @ y)


@krr_fit.mistake(credit=0.25)
def added_to_all_entries(K, y, lam):
    """Adding a number to a matrix adds it to every entry. Where should it stand?"""
    return np.linalg.solve(K + len(y) * lam * (1 + np.eye(len(y))), y)


@krr_fit.mistake(credit=0.4)
def labels_centred(K, y, lam):
    """The f of the statement has no constant term: are the labels changed?"""
    return ridge_with(K, y - y.mean(), len(y) * lam)


@krr_fit.mistake(credit=0.4)
def ridge_doubled(K, y, lam):
    """Both terms are squared: does the factor 2 cancel?"""
    return ridge_with(K, y, 2 * len(y) * lam)


@krr_fit.mistake(credit=0.4)
def ridge_halved(K, y, lam):
    """Both terms are squared: does the factor 1/2 cancel?"""
    return ridge_with(K, y, len(y) * lam / 2)


# 6. Prediction


@question(points=2, needs=(gaussian_gram,))
def krr_predict(alpha, X_train, X_test, sigma):
    """Values of the fitted function at the test points."""
    return gaussian_gram(X_test, X_train, sigma) @ np.asarray(alpha, dtype=float)


@krr_predict.cases
def _(rng):
    def problem(n, m, d):
        points = rng.normal(size=(n, d)), rng.normal(size=(m, d))
        return rng.normal(size=n), *points, float(rng.uniform(0.7, 2))

    yield core("n=8, m=5", *problem(8, 5, 3))
    yield core("n=m=6", *problem(6, 6, 2))
    yield core("n=20, m=30", *problem(20, 30, 4))
    yield edge("n=1", *problem(1, 4, 2))
    yield edge("m=1", *problem(5, 1, 2))
    yield edge("d=1", *problem(5, 6, 1))
    yield edge("alpha = 0", np.zeros(4), *problem(4, 3, 2)[1:])
    X, Z = np.array([[0, 1], [1, 1], [2, 0]]), np.array([[1, 0], [0, 0]])
    yield dtype("integers", np.array([1, -2, 3]), X, Z, 1)
    alpha, X, Z, sigma = problem(5, 4, 2)
    yield magnitude("large numbers", 1e6 * alpha, 1e3 * X, 1e3 * Z, 1e3 * sigma)


@krr_predict.scale
def _(alpha, X_train, X_test, sigma):
    return np.sum(np.abs(alpha))


@krr_predict.mistake(credit=0.25)
def values_at_training_points(alpha, X_train, X_test, sigma):
    """At which points is f evaluated? Yours are the training points."""
    return gaussian_gram(X_train, X_train, sigma) @ alpha


@krr_predict.mistake(credit=0.3)
def points_in_columns(alpha, X_train, X_test, sigma):
    """Which points are in the rows? There must be one value per test point."""
    return gaussian_gram(X_train, X_test, sigma) @ alpha


@krr_predict.mistake(credit=0.5)
def averaged(alpha, X_train, X_test, sigma):
    """Sum or mean? f is a sum over the training points."""
    return krr_predict(alpha, X_train, X_test, sigma) / len(alpha)


@krr_predict.mistake(credit=0.3)
def signs_of_values(alpha, X_train, X_test, sigma):
    """Is it the value of f that is asked for, or a class?"""
    return np.sign(krr_predict(alpha, X_train, X_test, sigma))


@krr_predict.mistake(credit=0.25)
def coefficient_of_nearest(alpha, X_train, X_test, sigma):
    """How many training points does one value of f depend on? All of them, not the nearest alone."""
    return alpha[np.argmax(gaussian_gram(X_test, X_train, sigma), axis=1)]


@krr_predict.mistake(credit=0.4)
def weights_normalised(alpha, X_train, X_test, sigma):
    """The weights k(x, x_i) are not normalised: they need not add up to 1."""
    K = gaussian_gram(X_test, X_train, sigma)
    return K @ alpha / K.sum(axis=1)


@krr_predict.mistake(credit=0.25)
def linear_prediction(alpha, X_train, X_test, sigma):
    """Which kernel does the statement use?"""
    return X_test @ X_train.T @ alpha


@krr_predict.mistake(credit=0.5)
def constant_of_exponent(alpha, X_train, X_test, sigma):
    """Compare the constant in the exponent with question 1."""
    return gaussian_gram(X_test, X_train, sigma / np.sqrt(2)) @ alpha


# 7. Ridge regression, and the representer theorem


@question(points=2, tolerance=1e-6, digits=1e-3)
def ridge_primal(X, y, lam):
    """Minimiser of the ridge objective."""
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    n, d = X.shape
    return np.linalg.solve(X.T @ X + n * lam * np.eye(d), X.T @ y)


@ridge_primal.cases
def _(rng):
    def problem(n, d, lam, size=1.0):
        return size * rng.normal(size=(n, d)), rng.normal(size=n), lam

    yield core("n=10, d=3", *problem(10, 3, 0.1))
    yield core("n=4, d=7", *problem(4, 7, 0.05))
    yield core("n=30, d=5", *problem(30, 5, 1.0))
    yield edge("n=1", *problem(1, 3, 0.2))
    yield edge("d=1", *problem(6, 1, 0.2))
    X, y, lam = problem(6, 2, 0.1)
    yield edge("repeated column", X[:, [0, 0, 1]], y, lam)
    yield edge("y = 0", X, np.zeros(6), lam)
    yield dtype("integers", rng.integers(-3, 4, (6, 2)), 2 * rng.integers(-3, 4, 6) + 1, 1)
    yield magnitude("samples of size 1e4", *problem(8, 3, 1e7, 1e4))
    yield magnitude("lam = 1e-8", *problem(20, 4, 1e-8))
    # Whoever solves the n x n system meets the limit of memory here.
    yield speed("n=20000, d=20", large(rng, 20_000, 20), large(rng, 20_000), 0.1, seconds=3.0)


@ridge_primal.check("w is a combination of the samples")
def _(answer, case):
    X, w = np.asarray(case.args[0], dtype=float), np.asarray(answer, dtype=float)
    if len(X) > 200 or not np.any(w):
        return True
    coefficients = np.linalg.lstsq(X.T, w, rcond=None)[0]
    return np.linalg.norm(X.T @ coefficients - w) <= 1e-5 * np.linalg.norm(w)


def ridge_in_space(X, y, ridge):
    return np.linalg.solve(X.T @ X + ridge * np.eye(X.shape[1]), X.T @ y)


@ridge_primal.mistake(credit=0.4)
def number_for_matrix(X, y, lam):
    """A matrix plus a number: to which entries does NumPy add it?"""
    return np.linalg.solve(X.T @ X + len(y) * lam, X.T @ y)


@ridge_primal.mistake(credit=0.5)
def primal_without_n(X, y, lam):
    """Write the optimality condition: what multiplies lambda?"""
    return ridge_in_space(X, y, lam)


@ridge_primal.mistake(credit=0.2)
def primal_unregularised(X, y, lam):
    """Your answer does not depend on lambda."""
    return np.linalg.lstsq(X.astype(float), y.astype(float), rcond=None)[0]


@ridge_primal.mistake(credit=0.4)
def primal_doubled(X, y, lam):
    """Both terms are squared: does the factor 2 cancel?"""
    return ridge_in_space(X, y, 2 * len(y) * lam)


@ridge_primal.mistake(credit=0.3)
def coefficients_for_weights(X, y, lam):
    """Is it w or alpha that is asked for? One has d entries, the other n."""
    return krr_fit(X @ X.T, y, lam)


@ridge_primal.mistake(credit=0.4)
def with_an_intercept(X, y, lam):
    """The functions of the statement have no constant term: where does your column of ones come from?"""
    extended = np.column_stack([X, np.ones(len(y))])
    return ridge_in_space(extended, y, len(y) * lam)[:-1]


@ridge_primal.mistake(credit=0.4)
def divided_by_n_once(X, y, lam):
    """Both terms of the equation come from the mean of squares: is each of them divided by n?"""
    return len(y) * ridge_primal(X, y, lam)


@ridge_primal.mistake(credit=0.4)
def lambda_squared(X, y, lam):
    """Check the power of lambda."""
    return ridge_in_space(X, y, len(y) * lam**2)


# 8. RKHS norm


@question(points=1, tolerance=1e-6, digits=1e-3)
def rkhs_norm(alpha, K):
    """Norm of a combination of kernel functions."""
    alpha, K = np.asarray(alpha, dtype=float), np.asarray(K, dtype=float)
    return float(np.sqrt(max(alpha @ K @ alpha, 0.0)))


def squares_of_norm(alpha, K):
    """The square of the norm, in several orders of summation."""
    by_matrix = alpha @ K @ alpha, alpha @ (K @ alpha), np.dot(K.dot(alpha), alpha)
    return *by_matrix, np.sum(K * np.outer(alpha, alpha)), np.einsum("i,ij,j->", alpha, K, alpha)


def null_function(rng):
    """Coefficients of the zero function, for which rounding makes the square of the norm negative."""
    while True:
        X = rng.normal(size=(5, 2))
        K, alpha = X @ X.T, 1e3 * np.linalg.svd(X.T)[2][-1]
        if max(squares_of_norm(alpha, K)) < 0:
            return alpha, K


@rkhs_norm.cases
def _(rng):
    yield core("Gaussian, n=6", rng.normal(size=6), gram(rng, 6))
    yield core("linear, n=8", rng.normal(size=8), gram(rng, 8, "linear"))
    yield core("Gaussian, n=15", rng.normal(size=15), gram(rng, 15))
    yield edge("n=1", rng.normal(size=1), 2 * gram(rng, 1))
    yield edge("alpha = 0", np.zeros(4), gram(rng, 4))
    yield edge("a null function", *null_function(rng))
    yield edge("another null function", *null_function(rng))
    yield dtype("integers", np.array([1, -1]), np.array([[2, 1], [1, 2]]))
    yield magnitude("size 1e6", 1e6 * rng.normal(size=6), gram(rng, 6))
    yield magnitude("size 1e-6", 1e-6 * rng.normal(size=6), gram(rng, 6))


@rkhs_norm.scale
def _(alpha, K):
    """A square root halves the digits near 0."""
    return np.sqrt(np.abs(alpha) @ np.abs(K) @ np.abs(alpha))


@rkhs_norm.mistake(credit=0.5)
def square_of_norm(alpha, K):
    """Is it the norm or its square?"""
    return float(alpha @ K @ alpha)


@rkhs_norm.mistake(credit=0.2)
def norm_of_coefficients(alpha, K):
    """Your norm does not depend on the kernel."""
    return float(np.linalg.norm(alpha))


@rkhs_norm.mistake(credit=0.25)
def norm_of_values(alpha, K):
    """That is a norm of the fitted values K alpha, not of the function."""
    return float(np.linalg.norm(K @ alpha))


@rkhs_norm.mistake(credit=0.25)
def diagonal_alone(alpha, K):
    """Expand the square of a sum: which pairs (i, j) occur?"""
    return float(np.sqrt(np.sum(alpha**2 * np.diag(K))))


@rkhs_norm.mistake(credit=0.8)
def root_of_negative(alpha, K):
    """What happens when rounding makes the square slightly negative?"""
    return float(np.sqrt(alpha @ K @ alpha))


@rkhs_norm.mistake(credit=0.2)
def spectral_bound(alpha, K):
    """That is an upper bound of the norm, not the norm."""
    return float(np.sqrt(np.linalg.norm(K, 2)) * np.linalg.norm(alpha))
