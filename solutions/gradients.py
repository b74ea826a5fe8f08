"""Hidden references of assignments/gradients: homework 1, ten questions, 20 points.

Two rules of partial credit that a marker would apply by hand are not kept as rules of their own:

- *Finite differences where a formula is asked earn at most one half.* In place of that cap, `forbids`
  refuses `num_grad` and its like, and the two formula questions are compared to twelve digits: a
  formula keeps fifteen of them, a difference quotient eleven at best, so that it reads "right formula,
  digits lost" (nine tenths). No threshold tells it from a computation in single precision, which
  deserves just that.
- *A right loss beside a wrong gradient earns 30 %* (`point_loss`). In place of the blanket rule, each
  wrong gradient that students are known to write is a mistake with its own credit, 30 % at least: a
  share given for the loss alone would also replace the 50 % of the milder ones.

Where a mistake spares the core cases, the case groups decide its mark and its credit is not used.
"""

import numpy as np

from autograder import built, core, dtype, edge, given, magnitude, oracle, question, speed

EPSILON = np.finfo(float).eps
LIBRARY_DIFFERENCES = ("approx_fprime", "approx_derivative")
"""Not `gradient` or `derivative`: students call their variables so."""
MATRIX_PRODUCTS = ("@", "dot", "einsum", "inner", "vdot", "matmul", "tensordot", "multi_dot")


def uniform(seed, shape):
    """Numbers between -1/2 and 1/2, cheap to draw: the large cases are built on both sides."""
    return np.random.default_rng(seed).random(shape) - 0.5


def large(rng, *shape):
    """An argument of this shape that is never sent."""
    return built(uniform, seed=int(rng.integers(2**32)), shape=shape)


# 1. Gradient of a linear form


@question(points=1)
def linear_form_grad(w, x):
    """Gradient of w -> <w, x>."""
    return np.array(x, dtype=float)


@linear_form_grad.cases
def _(rng):
    for d in (2, 3, 7):
        yield core(f"random, d={d}", rng.normal(size=d), rng.normal(size=d))
    yield edge("d=1", rng.normal(size=1), rng.normal(size=1))
    yield edge("w = 0", np.zeros(4), rng.normal(size=4))
    yield edge("x = 0", rng.normal(size=4), np.zeros(4))
    yield dtype("integers", rng.integers(1, 9, 3), rng.integers(-9, -1, 3))
    yield dtype("float32", *rng.normal(size=(2, 5)).astype("f4"))
    yield magnitude("x of size 1e8", rng.normal(size=5), 1e8 * rng.normal(size=5))
    yield magnitude("x of size 1e-8", 1e3 * rng.normal(size=5), 1e-8 * rng.normal(size=5))


@linear_form_grad.scale
def _(w, x):
    return np.max(np.abs(x))


@linear_form_grad.mistake(credit=0)
def returns_w(w, x):
    """With respect to which variable are you differentiating? Test with w = 0."""
    return np.array(w, dtype=float)


@linear_form_grad.mistake(credit=0)
def value_for_gradient(w, x):
    """You return the value of the function. A gradient has one entry per coordinate of w."""
    return np.dot(w, x)


@linear_form_grad.mistake(credit=0.25)
def elementwise_product(w, x):
    """Write the sum out and differentiate with respect to one w_k: what remains of term number k?"""
    return w * x


@linear_form_grad.mistake(credit=0.25)
def as_if_quadratic(w, x):
    """The function is linear in w, not quadratic: check with d = 1."""
    return 2.0 * x


@linear_form_grad.mistake(credit=0.5)
def row_matrix(w, x):
    """Mind the requested shape."""
    return np.array(x, dtype=float).reshape(1, -1)


# 2. and 3. The quadratic form, as a double sum and with matrices


@question(points=1, forbids=MATRIX_PRODUCTS)
def quad_form_sum(A, w):
    """The number w'Aw, summed over both indices."""
    total = 0.0
    for i in range(len(w)):
        for j in range(len(w)):
            total += float(A[i, j]) * float(w[i]) * float(w[j])
    return total


@question(points=1)
def quad_form(A, w):
    """The number w'Aw, without a Python loop."""
    A, w = np.asarray(A, dtype=float), np.asarray(w, dtype=float)
    return float(w @ (A @ w))


