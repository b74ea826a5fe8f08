"""What `check` alone reads of solutions/training.py: other right ways, and edits that are right as well."""

import numpy as np

from training import (
    gradient_with,
    linreg_gd,
    logistic_grad,
    logistic_loss,
    net_forward,
    net_grad,
    pca,
    pre_activations,
    sgd_linreg,
    squared_error,
    train_net,
    weights_of_samples,
)

# 1. Forward pass


@net_forward.alternate
def reshaped(w, X):
    hidden = (X.reshape(len(X), 2, -1) * w[:-2].reshape(2, -1)).sum(axis=-1)
    return np.maximum(hidden, 0) @ w[-2:]


@net_forward.alternate
def where_and_clip(w, X):
    D = X.shape[1]
    left, right = np.dot(X[:, : D // 2], w[: D // 2]), np.dot(X[:, D // 2 :], w[D // 2 : D])
    return w[D] * np.where(left > 0, left, 0) + w[D + 1] * np.clip(right, 0, None)


@net_forward.alternate
def half_of_sum(w, X):
    left, right = pre_activations(w, X)
    return w[-2] * (left + np.abs(left)) / 2 + w[-1] * (right + np.abs(right)) / 2


@net_forward.alternate
def block_matrix(w, X):
    D = X.shape[1]
    hidden = np.zeros((D, 2))
    hidden[: D // 2, 0], hidden[D // 2 :, 1] = w[: D // 2], w[D // 2 : D]
    return np.maximum(0, X @ hidden) @ w[D:]


@net_forward.alternate(float32=True)
def forward_in_single_precision(w, X):
    left, right = pre_activations(w.astype("f4"), X.astype("f4"))
    return w[-2].astype("f4") * np.maximum(left, 0) + w[-1].astype("f4") * np.maximum(right, 0)


# 2. Gradient of the training loss


net_grad.equivalent(
    "left > 0 -> left >= 0",
    "right > 0 -> right >= 0",
    because="at a kink any slope between 0 and 1 is right",
)


@net_grad.alternate
def slope_one_at_kink(w, X, y):
    left, right = pre_activations(w, X)
    return gradient_with(w, X, y, masks=(left >= 0, right >= 0))


@net_grad.alternate
def slope_half_at_kink(w, X, y):
    left, right = pre_activations(w, X)
    return gradient_with(w, X, y, masks=(np.heaviside(left, 0.5), (np.sign(right) + 1) / 2))


@net_grad.alternate
def jacobian(w, X, y):
    D = X.shape[1]
    left, right = X[:, : D // 2] @ w[: D // 2], X[:, D // 2 :] @ w[D // 2 : D]
    active = np.column_stack([np.maximum(left, 0), np.maximum(right, 0)])
    inner_left = w[D] * (left > 0)[:, None] * X[:, : D // 2]
    inner_right = w[D + 1] * (right > 0)[:, None] * X[:, D // 2 :]
    return -2 * np.hstack([inner_left, inner_right, active]).T @ (y - active @ w[D:])


@net_grad.alternate
def gradient_by_einsum(w, X, y):
    halves = X.reshape(len(X), 2, -1)
    z = np.einsum("nkd,kd->nk", halves, w[:-2].reshape(2, -1))
    error = 2 * (np.maximum(z, 0) @ w[-2:] - y)
    inner = np.einsum("n,nk,nkd->kd", error, (z > 0) * w[-2:], halves)
    return np.concatenate([inner.ravel(), error @ np.maximum(z, 0)])


@net_grad.alternate(float32=True)
def gradient_in_single_precision(w, X, y):
    return gradient_with(w.astype("f4"), X.astype("f4"), y.astype("f4"))


# 3. Training on the two images


@train_net.alternate
def losses_as_list(w0, X, y, gamma, n_steps):
    w, losses = w0.copy(), []
    for k in range(n_steps + 1):
        residual = net_forward(w, X) - y
        losses.append(float(residual @ residual))
        if k < n_steps:
            w = w - gamma * net_grad(w, X, y)
    return [w, losses]


@train_net.alternate
def in_place_on_a_copy(w0, X, y, gamma, n_steps):
    h = X.shape[1] // 2
    w, losses = np.array(w0, dtype=float), np.empty(n_steps + 1)
    for k in range(n_steps + 1):
        left, right = X[:, :h] @ w[:h], X[:, h:] @ w[h:-2]
        residual = y - w[-2] * left * (left >= 0) - w[-1] * right * (right >= 0)
        losses[k] = residual @ residual
        if k < n_steps:
            step = np.zeros_like(w)
            step[:h] = X[:, :h].T @ (residual * w[-2] * (left >= 0))
            step[h:-2] = X[:, h:].T @ (residual * w[-1] * (right >= 0))
            step[-2:] = np.maximum(left, 0) @ residual, np.maximum(right, 0) @ residual
            w += 2 * gamma * step
    return w, losses


@train_net.alternate
def recursive(w0, X, y, gamma, n_steps):
    loss = [squared_error(w0, X, y)]
    if n_steps == 0:
        return np.array(w0), loss
    w, losses = recursive(w0 - gamma * net_grad(w0, X, y), X, y, gamma, n_steps - 1)
    return w, [*loss, *losses]


# 4. Linear regression by gradient descent


linreg_gd.equivalent(
    "y - X @ w -> y + X @ w", "y - X @ w -> y", because="descent starts at w = 0, where X @ w is 0"
)


@linreg_gd.alternate
def normal_equations(X, y, gamma, n_steps):
    w, losses = np.zeros(X.shape[1]), []
    for k in range(n_steps + 1):
        losses.append(float(np.linalg.norm(X @ w - y) ** 2))
        if k < n_steps:
            w = w - gamma * 2 * ((X.T @ X) @ w - X.T @ y)
    return w, losses


@linreg_gd.alternate
def by_residuals(X, y, gamma, n_steps):
    w, residual = np.zeros(X.shape[1]), np.array(y, dtype=float)
    losses = [residual @ residual]
    for _ in range(n_steps):
        w += 2 * gamma * (X.T @ residual)
        residual = y - X @ w
        losses += [residual @ residual]
    return [w, losses]


@linreg_gd.alternate
def coordinate_sums(X, y, gamma, n_steps):
    n, d = X.shape
    w = [0.0] * d
    losses = [float(np.sum(np.square(y.astype(float))))]
    for _ in range(n_steps):
        residual = X @ np.array(w) - y
        w = [w[j] - gamma * 2 * float(residual @ X[:, j]) for j in range(d)]
        losses.append(float(np.sum((X @ np.array(w) - y) ** 2)))
    return np.array(w), np.array(losses)


# 5. and 6. Logistic regression: loss and gradient


@logistic_loss.alternate
def logaddexp_mean(w, X, y):
    return np.logaddexp(0, -y * (X @ w)).mean()


@logistic_loss.alternate
def largest_taken_out(w, X, y):
    margins = y * (X @ w)
    return np.mean(np.maximum(0, -margins) + np.log1p(np.exp(-np.abs(margins))))


@logistic_loss.alternate
def loop_of_log1p(w, X, y):
    from math import exp, log1p

    total = 0.0
    for x, label in zip(X, y):
        margin = float(label) * float(np.dot(x, w))
        total += max(0.0, -margin) + log1p(exp(-abs(margin)))
    return total / len(y)


@logistic_loss.alternate
def two_branches(w, X, y):
    m = y * X.dot(w)
    small = np.log1p(np.exp(-np.abs(m)))
    return np.sum(np.where(m > 0, small, small - m)) / X.shape[0]


@logistic_loss.alternate
def by_scipy(w, X, y):
    from scipy.special import log_expit

    return -np.mean(log_expit(y * (X @ w)))


@logistic_loss.alternate(float32=True)
def loss_in_single_precision(w, X, y):
    margins = (y * (X.astype("f4") @ w.astype("f4"))).astype("f4")
    return float(np.mean(np.logaddexp(np.float32(0), -margins)))


@logistic_grad.alternate
def quotient(w, X, y):
    return -(X.T @ (y / (1 + np.exp(y * (X @ w))))) / len(y)


@logistic_grad.alternate
def hyperbolic_tangent(w, X, y):
    return -(X.T @ (y * (1 - np.tanh(y * (X @ w) / 2)) / 2)) / len(y)


@logistic_grad.alternate
def targets_zero_and_one(w, X, y):
    predicted = np.exp(-np.logaddexp(0, -(X @ w)))
    return X.T @ (predicted - (y + 1) / 2) / len(y)


@logistic_grad.alternate
def mean_over_samples(w, X, y):
    return np.mean(-(y * weights_of_samples(w, X, y))[:, None] * X, axis=0)


@logistic_grad.alternate
def clipped_exponent(w, X, y):
    margins = np.clip(y * (X @ w), -500, 500)
    return -np.dot(y / (1 + np.exp(margins)), X) / X.shape[0]


@logistic_grad.alternate
def gradient_by_scipy(w, X, y):
    from scipy.special import expit

    return -(X.T @ (y * expit(-y * (X @ w)))) / len(y)


@logistic_grad.alternate(float32=True)
def logistic_in_single_precision(w, X, y):
    w, X, y = (values.astype("f4") for values in (w, X, y))
    return -X.T @ (y * weights_of_samples(w, X, y)) / np.float32(len(y))


# 7. Stochastic gradient descent


@sgd_linreg.alternate
def appended(X, y, w0, gamma, idx):
    w = w0
    iterates = [w0]
    for i in idx:
        w = w + 2 * gamma * (y[i] - X[i] @ w) * X[i]
        iterates.append(w)
    return np.array(iterates, dtype=float)


@sgd_linreg.alternate
def batches_of_one(X, y, w0, gamma, idx):
    iterates = np.zeros((len(idx) + 1, len(w0)))
    iterates[0] = w0
    for k, i in enumerate(idx):
        x, label = X[i : i + 1], y[i : i + 1]
        iterates[k + 1] = iterates[k] - gamma * (2 * x.T @ (x @ iterates[k] - label))
    return iterates


@sgd_linreg.alternate
def copies_in_a_list(X, y, w0, gamma, idx):
    w = np.array(w0, dtype=float)
    iterates = [w.copy()]
    for i in idx:
        w -= gamma * 2 * (np.dot(X[i], w) - y[i]) * X[i]
        iterates.append(w.copy())
    return iterates


# 8. Principal component analysis


pca.equivalent(
    "return np.linalg.svd(X - X.mean(axis=0), full_matrices=False... -> "
    "return -np.linalg.svd(X - X.mean(axis=0), full_matrices=Fals...",
    because="a direction may point either way",
)


@pca.alternate
def eigenvectors_of_covariance(X, k):
    covariance = np.cov(X.T.astype(float)).reshape(X.shape[1], -1)
    return np.linalg.eigh(covariance)[1].T[::-1][:k]


@pca.alternate
def eig_sorted(X, k):
    centred = X - np.mean(X, axis=0)
    values, vectors = np.linalg.eig(centred.T @ centred)
    return vectors[:, np.argsort(-values.real)[:k]].T.real


@pca.alternate
def power_iteration(X, k):
    centred = (X - X.mean(axis=0)).astype(float)
    scatter, found = centred.T @ centred, []
    rng = np.random.default_rng(1)
    for _ in range(k):
        v = rng.normal(size=len(scatter))
        for _ in range(300):
            v = scatter @ v
            for u in found:
                v -= (u @ v) * u
            v /= np.linalg.norm(v)
        found.append(v)
    return np.array(found)


@pca.alternate
def turned_round(X, k):
    return -np.linalg.svd(X - X.mean(axis=0))[2][:k]


@pca.alternate
def from_gram_matrix(X, k):
    centred = X - X.mean(axis=0)
    vectors = np.linalg.eigh(centred @ centred.T)[1][:, ::-1][:, :k]
    directions = centred.T @ vectors
    return (directions / np.linalg.norm(directions, axis=0)).T
