"""Hidden references of assignments/convexity: homework 2, eight questions, 20 points.

Two rules of partial credit that a marker would apply by hand are kept through mistakes, not as rules of
their own, so that a milder mistake keeps its larger share:

- *Only the three fixed functions right earns 25 %* (`slide_functions`): `always_convex`, `never_convex`.
- *Only positive definite matrices right earns 40 %* (`quad_minimiser`): `positive_definite_only` (50 %).

Where a mistake spares the core cases, the case groups decide its mark and its credit is not used.
"""

import numpy as np

from autograder import core, dtype, edge, given, magnitude, oracle, partly, question, seeded

EPSILON = np.finfo(float).eps
DIGITS_LOST = "The point is nearly right, but digits are lost: solve the equation, do not iterate towards it."


# Functions of a vector w, with their gradients. Each stands alone, so that its source can be shipped.


def square_norm(w):
    return float(np.dot(w, w))


def square_norm_grad(w):
    return 2.0 * np.asarray(w, dtype=float)


def minus_square_norm(w):
    return -float(np.dot(w, w))


def sum_of_exp(w):
    return float(np.sum(np.exp(w)))


def sum_of_exp_grad(w):
    return np.exp(np.asarray(w, dtype=float))


def sum_of_ln(w):
    return float(np.sum(np.log(w)))


def sum_of_ln_grad(w):
    return 1.0 / np.asarray(w, dtype=float)


def square_and_cube(w):
    return float(w[0] ** 2 - 3 * w[-1] ** 3 + np.sum(w))


def saddle(w):
    return float(w[0] ** 2 - 0.5 * w[1] ** 2 + w[2] ** 2)


def saddle_grad(w):
    return np.array([2.0 * w[0], -1.0 * w[1], 2.0 * w[2]])


def ln_inside_domain(w):
    w = np.asarray(w, dtype=float)
    if np.any(w <= 0):
        raise ValueError("outside the domain of ln")
    return float(np.sum(np.log(w)))


def w_ln_w(w):
    w = np.asarray(w, dtype=float)
    if np.any(w <= 0):
        raise ValueError("outside the domain of w ln w")
    return float(np.sum(w * np.log(w)))


def double_well(w):
    w = np.asarray(w, dtype=float)
    return float(np.sum(w**4 - 2.0 * w**2))


def sum_of_sin(w):
    return float(np.sum(np.sin(w)))


def narrow_dip(w):
    """A parabola with a dip that about one random triple in fifty meets."""
    return float(w[0] ** 2 - 0.8 * np.exp(-40 * (w[0] - 1.2) ** 2))


def small_pit(w):
    w = np.asarray(w, dtype=float)
    return float(np.dot(w, w) - 6 * np.exp(-3 * np.sum((w - np.array([0.5, -0.5, 0.3])) ** 2)))


def sum_of_abs(w):
    return float(np.sum(np.abs(w)))


def largest_of_lines(w):
    return float(max(w[0], 2 * w[1] - 1, -w[0] + w[1]))


def log_sum_exp(w):
    return float(np.log(np.sum(np.exp(w))))


def constant(w):
    return 3.7


def affine(w):
    return float(np.dot([0.1, -0.7, 1.3], w) + 0.3)


def normal_points(rng, d, size):
    return size * rng.normal(size=d)


def points_of_a_box(rng, low, high):
    return rng.uniform(low, high, size=2)


# 1. The gap in the definition


@question(points=2)
def jensen_gap(f, u, v, t):
    """How far the chord from u to v lies above f, at the point tu + (1-t)v."""
    u, v = np.asarray(u, dtype=float), np.asarray(v, dtype=float)
    return float(t * f(u) + (1 - t) * f(v) - f(t * u + (1 - t) * v))


@jensen_gap.cases
def _(rng):
    def points(d, size=1.0):
        return size * rng.normal(size=d), size * rng.normal(size=d)

    def t():
        return float(rng.uniform(0.15, 0.4))

    positive = 0.2 + 5 * rng.random(3), 0.2 + 5 * rng.random(3)
    u = rng.normal(size=3)
    yield core("square norm", given(square_norm), *points(4), t())
    yield core("sum of exp", given(sum_of_exp), *points(3), t())
    yield core("sum of ln, positive points", given(sum_of_ln), *positive, t())
    yield core("square and cube", given(square_and_cube), *points(3), t())
    yield edge("t = 0", given(square_norm), *points(3), 0.0)
    yield edge("t = 1", given(square_and_cube), *points(3), 1.0)
    yield edge("u = v", given(sum_of_exp), u, u.copy(), 0.3)
    yield edge("d=1, t = 1/2", given(sum_of_exp), *points(1), 0.5)
    yield dtype("integers", given(square_norm), np.array([1, 2]), np.array([4, -3]), 0.25)
    yield magnitude("points of size 1e4", given(square_norm), *points(4, 1e4), t())


@jensen_gap.scale
def _(f, u, v, t):
    return abs(t * f(u)) + abs((1 - t) * f(v)) + abs(f(t * u + (1 - t) * v))