def matrices_and_points(rng):
    """Square matrices A of every sort, hardly ever symmetric, each with a point w."""

    def pair(d):
        return rng.normal(size=(d, d)), rng.normal(size=d)

    for d in (2, 3, 6):
        yield core(f"random, d={d}", *pair(d))
    yield core("strictly upper triangular", np.triu(1 + rng.random((4, 4)), 1), 1 + rng.random(4))
    yield edge("d=1", *pair(1))
    yield edge("w = 0", rng.normal(size=(3, 3)), np.zeros(3))
    yield edge("A = 0", np.zeros((3, 3)), rng.normal(size=3))
    B, w = pair(4)
    yield edge("antisymmetric A", B - B.T, w)
    yield edge("symmetric A", B + B.T, w)
    yield edge("singular A", np.outer(rng.normal(size=5), rng.normal(size=5)), rng.normal(size=5))
    # Odd above the diagonal, even elsewhere: an integer matrix that cannot happen to be symmetric.
    odd = 2 * rng.integers(-9, 9, (3, 3)) + np.triu(np.ones((3, 3), dtype=int), 1)
    yield dtype("integers", odd, rng.integers(1, 9, 3))
    yield dtype("integer w, real A", rng.normal(size=(3, 3)), rng.integers(1, 9, 3))
    yield dtype("float32", rng.normal(size=(20, 20)).astype("f4"), rng.normal(size=20).astype("f4"))
    yield magnitude("w of size 1e6", 1e2 * rng.normal(size=(4, 4)), 1e6 * rng.normal(size=4))
    yield magnitude("A of size 1e-9", 1e-9 * rng.normal(size=(4, 4)), 1e-3 * rng.normal(size=4))
    yield magnitude("d=30", *pair(30))


@quad_form_sum.cases
def _(rng):
    yield from matrices_and_points(rng)


@quad_form.cases
def _(rng):
    yield from matrices_and_points(rng)
    d, few = 1500, 200
    yield speed(
        f"d={d}",
        large(rng, d, d),
        large(rng, d),
        looped=quad_form_sum,
        small=(rng.normal(size=(few, few)), rng.normal(size=few)),
        work=(d / few) ** 2,
        share=0.6,
    )


@quad_form_sum.scale
@quad_form.scale
def _(A, w):
    return np.abs(w) @ np.abs(A) @ np.abs(w)


@quad_form_sum.mistake(credit=0)
@quad_form.mistake(credit=0)
def free_index(A, w):
    """Which indices are summed? The result must be one number."""
    return (A * np.outer(w, w)).sum(axis=0)


@quad_form_sum.mistake(credit=0)
@quad_form.mistake(credit=0)
def quadratic_in_A(A, w):
    """Expand your expression for d = 1: is it linear in A?"""
    return float(np.sum(np.sum(A * w, axis=1) ** 2))


@quad_form_sum.mistake(credit=0)
@quad_form.mistake(credit=0)
def diagonal_only(A, w):
    """Some pairs (i, j) are missing. Try A = [[0, 1], [0, 0]]."""
    return float(np.sum(np.diag(A) * w * w))


@quad_form_sum.mistake(credit=0)
@quad_form.mistake(credit=0)
def both_w_along_columns(A, w):
    """Check how `A * w * w` broadcasts: which index does each w follow?"""
    return float(np.sum(A * w * w))


@quad_form_sum.mistake(credit=0)
@quad_form.mistake(credit=0)
def both_w_along_rows(A, w):
    """Which index does each w follow?"""
    return float(w * w @ np.sum(A, axis=1))


@quad_form_sum.mistake(credit=0.25)
@quad_form.mistake(credit=0.25)
def constant_factor(A, w):
    """There is a constant factor too many or too few."""
    return 0.5 * float(np.sum(A * np.outer(w, w)))


@quad_form_sum.mistake(credit=0)
@quad_form.mistake(credit=0)
def upper_half(A, w):
    """Some pairs (i, j) are missing. Try A = [[0, 0], [1, 0]]."""
    return float(np.sum(np.triu(A) * np.outer(w, w)))


# 4. Gradient of the quadratic form


