"""What `check` alone reads of solutions/descent.py: other right ways, and edits that are right as well."""

import numpy as np

from descent import armijo_step, best_step, contraction, gd, gd_1d, gd_backtracking, smoothness, step_regime

# 1. Gradient descent in one dimension


@gd_1d.alternate
def array_filled(dL, w0, gamma, n_steps):
    w = np.zeros(n_steps + 1)
    w[0] = w0
    for k in range(n_steps):
        w[k + 1] = w[k] - gamma * dL(w[k])
    return w


@gd_1d.alternate
def plain_list(dL, w0, gamma, n_steps):
    w, iterates = w0, [w0]
    for _ in range(1, n_steps + 1):
        w = w - dL(w) * gamma
        iterates += [w]
    return iterates


@gd_1d.alternate
def accumulated(dL, w0, gamma, n_steps):
    from itertools import accumulate

    iterates = accumulate(range(n_steps), lambda w, _: w - gamma * dL(w), initial=float(w0))
    return np.fromiter(iterates, float)


@gd_1d.alternate
def by_recursion(dL, w0, gamma, n_steps):
    if n_steps == 0:
        return np.array([w0], dtype=float)
    before = by_recursion(dL, w0, gamma, n_steps - 1)
    return np.append(before, before[-1] - gamma * dL(before[-1]))


# 2. Gradient descent


@gd.alternate
def rows_filled(grad, w0, gamma, n_steps):
    trajectory = np.empty((n_steps + 1, len(w0)))
    trajectory[0] = w0
    for k in range(n_steps):
        trajectory[k + 1] = trajectory[k] - gamma * grad(trajectory[k])
    return trajectory


@gd.alternate
def in_place_with_copies(grad, w0, gamma, n_steps):
    w = w0.astype(float)
    trajectory = [w.copy()]
    for _ in range(n_steps):
        w -= gamma * grad(w)
        trajectory.append(w.copy())
    return np.vstack(trajectory)


@gd.alternate
def list_of_lists(grad, w0, gamma, n_steps):
    w = list(map(float, w0))
    trajectory = [w]
    for _ in range(n_steps):
        w = [a - gamma * slope for a, slope in zip(w, grad(np.array(w)))]
        trajectory.append(w)
    return trajectory


@gd.alternate
def concatenated(grad, w0, gamma, n_steps):
    w, trajectory = w0, np.array([w0], dtype=float)
    for _ in range(n_steps):
        w = w + (-gamma) * grad(w)
        trajectory = np.concatenate([trajectory, [w]])
    return trajectory


# 3. Smoothness and strong convexity


@smoothness.alternate
def general_eigenvalues(A):
    eigenvalues = np.linalg.eigvals(A + A.T).real
    return eigenvalues.max(), eigenvalues.min()


@smoothness.alternate
def spectral_norms(A):
    return np.linalg.norm(A + A.T, 2), np.linalg.norm(A + A.T, -2)


@smoothness.alternate
def list_with_eigenvectors(A):
    return [*np.linalg.eigh(A + A.T)[0][[-1, 0]]]


@smoothness.alternate
def twice_the_symmetric_part(A):
    return tuple(2 * np.linalg.eigvalsh((A + A.T) / 2)[[-1, 0]])


# 4. Regimes of the step size


step_regime.equivalent(
    "q < 1 -> q <= 1", "q < 2 -> q <= 2", because="the borders themselves are asked about before"
)


@step_regime.alternate
def by_the_factor(gamma, L):
    factor = 1 - gamma * L
    if abs(factor) <= 1e-9:
        return "one step"
    if abs(factor + 1) <= 2e-9:
        return "cycle"
    if abs(factor) > 1:
        return "divergent"
    return "monotone" if factor > 0 else "oscillating"


@step_regime.alternate
def in_capitals(gamma, L):
    from math import isclose

    if isclose(gamma, 1 / L):
        return "One step"
    if isclose(gamma, 2 / L):
        return "Cycle"
    if gamma < 1 / L:
        return "Monotone"
    return "Oscillating" if gamma < 2 / L else "Divergent"


# 5. and 6. The contraction factor, and the step that makes it smallest


@contraction.alternate
def norm_of_a_matrix(gamma, L, mu):
    return np.linalg.norm(np.eye(2) - gamma * np.diag([L, mu]), 2)


@contraction.alternate
def by_numpy(gamma, L, mu):
    return np.maximum(np.abs(1 - gamma * L), np.abs(gamma * mu - 1))


@best_step.alternate
def one_minus_a_quotient(L, mu):
    return 2 / (L + mu), 1 - 2 * mu / (L + mu)


@best_step.alternate
def by_the_question_before(L, mu):
    gamma = 2 / (L + mu)
    return [gamma, contraction(gamma, L, mu)]


# 7. and 8. Backtracking


@armijo_step.alternate
def for_loop(f, grad, w, gamma0=1.0, beta=0.5, c=1e-4):
    g = grad(w)
    for k in range(200):
        gamma = gamma0 * beta**k
        if f(w - gamma * g) <= f(w) - c * gamma * np.sum(g**2):
            return gamma
    return gamma


@armijo_step.alternate
def decrease_on_the_left(f, grad, w, gamma0=1.0, beta=0.5, c=1e-4):
    gamma, value, g = gamma0, f(w), grad(w)
    while not (value - f(w - gamma * g) >= c * gamma * np.linalg.norm(g) ** 2):
        gamma = gamma * beta
    return np.float64(gamma)


@gd_backtracking.alternate
def own_search(f, grad, w0, n_steps, gamma0=1.0, beta=0.5, c=1e-4):
    trajectory = [np.asarray(w0, dtype=float)]
    for _ in range(n_steps):
        w, g, k = trajectory[-1], grad(trajectory[-1]), 0
        while f(w - gamma0 * beta**k * g) > f(w) - c * gamma0 * beta**k * np.dot(g, g):
            k += 1
        trajectory.append(w - gamma0 * beta**k * g)
    return trajectory