@jensen_gap.mistake(credit=0.5)
def graph_minus_chord(f, u, v, t):
    """Try the square norm, which is convex: the number must not be negative."""
    return f(t * u + (1 - t) * v) - t * f(u) - (1 - t) * f(v)


@jensen_gap.mistake(credit=0.5)
def weights_swapped(f, u, v, t):
    """At t = 1 the point on the segment is u. What is the chord worth there?"""
    return (1 - t) * f(u) + t * f(v) - f(t * u + (1 - t) * v)


@jensen_gap.mistake(credit=0.75)
def walked_from_the_other_end(f, u, v, t):
    """You walk along the chord from the other end. At which of the two points are you when t = 1?"""
    return (1 - t) * f(u) + t * f(v) - f((1 - t) * u + t * v)


@jensen_gap.mistake(credit=0.25)
def always_the_midpoint(f, u, v, t):
    """Your result does not depend on t."""
    return (f(u) + f(v)) / 2 - f((u + v) / 2)


@jensen_gap.mistake(credit=0)
def chord_alone(f, u, v, t):
    """Both sides of the inequality are needed: the chord, and f on the segment."""
    return t * f(u) + (1 - t) * f(v)


@jensen_gap.mistake(credit=0)
def t_twice(f, u, v, t):
    """The two weights must sum to one."""
    return t * f(u) + t * f(v) - f(t * u + t * v)


# 2. Random search for a violation


@question(points=4, needs=(jensen_gap,), seconds=20.0)
def find_violation(f, sample, rng, n_trials=1000, tol=1e-9):
    """The first of n_trials random triples (u, v, t) that violates convexity, or None."""
    for _ in range(n_trials):
        u, v, t = sample(rng), sample(rng), rng.random()
        if jensen_gap(f, u, v, t) < -tol * (1 + abs(f(u)) + abs(f(v))):
            return u, v, t
    return None


@find_violation.cases
def _(rng):
    def search(group, label, f, sample, *, convex, **options):
        seed = int(rng.integers(2**32))
        return group(label, given(f), sample, seeded(seed), **options).knowing(convex=convex)

    line, space = given(normal_points, d=1, size=1.0), given(normal_points, d=3, size=1.0)
    far, very_far = (given(normal_points, d=3, size=size) for size in (1e3, 1e9))
    square = given(points_of_a_box, low=-4.0, high=4.0)
    positive = given(points_of_a_box, low=0.05, high=6.0)
    yield search(core, "square norm", square_norm, space, convex=True)
    yield search(core, "sum of exp", sum_of_exp, square, convex=True)
    yield search(core, "ln, concave", ln_inside_domain, positive, convex=False)
    yield search(core, "saddle", saddle, space, convex=False)
    yield search(core, "minus square norm", minus_square_norm, space, convex=False)
    yield search(core, "double well", double_well, line, convex=False)
    yield search(core, "sum of sin", sum_of_sin, square, convex=False)
    yield search(core, "narrow dip", narrow_dip, line, convex=False)
    yield search(core, "small pit", small_pit, space, convex=False)
    yield search(edge, "sum of absolute values", sum_of_abs, square, convex=True, n_trials=200)
    yield search(edge, "largest of three lines", largest_of_lines, square, convex=True, n_trials=200)
    yield search(edge, "w ln w on its domain", w_ln_w, positive, convex=True, n_trials=200)
    yield search(edge, "constant", constant, square, convex=True, n_trials=200)
    yield search(edge, "log-sum-exp", log_sum_exp, space, convex=True, n_trials=200)
    yield search(edge, "n_trials = 1", minus_square_norm, space, convex=False, n_trials=1)
    yield search(magnitude, "affine, rounding noise", affine, far, convex=True, n_trials=200)
    yield search(magnitude, "affine, values of size 1e9", affine, very_far, convex=True, n_trials=50)
    yield search(magnitude, "affine", affine, space, convex=True, n_trials=200)


@find_violation.accepts
def _(answer, case):
    """Which triple is found is a matter of chance; that it is a violation is not."""
    if answer is None:
        return None if case.known.convex else "You find no violation for a function that is not convex."
    if isinstance(answer, bool | np.bool_):
        return "You return a truth value: return the witness (u, v, t) itself, or None."
    if not isinstance(answer, tuple | list) or len(answer) != 3:
        return "Return three things, u, v and t, or None."
    if case.known.convex:
        return "You accuse a convex function: your triple is not a violation beyond rounding."
    return trouble_with_witness(case.args[0], *answer)


def trouble_with_witness(f, u, v, t, tol=1e-9):
    """Why a triple is no witness against f, or None; half of the tolerance is left to rounding."""
    if np.shape(t) == (1,) and trouble_with_witness(f, u, v, t[0], tol) is None:
        return partly("1/2", "Your triple is a violation, but its t is an array: a number is asked for.")
    if np.ndim(u) != 1 or np.shape(u) != np.shape(v) or np.ndim(t) != 0:
        return "Return u, v and t in this order: two arrays of shape (d,), then a number."
    try:
        u, v, t = np.asarray(u, dtype=float), np.asarray(v, dtype=float), float(t)
        fu, fv = f(u), f(v)
        gap = t * fu + (1 - t) * fv - f(t * u + (1 - t) * v)
    except (TypeError, ValueError, IndexError):
        return "Something in your triple is no point of the domain of f."
    if not 0 <= t <= 1:
        return "The t you return is not between 0 and 1."
    if gap < -tol / 2 * (1 + abs(fu) + abs(fv)):
        return None
    return "The triple you return is not a violation: compute its gap again."