@question(points=3, forbids=("num_grad", *LIBRARY_DIFFERENCES), tolerance=1e-12)
def quad_grad(A, w):
    """Gradient of w -> w'Aw, any square A."""
    A, w = np.asarray(A, dtype=float), np.asarray(w, dtype=float)
    return A @ w + A.T @ w


@quad_grad.cases
def _(rng):
    yield from matrices_and_points(rng)


@quad_grad.scale
def _(A, w):
    return (np.abs(A) + np.abs(A.T)) @ np.abs(w)


@quad_grad.check("the gradient agrees with central differences of the quadratic form")
def _(answer, case):
    # Of a quadratic function, the central difference along p is exact however long p is.
    A, w = (np.asarray(value, dtype=float) for value in case.args)
    p = np.random.default_rng(w.size).normal(size=w.size) * (np.max(np.abs(w)) or 1.0)
    difference = ((w + p) @ A @ (w + p) - (w - p) @ A @ (w - p)) / 2
    reach = np.abs(w) + np.abs(p)
    return abs(difference - np.dot(answer, p)) <= 1e-3 * (reach @ np.abs(A) @ reach)


@quad_grad.mistake(credit=0.25)
def takes_A_symmetric(A, w):
    """Your formula is right for some matrices only. Compare with finite differences on [[0, 1], [0, 0]]."""
    return 2 * A @ w


@quad_grad.mistake(credit=0.25)
def takes_A_symmetric_from_the_left(A, w):
    """Your formula is right for some matrices only. Compare with finite differences on [[0, 1], [0, 0]]."""
    return 2 * w @ A


@quad_grad.mistake(credit=0)
def one_w_held_fixed(A, w):
    """w appears twice in the expression: apply the product rule."""
    return A @ w


@quad_grad.mistake(credit=0)
def other_w_held_fixed(A, w):
    """w appears twice in the expression: apply the product rule."""
    return w @ A


@quad_grad.mistake(credit=0.25)
def constant_of_gradient(A, w):
    """Check the constant with d = 1, A = [[1]]."""
    return 0.5 * (A + A.T) @ w


@quad_grad.mistake(credit=0)
def hessian_for_gradient(A, w):
    """That is the Hessian's shape; a gradient is a vector."""
    return A + A.T


@quad_grad.mistake(credit=0.5)
def gradient_as_row(A, w):
    """Mind the requested shape."""
    return ((A + A.T) @ w).reshape(1, -1)


@quad_grad.mistake(credit=0)
def number_for_gradient(A, w):
    """A gradient has one entry per coordinate of w."""
    return 2 * (w @ A @ w)


# 5. Numerical gradient


@question(points=3, forbids=LIBRARY_DIFFERENCES)
def num_grad(f, w, h=1e-5):
    """Central differences of f at w, coordinate by coordinate."""
    w = np.asarray(w, dtype=float)
    gradient = np.zeros_like(w)
    for i in range(w.size):
        step = np.zeros_like(w)
        step[i] = h
        gradient[i] = (f(w + step) - f(w - step)) / (2 * h)
    return gradient


def smooth(group, label, value, slope, w, h=None, *, third, asked=False, **data):
    """A case that knows the true gradient and how far a scheme of second order may be from it.

    Central differences err by h^2 |f'''| / 6 and by the rounding of f divided by h; three times the
    first, and ample room for the second, admit every scheme of order two or more. What f adds up is of size
    1 even where f itself is nearly 0. `third` bounds |f'''| near w. The function is shipped with its data,
    unless it is to be told where it was asked: at an array of another shape it is 0 then, so that the call
    ends.
    """

    def f(point):
        return value(point, **data) if np.shape(point) == np.shape(w) else 0.0

    at = np.asarray(w, dtype=float)
    size, gradient, step = value(at, **data), slope(at, **data), h or 1e-5
    rounding = 40 * EPSILON * max(abs(size), 1) / step + 1e-12 * np.max(np.abs(gradient)) + 1e-14
    function = oracle(f) if asked else given(value, **data)
    arguments = (function, w) if h is None else (function, w, h)
    return group(label, *arguments).knowing(gradient=gradient, bound=third * step**2 / 2 + rounding)


