"""What `check` alone reads of solutions/final: other right ways, and edits that are right as well."""

import numpy as np

from final.kernels import center_gram, gaussian_gram, is_gram, non_psd_witness, squares
from final.logistic import descend, klr_fit, klr_loss_grad, pulls
from final.pca import kernel_pca, spectrum
from final.ridge import krr_fit, krr_predict, ridge_primal, rkhs_norm
from final.svm import best_bias, svm_fit

# 1. Gaussian Gram matrix


@gaussian_gram.alternate
def expanded_square(X, Z, sigma):
    distances = (X**2).sum(axis=1)[:, None] + (Z**2).sum(axis=1) - 2 * X @ Z.T
    return np.exp(-np.maximum(distances, 0) / (2 * sigma**2))


@gaussian_gram.alternate
def expanded_square_unclipped(X, Z, sigma):
    distances = np.sum(X * X, axis=1).reshape(-1, 1) + np.sum(Z * Z, axis=1) - 2 * np.dot(X, Z.T)
    return np.exp(-distances / (2 * sigma**2))


@gaussian_gram.alternate
def by_cdist(X, Z, sigma):
    from scipy.spatial.distance import cdist

    return np.exp(-cdist(X, Z, "sqeuclidean") / (2 * sigma**2))


@gaussian_gram.alternate
def product_over_coordinates(X, Z, sigma):
    K = np.ones((len(X), len(Z)))
    for j in range(X.shape[1]):
        K = K * np.exp(-(np.subtract.outer(X[:, j], Z[:, j]) ** 2) / (2 * sigma**2))
    return K


@gaussian_gram.alternate
def row_by_row(X, Z, sigma):
    return np.array([np.exp(-(np.linalg.norm(Z - x, axis=1) ** 2) / (2 * sigma**2)) for x in X])


@gaussian_gram.alternate
def by_norms(X, Z, sigma):
    return np.exp(-0.5 * (np.linalg.norm(X[:, None] - Z, axis=2) / sigma) ** 2)


@gaussian_gram.alternate(float32=True)
def gram_in_single_precision(X, Z, sigma):
    return np.exp(-squares(X.astype("f4"), Z.astype("f4")) / np.float32(2 * sigma**2))


# 2. Can this matrix be a Gram matrix?


is_gram.equivalent(
    "(K + K.T) / 2 -> K + K.T",
    "K + K.T -> K",
    "K + K.T -> K.T",
    "K.T -> K (2)",
    "2 -> 1",
    "2 -> 3",
    because="K is symmetric where this is asked, and a multiple has eigenvalues of the same signs",
)


@is_gram.alternate
def by_eigh(K, tol=1e-8):
    size = np.max(np.abs(K))
    symmetric = np.abs(K - K.T).max() <= tol * size
    return symmetric and np.linalg.eigh((K + K.T) / 2)[0].min() >= -tol * size


@is_gram.alternate
def by_cholesky(K, tol=1e-8):
    size = np.max(np.abs(K))
    if size == 0:
        return True
    K = K / size
    if not np.allclose(K, K.T, rtol=0, atol=tol):
        return False
    try:
        np.linalg.cholesky((K + K.T) / 2 + tol * np.eye(len(K)))
    except np.linalg.LinAlgError:
        return False
    return True


@is_gram.alternate
def by_quadratic_form(K, tol=1e-8):
    if not np.allclose(K, K.T, rtol=0, atol=tol * np.max(np.abs(K))):
        return False
    values, vectors = np.linalg.eigh((K + K.T) / 2)
    v = vectors[:, 0]
    return not v @ K @ v < -tol * np.max(np.abs(values))


# 3. Is k a positive definite kernel?


non_psd_witness.equivalent(
    "range(n_trials) -> range(n_trials + 1)", because="a witness found by one more trial is one as well"
)


@non_psd_witness.alternate
def by_eigenvector(k, sample, rng, n_points=6, n_trials=300, tol=1e-9):
    for _ in range(n_trials):
        points = [sample(rng) for _ in range(n_points)]
        K = np.array([[k(x, z) for x in points] for z in points])
        values, vectors = np.linalg.eigh((K + K.T) / 2)
        v = vectors[:, 0]
        if v @ K @ v < -tol * np.abs(values).max():
            return np.array(points)
    return None