@find_violation.mistake(credit=0.25)
def wrong_side(f, sample, rng, n_trials=1000, tol=1e-9):
    """Your function accuses the square norm, which is convex. On which side is the violation?"""
    for _ in range(n_trials):
        u, v, t = sample(rng), sample(rng), rng.random()
        if t * f(u) + (1 - t) * f(v) - f(t * u + (1 - t) * v) > tol * (1 + abs(f(u)) + abs(f(v))):
            return u, v, t
    return None


@find_violation.mistake(credit=0.7)
def rounding_accused(f, sample, rng, n_trials=1000, tol=1e-9):
    """An affine function is convex: what does floating-point arithmetic make of an equality?"""
    for _ in range(n_trials):
        u, v, t = sample(rng), sample(rng), rng.random()
        if t * f(u) + (1 - t) * f(v) < f(t * u + (1 - t) * v):
            return u, v, t
    return None


@find_violation.mistake(credit=0)
def ends_of_the_segment(f, sample, rng, n_trials=1000, tol=1e-9):
    """Which values of t does your code really try, and how long is the segment?"""
    for _ in range(n_trials):
        u, v, t = sample(rng), sample(rng), rng.integers(0, 2)
        if t * f(u) + (1 - t) * f(v) - f(t * u + (1 - t) * v) < -tol * (1 + abs(f(u)) + abs(f(v))):
            return u, v, t
    return None


@find_violation.mistake(credit=0, same_as="ends_of_the_segment")
def segment_of_length_zero(f, sample, rng, n_trials=1000, tol=1e-9):
    """Which values of t does your code really try, and how long is the segment?"""
    for _ in range(n_trials):
        u = v = sample(rng)
        t = rng.random()
        if t * f(u) + (1 - t) * f(v) - f(t * u + (1 - t) * v) < -tol * (1 + abs(f(u)) + abs(f(v))):
            return u, v, t
    return None


@find_violation.mistake(credit=0)
def truth_value(f, sample, rng, n_trials=1000, tol=1e-9):
    """Return the witness itself (or None), not a truth value."""
    for _ in range(n_trials):
        u, v, t = sample(rng), sample(rng), rng.random()
        if t * f(u) + (1 - t) * f(v) - f(t * u + (1 - t) * v) < -tol * (1 + abs(f(u)) + abs(f(v))):
            return False
    return True


@find_violation.mistake(credit=0.25)
def one_trial(f, sample, rng, n_trials=1000, tol=1e-9):
    """How many triples does your function try before it gives up? Where does its `return None` stand?"""
    u, v, t = sample(rng), sample(rng), rng.random()
    if t * f(u) + (1 - t) * f(v) - f(t * u + (1 - t) * v) < -tol * (1 + abs(f(u)) + abs(f(v))):
        return u, v, t
    return None


@find_violation.mistake(credit=0.4)
def own_points(f, sample, rng, n_trials=1000, tol=1e-9):
    """Some functions are defined on a part of the space only. Draw your points with `sample`."""
    d = len(sample(rng))
    for _ in range(n_trials):
        u, v, t = rng.normal(size=d), rng.normal(size=d), rng.random()
        if t * f(u) + (1 - t) * f(v) - f(t * u + (1 - t) * v) < -tol * (1 + abs(f(u)) + abs(f(v))):
            return u, v, t
    return None


# 3. Non-negative quadratic forms


@question(points=3)
def is_psd(A, tol=1e-10):
    """Whether w'Aw is never negative, for any square A and up to rounding."""
    A = np.asarray(A, dtype=float)
    eigenvalues = np.linalg.eigvalsh((A + A.T) / 2)
    return bool(eigenvalues[0] >= -tol * np.max(np.abs(eigenvalues)))


def symmetric(rng, eigenvalues):
    """A random symmetric matrix with these eigenvalues."""
    U = np.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))[0]
    S = (U * np.asarray(eigenvalues, dtype=float)) @ U.T
    return (S + S.T) / 2


def antisymmetric(rng, d):
    B = rng.normal(size=(d, d))
    return B - B.T