def cubic(v, c, S):
    v = np.asarray(v, dtype=float)
    return float(np.sum(c * v**3) + v @ S @ v)


def cubic_slope(v, c, S):
    return 3 * c * v**2 + 2 * S @ v


def exponential(v):
    return float(3 * np.sum(np.exp(np.asarray(v, dtype=float))))


def exponential_slope(v):
    return 3 * np.exp(v)


def waves(v):
    return float(np.sum(np.sin(3 * np.asarray(v, dtype=float))))


def waves_slope(v):
    return 3 * np.cos(3 * v)


def plane(v, a):
    return float(a @ np.asarray(v, dtype=float) + 2)


def plane_slope(v, a):
    return a


@num_grad.cases
def _(rng):
    c, S = 1 + rng.random(3), rng.normal(size=(3, 3))
    S = S @ S.T + np.eye(3)
    on_cubic, on_exp, on_waves = (cubic, cubic_slope), (exponential, exponential_slope), (waves, waves_slope)
    w, v, one = rng.normal(size=3), rng.normal(size=2), 0.5 * rng.normal(size=1)
    steep = 4 * np.exp(np.max(v))
    yield smooth(core, "cubic, h=1e-2", *on_cubic, w, 1e-2, third=6 * np.max(c), asked=True, c=c, S=S)
    yield smooth(core, "exponential, h=1e-2", *on_exp, v, 1e-2, third=steep, asked=True)
    far = 3 * rng.normal(size=3)
    yield smooth(core, "quadratic, own h", *on_cubic, far, third=0, c=np.zeros(3), S=25 * S)
    yield smooth(core, "waves, h=1e-3", *on_waves, rng.normal(size=3), 1e-3, third=27)
    yield smooth(edge, "d=1", *on_exp, one, 1e-2, third=4 * np.exp(one[0]), asked=True)
    yield smooth(edge, "w = 0", *on_exp, np.zeros(2), 1e-2, third=4)
    yield smooth(edge, "linear", plane, plane_slope, rng.normal(size=2), third=0, a=np.array([1.0, 2.0]))
    # Its gradient at integer points is no integer: a truncated one cannot be right.
    whole, uneven = rng.integers(1, 5, 2), np.array([0.37, 1.21])
    yield smooth(dtype, "integer w", *on_cubic, whole, 1e-3, third=8, c=uneven, S=np.eye(2))


@num_grad.accepts
def _(answer, case):
    """Any scheme of order two or more is right."""
    truth = case.known.gradient
    if any(np.shape(point) != truth.shape for points in case.asked.get(0, ()) for point in points):
        return "f is called at something that is not an array of shape (d,)."
    if not np.all(np.abs(np.asarray(answer) - truth) <= case.known.bound):
        return "The error is larger than that of central differences with this h."
    return None


@num_grad.mistake(credit=0.4)
def forward_difference(f, w, h=1e-5):
    """Your error shrinks like h, the statement's scheme shrinks like h^2. Which points are used?"""
    return np.array([(f(w + h * e) - f(w)) / h for e in np.eye(len(w))])


@num_grad.mistake(credit=0.4)
def backward_difference(f, w, h=1e-5):
    """Your error shrinks like h, the statement's scheme shrinks like h^2. Which points are used?"""
    return np.array([(f(w) - f(w - h * e)) / h for e in np.eye(len(w))])


@num_grad.mistake(credit=0.25)
def distance_of_the_points(f, w, h=1e-5):
    """What is the distance between the two points at which f is evaluated?"""
    return np.array([(f(w + h * e) - f(w - h * e)) / h for e in np.eye(len(w))])


@num_grad.mistake(credit=0.25)
def product_for_quotient(f, w, h=1e-5):
    """Python reads `a / 2 * h` from left to right: what is divided, and what multiplied?"""
    return np.array([(f(w + h * e) - f(w - h * e)) / 2 * h for e in np.eye(len(w))])


@num_grad.mistake(credit=0.7)
def integer_steps(f, w, h=1e-5):
    """What happens to `w[i] + h` when w is an integer array?"""
    w = w.copy()
    gradient = np.zeros(len(w))
    for i in range(len(w)):
        start = w[i]
        w[i] = start + h
        above = f(w)
        w[i] = start - h
        below = f(w)
        w[i] = start
        gradient[i] = (above - below) / (2 * h)
    return gradient


