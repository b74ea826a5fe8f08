"""Hidden references of assignments/final: the final homework on kernels, 40 points, 10 of them by hand.

Where several answers are right they are judged by what makes them right: the fitted values of alpha when a
Gram matrix is singular, the objective of whoever minimises, the duality gap of a support vector machine, the
Gram matrix of a witness. There the rules ask of a wrong answer which other problem it solves, and give the
credit of that mistake themselves: two solvers of one wrong problem never agree to the last digit.
"""

import numpy as np

from autograder import built, core, dtype, edge, given, magnitude, partly, question, seeded, speed, written

LIBRARY_DIFFERENCES = ("approx_fprime", "approx_derivative")
"""Not `gradient` or `derivative`: students call their variables so."""
DIGITS = "The formula is right, but digits are lost: compute in float64."
TINY = 1e-300

sums_and_products = written(
    "Sums and products of kernels",
    points=3,
    rubric={
        "the sum: symmetry, and both quadratic forms are non-negative": 1,
        "the product: Schur's theorem, by random vectors, by an eigendecomposition or by tensor features": 2,
    },
)
representer_theorem = written(
    "The representer theorem",
    points=4,
    rubric={
        "a statement that says for which problems, in which space, and what the minimiser looks like": 1,
        "the orthogonal decomposition: the values stay, the norm does not grow": "3/2",
        "from there to the linear system for alpha, with the right constant": 1,
        "when K is singular: alpha is not unique, f is": "1/2",
    },
)
three_classifiers = written(
    "Three classifiers on XOR data",
    points=3,
    rubric={
        "readable figures of the decision functions of all three, for three pairs of parameters": 1,
        "what sigma and lambda (or C) do to them": 1,
        "which points are support vectors, and why the dual makes the others vanish": 1,
    },
)


def uniform(seed, shape):
    """Numbers between -1/2 and 1/2, cheap to draw: the large cases are built on both sides."""
    return np.random.default_rng(seed).random(shape) - 0.5


def large(rng, *shape):
    """An argument of this shape that is never sent."""
    return built(uniform, seed=int(rng.integers(2**32)), shape=shape)


def linear_gram(seed, n, d):
    """A Gram matrix too large to be sent."""
    X = np.random.default_rng(seed).normal(size=(n, d))
    return X @ X.T


def is_single(*values):
    return any(np.asarray(value).dtype == np.float32 for value in values)


# 1. Gaussian Gram matrix


@question(points=3)
def gaussian_gram(X, Z, sigma):
    """Values of the Gaussian kernel for all pairs."""
    X, Z = np.asarray(X, dtype=float), np.asarray(Z, dtype=float)
    squares = np.sum((X[:, None, :] - Z[None, :, :]) ** 2, axis=2)
    return np.exp(-squares / (2 * sigma**2))


@gaussian_gram.alternate
def pair_by_pair(X, Z, sigma):
    """Right, and slow for many points: what the speed case is measured against."""
    return np.array([[np.exp(-np.sum((x - z) ** 2) / (2 * sigma**2)) for z in Z] for x in X])


@gaussian_gram.cases
def _(rng):
    def points(n, m, d, size=1.0, sigma=None, shift=0.0):
        X, Z = size * rng.normal(size=(n, d)) + shift, size * rng.normal(size=(m, d)) + shift
        return X, Z, float(sigma or size * rng.uniform(0.7, 2.5))

    yield core("n=6, m=4, d=3", *points(6, 4, 3))
    yield core("n=m=5", *points(5, 5, 2))
    yield core("d=8, sigma=3", *points(7, 9, 8, sigma=3.0))
    yield core("sigma=0.4", *points(6, 3, 2, sigma=0.4))
    yield edge("n=1, m=1", *points(1, 1, 3))
    yield edge("d=1", *points(5, 4, 1))
    X = rng.normal(size=(5, 3))
    yield edge("X = Z", X, X.copy(), 1.3)
    yield dtype("integers", rng.integers(-3, 4, (4, 2)), rng.integers(-3, 4, (5, 2)), 2)
    X, Z, sigma = points(6, 5, 4)
    yield dtype("float32", X.astype("f4"), Z.astype("f4"), sigma)
    yield magnitude("points of size 1e-4", *points(5, 4, 3, 1e-4))
    yield magnitude("points of size 1e5", *points(5, 4, 3, 1e5))
    yield magnitude("far from the origin", *points(5, 4, 3, shift=1e3))
    n, few = 600, 100
    yield speed(
        f"n=m={n}, d=5",
        rng.normal(size=(n, 5)),
        rng.normal(size=(n, 5)),
        2.0,
        looped=pair_by_pair,
        small=(rng.normal(size=(few, 5)), rng.normal(size=(few, 5)), 2.0),
        work=(n / few) ** 2,
        share=0.3,
    )