def square_matrices(rng):
    """Matrices of every sort, all far from the border of the answer or exactly on it."""
    X = rng.normal(size=(3, 6))
    mixed_with_skew = symmetric(rng, rng.uniform(0.5, 2, 4)) + antisymmetric(rng, 4)
    yield core("positive definite", symmetric(rng, rng.uniform(0.5, 3, int(rng.integers(3, 6)))))
    yield core("indefinite", symmetric(rng, [2, 1, -0.7, 0.5]))
    yield core("negative definite, even d", -symmetric(rng, [1, 2, 3, 4]))
    yield core("positive definite and antisymmetric", mixed_with_skew)
    yield core("positive eigenvalues, indefinite form", np.array([[1.0, 4.0], [0.0, 1.0]]))
    yield core("a negative entry on the diagonal", np.array([[2.0, 0.5], [0.5, -1.0]]))
    yield core("a large negative eigenvalue", np.array([[1.0, 0.5], [0.5, -3.0]]))
    yield core("positive entries, indefinite", np.array([[1.0, 3.0], [3.0, 1.0]]))
    yield core("negative entries, positive definite", np.array([[2.0, -1.0], [-1.0, 2.0]]))
    yield core("lower triangle alone misleads", np.array([[1.0, 0.0], [-4.0, 1.0]]))
    yield core("either triangle misleads", np.array([[1.0, 5.0], [-5.0, 1.0]]))
    yield edge("singular, rank 3 of 6", X.T @ X)
    yield edge("A = 0", np.zeros((3, 3)))
    yield edge("d=1, positive", np.array([[2.0]]))
    yield edge("d=1, negative", np.array([[-1e-3]]))
    yield edge("d=1, zero", np.array([[0.0]]))
    yield edge("rank one", np.outer([1.0, 2.0, -1.0], [1.0, 2.0, -1.0]))
    yield edge("antisymmetric", antisymmetric(rng, 3))
    yield dtype("integers, positive definite", np.array([[2, 1], [1, 2]]))
    yield dtype("integers, indefinite", np.array([[1, 2], [2, 1]]))
    yield magnitude("singular, of size 1e8", 1e8 * (X.T @ X))
    yield magnitude("indefinite, of size 1e-12", 1e-12 * symmetric(rng, [1, -1, 2]))


@is_psd.cases
def _(rng):
    yield from square_matrices(rng)
    yield edge("one small negative eigenvalue", symmetric(rng, [1, 1, -1e-5]))


@is_psd.mistake(credit=0.4)
def eigenvalues_of_A(A, tol=1e-10):
    """Your test is right when A is symmetric. Which part of a matrix that is not do the numbers w'Aw see?"""
    return bool(np.all(np.linalg.eigvals(A).real >= -tol * np.max(np.abs(A))))


@is_psd.mistake(credit=0.4)
def eigvalsh_of_A(A, tol=1e-10):
    """Which entries of A does `eigvalsh` read? Its documentation assumes something about A."""
    return bool(np.linalg.eigvalsh(A)[0] >= -tol * np.linalg.norm(A, 2))


@is_psd.mistake(credit=0.5)
def positive_definite(A, tol=1e-10):
    """Non-negative, or positive? Try the zero matrix."""
    return bool(np.linalg.eigvalsh((A + A.T) / 2)[0] > tol)


@is_psd.mistake(credit=0.4)
def demands_symmetry(A, tol=1e-10):
    """The statement speaks of the numbers w'Aw only. Symmetry of A is not required."""
    return bool(np.allclose(A, A.T) and np.linalg.eigvalsh(A)[0] >= -tol * np.linalg.norm(A, 2))


@is_psd.mistake(credit=0)
def determinant(A, tol=1e-10):
    """Two negative eigenvalues have a positive product."""
    return bool(np.linalg.det((A + A.T) / 2) >= -tol)


@is_psd.mistake(credit=0)
def diagonal_entries(A, tol=1e-10):
    """To test the vectors of the standard basis is necessary, but not sufficient."""
    return bool(np.all(np.diag(A) >= -tol))


@is_psd.mistake(credit=0)
def largest_eigenvalue(A, tol=1e-10):
    """Which eigenvalue decides? Try the matrix [[1, 0], [0, -1]]."""
    eigenvalues = np.linalg.eigvalsh((A + A.T) / 2)
    return bool(eigenvalues[-1] >= -tol * np.max(np.abs(eigenvalues)))


@is_psd.mistake(credit=0)
def all_entries(A, tol=1e-10):
    """Non-negative entries and a non-negative quadratic form are different notions."""
    return bool(np.min(A) >= -tol)


@is_psd.mistake(credit=0.5, same_as="positive_definite")
def cholesky(A, tol=1e-10):
    """Your factorisation exists for positive definite matrices only. Try the zero matrix."""
    try:
        np.linalg.cholesky((A + A.T) / 2)
    except np.linalg.LinAlgError:
        return False
    return True


@is_psd.mistake(credit=0.8)
def no_tolerance(A, tol=1e-10):
    """Rounding can push an eigenvalue that is zero slightly below zero."""
    return bool(np.linalg.eigvalsh((A + A.T) / 2)[0] >= 0)


@is_psd.mistake(credit=0.9)
def absolute_tolerance(A, tol=1e-10):
    """Multiply A by 1e8, then by 1e-12. Should the answer change?"""
    return bool(np.linalg.eigvalsh((A + A.T) / 2)[0] >= -tol)


# 4. The four functions of the slides