@num_grad.mistake(credit=0)
def all_coordinates_at_once(f, w, h=1e-5):
    """You move all coordinates at once; a partial derivative moves one."""
    return np.full(len(w), (f(w + h) - f(w - h)) / (2 * h))


@num_grad.mistake(credit=0.4)
def not_restored(f, w, h=1e-5):
    """Is w back at its starting value when you go to the next coordinate?"""
    w = np.array(w, dtype=float)
    gradient = np.zeros(len(w))
    for i in range(len(w)):
        w[i] += h
        above = f(w)
        w[i] -= 2 * h
        below = f(w)
        gradient[i] = (above - below) / (2 * h)
    return gradient


# 6. Relative error


@question(points=1)
def rel_error(g1, g2):
    """Distance of two gradients, relative to their sizes; between 0 and 1."""
    g1, g2 = np.asarray(g1, dtype=float), np.asarray(g2, dtype=float)
    return float(np.linalg.norm(g1 - g2) / max(np.linalg.norm(g1) + np.linalg.norm(g2), 1e-12))


@rel_error.cases
def _(rng):
    g = rng.normal(size=6)
    yield core("random, d=4", *rng.normal(size=(2, 4)))
    yield core("random, d=7", rng.normal(size=7), 3 * rng.normal(size=7))
    yield core("close", g, g + 1e-3 * rng.normal(size=6))
    yield core("one much larger", rng.normal(size=5), 50 * rng.normal(size=5))
    yield edge("equal", g, g.copy())
    yield edge("opposite", g, -g)
    yield edge("both zero", np.zeros(3), np.zeros(3))
    yield edge("one zero", np.zeros(3), rng.normal(size=3))
    yield edge("d=1", rng.normal(size=1), rng.normal(size=1))
    yield dtype("integers", np.array([3, 0]), np.array([0, 4]))
    yield dtype("float32", *rng.normal(size=(2, 5)).astype("f4"))
    yield magnitude("size 1e-7", *(1e-7 * rng.normal(size=(2, 5))))
    yield magnitude("size 1e9", *(1e9 * rng.normal(size=(2, 5))))


@rel_error.scale
def _(g1, g2):
    return 1.0


@rel_error.mistake(credit=0.8)
def zero_over_zero(g1, g2):
    """What does your function return when both gradients are zero?"""
    return np.linalg.norm(g1 - g2) / (np.linalg.norm(g1) + np.linalg.norm(g2))


@rel_error.mistake(credit=0.25)
def absolute_error(g1, g2):
    """Does your number change when both gradients are multiplied by 1000?"""
    return np.linalg.norm(g1 - g2)


@rel_error.mistake(credit=0.25)
def relative_to_one(g1, g2):
    """Swap the two arguments: the result should not change."""
    return np.linalg.norm(g1 - g2) / max(np.linalg.norm(g1), 1e-12)


@rel_error.mistake(credit=0.25)
def squared_norms(g1, g2):
    """Which norm is used, and is it squared?"""
    return np.sum((g1 - g2) ** 2) / max(np.sum(g1 * g1) + np.sum(g2 * g2), 1e-12)


@rel_error.mistake(credit=0.25)
def norm_of_sum(g1, g2):
    """Try opposite vectors: the error must not be larger than 1."""
    return np.linalg.norm(g1 - g2) / max(np.linalg.norm(g1 + g2), 1e-12)


@rel_error.mistake(credit=0.9)
def added_for_larger(g1, g2):
    """Reread the denominator: what becomes of 1e-12 when the gradients are small, but not that small?"""
    return np.linalg.norm(g1 - g2) / (np.linalg.norm(g1) + np.linalg.norm(g2) + 1e-12)


@rel_error.mistake(credit=0.25)
def largest_entry(g1, g2):
    """The formula compares norms of whole vectors, not entries."""
    return np.max(np.abs(g1 - g2) / np.maximum(np.abs(g1) + np.abs(g2), 1e-12))


# 7. Loss of one image