@gaussian_gram.scale
def _(X, Z, sigma):
    """The expanded square loses digits far from the origin, and is still welcome there."""
    return 1.0


@gaussian_gram.check("every entry lies between 0 and 1")
def _(answer, case):
    return np.min(answer) >= 0 and np.max(answer) <= 1 + 1e-7


def squares(X, Z):
    """Squared distances of all pairs."""
    return np.sum((X[:, None] - Z[None]) ** 2, axis=-1)


@gaussian_gram.mistake(credit=0.5)
def factor_of_exponent(X, Z, sigma):
    """Compare the constant in the exponent with the statement."""
    return np.exp(-squares(X, Z) / sigma**2)


@gaussian_gram.mistake(credit=0.5)
def sigma_not_squared(X, Z, sigma):
    """Multiply all data and sigma by 10: K must not change. Does yours?"""
    return np.exp(-squares(X, Z) / (2 * sigma))


@gaussian_gram.mistake(credit=0.4)
def distance_not_squared(X, Z, sigma):
    """Is the distance squared in the exponent?"""
    return np.exp(-np.sqrt(squares(X, Z)) / (2 * sigma**2))


@gaussian_gram.mistake(credit=0.5)
def rows_for_columns(X, Z, sigma):
    """Row i belongs to x_i. Check the shape with n different from m."""
    return np.exp(-squares(Z, X) / (2 * sigma**2))


@gaussian_gram.mistake(credit=0.4)
def sigma_as_gamma(X, Z, sigma):
    """Increase sigma: should K get closer to 1 or to 0?"""
    return np.exp(-sigma * squares(X, Z))


@gaussian_gram.mistake(credit=0.2)
def second_points_ignored(X, Z, sigma):
    """One argument is ignored: Z."""
    return np.exp(-squares(X, X) / (2 * sigma**2))


@gaussian_gram.mistake(credit=0.2)
def exponent_only(X, Z, sigma):
    """What is the value of k(x, x)? Yours is 0 there."""
    return squares(X, Z) / (2 * sigma**2)


@gaussian_gram.mistake(credit=0.25)
def sign_of_exponent(X, Z, sigma):
    """Two points that are far apart should be hardly similar. Is your k(x, z) small for them?"""
    return np.exp(squares(X, Z) / (2 * sigma**2))


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


def gaussian(X, sigma=1.0):
    """The Gram matrix of one set of points."""
    return gaussian_gram(X, X, sigma)


def gram(rng, n, kind="gaussian", size=1.0):
    """A Gram matrix: Gaussian on the plane (regular), or linear in three dimensions (singular from n=4)."""
    X = rng.normal(size=(n, 2 if kind == "gaussian" else 3))
    return size * (gaussian(X) if kind == "gaussian" else X @ X.T)


# 2. Can this matrix be a Gram matrix?


@question(points=2, compare="exact")
def is_gram(K, tol=1e-8):
    """Whether a matrix is symmetric and positive semi-definite, up to rounding."""
    K = np.asarray(K, dtype=float)
    if np.max(np.abs(K - K.T)) > tol * np.max(np.abs(K)):
        return False
    eigenvalues = np.linalg.eigvalsh((K + K.T) / 2)
    return bool(eigenvalues[0] >= -tol * abs(eigenvalues[-1]))


def rotated(rng, eigenvalues):
    """A symmetric matrix with these eigenvalues and random eigenvectors."""
    Q = np.linalg.qr(rng.normal(size=(len(eigenvalues),) * 2))[0]
    S = (Q * np.asarray(eigenvalues, dtype=float)) @ Q.T
    return (S + S.T) / 2


def singular_gram(rng, size=1.0):
    """A linear Gram matrix of rank 3 whose least eigenvalue, by rounding, comes out below 0."""
    while True:
        X = rng.normal(size=(8, 3))
        K = size * X @ X.T
        if np.linalg.eigvalsh(K)[0] < 0 and np.linalg.eigvalsh((K + K.T) / 2)[0] < 0:
            return K