@question(points=3, needs=(is_psd,))
def slide_functions(A, tol=1e-10):
    """Of each function of the slides: is it convex, is it strictly convex?"""
    A = np.asarray(A, dtype=float)
    eigenvalues = np.linalg.eigvalsh((A + A.T) / 2)
    margin = tol * np.max(np.abs(eigenvalues))
    return {
        "sqnorm": (True, True),
        "quad": (bool(eigenvalues[0] >= -margin), bool(eigenvalues[0] > margin)),
        "exp": (True, True),
        "ln": (False, False),
    }


@slide_functions.cases
def _(rng):
    yield from square_matrices(rng)


@slide_functions.mistake(credit=0.5)
def ln_convex(A, tol=1e-10):
    """Compare the graph of ln with one of its chords."""
    return slide_functions(A, tol) | {"ln": (True, True)}


@slide_functions.mistake(credit=0.25)
def always_convex(A, tol=1e-10):
    """What is w'Aw for A = -I, and is it convex?"""
    return slide_functions(A, tol) | {"quad": (True, True)}


@slide_functions.mistake(credit=0.25)
def never_convex(A, tol=1e-10):
    """What is w'Aw for A = I? It is another function of the list."""
    return slide_functions(A, tol) | {"quad": (False, False)}


@slide_functions.mistake(credit=0.5)
def convex_means_strictly(A, tol=1e-10):
    """A = 0 gives a constant function: is it convex, and strictly so?"""
    answers = slide_functions(A, tol)
    return answers | {"quad": (answers["quad"][0], answers["quad"][0])}


@slide_functions.mistake(credit=0.5)
def exp_not_strictly(A, tol=1e-10):
    """Is there a straight piece on the graph of exp?"""
    return slide_functions(A, tol) | {"exp": (True, False)}


@slide_functions.mistake(credit=0.4)
def eigenvalues_of_A_again(A, tol=1e-10):
    """Which matrix decides when A is not symmetric? Not A itself."""
    smallest, size = np.min(np.linalg.eigvals(A).real), np.max(np.abs(A))
    return slide_functions(A, tol) | {"quad": (bool(smallest >= -tol * size), bool(smallest > tol * size))}


# 5. Numerical Hessian


@question(points=2)
def num_hessian(f, w, h=1e-3):
    """Second differences of f at w, pair by pair of coordinates."""
    w = np.asarray(w, dtype=float)
    steps = h * np.eye(w.size)
    H = np.zeros((w.size, w.size))
    for i, p in enumerate(steps):
        for j, q in enumerate(steps):
            H[i, j] = (f(w + p + q) - f(w + p - q) - f(w - p + q) + f(w - p - q)) / (4 * h * h)
    return H


def smooth(group, label, value, hessian, w, h=None, *, fourth, asked=False, **data):
    """A case that knows the true Hessian and how far a scheme of second order may be from it.

    Such a scheme errs by a multiple of h^2 times the fourth derivatives, of which `fourth` is a bound near
    w, and by the rounding of f divided by h^2. The function is shipped with its data, unless it is to be told
    where it was asked: at an array of another shape it is 0 then, so that the call ends.
    """

    def f(point):
        return value(point, **data) if np.shape(point) == np.shape(w) else 0.0

    at, step = np.asarray(w, dtype=float), h or 1e-3
    rounding = 100 * EPSILON * max(abs(value(at, **data)), 0.1) / step**2 + 1e-12
    function = oracle(f) if asked else given(value, **data)
    arguments = (function, w) if h is None else (function, w, h)
    bound = 4 * fourth * step**2 + rounding
    return group(label, *arguments).knowing(hessian=hessian(at), bound=bound)


def quadratic_form(w, B):
    w = np.asarray(w, dtype=float)
    return float(w @ B @ w)


def product(w):
    return float(np.prod(np.asarray(w, dtype=float)))


def ridge(w):
    return float(np.exp(w[0] - 2 * w[1]))


def sum_of_coordinates(w):
    return float(np.sum(w) - 2)


@num_hessian.cases
def _(rng):
    B = rng.normal(size=(3, 3))
    S = B @ B.T + np.eye(3)

    def soft_hessian(v):
        p = np.exp(v) / np.sum(np.exp(v))
        return np.diag(p) - np.outer(p, p)

    def product_hessian(v):
        return np.array([[0, v[2], v[1]], [v[2], 0, v[0]], [v[1], v[0], 0]])

    def ridge_hessian(v):
        return ridge(v) * np.array([[1.0, -2.0], [-2.0, 4.0]])

    def exp_hessian(v):
        return np.diag(np.exp(v))

    steep = np.array([0.2, 0.1]) * rng.random(2)
    w = rng.normal(size=3)
    yield smooth(core, "quadratic form", quadratic_form, lambda v: B + B.T, w, fourth=0, asked=True, B=B)
    yield smooth(core, "log-sum-exp", log_sum_exp, soft_hessian, rng.normal(size=4), fourth=2)
    yield smooth(core, "product, h=1e-2", product, product_hessian, 1 + rng.random(3), 1e-2, fourth=1)
    yield smooth(core, "exponential, h=1e-2", ridge, ridge_hessian, steep, 1e-2, fourth=25 * np.exp(1.0))
    yield smooth(edge, "d=1", sum_of_exp, exp_hessian, rng.random(1), fourth=3, asked=True)
    flat, w = np.zeros((3, 3)), rng.normal(size=3)
    yield smooth(edge, "affine", sum_of_coordinates, lambda v: flat, w, fourth=0)
    whole = np.array([1, -1, 2])
    yield smooth(dtype, "integer w", quadratic_form, lambda v: 2 * S, whole, fourth=0, B=S)