@question(points=3, forbids=("num_grad", *LIBRARY_DIFFERENCES))
def point_loss(f, grad_f, w, x, y=1.0):
    """Squared error of one prediction, and its gradient in w by the chain rule."""
    residual = f(w, x) - y
    return float(residual**2), 2.0 * residual * np.asarray(grad_f(w, x), dtype=float)


def linear_model(w, x):
    return float(np.dot(w, x))


def linear_model_grad(w, x):
    return np.array(x, dtype=float)


def exponential_model(w, x):
    return float(np.exp(np.dot(w, x)))


def exponential_model_grad(w, x):
    return np.exp(np.dot(w, x)) * np.asarray(x, dtype=float)


def squares_model(w, x):
    return float(np.dot(np.asarray(w, dtype=float) ** 2, x))


def squares_model_grad(w, x):
    return 2.0 * np.asarray(w, dtype=float) * x


@point_loss.cases
def _(rng):
    linear = given(linear_model), given(linear_model_grad)
    exponential = given(exponential_model), given(exponential_model_grad)
    squares = given(squares_model), given(squares_model_grad)
    yield core("linear model, own y", *linear, rng.normal(size=4), rng.normal(size=4))
    yield core("exponential model", *exponential, 0.4 * rng.normal(size=3), rng.normal(size=3), -1.0)
    yield core("squares model", *squares, rng.normal(size=5), rng.normal(size=5), 2.5)
    yield core("linear model, y=-1", *linear, rng.normal(size=6), rng.normal(size=6), -1.0)
    yield edge("zero residual", *linear, np.array([1.0, 2.0]), np.array([3.0, -1.0]), 1.0)
    yield edge("d=1, y=0", *linear, rng.normal(size=1), rng.normal(size=1), 0.0)
    yield edge("w = 0", *linear, np.zeros(3), rng.normal(size=3), 1.0)
    yield dtype("integers", *linear, np.array([2, 3]), np.array([4, -1]), 1)
    yield magnitude("f of size 1e7", *linear, 1e4 * rng.normal(size=4), 1e3 * rng.normal(size=4), 1.0)
    yield magnitude("f = -234.5 (slides)", *linear, np.array([-469.0, 0.0]), np.array([0.5, 1.0]), 1.0)


@point_loss.scale
def _(f, grad_f, w, x, y=1.0):
    size = abs(f(w, x)) + abs(y)
    return size**2, 2 * size * np.max(np.abs(grad_f(w, x)))


@point_loss.mistake(credit=0.5)
def constant_of_loss_gradient(f, grad_f, w, x, y=1.0):
    """Differentiate u^2 first, then the inside."""
    return (f(w, x) - y) ** 2, (f(w, x) - y) * grad_f(w, x)


@point_loss.mistake(credit=0.5)
def half_of_both(f, grad_f, w, x, y=1.0):
    """Constant factor: reread the statement."""
    return (f(w, x) - y) ** 2 / 2, (f(w, x) - y) * grad_f(w, x)


@point_loss.mistake(credit=0.3)
def inner_derivative_forgotten(f, grad_f, w, x, y=1.0):
    """The inside of the square also depends on w."""
    return (f(w, x) - y) ** 2, 2 * (f(w, x) - y) * np.ones(len(w))


@point_loss.mistake(credit=0.3)
def number_beside_loss(f, grad_f, w, x, y=1.0):
    """A gradient has one entry per coordinate of w. The inside of the square depends on w too."""
    return (f(w, x) - y) ** 2, 2 * (f(w, x) - y)


@point_loss.mistake(credit=0.5)
def uphill_and_downhill(f, grad_f, w, x, y=1.0):
    """Take one small step against your gradient: does the loss go down?"""
    return (f(w, x) - y) ** 2, 2 * (y - f(w, x)) * grad_f(w, x)


@point_loss.mistake(credit=0.3)
def gradient_of_model(f, grad_f, w, x, y=1.0):
    """When the prediction is already perfect, what should the gradient be?"""
    return (f(w, x) - y) ** 2, np.array(grad_f(w, x))


@point_loss.mistake(credit=0.3)
def residual_forgotten(f, grad_f, w, x, y=1.0):
    """When the prediction is already perfect, what should the gradient be?"""
    return (f(w, x) - y) ** 2, 2 * np.array(grad_f(w, x))


