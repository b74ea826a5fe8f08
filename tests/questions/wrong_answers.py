# ruff: noqa: E501 - an answer a line
"""Wrong answers as students write them, over all five homeworks: some are known mistakes, most are not."""

WRONG = {
    "gradients": """
def linear_form_grad(w, x): return w @ x
def linear_form_grad(w, x): return x / np.linalg.norm(x)
def linear_form_grad(w, x): return np.ones(len(w))
def linear_form_grad(w, x): return x + w
def linear_form_grad(w, x): return np.diag(x)
def linear_form_grad(w, x): return -x
def quad_form_sum(A, w): return sum(A[i, i] * w[i] for i in range(len(w)))
def quad_form_sum(A, w): return sum(A[i, j] * w[i] for i in range(len(w)) for j in range(len(w)))
def quad_form_sum(A, w): return sum(A[i, j] * w[i] * w[j] for i in range(1, len(w)) for j in range(len(w)))
def quad_form_sum(A, w): return sum(abs(A[i, j] * w[i] * w[j]) for i in range(len(w)) for j in range(len(w)))
def quad_form(A, w): return 0.5 * w @ A @ w
def quad_form(A, w): return np.sqrt(abs(w @ A @ w))
def quad_form(A, w): return A @ w
def quad_form(A, w): return np.outer(w, w) * A
def quad_form(A, w): return w @ A @ w + np.trace(A)
def quad_form(A, w): return round(w @ A @ w, 2)
def quad_grad(A, w): return A @ w
def quad_grad(A, w): return A.T @ w
def quad_grad(A, w): return (A + A.T) * w
def quad_grad(A, w): return 3 * (A + A.T) @ w
def quad_grad(A, w): return (A - A.T) @ w
def quad_grad(A, w): return ((A + A.T) @ w)[::-1]
def quad_grad(A, w): return (A + A.T) @ w / np.linalg.norm((A + A.T) @ w)
def num_grad(f, w, h=1e-5): return np.array([(f(w + h) - f(w - h)) / (2 * h) for _ in w])
def num_grad(f, w, h=1e-5): return np.array([(f(w + h * e) - f(w - h * e)) / h for e in np.eye(len(w))])
def num_grad(f, w, h=1e-5): return [(f(w + h * e) - f(w)) / h for e in np.eye(len(w))]
def num_grad(f, w, h=1e-5): return np.array([f(w + h * e) - f(w - h * e) for e in np.eye(len(w))])
def rel_error(g1, g2): return np.linalg.norm(g1 - g2) / np.linalg.norm(g1)
def rel_error(g1, g2): return np.abs(g1 - g2) / (np.abs(g1) + np.abs(g2) + 1e-12)
def rel_error(g1, g2): return np.linalg.norm(g1 - g2)
def rel_error(g1, g2): return np.linalg.norm(g1 + g2) / max(np.linalg.norm(g1) + np.linalg.norm(g2), 1e-12)
def point_loss(f, grad_f, w, x, y=1.0): return (f(w, x) - y) ** 2
def point_loss(f, grad_f, w, x, y=1.0): return f(w, x) - y, grad_f(w, x)
def point_loss(f, grad_f, w, x, y=1.0): return (f(w, x) - y) ** 2, 2 * (f(w, x) - y) * x
def ls_loss(w, X, y): return np.sum(np.abs(X @ w - y))
def ls_loss(w, X, y): return np.sum((X @ w - y) ** 2) / 2
def ls_loss(w, X, y): return (X @ w - y) ** 2
def ls_grad(w, X, y): return 2 * X.T @ (y - X @ w)
def ls_grad(w, X, y): return X.T @ (X @ w - y)
def ls_grad(w, X, y): return 2 * X.T @ X @ w
def ls_grad(w, X, y): return 2 * X @ (X @ w - y)
def ls_grad(w, X, y): return 2 * (X.T @ (X @ w - y))[:-1]
def ls_hess(X): return 2 * X @ X.T
def ls_hess(X): return 2 * np.diag(np.diag(X.T @ X))
def ls_hess(X): return X.T @ X / len(X)
def ls_hess(X): return np.triu(2 * X.T @ X)
""",
    "convexity": """
def jensen_gap(f, u, v, t): return f(t * u + (1 - t) * v) - t * f(u) - (1 - t) * f(v)
def jensen_gap(f, u, v, t): return t * f(u) + (1 - t) * f(v)
def jensen_gap(f, u, v, t): return (1 - t) * f(u) + t * f(v) - f((1 - t) * u + t * v)
def jensen_gap(f, u, v, t): return t * f(u) + (1 - t) * f(v) - f(t * (u + v))
def jensen_gap(f, u, v, t): return abs(t * f(u) + (1 - t) * f(v) - f(t * u + (1 - t) * v))
def find_violation(f, sample, rng, n_trials=1000, tol=1e-9): return None
def find_violation(f, sample, rng, n_trials=1000, tol=1e-9): return True
def is_psd(A, tol=1e-10): return bool(np.all(A >= 0))
def is_psd(A, tol=1e-10): return np.linalg.det(A) >= 0
def is_psd(A, tol=1e-10): return bool(np.all(np.linalg.eigvalsh(A) > 0))
def is_psd(A, tol=1e-10): return np.linalg.eigvalsh((A + A.T) / 2)
def slide_functions(A, tol=1e-10): return {k: (True, True) for k in ("sqnorm", "exp", "quad", "ln")}
def slide_functions(A, tol=1e-10): return {k: True for k in ("sqnorm", "exp", "quad", "ln")}
def slide_functions(A, tol=1e-10): return (True, True), (True, True), (False, False), (True, True)
def num_hessian(f, w, h=1e-3): return np.array([(f(w + h * e) - 2 * f(w) + f(w - h * e)) / h**2 for e in np.eye(len(w))])
def num_hessian(f, w, h=1e-3): return np.diag([(f(w + h * e) - 2 * f(w) + f(w - h * e)) / h**2 for e in np.eye(len(w))])
def tangent_gap(f, grad, w, v): return f(v) - f(w) + grad(w) @ (v - w)
def tangent_gap(f, grad, w, v): return f(v) - grad(w) @ (v - w)
def tangent_gap(f, grad, w, v): return f(v) - f(w) - grad(v) @ (v - w)
def is_global_min(grad, w, tol=1e-8): return np.linalg.norm(grad(w))
def is_global_min(grad, w, tol=1e-8): return bool(np.all(grad(w) >= 0))
def quad_minimiser(A, b): return np.linalg.solve(A, -b)
def quad_minimiser(A, b): return np.linalg.lstsq(A + A.T, b, rcond=None)[0]
def quad_minimiser(A, b): return -b
""",
    "descent": """
def gd_1d(dL, w0, gamma, n_steps): return np.array([w0 - k * gamma * dL(w0) for k in range(n_steps + 1)])
def gd_1d(dL, w0, gamma, n_steps): return np.full(n_steps + 1, float(w0))
def gd_1d(dL, w0, gamma, n_steps): return w0 - gamma * dL(w0)
def gd(grad, w0, gamma, n_steps): return [w0 - gamma * grad(w0)] * (n_steps + 1)
def gd(grad, w0, gamma, n_steps): return np.zeros((n_steps + 1, len(w0)))
def gd(grad, w0, gamma, n_steps): return np.array([np.asarray(w0) + k * gamma * grad(np.asarray(w0)) for k in range(n_steps + 1)])
def smoothness(A): return np.linalg.eigvalsh(A)[-1], np.linalg.eigvalsh(A)[0]
def smoothness(A): return np.linalg.norm(A + A.T), 0.0
def smoothness(A): return np.linalg.eigvalsh(A + A.T)
def smoothness(A): return np.linalg.eigvalsh(A + A.T)[0], np.linalg.eigvalsh(A + A.T)[-1]
def step_regime(gamma, L): return "monotone" if gamma < 2 / L else "divergent"
def step_regime(gamma, L): return gamma * L
def contraction(gamma, L, mu): return abs(1 - gamma * L)
def contraction(gamma, L, mu): return 1 - gamma * mu
def contraction(gamma, L, mu): return min(abs(1 - gamma * L), abs(1 - gamma * mu))
def contraction(gamma, L, mu): return max((1 - gamma * L) ** 2, (1 - gamma * mu) ** 2)
def best_step(L, mu): return 2 / (L + mu)
def best_step(L, mu): return 1 / L, 1.0
def armijo_step(f, grad, w, gamma0=1.0, beta=0.5, c=1e-4): return gamma0
def armijo_step(f, grad, w, gamma0=1.0, beta=0.5, c=1e-4): return beta * gamma0
""",
    "training": """
def net_forward(w, X): return X @ w[:-2]
def net_forward(w, X): return X[:, : X.shape[1] // 2] @ w[: X.shape[1] // 2] * w[-2] + X[:, X.shape[1] // 2 :] @ w[X.shape[1] // 2 : -2] * w[-1]
def net_forward(w, X): return np.maximum(X @ w[:-2], 0)
def net_grad(w, X, y): return np.zeros(len(w))
def linreg_gd(X, y, gamma, n_steps): return np.linalg.lstsq(X, y, rcond=None)[0], np.zeros(n_steps + 1)
def linreg_gd(X, y, gamma, n_steps): return np.zeros(X.shape[1])
def logistic_loss(w, X, y): return np.sum(np.log1p(np.exp(-y * (X @ w))))
def logistic_loss(w, X, y): return np.mean(np.log1p(np.exp(y * (X @ w))))
def logistic_loss(w, X, y): return np.mean(np.maximum(0, 1 - y * (X @ w)))
def logistic_grad(w, X, y): return X.T @ (y / (1 + np.exp(y * (X @ w)))) / len(y)
def logistic_grad(w, X, y): return -X.T @ (y / (1 + np.exp(y * (X @ w))))
def logistic_grad(w, X, y): return -X.T @ (y / (1 + np.exp(-y * (X @ w)))) / len(y)
def sgd_linreg(X, y, w0, gamma, idx): return np.array([w0] * (len(idx) + 1))
def sgd_linreg(X, y, w0, gamma, idx): return np.asarray(w0) - 2 * gamma * X.T @ (X @ w0 - y)
def pca(X, k): return np.linalg.svd(X, full_matrices=False)[2][:k]
def pca(X, k): return np.linalg.eigh(np.cov(X.T))[1][:, :k].T
def pca(X, k): return np.linalg.svd(X - X.mean(axis=0), full_matrices=False)[2][:k].T
""",
    "final": """
def gaussian_gram(X, Z, sigma): return np.exp(-((X[:, None] - Z[None]) ** 2).sum(axis=2) / sigma**2)
def gaussian_gram(X, Z, sigma): return np.exp(-np.sqrt(((X[:, None] - Z[None]) ** 2).sum(axis=2)) / (2 * sigma**2))
def gaussian_gram(X, Z, sigma): return ((X[:, None] - Z[None]) ** 2).sum(axis=2)
def gaussian_gram(X, Z, sigma): return X @ Z.T
def is_gram(K, tol=1e-8): return bool(np.allclose(K, K.T))
def is_gram(K, tol=1e-8): return bool(np.all(np.linalg.eigvals(K) >= 0))
def center_gram(K): return K - K.mean()
def center_gram(K): return K - K.mean(axis=0)
def center_gram(K): return K - K.mean(axis=0) - K.mean(axis=1)[:, None]
def krr_fit(K, y, lam): return np.linalg.solve(K + lam * np.eye(len(y)), y)
def krr_fit(K, y, lam): return np.linalg.solve(K, y)
def krr_fit(K, y, lam): return np.linalg.solve(K.T @ K + len(y) * lam * np.eye(len(y)), y)
def ridge_primal(X, y, lam): return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)
def ridge_primal(X, y, lam): return np.linalg.lstsq(X, y, rcond=None)[0]
def rkhs_norm(alpha, K): return alpha @ K @ alpha
def rkhs_norm(alpha, K): return np.linalg.norm(alpha)
def rkhs_norm(alpha, K): return np.linalg.norm(K @ alpha)
def klr_loss_grad(alpha, K, y, lam): return np.mean(np.logaddexp(0, -y * (K @ alpha))), np.zeros(len(y))
def kernel_pca(K, k): return np.linalg.eigh(K)[1][:, ::-1][:, :k]
def kernel_pca(K, k): return np.linalg.eigh(K - K.mean(axis=0) - K.mean(axis=1)[:, None] + K.mean())[1][:, :k]
def kernel_pca(K, k): return K[:, :k]
""",
}