@num_hessian.accepts
def _(answer, case):
    """Any scheme of order two or more is right."""
    truth, H = case.known.hessian, np.asarray(answer, dtype=float)
    if any(np.shape(point) != truth.shape[:1] for points in case.asked.get(0, ()) for point in points):
        return "f is called at something that is not an array of shape (d,)."
    if np.all(np.abs(H - truth) <= case.known.bound):
        return None
    return trouble_with_hessian(H, truth, case.known.bound)


def trouble_with_hessian(H, truth, bound):
    """What is wrong with a matrix of second differences, as far as it can be told."""
    right, diagonal = np.abs(H - truth) <= bound, np.eye(len(truth), dtype=bool)
    if not H.any():
        return "Every second difference you return is zero."
    if len(truth) > 1 and right[diagonal].all():
        return "The diagonal is right, not all entries off the diagonal are."
    if len(truth) > 1 and right[~diagonal].all():
        return "The entries off the diagonal are right, not all on the diagonal are."
    for factor, words in (
        (4, "four times"),
        (2, "twice"),
        (0.5, "half of"),
        (0.25, "a quarter of"),
        (-1, "minus"),
    ):
        if np.all(np.abs(H / factor - truth) <= bound):
            return f"What you return is {words} the Hessian."
    return "The error is larger than that of a scheme of second order with this h."


@num_hessian.mistake(credit=0.3)
def diagonal_alone(f, w, h=1e-3):
    """Test on w[0] * w[1]. Its second derivatives are not on the diagonal."""
    return np.diag([(f(w + h * e) - 2 * f(w) + f(w - h * e)) / h**2 for e in np.eye(len(w))])


def over_pairs(difference, w):
    """The matrix of difference(a, b) over all pairs of vectors of the standard basis."""
    basis = np.eye(len(w))
    return np.array([[difference(a, b) for b in basis] for a in basis])


@num_hessian.mistake(credit=0.4)
def distance_of_the_points(f, w, h=1e-3):
    """Check the constant with f(w) = w^2, d = 1."""

    def difference(a, b):
        a, b = h * a, h * b
        return (f(w + a + b) - f(w + a - b) - f(w - a + b) + f(w - a - b)) / h**2

    return over_pairs(difference, w)


@num_hessian.mistake(credit=0.4)
def product_for_quotient(f, w, h=1e-3):
    """Python reads `a / 4 * h**2` from left to right: what is divided, and what multiplied?"""

    def difference(a, b):
        a, b = h * a, h * b
        return (f(w + a + b) - f(w + a - b) - f(w - a + b) + f(w - a - b)) / 4 * h**2

    return over_pairs(difference, w)


@num_hessian.mistake(credit=0.5)
def forward_differences(f, w, h=1e-3):
    """Your error shrinks like h, that of the statement's scheme like h^2. Which points are used?"""

    def difference(a, b):
        return (f(w + h * a + h * b) - f(w + h * a) - f(w + h * b) + f(w)) / h**2

    return over_pairs(difference, w)


@num_hessian.mistake(credit=0.2)
def signs_of_the_corners(f, w, h=1e-3):
    """Check the four signs on the function w[0] * w[1]."""

    def difference(a, b):
        a, b = h * a, h * b
        return (f(w + a + b) - f(w + a - b) + f(w - a + b) - f(w - a - b)) / (4 * h**2)

    return over_pairs(difference, w)


@num_hessian.mistake(credit=0)
def gradient_times_itself(f, w, h=1e-3):
    """The Hessian holds second derivatives, not products of first ones. Test on a linear function."""
    gradient = [(f(w + h * e) - f(w - h * e)) / (2 * h) for e in np.eye(len(w))]
    return np.outer(gradient, gradient)


# 6. The gap above the tangent plane


@question(points=2)
def tangent_gap(f, grad, w, v):
    """How far f(v) lies above the plane that touches f at w."""
    w, v = np.asarray(w, dtype=float), np.asarray(v, dtype=float)
    return float(f(v) - f(w) - np.dot(grad(w), v - w))


@tangent_gap.cases
def _(rng):
    def points(d, size=1.0):
        return size * rng.normal(size=d), size * rng.normal(size=d)

    norm = given(square_norm), given(square_norm_grad)
    exp = given(sum_of_exp), given(sum_of_exp_grad)
    positive = 0.3 + 4 * rng.random(3), 0.3 + 4 * rng.random(3)
    w = rng.normal(size=3)
    yield core("square norm", *norm, *points(4))
    yield core("sum of exp", *exp, *points(3))
    yield core("sum of ln, positive points", given(sum_of_ln), given(sum_of_ln_grad), *positive)
    yield core("saddle", given(saddle), given(saddle_grad), *points(3))
    yield edge("v = w", *exp, w, w.copy())
    yield edge("d=1", *exp, *points(1))
    yield edge("w = 0", *norm, np.zeros(3), rng.normal(size=3))
    yield dtype("integers", *norm, np.array([1, 2]), np.array([3, -1]))
    yield magnitude("points of size 1e4", *norm, *points(3, 1e4))