@point_loss.mistake(credit=0.5)
def label_ignored(f, grad_f, w, x, y=1.0):
    """Your function ignores one of its arguments."""
    return (f(w, x) - 1) ** 2, 2 * (f(w, x) - 1) * grad_f(w, x)


@point_loss.mistake(credit=0.3)
def takes_model_linear(f, grad_f, w, x, y=1.0):
    """That is right for one particular model only; use the gradient you are given."""
    return (f(w, x) - y) ** 2, 2 * (f(w, x) - y) * np.asarray(x, dtype=float)


# 8. to 10. Least squares: loss, gradient, Hessian


def data_sets(rng):
    """Least-squares problems of every sort: a group of cases, a label, w, X and y."""

    def problem(n, d, size=1.0):
        return rng.normal(size=d), size * rng.normal(size=(n, d)), size * rng.normal(size=n)

    for n, d in ((7, 3), (3, 5), (6, 6), (20, 4)):
        yield core, f"n={n}, d={d}", *problem(n, d)
    for n, d in ((1, 4), (5, 1), (1, 1)):
        yield edge, f"n={n}, d={d}", *problem(n, d)
    w, X, y = problem(6, 3)
    yield edge, "exact fit", w, X, X @ w
    yield edge, "w = 0", np.zeros(3), X, y
    yield edge, "X = 0", w, np.zeros((4, 3)), y[:4]
    yield edge, "repeated column", w, X[:, [0, 0, 1]], y
    yield dtype, "integers", rng.integers(1, 4, 2), rng.integers(-5, 6, (4, 2)), rng.integers(-9, 9, 4)
    yield dtype, "integer w, real X", rng.integers(1, 4, 3), *problem(6, 3)[1:]
    yield dtype, "float32, n=200", *(values.astype("f4") for values in problem(200, 5))
    w, X, y = problem(8, 3)
    yield magnitude, "labels of size 1e6", w, X, 1e6 * y
    yield magnitude, "data of size 1e5", *problem(8, 3, 1e5)
    yield magnitude, "data of size 1e-6", *problem(8, 3, 1e-6)
    yield magnitude, "n=200, d=10", *problem(200, 10)


@question(points=2)
def ls_loss(w, X, y):
    """Sum of squared residuals."""
    w, X, y = np.asarray(w, dtype=float), np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    residual = y - X @ w
    return float(residual @ residual)


@ls_loss.cases
def _(rng):
    for group, label, w, X, y in data_sets(rng):
        yield group(label, w, X, y)


@ls_loss.scale
def _(w, X, y):
    return np.sum((np.abs(y) + np.abs(X) @ np.abs(w)) ** 2)


@ls_loss.mistake(credit=0.5)
def mean_loss(w, X, y):
    """Reread the statement: how does L change when every sample is duplicated?"""
    return np.mean((y - X @ w) ** 2)


@ls_loss.mistake(credit=0.5)
def constant_of_loss(w, X, y):
    """Constant factor: reread the statement."""
    return 0.5 * np.sum((y - X @ w) ** 2)


@ls_loss.mistake(credit=0.25)
def norm_of_residual(w, X, y):
    """Is it a norm or the square of a norm?"""
    return np.linalg.norm(y - X @ w)


@ls_loss.mistake(credit=0)
def absolute_residuals(w, X, y):
    """How is a residual penalised: what does a residual of 2 cost?"""
    return np.sum(np.abs(y - X @ w))


@ls_loss.mistake(credit=0.25)
def square_of_sum(w, X, y):
    """Residuals of opposite signs must not cancel."""
    return np.sum(y - X @ w) ** 2


@ls_loss.mistake(credit=0.25)
def column_minus_row(w, X, y):
    """Print the shape of your residual: it should have n entries."""
    return np.sum((y.reshape(-1, 1) - X @ w) ** 2)


@question(points=4, forbids=("num_grad", *LIBRARY_DIFFERENCES), tolerance=1e-12)
def ls_grad(w, X, y):
    """Gradient in w of the sum of squared residuals."""
    w, X, y = np.asarray(w, dtype=float), np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    return 2.0 * X.T @ (X @ w - y)