@is_gram.cases
def _(rng):
    X, three = rng.normal(size=(8, 3)), np.array([1.0, 2.0, 3.0])
    P, B = rotated(rng, [0.3, 1, 2, 4]), rng.normal(size=(4, 4))
    G = gaussian(X)
    yield core("Gaussian", G)
    yield core("linear, rank 3", singular_gram(rng))
    yield core("indefinite", rotated(rng, [1, 2, -0.5]))
    yield core("definite and antisymmetric", P + (B - B.T) / 4)
    yield core("the larger of two numbers", np.maximum.outer(three, three))
    yield core("the smaller of two numbers", np.minimum.outer(three, three))
    yield core("negative definite, even", -P)
    yield core("positive entries, indefinite", np.array([[1.0, 2.0], [2.0, 1.0]]))
    yield core("negative entries, definite", np.array([[1.0, -0.5], [-0.5, 1.0]]))
    yield core("triangular, positive eigenvalues", np.array([[1.0, 3.0], [0.0, 1.0]]))
    yield edge("the same point twice", gaussian(X[[0, 0, 1]]))
    yield edge("n=1, zero", np.zeros((1, 1)))
    yield edge("n=1, negative", np.array([[-1.0]]))
    yield edge("zero", np.zeros((3, 3)))
    yield edge("asymmetric by rounding", G + 1e-15 * rng.normal(size=G.shape))
    yield edge("asymmetric by rounding, zeros", np.eye(4) + 1e-15 * B)
    yield edge("asymmetric by 1e-3", G + 1e-3 * np.triu(np.ones_like(G), 1))
    yield dtype("integers", np.array([[2, 1], [1, 2]]))
    yield dtype("integers, indefinite", np.array([[1, 2], [2, 1]]))
    yield magnitude("size 1e9, singular", singular_gram(rng, 1e9))
    yield magnitude("size 1e-12, indefinite", 1e-12 * rotated(rng, [1, -1]))


is_gram.equivalent(
    "(K + K.T) / 2 -> K + K.T",
    "K + K.T -> K",
    "K + K.T -> K.T",
    "K.T -> K (2)",
    "2 -> 1",
    "2 -> 3",
    because="K is symmetric where this is asked, and a multiple has eigenvalues of the same signs",
)


@is_gram.mistake(credit=0.5)
def symmetry_not_tested(K, tol=1e-8):
    """k(x, z) = k(z, x): is that tested?"""
    return bool(np.linalg.eigvalsh((K + K.T) / 2)[0] >= -tol * np.max(np.abs(K)))


@is_gram.mistake(credit=0.4)
def eigenvalues_only(K, tol=1e-8):
    """Positive eigenvalues are not enough for a matrix that is not symmetric."""
    return bool(np.all(np.linalg.eigvals(K).real >= -tol * np.max(np.abs(K))))


@is_gram.mistake(credit=0.5)
def strictly_positive(K, tol=1e-8):
    """Two identical points give a singular Gram matrix, which is still one."""
    return bool(np.allclose(K, K.T) and np.linalg.eigvalsh(K)[0] > tol)


@is_gram.mistake(credit=0)
def positive_entries(K, tol=1e-8):
    """Positive entries and positive semi-definite are different notions."""
    return bool(np.allclose(K, K.T) and np.all(K >= 0))


@is_gram.mistake(credit=0.8)
def exactly_symmetric(K, tol=1e-8):
    """Rounding can break exact symmetry: compare K and its transpose with the tolerance."""
    return bool(np.array_equal(K, K.T) and np.linalg.eigvalsh(K)[0] >= -tol * np.max(np.abs(K)))


@is_gram.mistake(credit=0.7)
def no_tolerance_at_zero(K, tol=1e-8):
    """Rounding can push a zero eigenvalue below zero."""
    return bool(np.max(np.abs(K - K.T)) <= tol * np.max(np.abs(K)) and np.linalg.eigvalsh(K)[0] >= 0)


@is_gram.mistake(credit=0.2)
def by_determinant(K, tol=1e-8):
    """Two negative eigenvalues have a positive product: the determinant tells less than the eigenvalues."""
    return bool(np.allclose(K, K.T) and np.linalg.det(K) >= -tol)