@tangent_gap.scale
def _(f, grad, w, v):
    return abs(f(v)) + abs(f(w)) + np.dot(np.abs(grad(w)), np.abs(v) + np.abs(w))


@tangent_gap.mistake(credit=0.4)
def touching_at_v(f, grad, w, v):
    """At which of the two points does the plane touch f?"""
    return f(v) - f(w) - np.dot(grad(v), v - w)


@tangent_gap.mistake(credit=0.5)
def plane_minus_graph(f, grad, w, v):
    """Try the square norm, which is convex: the result must not be negative."""
    return f(w) + np.dot(grad(w), v - w) - f(v)


@tangent_gap.mistake(credit=0.4)
def direction_reversed(f, grad, w, v):
    """You stand at w and move to v. In which direction is that?"""
    return f(v) - f(w) - np.dot(grad(w), w - v)


@tangent_gap.mistake(credit=0.25)
def value_at_w_forgotten(f, grad, w, v):
    """What must the result be when v = w?"""
    return f(v) - np.dot(grad(w), v - w)


# 7. Is w a global minimiser?


@question(points=1)
def is_global_min(grad, w, tol=1e-8):
    """Whether the gradient of a convex function vanishes at w, up to tol."""
    return bool(np.linalg.norm(grad(np.asarray(w, dtype=float))) <= tol)


def linear_gradient(S, minimiser):
    """The gradient of a convex quadratic with Hessian S."""
    return oracle(lambda w: np.asarray(S, dtype=float) @ (np.asarray(w, dtype=float) - minimiser))


def constant_gradient(*slopes):
    """The gradient of an affine function."""
    return oracle(lambda w: np.array(slopes, dtype=float))


@is_global_min.cases
def _(rng):
    minimiser, B = rng.normal(size=3), rng.normal(size=(3, 3))
    S, line = B @ B.T + np.eye(3), np.array([2.0])
    flat = np.diag([1.0, 0.0])
    yield core("at the minimiser", linear_gradient(S, minimiser), minimiser.copy())
    yield core("away from it", linear_gradient(S, minimiser), minimiser + 1.0)
    yield core("slopes 1, -1", constant_gradient(1, -1), np.zeros(2))
    yield core("slopes -3, -2", constant_gradient(-3, -2), np.ones(2))
    yield core("slopes 0, 5", constant_gradient(0, 5), np.ones(2))
    yield core("w = 0, slopes 2, 1", constant_gradient(2, 1), np.zeros(2))
    yield edge("slopes of size 1e-12", constant_gradient(1e-12, -1e-12), np.ones(2))
    yield edge("slopes of size 1e-5", constant_gradient(1e-5, 0), np.ones(2))
    yield edge("minimiser at 0", linear_gradient(S, np.zeros(3)), np.zeros(3))
    yield edge("d=1, at the minimiser", linear_gradient([[3.0]], line), line.copy())
    yield edge("d=1, beside it", linear_gradient([[3.0]], line), line + 0.1)
    yield edge("one of many minimisers", linear_gradient(flat, np.array([1.0, 0.0])), np.array([1.0, 7.0]))
    yield edge("own tol", constant_gradient(1e-5, 0), np.ones(2), tol=1e-3)


@is_global_min.mistake(credit=0)
def sum_of_slopes(grad, w, tol=1e-8):
    """Slopes of opposite signs can cancel."""
    return bool(abs(np.sum(grad(w))) <= tol)


@is_global_min.mistake(credit=0.25)
def no_absolute_value(grad, w, tol=1e-8):
    """A very negative slope is not small."""
    return bool(np.all(grad(w) <= tol))


@is_global_min.mistake(credit=0.25)
def any_slope(grad, w, tol=1e-8):
    """Must all partial derivatives vanish, or only one?"""
    return bool(np.any(np.abs(grad(w)) <= tol))


@is_global_min.mistake(credit=0.7)
def exactly_zero(grad, w, tol=1e-8):
    """A computed gradient is hardly ever exactly zero. What is `tol` for?"""
    return bool(np.all(grad(w) == 0))


@is_global_min.mistake(credit=0)
def norm_of_w(grad, w, tol=1e-8):
    """The condition is not about w itself."""
    return bool(np.linalg.norm(w) <= tol)


@is_global_min.mistake(credit=0.8)
def tol_ignored(grad, w, tol=1e-8):
    """Your function ignores one of its arguments."""
    return bool(np.linalg.norm(grad(w)) <= 1e-8)


# 8. Minimise a quadratic function