@non_psd_witness.alternate
def filled_entry_by_entry(k, sample, rng, n_points=6, n_trials=300, tol=1e-9):
    for _ in range(n_trials):
        points, K = [], np.zeros((n_points, n_points))
        for i in range(n_points):
            points.append(sample(rng))
            for j in range(i + 1):
                K[i, j] = K[j, i] = k(points[i], points[j])
        eigenvalues = np.linalg.eigvals(K).real
        if min(eigenvalues) < -max(tol, 1e-9) * max(abs(eigenvalues)):
            return points
    return None


# 4. Centring in feature space


center_gram.equivalent(
    "0 -> 1", "0 -> -1", "1 -> 0", because="K is symmetric: its rows have the means of its columns"
)


@center_gram.alternate
def by_projection(K):
    H = np.eye(len(K)) - np.ones((len(K), len(K))) / len(K)
    return H @ K @ H


@center_gram.alternate
def one_axis_after_the_other(K):
    half = K - K.mean(axis=0, keepdims=True)
    return half - half.mean(axis=1, keepdims=True)


@center_gram.alternate
def four_matrices(K):
    ones = np.ones(K.shape) / len(K)
    return K - ones @ K - K @ ones + ones @ K @ ones


@center_gram.alternate
def in_plain_python(K):
    n = len(K)
    means = [sum(map(float, K[i])) / n for i in range(n)]
    mean = sum(means) / n
    return [[float(K[i, j]) - means[i] - means[j] + mean for j in range(n)] for i in range(n)]


@center_gram.alternate(float32=True)
def centred_in_single_precision(K):
    K = K.astype("f4")
    return K - K.mean(axis=0) - K.mean(axis=1)[:, None] + K.mean()


# 5. Kernel ridge regression


@krr_fit.alternate
def by_inverse(K, y, lam):
    return np.linalg.inv(K + lam * len(y) * np.identity(len(y))) @ y


@krr_fit.alternate
def by_lstsq(K, y, lam):
    return np.linalg.lstsq(K + lam * len(y) * np.eye(len(y)), y, rcond=None)[0]


@krr_fit.alternate
def by_cholesky_factors(K, y, lam):
    from scipy.linalg import cho_factor, cho_solve

    return cho_solve(cho_factor(K / len(y) + lam * np.eye(len(y))), y / len(y))


@krr_fit.alternate
def by_eigenvectors(K, y, lam):
    values, vectors = np.linalg.eigh(K)
    return vectors @ ((vectors.T @ y) / (values + len(y) * lam))


@krr_fit.alternate
def column_of_coefficients(K, y, lam):
    n = K.shape[0]
    return np.linalg.solve(K + n * lam * np.eye(n), y.reshape(-1, 1)).ravel()


@krr_fit.alternate
def diagonal_filled(K, y, lam):
    regular = np.array(K, dtype=float)
    regular[np.diag_indices(len(y))] += len(y) * lam
    return np.linalg.solve(regular, y)


@krr_fit.alternate
def conjugate_gradients(K, y, lam):
    A = K.astype(float) + lam * len(y) * np.eye(len(y))
    alpha, residual = np.zeros(len(y)), np.array(y, dtype=float)
    direction, square = residual.copy(), residual @ residual
    for _ in range(40 * len(y)):
        if square <= 1e-30 * np.dot(y, y):
            break
        image = A @ direction
        step = square / (direction @ image)
        alpha, residual = alpha + step * direction, residual - step * image
        before, square = square, residual @ residual
        direction = residual + square / before * direction
    return alpha


# 6. Prediction


@krr_predict.alternate
def coefficients_from_the_left(alpha, X_train, X_test, sigma):
    return alpha @ gaussian_gram(X_train, X_test, sigma)


@krr_predict.alternate
def point_by_point(alpha, X_train, X_test, sigma):
    from math import exp

    def value(z):
        return sum(a * exp(-float(np.dot(x - z, x - z)) / (2 * sigma**2)) for a, x in zip(alpha, X_train))

    return [value(z) for z in X_test]


@krr_predict.alternate
def prediction_by_einsum(alpha, X_train, X_test, sigma):
    return np.einsum("i,mi->m", alpha, np.exp(-squares(X_test, X_train) / (2 * sigma**2)))


# 7. Ridge regression, and the representer theorem


@ridge_primal.alternate
def mean_equations(X, y, lam):
    return np.linalg.solve(X.T @ X / len(y) + lam * np.eye(X.shape[1]), X.T @ y / len(y))