@is_gram.mistake(credit=0.8)
def absolute_tolerance(K, tol=1e-8):
    """Multiply K by a billion, then divide it by one: the answer must not change."""
    symmetric = np.max(np.abs(K - K.T)) <= tol
    return bool(symmetric and np.linalg.eigvalsh((K + K.T) / 2)[0] >= -tol)


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


@question(points=3, seconds=10.0)
def non_psd_witness(k, sample, rng, n_points=6, n_trials=300, tol=1e-9):
    """Points whose Gram matrix has a negative eigenvalue, or None."""
    for _ in range(n_trials):
        drawn = [sample(rng) for _ in range(n_points)]
        K = np.array([[k(x, z) for z in drawn] for x in drawn], dtype=float)
        eigenvalues = np.linalg.eigvalsh(K)
        if eigenvalues[0] < -tol * np.max(np.abs(eigenvalues)):
            return drawn
    return None


def positive_number(rng):
    return float(rng.uniform(0.1, 5))


def real_number(rng):
    return float(2 * rng.normal())


def whole_number(rng):
    return int(rng.integers(1, 40))


def plane_vector(rng):
    return rng.normal(size=2)


def smaller(x, z):
    return float(min(x, z))


def larger(x, z):
    return float(max(x, z))


def cosine_of_difference(x, z):
    return float(np.cos(x - z))


def cosine_of_sum(x, z):
    return float(np.cos(x + z))


def logarithm(x, z):
    return float(np.log(1 + x * z))


def gaussian_kernel(x, z):
    return float(np.exp(-np.sum((x - z) ** 2)))


def minus_distance(x, z):
    return -float(np.linalg.norm(x - z))


def quadratic_kernel(x, z):
    return float((1 + np.dot(x, z)) ** 2)


def ratio(x, z):
    return float(min(x, z) / max(x, z))


def common_divisor(x, z):
    return float(np.gcd(int(x), int(z)))


def common_multiple(x, z):
    return float(np.lcm(int(x), int(z)))


def linear_kernel(x, z):
    return float(np.dot(x, z))


def zero(x, z):
    return 0.0


def wide_gaussian(x, z):
    return float(1e9 * np.exp(-1e-4 * np.sum((x - z) ** 2)))


def small_distance(x, z):
    return float(-1e-12 * np.linalg.norm(x - z))


def hyperbolic_tangent(x, z):
    return float(np.tanh(np.dot(x, z) - 1))


@non_psd_witness.cases
def _(rng):
    # Few trials, where many would only cost time: a witness turns up in one of the first, or never.
    def case(group, k, sample, *, positive, n_trials=30):
        label = k.__name__.replace("_", " ")
        draws = seeded(int(rng.integers(2**32)))
        return group(label, given(k), given(sample), draws, 6, n_trials).knowing(positive=positive)

    draws = seeded(int(rng.integers(2**32)))
    yield core("smaller, default trials", given(smaller), given(positive_number), draws).knowing(
        positive=True
    )
    yield case(core, larger, positive_number, positive=False)
    yield case(core, cosine_of_difference, real_number, positive=True)
    yield case(core, cosine_of_sum, real_number, positive=False)
    yield case(core, logarithm, positive_number, positive=False, n_trials=300)
    yield case(core, gaussian_kernel, plane_vector, positive=True)
    yield case(core, minus_distance, plane_vector, positive=False)
    yield case(core, quadratic_kernel, plane_vector, positive=True)
    yield case(edge, larger, positive_number, positive=False, n_trials=1)
    yield case(edge, ratio, positive_number, positive=True)
    yield case(edge, common_divisor, whole_number, positive=True)
    yield case(edge, common_multiple, whole_number, positive=False)
    yield case(edge, linear_kernel, plane_vector, positive=True)
    yield case(edge, zero, real_number, positive=True)
    yield case(edge, hyperbolic_tangent, plane_vector, positive=False, n_trials=300)
    yield case(magnitude, wide_gaussian, plane_vector, positive=True)
    yield case(magnitude, small_distance, plane_vector, positive=False)


non_psd_witness.equivalent(
    "range(n_trials) -> range(n_trials + 1)", because="a witness found by one more trial is one as well"
)