@question(points=3)
def quad_minimiser(A, b):
    """A minimiser of w -> w'Aw + <b, w>, any square A, or None where there is none."""
    A, b = np.asarray(A, dtype=float), np.asarray(b, dtype=float)
    eigenvalues, U = np.linalg.eigh(A + A.T)
    small = 1e-8 * np.max(np.abs(eigenvalues))
    if eigenvalues[0] < -small:
        return None
    curved = eigenvalues > small
    slopes = U.T @ b
    if np.linalg.norm(slopes[~curved]) > 1e-8 * np.linalg.norm(b):
        return None
    return -U[:, curved] @ (slopes[curved] / eigenvalues[curved])


@quad_minimiser.cases
def _(rng):
    S, singular = symmetric(rng, [0.5, 1, 2, 4]), symmetric(rng, [0, 0, 1, 3])
    in_range = singular @ rng.normal(size=4)
    yield core("positive definite", S, rng.normal(size=4))
    yield core("positive definite and antisymmetric", S + antisymmetric(rng, 4), rng.normal(size=4))
    yield core("indefinite", symmetric(rng, [1, 2, -1]), rng.normal(size=3))
    yield core("negative definite", -symmetric(rng, [1, 2, 3]), rng.normal(size=3))
    yield core("singular, many minimisers", singular, in_range)
    yield core("singular, unbounded", singular, rng.normal(size=4))
    yield edge("d=1, convex", np.array([[2.0]]), rng.normal(size=1))
    yield edge("d=1, concave", np.array([[-2.0]]), rng.normal(size=1))
    yield edge("A = 0, b = 0", np.zeros((3, 3)), np.zeros(3))
    yield edge("A = 0, b = 1", np.zeros((3, 3)), np.ones(3))
    yield edge("b = 0", S, np.zeros(4))
    yield edge("rank one", np.outer([1.0, 2.0], [1.0, 2.0]), np.array([-2.0, -4.0]))
    yield edge("indefinite, b = 0", symmetric(rng, [1, 2, -1]), np.zeros(3))
    yield dtype("integers", np.array([[2, 1], [0, 2]]), np.array([1, -1]))
    yield magnitude("A of size 1e6", 1e6 * S, 1e3 * rng.normal(size=4))
    yield magnitude("A of size 1e-9", 1e-9 * S, 1e-9 * rng.normal(size=4))
    yield magnitude("singular, unbounded, of size 1e-9", 1e-9 * singular, 1e-9 * rng.normal(size=4))


@quad_minimiser.accepts
def _(answer, case):
    """Any point where the gradient vanishes, if the function has a minimiser."""
    if answer is None:
        return None if case.expected is None else "You return None where f has a minimiser."
    if case.expected is None:
        return "You return something other than None where f has no minimiser: it is not bounded below."
    A, b = (np.asarray(value, dtype=float) for value in case.args)
    H, w = A + A.T, np.asarray(answer, dtype=float)
    length = np.max(np.abs(w)) if b.any() else max(1.0, np.max(np.abs(w)))
    size = np.max(np.abs(H)) * length * len(b) + np.max(np.abs(b))
    error = np.max(np.abs(H @ w + b))
    if error <= 1e-8 * size:
        return None
    return (
        partly(0.9, DIGITS_LOST) if error <= 1e-4 * size else "The gradient of f is not zero at your point."
    )


def is_positive_definite(A):
    return np.linalg.eigvalsh(A + A.T)[0] > 2e-9


@quad_minimiser.mistake(credit=0)
def gradient_of_half_the_form(A, b):
    """Start from the gradient of f. Check with d = 1, f(w) = w^2 + w."""
    return -np.linalg.solve(A, b) if is_positive_definite(A) else None


@quad_minimiser.mistake(credit=0.25)
def takes_A_symmetric(A, b):
    """Your formula assumes something about A. What is the gradient of w'Aw when A is not symmetric?"""
    return -np.linalg.solve(2 * A, b) if is_positive_definite(A) else None


@quad_minimiser.mistake(credit=0.4)
def opposite_point(A, b):
    """Evaluate f at your point and at its opposite. Which is smaller?"""
    return np.linalg.solve(A + A.T, b) if is_positive_definite(A) else None


@quad_minimiser.mistake(credit=0.3)
def any_stationary_point(A, b):
    """A zero gradient is enough only under an assumption on f. Try A = -I."""
    return -np.linalg.lstsq(A + A.T, b, rcond=None)[0]


@quad_minimiser.mistake(credit=0.5)
def positive_definite_only(A, b):
    """Must A be positive definite for a minimiser to exist? Try A = [[1, 0], [0, 0]], b = [1, 0]."""
    return -np.linalg.solve(A + A.T, b) if is_positive_definite(A) else None


@quad_minimiser.mistake(credit=0.6)
def slope_on_flat_ground(A, b):
    """Take A = 0 and f(w) = w_2. What is its minimum?"""
    flat_or_convex = np.linalg.eigvalsh(A + A.T)[0] > -1e-9 * (1 + np.max(np.abs(A)))
    return -np.linalg.pinv(A + A.T) @ b if flat_or_convex else None