@ridge_primal.alternate
def whichever_is_smaller(X, y, lam):
    n, d = X.shape
    if n < d:
        return X.T @ np.linalg.solve(X @ X.T + n * lam * np.eye(n), y)
    return np.linalg.solve(X.T @ X + n * lam * np.eye(d), X.T @ y)


@ridge_primal.alternate
def by_inverse_matrix(X, y, lam):
    return np.linalg.inv(X.T @ X + len(y) * lam * np.eye(X.shape[1])) @ X.T @ y


@ridge_primal.alternate
def augmented_data(X, y, lam):
    d = X.shape[1]
    rows = np.vstack([X, np.sqrt(len(y) * lam) * np.eye(d)])
    return np.linalg.lstsq(rows, np.concatenate([y, np.zeros(d)]), rcond=None)[0]


@ridge_primal.alternate
def by_svd(X, y, lam):
    U, sizes, V = np.linalg.svd(X, full_matrices=False)
    return V.T @ (sizes / (sizes**2 + len(y) * lam) * (U.T @ y))


# 8. RKHS norm


rkhs_norm.equivalent("alpha @ K -> alpha @ K.T", because="K is symmetric")


@rkhs_norm.alternate
def clipped_root(alpha, K):
    return np.sqrt(np.maximum(np.dot(alpha, K.dot(alpha)), 0))


@rkhs_norm.alternate
def double_sum(alpha, K):
    return max(float(np.sum(K * np.outer(alpha, alpha))), 0) ** 0.5


@rkhs_norm.alternate
def absolute_square(alpha, K):
    return np.sqrt(abs(alpha @ K @ alpha))


# 9. Kernel logistic regression: objective and gradient


klr_loss_grad.equivalent(
    "K @ alpha -> K.T @ alpha",
    "K @ (lam * alpha - y * wrong / len(y)) -> K.T @ (lam * alpha - y * wrong / len(y))",
    because="K is symmetric",
)


@klr_loss_grad.alternate
def derivative_of_loss(alpha, K, y, lam):
    values = K @ alpha
    slopes = -y / (1 + np.exp(np.clip(y * values, -700, 700)))
    objective = np.mean(np.logaddexp(0, -y * values)) + 0.5 * lam * np.dot(alpha, values)
    return objective, K.T @ slopes / len(y) + lam * values


@klr_loss_grad.alternate
def in_two_parts(alpha, K, y, lam):
    margins = y * K.dot(alpha)
    loss = np.where(margins > 0, 0, -margins) + np.log1p(np.exp(-np.abs(margins)))
    gradient = -(K * y) @ (0.5 * (1 - np.tanh(margins / 2))) / len(y)
    return [loss.mean() + lam * alpha @ K @ alpha / 2, list(gradient + lam * K @ alpha)]


@klr_loss_grad.alternate
def klr_by_scipy(alpha, K, y, lam):
    from scipy.special import expit, log_expit

    values = K @ alpha
    objective = -np.mean(log_expit(y * values)) + lam / 2 * np.sum(alpha * values)
    return objective, lam * values - K @ (y * expit(-y * values)) / len(y)


# 10. Kernel logistic regression: training