@non_psd_witness.accepts
def _(answer, case):
    """A witness is judged by its own Gram matrix."""
    if isinstance(answer, bool | np.bool_):
        return "Return the points themselves, or None; not True or False."
    if case.known.positive:
        return None if answer is None else "Your function accuses a kernel that is positive definite."
    if answer is None:
        return "Some points give a Gram matrix with a negative eigenvalue; your function finds none."
    if not isinstance(answer, list | tuple | np.ndarray) or len(answer) != case.args[3]:
        return "Return the points of the set: a list of n_points of them."
    k = case.args[0]
    try:
        K = np.array([[k(x, z) for z in answer] for x in answer], dtype=float)
    except (TypeError, ValueError, IndexError):
        return "The kernel cannot be evaluated at what you return: return the points as they were drawn."
    if not np.isfinite(K).all():
        return "The kernel has no finite value at the points you return: return those that were drawn."
    eigenvalues = np.linalg.eigvalsh((K + K.T) / 2)
    if eigenvalues[0] < -1e-9 * np.max(np.abs(eigenvalues)):
        return None
    return "The Gram matrix of the points you return has no negative eigenvalue."


def first_set(k, sample, rng, n_points, n_trials, accuses):
    """The first set whose Gram matrix K, with its eigenvalues, is accused."""
    for _ in range(n_trials):
        points = [sample(rng) for _ in range(n_points)]
        K = np.array([[k(x, z) for z in points] for x in points], dtype=float)
        if accuses(K, np.linalg.eigvalsh(K)):
            return points
    return None


@non_psd_witness.mistake(credit=0.7)
def accuses_without_tolerance(k, sample, rng, n_points=6, n_trials=300, tol=1e-9):
    """The linear kernel on 6 points of the plane has a singular Gram matrix. What does rounding do to it?"""
    return first_set(k, sample, rng, n_points, n_trials, lambda K, eigenvalues: eigenvalues[0] < 0)


@non_psd_witness.mistake(credit=0.25)
def accuses_the_innocent(k, sample, rng, n_points=6, n_trials=300, tol=1e-9):
    """Your function accuses the Gaussian kernel. Which sign of an eigenvalue is a witness?"""

    def accuses(K, eigenvalues):
        return eigenvalues[0] > tol * abs(eigenvalues[-1])

    return first_set(k, sample, rng, n_points, n_trials, accuses)


@non_psd_witness.mistake(credit=0)
def largest_eigenvalue(k, sample, rng, n_points=6, n_trials=300, tol=1e-9):
    """Which eigenvalue decides? One that is negative is enough."""

    def accuses(K, eigenvalues):
        return eigenvalues[-1] < -tol * np.max(np.abs(eigenvalues))

    return first_set(k, sample, rng, n_points, n_trials, accuses)


@non_psd_witness.mistake(credit=0.2)
def negative_entry(k, sample, rng, n_points=6, n_trials=300, tol=1e-9):
    """A positive definite kernel may take negative values: think of the linear one."""
    return first_set(k, sample, rng, n_points, n_trials, lambda K, _: K.min() < -tol)


@non_psd_witness.mistake(credit=0.4)
def negative_determinant(k, sample, rng, n_points=6, n_trials=300, tol=1e-9):
    """An even number of negative eigenvalues has a positive product. And rounding is relative to K."""
    return first_set(k, sample, rng, n_points, n_trials, lambda K, _: np.linalg.det(K) < -tol)


@non_psd_witness.mistake(credit=0)
def says_true_or_false(k, sample, rng, n_points=6, n_trials=300, tol=1e-9):
    """Return the points themselves (or None): whoever doubts it can then see for themselves."""
    return non_psd_witness(k, sample, rng, n_points, n_trials, tol) is None


@non_psd_witness.mistake(credit=0.2)
def negative_diagonal(k, sample, rng, n_points=6, n_trials=300, tol=1e-9):
    """That k(x, x) is not negative is necessary, not sufficient."""
    return first_set(k, sample, rng, n_points, n_trials, lambda K, _: np.diag(K).min() < 0)


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


@question(points=2)
def center_gram(K):
    """Gram matrix of the centred features."""
    K = np.asarray(K, dtype=float)
    return K - K.mean(axis=0) - K.mean(axis=1)[:, None] + K.mean()