@ls_grad.alternate
def sample_by_sample(w, X, y):
    """Right, and too slow for many samples: what the speed case is measured against."""
    gradient = np.zeros(X.shape[1])
    for x, label in zip(X, y):
        gradient += 2 * (float(np.dot(x.astype(float), w)) - float(label)) * x
    return gradient


@ls_grad.cases
def _(rng):
    for group, label, w, X, y in data_sets(rng):
        yield group(label, w, X, y)
    n, d, few = 200_000, 5, 4_000
    yield speed(
        f"n={n}, d={d}",
        rng.normal(size=d),
        large(rng, n, d),
        large(rng, n),
        looped=sample_by_sample,
        small=(rng.normal(size=d), rng.normal(size=(few, d)), rng.normal(size=few)),
        work=n / few,
        share=0.3,
    )
    # Whoever stores a d x d matrix per sample meets the limit of memory here.
    n, d = 20_000, 100
    yield speed(f"n={n}, d={d}", rng.normal(size=d), large(rng, n, d), large(rng, n), seconds=3.0)


@ls_grad.scale
def _(w, X, y):
    return 2 * np.abs(X).T @ (np.abs(X) @ np.abs(w) + np.abs(y))


@ls_grad.mistake(credit=0.5)
def constant_of_ls_gradient(w, X, y):
    """Check the constant with n = d = 1."""
    return X.T @ (X @ w - y)


@ls_grad.mistake(credit=0.5)
def gradient_of_mean(w, X, y):
    """The loss of the statement is a sum: what happens to your gradient when every sample is duplicated?"""
    return 2 * X.T @ (X @ w - y) / len(y)


@ls_grad.mistake(credit=0.5)
def downhill(w, X, y):
    """Take one small step against your gradient: does the loss go down?"""
    return 2 * X.T @ (y - X @ w)


@ls_grad.mistake(credit=0.25)
def labels_ignored(w, X, y):
    """Your gradient does not depend on the labels."""
    return 2 * X.T @ X @ w


@ls_grad.mistake(credit=0)
def w_ignored(w, X, y):
    """Your gradient does not depend on w."""
    return 2 * X.T @ y


@ls_grad.mistake(credit=0)
def square_X_only(w, X, y):
    """Shapes: this can only run when n = d."""
    return 2 * X @ (X @ w - y)


@ls_grad.mistake(credit=0.5)
def ls_gradient_as_row(w, X, y):
    """Mind the requested shape."""
    return (2 * (X @ w - y) @ X).reshape(1, -1)


@ls_grad.mistake(credit=0)
def first_sample_only(w, X, y):
    """Only some samples contribute."""
    return 2 * (X[0] @ w - y[0]) * X[0]


@question(points=1)
def ls_hess(X):
    """Hessian in w of the sum of squared residuals."""
    X = np.asarray(X, dtype=float)
    return 2.0 * X.T @ X


@ls_hess.cases
def _(rng):
    for group, label, _w, X, _y in data_sets(rng):
        yield group(label, X)


@ls_hess.scale
def _(X):
    return 2 * np.abs(X).T @ np.abs(X)


@ls_hess.check("a Hessian is symmetric")
def _(answer, case):
    H = np.asarray(answer, dtype=float)
    return np.max(np.abs(H - H.T)) <= 1e-3 * np.max(np.abs(H))


@ls_hess.check("the Hessian of a convex function has no negative eigenvalue")
def _(answer, case):
    H = np.asarray(answer, dtype=float)
    return np.linalg.eigvalsh((H + H.T) / 2)[0] >= -1e-3 * np.max(np.abs(H)) * len(H)


@ls_hess.mistake(credit=0.5)
def constant_of_hessian(X):
    """Check the constant with n = d = 1."""
    return X.T @ X


@ls_hess.mistake(credit=0.5)
def hessian_of_mean(X):
    """The loss of the statement is a sum."""
    return 2 * X.T @ X / len(X)


@ls_hess.mistake(credit=0)
def one_row_per_sample(X):
    """The Hessian has one row per coordinate of w."""
    return 2 * X @ X.T


@ls_hess.mistake(credit=0.25)
def diagonal_hessian(X):
    """Mixed second derivatives are not all zero."""
    return np.diag(2 * np.sum(X * X, axis=0))