klr_fit.equivalent(
    "100 -> 101",
    "100 -> 99",
    "1.0 -> 2.0",
    "...ha - size * step, K, y, lam)[0] > objective and size > 1e-10 -> "
    "klr_loss_grad(alpha - size * step, K, y, lam)[0] > objective",
    "alpha - size * step -> alpha",
    "klr_loss_grad(alpha - size * step, K, y, lam)[0] > objective -> "
    "...lr_loss_grad(alpha - size * step, K, y, lam)[0] >= objective",
    "size * step -> step",
    "size > 1e-10 -> size >= 1e-10",
    "2 -> 3",
    "size * step -> step (2)",
    "1 + np.max(np.abs(alpha)) -> 1",
    "1 + np.max(np.abs(alpha)) -> 1 - np.max(np.abs(alpha))",
    "1 + np.max(np.abs(alpha)) -> np.max(np.abs(alpha))",
    "1 -> 0 (2)",
    "1 -> 2 (2)",
    "1e-08 * (1 + np.max(np.abs(alpha))) -> 1e-08",
    "np.max -> np.min",
    "np.max -> np.min (2)",
    "np.max(np.abs(step)) <= 1e-08 * (1 + np.max(np.abs(alpha))) -> "
    "np.max(np.abs(step)) < 1e-08 * (1 + np.max(np.abs(alpha)))",
    because="step sizes and the stopping rule decide how soon the one minimum is reached",
)
klr_fit.equivalent(
    "size /= 2 -> (nothing)",
    "2 -> 1",
    because="where every full step goes down, none is halved; a draw in which one must be catches both",
)
klr_fit.equivalent(
    "K @ alpha -> K.T @ alpha",
    "(wrong * (1 - wrong) / n)[:, None] * K + lam * np.eye(n) -> lam * np.eye(n)",
    "(wrong * (1 - wrong) / n)[:, None] * K -> (wrong * (1 - wrong) / n)[:, None]",
    "(wrong * (1 - wrong) / n)[:, None] -> (wrong * (1 - wrong) / n)[None, :]",
    "1 - wrong -> 1",
    "1 - wrong -> 1 + wrong",
    "1 -> 2",
    "wrong * (1 - wrong) -> wrong",
    "wrong * (1 - wrong) -> 1 - wrong",
    because="with another curvature the steps lead to the same minimum; K is symmetric",
)


@klr_fit.alternate
def by_bfgs(K, y, lam):
    from scipy.optimize import minimize

    start, options = np.zeros(len(y)), {"gtol": 1e-8}
    return minimize(klr_loss_grad, start, (K, y, lam), method="BFGS", jac=True, options=options).x


@klr_fit.alternate
def by_lbfgs(K, y, lam):
    from scipy.optimize import minimize

    def objective(alpha):
        return klr_loss_grad(alpha, K, y, lam)

    options = {"maxiter": 20_000, "maxfun": 40_000, "ftol": 1e-15, "gtol": 1e-9}
    return minimize(objective, np.zeros(len(y)), method="L-BFGS-B", jac=True, options=options).x


@klr_fit.alternate
def functional_descent(K, y, lam):
    step = 1 / (np.linalg.norm(K, 2) / (4 * len(y)) + lam)
    return descend(lambda alpha: lam * alpha - pulls(alpha, K, y), np.zeros(len(y)), step, 1000)


@klr_fit.alternate
def weighted_ridge_regressions(K, y, lam):
    n, alpha = len(y), np.zeros(len(y))
    for _ in range(50):
        wrong = 1 / (1 + np.exp(y * (K @ alpha)))
        weights = wrong * (1 - wrong) + 1e-12
        targets = K @ alpha + y * wrong / weights
        alpha = np.linalg.solve(K + n * lam * np.diag(1 / weights), targets)
    return alpha


# 11. Support vector machine


svm_fit.equivalent(
    "100000 -> 100001",
    "100000 -> 99999",
    "0 -> -1",
    "0 -> 1 (2)",
    "y > 0 -> y >= 0",
    "y < 0 -> y <= 0",
    "1 - 1e-12 -> 1",
    "C * (1 - 1e-12) -> C",
    "C * 1e-12 -> 1e-12",
    "alpha < C * (1 - 1e-12) -> alpha <= C * (1 - 1e-12)",
    "alpha > C * 1e-12 -> alpha >= C * 1e-12",
    "1 - 1e-12 -> 1 (2)",
    "C * (1 - 1e-12) -> C (2)",
    "C * 1e-12 -> 1e-12 (2)",
    "alpha < C * (1 - 1e-12) -> alpha <= C * (1 - 1e-12) (2)",
    "alpha > C * 1e-12 -> alpha >= C * 1e-12 (2)",
    "slope[i] - slope[j] > 1e-09 -> slope[i] - slope[j] >= 1e-09",
    "0 -> -1 (3)",
    "y[i] > 0 -> y[i] >= 0",
    "0 -> -1 (4)",
    "y[j] > 0 -> y[j] >= 0",
    because="labels are never 0, and no variable stops within rounding of a bound without being there",
)
svm_fit.equivalent(
    "2 * K[i, j] -> K[i, j]",
    "2 -> 1",
    "K[i, i] + K[j, j] - 2 * K[i, j] -> K[i, i] + K[j, j]",
    "K[i, j] -> K[j, i]",
    "K[:, i] -> K[i, :]",
    "K[:, j] -> K[j, :]",
    "K @ (alpha * y) -> K.T @ (alpha * y)",
    because="shorter steps lead to the same solution; K is symmetric",
)
svm_fit.equivalent(
    "...maximum(0, 1 - y * (residuals[:, None] + y - residuals)).sum -> "
    "...aximum(0, 1 - y * (residuals[:, None] + y - residuals)).mean",
    "1 + np.min(hinges) -> 1",
    "1 + np.min(hinges) -> np.min(hinges)",
    "1 -> 0 (5)",
    "1 -> 2 (5)",
    "1e-09 * (1 + np.min(hinges)) -> 1e-09",
    "hinges <= np.min(hinges) + 1e-09 * (1 + np.min(hinges)) -> "
    "hinges < np.min(hinges) + 1e-09 * (1 + np.min(hinges))",
    "np.min -> np.max (2)",
    "np.min(hinges) + 1e-09 * (1 + np.min(hinges)) -> np.min(hinges)",
    "np.max -> np.min",
    "np.min -> np.max (3)",
    because="every bias that minimises the hinges is right",
)


