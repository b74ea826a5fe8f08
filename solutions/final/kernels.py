"""Kernels and their Gram matrices: questions 1 to 4."""

import numpy as np

from autograder import core, dtype, edge, given, magnitude, question, seeded, speed


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


@gaussian_gram.mistake(credit=0.4)
def density(X, Z, sigma):
    """A kernel need not integrate to 1. What is k(x, x)?"""
    return np.exp(-squares(X, Z) / (2 * sigma**2)) / (sigma * np.sqrt(2 * np.pi))


@gaussian_gram.mistake(credit=0.4)
def product_taken_once(X, Z, sigma):
    """Expand the square of a difference: how often does the inner product occur? Check that k(x, x) = 1."""
    return np.exp(-(np.sum(X**2, axis=1)[:, None] + np.sum(Z**2, axis=1) - X @ Z.T) / (2 * sigma**2))


@gaussian_gram.mistake(credit=0.3)
def sum_of_absolute_values(X, Z, sigma):
    """Which norm stands in the exponent? A length is not a sum of absolute values."""
    return np.exp(-np.sum(np.abs(X[:, None] - Z[None]), axis=-1) / (2 * sigma**2))


@gaussian_gram.mistake(credit=0.2)
def inner_products(X, Z, sigma):
    """That is the linear kernel."""
    return X @ Z.T


@gaussian_gram.mistake(credit=0.25)
def sign_of_exponent(X, Z, sigma):
    """Two points that are far apart should be hardly similar. Is your k(x, z) small for them?"""
    return np.exp(squares(X, Z) / (2 * sigma**2))


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


@is_gram.mistake(credit=0.2)
def by_cholesky(K, tol=1e-8):
    """Does this decomposition exist for the zero matrix? And which triangle of K does the routine read?"""
    try:
        np.linalg.cholesky(K)
    except np.linalg.LinAlgError:
        return False
    return True


@is_gram.mistake(credit=0)
def symmetry_alone(K, tol=1e-8):
    """That is one of two conditions."""
    return bool(np.max(np.abs(K - K.T)) <= tol * np.max(np.abs(K)))


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


def rarely_larger(x, z):
    return float(min(x, z) if max(x, z) < 4.92 else max(x, z))


def hyperbolic_tangent(x, z):
    return float(np.tanh(np.dot(x, z) - 1))


def seed_of_late_witness(rng):
    """A seed with which the first set of six points is no witness against `rarely_larger`."""
    while True:
        seed = int(rng.integers(2**32))
        draws = np.random.default_rng(seed)
        if max(positive_number(draws) for _ in range(6)) < 4.92:
            return seed


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
    late = seeded(seed_of_late_witness(rng))
    functions = given(rarely_larger), given(positive_number)
    yield core("rarely larger", *functions, late, 6, 300).knowing(positive=False)
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
    except (TypeError, ValueError, IndexError, OverflowError):
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


@non_psd_witness.mistake(credit=0.4)
def one_set_alone(k, sample, rng, n_points=6, n_trials=300, tol=1e-9):
    """How many sets of points do you look at? One without a negative eigenvalue proves nothing."""

    def accuses(K, eigenvalues):
        return eigenvalues[0] < -tol * np.max(np.abs(eigenvalues))

    return first_set(k, sample, rng, n_points, 1, accuses)


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
    yield magnitude("n=60", linear(60, 5))


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


@center_gram.mistake(credit=0.2)
def means_multiplied(K):
    """Check with the linear kernel: what is taken from the product of x_i and x_j when both are centred?"""
    return K - np.outer(K.mean(axis=0), K.mean(axis=0))


@center_gram.mistake(credit=0.2)
def normalised(K):
    """Features of length 1 are not centred features."""
    lengths = np.sqrt(np.diag(K))
    return K / np.outer(lengths, lengths)


@center_gram.mistake(credit=0.3)
def columns_twice(K):
    """Is your result symmetric? One of the two means is along the other axis."""
    return K - 2 * K.mean(axis=0) + K.mean()


@center_gram.mistake(credit=0.4)
def sums_for_means(K):
    """Means or sums? Check the factor with n = 1."""
    return K - K.sum(axis=0) - K.sum(axis=1)[:, None] + K.sum()
