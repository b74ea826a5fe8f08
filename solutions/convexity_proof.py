"""What `check` alone reads of solutions/convexity.py: other right ways, and edits that are right as well."""

import numpy as np

from convexity import (
    find_violation,
    is_global_min,
    is_psd,
    jensen_gap,
    num_hessian,
    over_pairs,
    quad_minimiser,
    slide_functions,
    tangent_gap,
)

# 1. The gap in the definition


@jensen_gap.alternate
def as_in_the_formula(f, u, v, t):
    return t * f(u) + (1 - t) * f(v) - f(t * u + (1 - t) * v)


@jensen_gap.alternate
def walking_from_v(f, u, v, t):
    return f(v) + t * (f(u) - f(v)) - f(v + t * (u - v))


@jensen_gap.alternate
def coordinate_by_coordinate(f, u, v, t):
    between = np.array([t * a + (1.0 - t) * b for a, b in zip(u, v)])
    return t * f(u) + (1.0 - t) * f(v) - f(between)


@jensen_gap.alternate
def by_averages(f, u, v, t):
    weights = [t, 1 - t]
    return np.average([f(u), f(v)], weights=weights) - f(np.average([u, v], axis=0, weights=weights))


# 2. Random search for a violation


find_violation.equivalent(
    "range(n_trials) -> range(n_trials + 1)", because="a violation found by one more trial is one as well"
)
find_violation.equivalent(
    "1 + abs(f(u)) + abs(f(v)) -> 1 + abs(f(u))",
    "1 + abs(f(u)) + abs(f(v)) -> abs(f(v))",
    "1 + abs(f(u)) -> 1",
    "1 + abs(f(u)) -> abs(f(u))",
    "1 -> 2",
    "1 -> 0",
    because="rounding is thousands of times smaller than any of these scales",
)
find_violation.equivalent(
    "jensen_gap(f, u, v, t) < -tol * (1 + abs(f(u)) + abs(f(v))) -> "
    "jensen_gap(f, u, v, t) <= -tol * (1 + abs(f(u)) + abs(f(v)))",
    because="no gap is equal to the tolerance",
)


@find_violation.alternate
def midpoints(f, sample, rng, n_trials=1000, tol=1e-9):
    for _ in range(n_trials):
        u, v = sample(rng), sample(rng)
        if (f(u) + f(v)) / 2 - f((u + v) / 2) < -tol * (1 + abs(f(u)) + abs(f(v))):
            return u, v, 0.5
    return None


@find_violation.alternate
def own_generator(f, sample, rng, n_trials=1000, tol=1e-9):
    other = np.random.default_rng(0)
    for _ in range(n_trials):
        u, v = sample(other), sample(other)
        t = other.beta(2, 2)
        if t * f(u) + (1 - t) * f(v) + tol * (1 + abs(f(u)) + abs(f(v))) < f(t * u + (1 - t) * v):
            return [u, v, t]
    return None


@find_violation.alternate
def worst_of_all_trials(f, sample, rng, n_trials=1000, tol=1e-9):
    worst, witness = 0.0, None
    for _ in range(n_trials):
        u, v, t = sample(rng), sample(rng), rng.uniform()
        gap = (t * f(u) + (1 - t) * f(v) - f(t * u + (1 - t) * v)) / (1 + abs(f(u)) + abs(f(v)))
        if gap < worst:
            worst, witness = gap, (u, v, t)
    return witness if worst < -tol else None


# 3. Non-negative quadratic forms


is_psd.equivalent(
    "(A + A.T) / 2 -> A + A.T",
    "2 -> 3",
    "2 -> 1",
    because="a multiple of S has multiples of its eigenvalues, and the tolerance is relative",
)


@is_psd.alternate
def twice_the_symmetric_part(A, tol=1e-10):
    H = A + A.T
    return bool(np.linalg.eigvalsh(H).min() >= -tol * np.linalg.norm(H, 2))


@is_psd.alternate
def general_eigenvalues(A, tol=1e-10):
    eigenvalues = np.linalg.eigvals(0.5 * (A + A.T))
    return bool(np.min(eigenvalues.real) >= -tol * np.max(np.abs(eigenvalues)))


@is_psd.alternate
def with_eigenvectors(A, tol=1e-10):
    eigenvalues, _ = np.linalg.eigh((A + A.T) / 2)
    return eigenvalues[0] >= -tol * np.abs(eigenvalues).max()


@is_psd.alternate
def by_elimination(A, tol=1e-10):
    """Signs of the pivots of a symmetric elimination that takes the largest diagonal entry first."""
    S = (A + A.T) / 2.0
    size = np.max(np.abs(S))
    while len(S):
        k = int(np.argmax(np.diag(S)))
        if S[k, k] <= 1e-9 * size:
            return bool(np.max(np.abs(S)) <= 1e-8 * size)
        S = np.delete(np.delete(S - np.outer(S[:, k], S[k]) / S[k, k], k, 0), k, 1)
    return True


@is_psd.alternate
def shifted_cholesky(A, tol=1e-10):
    S = (A + A.T) / 2
    size = np.linalg.norm(S, 2)
    if size == 0:
        return True
    try:
        np.linalg.cholesky(S / size + 1e-9 * np.eye(len(S)))
    except np.linalg.LinAlgError:
        return False
    return True


# 4. The four functions of the slides


slide_functions.equivalent(
    "(A + A.T) / 2 -> A + A.T",
    "2 -> 3",
    "2 -> 1",
    because="a multiple of S has multiples of its eigenvalues, and the tolerance is relative",
)