@center_gram.cases
def _(rng):
    def linear(n, d, size=1.0):
        X = size * (rng.normal(size=(n, d)) + 1)
        return X @ X.T

    yield core("linear, n=6", linear(6, 3))
    yield core("Gaussian, n=7", gram(rng, 7))
    yield core("linear, n=12", linear(12, 4))
    yield edge("n=1", np.array([[3.0]]))
    yield edge("n=2", linear(2, 2))
    yield edge("constant", np.full((4, 4), 2.0))
    yield edge("already centred", center_gram(linear(5, 2)))
    yield dtype("integers", np.array([[2, 1, 0], [1, 3, 1], [0, 1, 5]]))
    yield dtype("float32", linear(8, 3).astype("f4"))
    yield magnitude("size 1e8", linear(6, 3, 1e4))
    yield magnitude("n=300", built(linear_gram, seed=int(rng.integers(2**32)), n=300, d=5))


center_gram.equivalent(
    "0 -> 1", "0 -> -1", "1 -> 0", because="K is symmetric: its rows have the means of its columns"
)


@center_gram.scale
def _(K):
    return np.max(np.abs(np.asarray(K, dtype=float)))


@center_gram.check("the mean of every row and of every column is 0")
def _(answer, case):
    room = (1e-3 if is_single(case.args[0]) else 1e-7) * np.max(np.abs(case.args[0].astype(float)))
    centred = np.asarray(answer, dtype=float)
    return max(np.max(np.abs(centred.mean(axis=0))), np.max(np.abs(centred.mean(axis=1)))) <= room


@center_gram.mistake(credit=0.2)
def one_mean_for_all(K):
    """Check with the linear kernel: centre X first, then form the Gram matrix."""
    return K - K.mean()


@center_gram.mistake(credit=0.3)
def columns_only(K):
    """Is your result symmetric? Both x_i and x_j are centred."""
    return K - K.mean(axis=0)


@center_gram.mistake(credit=0.5)
def grand_mean_forgotten(K):
    """Expand the inner product of two centred features: how many terms?"""
    return K - K.mean(axis=0) - K.mean(axis=1)[:, None]


@center_gram.mistake(credit=0.5)
def grand_mean_taken_away(K):
    """Check the sign of each of the four terms."""
    return K - K.mean(axis=0) - K.mean(axis=1)[:, None] - K.mean()


@center_gram.mistake(credit=0.3)
def columns_twice(K):
    """Is your result symmetric? One of the two means is along the other axis."""
    return K - 2 * K.mean(axis=0) + K.mean()


@center_gram.mistake(credit=0.4)
def sums_for_means(K):
    """Means or sums? Check the factor with n = 1."""
    return K - K.sum(axis=0) - K.sum(axis=1)[:, None] + K.sum()


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
def ridge_doubled(K, y, lam):
    """Both terms are squared: does the factor 2 cancel?"""
    return ridge_with(K, y, 2 * len(y) * lam)


@krr_fit.mistake(credit=0.4)
def ridge_halved(K, y, lam):
    """Both terms are squared: does the factor 1/2 cancel?"""
    return ridge_with(K, y, len(y) * lam / 2)


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
def lambda_squared(X, y, lam):
    """Check the power of lambda."""
    return ridge_in_space(X, y, len(y) * lam**2)


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


rkhs_norm.equivalent("alpha @ K -> alpha @ K.T", because="K is symmetric")


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


@rkhs_norm.mistake(credit=0.8)
def root_of_negative(alpha, K):
    """What happens when rounding makes the square slightly negative?"""
    return float(np.sqrt(alpha @ K @ alpha))


@rkhs_norm.mistake(credit=0.2)
def spectral_bound(alpha, K):
    """That is an upper bound of the norm, not the norm."""
    return float(np.sqrt(np.linalg.norm(K, 2)) * np.linalg.norm(alpha))


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


klr_loss_grad.equivalent(
    "K @ alpha -> K.T @ alpha",
    "K @ (lam * alpha - y * wrong / len(y)) -> K.T @ (lam * alpha - y * wrong / len(y))",
    because="K is symmetric",
)


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


@question(points=3, needs=(klr_loss_grad,), seconds=30.0)
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
    if same_function(answer, krr_fit(K, y, lam), K):
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


@question(points=4, seconds=30.0)
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