@svm_fit.alternate
def by_slsqp(K, y, C):
    from scipy.optimize import minimize

    Q = np.outer(y, y) * K
    solution = minimize(
        lambda alpha: (alpha @ Q @ alpha / 2 - alpha.sum(), Q @ alpha - 1),
        np.full(len(y), min(C, 1.0) / 2),
        jac=True,
        method="SLSQP",
        bounds=[(0, C)] * len(y),
        constraints=[{"type": "eq", "fun": lambda alpha: alpha @ y, "jac": lambda alpha: y}],
        options={"maxiter": 1000, "ftol": 1e-12},
    )
    alpha = np.clip(solution.x, 0, C)
    scores = K @ (alpha * y)
    free = (alpha > 1e-5 * C) & (alpha < C * (1 - 1e-5))
    if free.any():
        return alpha, np.mean((y - scores)[free])
    return alpha, best_bias(K, y, alpha)


@svm_fit.alternate
def augmented_lagrangian(K, y, C):
    n, Q, alpha, price = len(y), np.outer(y, y) * K, np.zeros(len(y)), 0.0
    H = Q + np.outer(y, y)
    step = 1 / np.linalg.norm(H, 2)
    for _ in range(100):
        ahead, momentum = alpha.copy(), 1.0
        for _ in range(200):
            after = np.clip(ahead - step * (H @ ahead - 1 + price * y), 0, C)
            faster = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
            ahead = after + (momentum - 1) / faster * (after - alpha)
            alpha, momentum = after, faster
        price += y @ alpha
        if abs(y @ alpha) < 1e-9 * C * n:
            break
    return alpha, float(best_bias(K, y, alpha))


@svm_fit.alternate
def largest_of_best_biases(K, y, C):
    alpha = svm_fit(K, y, C)[0]
    residuals = y - K @ (alpha * y)
    hinges = np.array([np.sum(np.maximum(0, 1 - y * (y - residuals + b))) for b in residuals])
    return [alpha, np.max(residuals[hinges <= hinges.min() + 1e-9])]


# 12. Kernel PCA


kernel_pca.equivalent(
    "return vectors[:, first] * np.sqrt(np.maximum(values[first],... -> "
    "return -(vectors[:, first] * np.sqrt(np.maximum(values[first...",
    because="an axis may point either way",
)
kernel_pca.equivalent(
    "0 -> -1",
    because="no case asks for an axis along which the data do not vary",
)


@kernel_pca.alternate
def by_singular_values(K, k):
    U, sizes, _ = np.linalg.svd(center_gram(K))
    return U[:, :k] * np.sqrt(sizes[:k])


@kernel_pca.alternate
def projected(K, k):
    n = len(K)
    H = np.eye(n) - np.ones((n, n)) / n
    centred = H @ K @ H
    values, vectors = spectrum((centred + centred.T) / 2)
    return centred @ (vectors[:, :k] / np.sqrt(values[:k]))


@kernel_pca.alternate
def eig_and_turned_round(K, k):
    half = K - K.mean(axis=0, keepdims=True)
    centred = half - half.mean(axis=1, keepdims=True)
    values, vectors = np.linalg.eig((centred + centred.T) / 2)
    first = np.argsort(values.real)[::-1][:k]
    return -vectors[:, first].real * np.sqrt(values[first].real)