@slide_functions.alternate
def by_the_hessian(A, tol=1e-10):
    eigenvalues = np.linalg.eigvalsh(A + A.T)
    size = max(abs(eigenvalues))
    quad = (eigenvalues[0] >= -tol * size, bool(size > 0 and eigenvalues[0] > tol * size))
    return {"sqnorm": (True, True), "quad": quad, "exp": (True, True), "ln": (False, False)}


@slide_functions.alternate
def pairs_as_lists(A, tol=1e-10):
    eigenvalues = np.linalg.eigvals((A + A.T) / 2).real
    size = np.max(np.abs(eigenvalues))
    quad = [bool(min(eigenvalues) >= -tol * size), bool(min(eigenvalues) > tol * size)]
    return {"exp": [True, True], "ln": [False, False], "sqnorm": [True, True], "quad": quad}


@slide_functions.alternate
def by_the_question_before(A, tol=1e-10):
    convex = is_psd(A, tol)
    size = np.linalg.norm(A + A.T, 2)
    strictly = bool(convex and np.linalg.eigvalsh(A + A.T)[0] > tol * size)
    return {"sqnorm": (True, True), "quad": (convex, strictly), "exp": (True, True), "ln": (False, False)}


# 5. Numerical Hessian


num_hessian.equivalent("H[i, j] -> H[j, i]", because="the scheme is symmetric in i and j")


@num_hessian.alternate
def differences_of_gradients(f, w, h=1e-3):
    w = np.asarray(w, dtype=float)
    basis = np.eye(len(w))

    def gradient(v):
        return np.array([(f(v + h * e) - f(v - h * e)) / (2 * h) for e in basis])

    return np.array([(gradient(w + h * e) - gradient(w - h * e)) / (2 * h) for e in basis])


@num_hessian.alternate
def by_polarisation(f, w, h=1e-3):
    w = np.asarray(w, dtype=float)

    def along(p):
        return (f(w + h * p) - 2 * f(w) + f(w - h * p)) / h**2

    return over_pairs(lambda a, b: along(a) if a @ b else (along(a + b) - along(a - b)) / 4, w)


@num_hessian.alternate
def lower_triangle_mirrored(f, w, h=1e-3):
    d = len(w)
    steps = h * np.eye(d)
    H = np.zeros((d, d))
    for i in range(d):
        for j in range(i + 1):
            p, q = steps[i], steps[j]
            H[i, j] = (f(w + p + q) - f(w + p - q) - f(w - p + q) + f(w - p - q)) / (4 * h**2)
            H[j, i] = H[i, j]
    return H


@num_hessian.alternate
def lists_of_lists(f, w, h=1e-3):
    def difference(a, b):
        return (f(w + a + b) - f(w + a - b) - f(w - a + b) + f(w - a - b)) / (4 * h * h)

    return [[difference(a, b) for b in h * np.eye(len(w))] for a in h * np.eye(len(w))]


# 6. The gap above the tangent plane


@tangent_gap.alternate
def minus_the_plane(f, grad, w, v):
    return f(v) - (f(w) + grad(w) @ (v - w))


@tangent_gap.alternate
def two_products(f, grad, w, v):
    return f(v) - f(w) - np.dot(grad(w), v) + np.dot(grad(w), w)


@tangent_gap.alternate
def summed_over_coordinates(f, grad, w, v):
    return f(v) - f(w) - sum(slope * (b - a) for slope, a, b in zip(grad(w), w, v))


# 7. Is w a global minimiser?


is_global_min.equivalent(
    "np.linalg.norm(grad(np.asarray(w, dtype=float))) <= tol -> "
    "np.linalg.norm(grad(np.asarray(w, dtype=float))) < tol",
    because="no norm is equal to the tolerance",
)


@is_global_min.alternate
def largest_slope(grad, w, tol=1e-8):
    return bool(np.max(np.abs(grad(w))) <= tol)


@is_global_min.alternate
def close_to_zero(grad, w, tol=1e-8):
    return np.allclose(grad(w), 0, atol=tol)


@is_global_min.alternate
def root_of_squares(grad, w, tol=1e-8):
    return np.sqrt(np.sum(np.square(grad(w)))) <= tol


@is_global_min.alternate
def squares_compared(grad, w, tol=1e-8):
    return bool(np.dot(grad(w), grad(w)) <= tol**2)


# 8. Minimise a quadratic function


@quad_minimiser.alternate
def least_squares_and_residual(A, b):
    H = A + A.T
    if np.linalg.eigvalsh(H)[0] < -1e-9 * np.linalg.norm(H, 2):
        return None
    w = np.linalg.lstsq(H, -b, rcond=1e-9)[0]
    return w if np.linalg.norm(H @ w + b) <= 1e-7 * np.linalg.norm(b) else None


@quad_minimiser.alternate
def another_of_many(A, b):
    H = (A + A.T).astype(float)
    eigenvalues = np.linalg.eigvalsh(H)
    if eigenvalues[0] < -1e-9 * np.max(np.abs(eigenvalues)):
        return None
    inverse = np.linalg.pinv(H, rcond=1e-9, hermitian=True)
    w = -inverse @ b
    if np.linalg.norm(H @ w + b) > 1e-7 * np.linalg.norm(b):
        return None
    return w + (np.eye(len(b)) - inverse @ H) @ np.linspace(1, 2, len(b))


@quad_minimiser.alternate
def solve_or_least_squares(A, b):
    H = A + A.T
    eigenvalues = np.linalg.eigvalsh(H)
    if eigenvalues[0] > 1e-9 * abs(eigenvalues[-1]):
        return list(np.linalg.solve(H, -b))
    if eigenvalues[0] < -1e-9 * np.max(np.abs(eigenvalues)):
        return None
    w = np.linalg.lstsq(H, -b, rcond=1e-9)[0]
    return w if np.allclose(H @ w, -b, rtol=1e-6, atol=1e-9 * np.max(np.abs(b))) else None