@question(points=2, needs=(center_gram,), compare="up to sign", tolerance=1e-6, digits=1e-3)
def kernel_pca(K, k):
    """Coordinates on the first kernel principal axes."""
    values, vectors = np.linalg.eigh(center_gram(K))
    first = np.argsort(values)[::-1][:k]
    return vectors[:, first] * np.sqrt(np.maximum(values[first], 0))


def cloud_gram(rng, n, d, size=1.0, shift=2.0):
    """A linear Gram matrix of data whose singular values fall by 0.6 each: axes are unique up to sign."""
    r = min(n - 1, d)
    left = rng.normal(size=(n, r))
    left = np.linalg.qr(left - left.mean(axis=0))[0]
    right = np.linalg.qr(rng.normal(size=(d, d)))[0][:r]
    X = size * ((left * 5 * 0.6 ** np.arange(r)) @ right + shift * rng.normal(size=d))
    return X @ X.T


def distinct_gram(rng, n, k):
    """A Gaussian Gram matrix whose first k + 1 centred eigenvalues are well apart."""
    while True:
        K = gaussian(rng.normal(size=(n, 2)), 1.5)
        values = np.linalg.eigvalsh(center_gram(K))[::-1]
        if np.all(values[1 : k + 1] < 0.85 * values[:k]):
            return K


@kernel_pca.cases
def _(rng):
    yield core("linear, n=10, k=2", cloud_gram(rng, 10, 4), 2)
    yield core("Gaussian, n=12, k=2", distinct_gram(rng, 12, 2), 2)
    yield core("Gaussian, n=20, k=3", distinct_gram(rng, 20, 3), 3)
    yield core("linear, far from the origin", cloud_gram(rng, 9, 3, shift=9.0), 1)
    yield edge("n=2, k=1", np.array([[1.0, 0.0], [0.0, 3.0]]), 1)
    yield edge("k = n - 1", cloud_gram(rng, 4, 5), 3)
    yield dtype("integers", np.array([[4, 2, 0], [2, 5, 1], [0, 1, 9]]), 1)
    yield dtype("float32", cloud_gram(rng, 8, 3).astype("f4"), 1)
    yield magnitude("size 1e8", cloud_gram(rng, 8, 3, 1e4), 2)
    yield magnitude("size 1e-6", cloud_gram(rng, 8, 3, 1e-3), 2)


def spectrum(K):
    """Eigenvalues and eigenvectors, the largest first."""
    values, vectors = np.linalg.eigh(K)
    return values[::-1], vectors[:, ::-1]


kernel_pca.equivalent(
    "return vectors[:, first] * np.sqrt(np.maximum(values[first],... -> "
    "return -(vectors[:, first] * np.sqrt(np.maximum(values[first...",
    because="an axis may point either way",
)
kernel_pca.equivalent(
    "0 -> -1",
    because="no case asks for an axis along which the data do not vary",
)


@kernel_pca.mistake(credit=0.4)
def features_not_centred(K, k):
    """Which matrix must be diagonalised? The features are centred first."""
    values, vectors = spectrum(K)
    return vectors[:, :k] * np.sqrt(np.maximum(values[:k], 0))


@kernel_pca.mistake(credit=0.5)
def unit_columns(K, k):
    """What is the squared norm of your columns?"""
    return spectrum(center_gram(K))[1][:, :k]


@kernel_pca.mistake(credit=0.5)
def scaled_by_eigenvalues(K, k):
    """What is the squared norm of your columns? Yours is the square of what it should be."""
    values, vectors = spectrum(center_gram(K))
    return vectors[:, :k] * values[:k]


@kernel_pca.mistake(credit=0.5)
def coefficients_of_axes(K, k):
    """Coefficients of the axes or coordinates of the points?"""
    values, vectors = spectrum(center_gram(K))
    return vectors[:, :k] / np.sqrt(values[:k])


@kernel_pca.mistake(credit=0.4)
def smallest_first(K, k):
    """In which order does your routine return the eigenvalues?"""
    values, vectors = np.linalg.eigh(center_gram(K))
    return vectors[:, :k] * np.sqrt(np.maximum(values[:k], 0))


@kernel_pca.mistake(credit=0.4)
def rows_of_eigh(K, k):
    """Are eigenvectors stored in rows or in columns?"""
    values, vectors = np.linalg.eigh(center_gram(K))
    return vectors[::-1][:k].T * np.sqrt(np.maximum(values[::-1][:k], 0))


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
