"""Hidden references of assignments/descent: homework 3, eight questions and a figure, 20 points.

Trajectories are judged row by row: the reason names the first row that is wrong and what stands there
instead. Where a mistake spares the core cases, the case groups decide its mark and its credit is not used.
"""

from fractions import Fraction
from functools import partial

import numpy as np

from autograder import core, dtype, edge, given, magnitude, oracle, partly, question, written

step_sizes = written(
    "Three step sizes in one figure",
    points=2,
    rubric={
        "both panels have labelled axes, and the right one a logarithmic scale": "1/2",
        "three trajectories on the level lines, told apart by a legend": "1/2",
        "a caption compares the slopes on the right with the contraction factors": 1,
    },
)
DIGITS_LOST = "The iterates are nearly right, but digits are lost: compute in float64."


# What is descended: functions with their gradients, and where a trajectory leaves the right one. A `partial`
# holds the data of each. Most are shipped with it: only where a judge looks at the points at which a function
# was asked, an oracle is worth its questions.


def random_symmetric(rng, eigenvalues):
    """A random symmetric matrix with these eigenvalues."""
    U = np.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))[0]
    H = (U * np.asarray(eigenvalues, dtype=float)) @ U.T
    return (H + H.T) / 2


def antisymmetric(rng, d):
    B = rng.normal(size=(d, d))
    return B - B.T


def quadratic_value(w, H, b):
    w = np.asarray(w, dtype=float)
    return float(0.5 * w @ H @ w + b @ w)


def quadratic_slope(w, H, b):
    return H @ np.asarray(w, dtype=float) + b


def quadratic(H, b):
    """w -> w'Hw / 2 + <b, w> for a symmetric H, and its gradient."""
    data = {"H": np.asarray(H, dtype=float), "b": np.asarray(b, dtype=float)}
    return partial(quadratic_value, **data), partial(quadratic_slope, **data)


def soft_maximum_value(w, M, ridge):
    scores = M @ np.asarray(w, dtype=float)
    top = np.max(scores)
    return float(top + np.log(np.sum(np.exp(scores - top))) + 0.5 * ridge * np.dot(w, w))


def soft_maximum_slope(w, M, ridge):
    scores = M @ np.asarray(w, dtype=float)
    p = np.exp(scores - np.max(scores))
    return M.T @ (p / np.sum(p)) + ridge * np.asarray(w, dtype=float)


def soft_maximum(M, ridge):
    """w -> ln of the sum of exp(Mw), plus ridge/2 |w|^2, and its gradient."""
    return partial(soft_maximum_value, M=M, ridge=ridge), partial(soft_maximum_slope, M=M, ridge=ridge)


def shipped(function):
    """A function that the answer calls where it runs, with its data."""
    return given(function.func, **function.keywords) if isinstance(function, partial) else given(function)


def as_rows(iterates):
    """A trajectory as a matrix, one iterate a row, also where an iterate is a number."""
    rows = np.asarray(iterates, dtype=float)
    return rows.reshape(len(rows), 1 if rows.ndim == 1 else rows.shape[1])


def trouble_with_form(answer, expected):
    """Why an answer is no trajectory of the right shape, or None; half of it may be right all the same."""
    try:
        iterates = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        return "Return an array of numbers, one row for each iterate."
    if iterates.shape == expected.shape:
        return None
    if iterates.ndim == expected.ndim and iterates.shape[1:] == expected.shape[1:]:
        return trouble_with_count(as_rows(iterates), as_rows(expected))
    if iterates.shape == expected.shape[1:] and equal(iterates, expected[-1]):
        return "You return the last iterate alone: the whole trajectory is asked for."
    if iterates.size == expected.size and equal(iterates.reshape(expected.shape), expected):
        asked, given = (spell_shape(rows.shape, expected) for rows in (expected, iterates))
        return partly("1/2", f"The numbers are right, but have shape {given} instead of {asked}.")
    if iterates.T.shape == expected.shape and equal(iterates.T, expected):
        return partly("1/2", "Your iterates are the columns: there must be one row for each of them.")
    return "The shape is wrong: there must be one row for each of the n_steps + 1 iterates."


def spell_shape(shape, expected):
    """A shape in the letters of the statement where its sizes are those of the trajectory."""
    letters = dict.fromkeys(expected.shape[1:], "d") | {1: "1", len(expected): "n_steps + 1"}
    sizes = [letters.get(size, str(size)) for size in shape]
    return f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"


def trouble_with_count(rows, expected):
    """Too many rows or too few: one of them is worth one half, if the others are right."""
    excess = len(rows) - len(expected)
    common = min(len(rows), len(expected))
    if excess == -1 and equal(rows, expected[1:]):
        return partly("1/2", "One iterate is missing, the start: there are n_steps + 1.")
    if abs(excess) == 1 and equal(rows[:common], expected[:common]):
        few = "few" if excess < 0 else "many"
        return partly("1/2", f"There is one iterate too {few}: there should be n_steps + 1.")
    if excess < 0 and len(rows) and equal(rows, expected[:common]):
        return "Your trajectory ends before n_steps steps are made."
    return "The number of rows is wrong: there should be n_steps + 1."


def equal(rows, expected):
    """Whether two trajectories of one length are the same but for rounding."""
    return bool(
        np.max(np.abs(rows - expected), initial=0.0) <= 1e-8 * np.max(np.abs(expected), initial=1e-300)
    )


def trouble_with_rows(answer, case, *, gradient, gamma=None):
    """Why a trajectory is not the expected one, or None; each row is scaled by the largest row so far.

    `gradient` is the position of the argument that is the gradient: where it was asked is evidence.
    """
    trouble = trouble_with_form(answer, case.expected)
    if trouble is not None:
        return trouble
    rows, expected = as_rows(answer), as_rows(case.expected)
    sizes = np.maximum.accumulate(np.max(np.abs(expected), axis=1))
    errors = np.max(np.abs(rows - expected), axis=1) / np.where(sizes > 0, sizes, 1.0)
    wrong = np.flatnonzero(~(errors <= 1e-8))
    if not wrong.size:
        return None
    if np.max(errors) <= 1e-4:
        return partly(0.9, DIGITS_LOST)
    k = int(wrong[0])
    if k == 0:
        return trouble_with_start(rows, expected)
    what = trouble_with_iterate(rows, expected, k, gamma)
    asked = [np.ravel(point[0]) for point in case.asked.get(gradient, ())]
    if asked and not any(np.array_equal(point, rows[k - 1]) for point in asked):
        what += f"; the gradient was never asked for at your row {k - 1}"
    return f"Row {k} is the first wrong one (row 0 is the start): {what}{'' if what.endswith('?') else '.'}"


def fixed_step_descent(answer, case):
    """How `gd_1d` and `gd` are judged."""
    return trouble_with_rows(answer, case, gradient=0, gamma=case.args[2])


def trouble_with_start(rows, expected):
    """Why row 0 is wrong."""
    if len(rows) > 1 and np.all(rows == rows[0]) and same(rows[0], expected[-1]):
        return (
            "All rows are the same. A list that holds one array many times shows its last state everywhere."
        )
    if len(rows) > 1 and same(rows[0], expected[1]):
        return "Row 0 is already the first iterate: your rows are one step ahead."
    return "Row 0 is not the start w0."


def trouble_with_iterate(rows, expected, k, gamma):
    """What row k is instead of the right iterate, where the rows before it are right."""
    right, last = expected[k] - expected[k - 1], expected[k - 1] - expected[max(k - 2, 0)]
    step = rows[k] - expected[k - 1]
    if not np.isfinite(rows[k]).all():
        return "it is not finite"
    if not rows[k].any():
        return "it is zero: is it ever filled?"
    if np.array_equal(rows[k], np.trunc(expected[k])):
        return "its fractional part is lost, as in an array of integers"
    if not step.any():
        return f"it repeats row {k - 1}"
    if same(step, -right):
        return "the step has the right length, but goes uphill"
    if gamma is not None and same(gamma * step, right):
        return "the step lacks the factor gamma"
    if gamma is not None and abs(np.linalg.norm(step) - gamma) <= 1e-6 * gamma:
        return "the step has the length gamma, however steep the ground is"
    if same(step, last):
        return f"it takes the step to row {k - 1} once more"
    if len(step) > 1 and np.any(np.abs(step - right) <= 1e-9 * np.max(np.abs(right))):
        return "some of its coordinates are right and others are not"
    factor = float(step @ right) / (float(right @ right) or 1.0)
    simple = Fraction(factor).limit_denominator(12)
    if simple and same(step, float(simple) * right):
        return f"the step is {simple} times as long as it should be"
    if same(step, factor * right):
        return f"the step is too {'long' if abs(factor) > 1 else 'short'}"
    return "the step goes in another direction than the gradient tells"


def same(one, other):
    """Whether two points or steps are equal but for rounding."""
    return bool(np.max(np.abs(one - other)) <= 1e-6 * np.max(np.abs(other)))


# 1. Gradient descent in one dimension


@question(points=2, compare=fixed_step_descent)
def gd_1d(dL, w0, gamma, n_steps):
    """All iterates of gradient descent on a function of one variable, from the start on."""
    w = [float(w0)]
    for _ in range(n_steps):
        w.append(w[-1] - gamma * dL(w[-1]))
    return np.array(w)


def parabola_slope(w, a, c):
    return a * (w - c)


def slope_of_the_slides(w, x):
    return 2 * x * (x * w - 1)


def slope_of_double_well(w):
    return np.float64(w) ** 3 - w  # a Python float would overflow


@gd_1d.cases
def _(rng):
    a, c, x = rng.uniform(0.5, 2), float(rng.normal()), rng.uniform(0.5, 1.5)
    start = float(rng.normal() + 3)
    parabola, double_well = partial(parabola_slope, a=a, c=c), shipped(slope_of_double_well)
    yield core("parabola", oracle(parabola), start, 0.3 / a, 8)
    yield core("(xw - 1)^2 of the slides", given(slope_of_the_slides, x=x), start, 0.2, 15)
    yield core("double well", oracle(slope_of_double_well), 1.7, 0.1, 8)
    yield core("oscillating", shipped(parabola), start, 1.6 / a, 8)
    yield edge("n_steps = 0", shipped(parabola), start, 0.1, 0)
    yield edge("n_steps = 1", shipped(parabola), start, 0.1, 1)
    yield edge("start at the minimum", shipped(parabola), c, 0.1, 5)
    yield dtype("integer start", double_well, 2, 0.05, 10)
    yield dtype("start as numpy number", double_well, np.float64(1.5), 0.05, 10)
    yield magnitude("divergent", shipped(parabola), start, 3 / a, 30)
    yield magnitude("cycle, gamma = 2/L", given(parabola_slope, a=4.0, c=0.0), 1.0, 0.5, 9)


@gd_1d.mistake(credit=0.5)
def start_left_out(dL, w0, gamma, n_steps):
    """How many iterates should there be, counting the starting point?"""
    return gd_1d(dL, w0, gamma, n_steps)[1:]


@gd_1d.mistake(credit=0.5)
def end_left_out(dL, w0, gamma, n_steps):
    """How many iterates should there be, counting the starting point?"""
    return gd_1d(dL, w0, gamma, n_steps)[:-1]


@gd_1d.mistake(credit=0.5)
def one_step_too_many(dL, w0, gamma, n_steps):
    """How many iterates should there be, counting the starting point?"""
    return gd_1d(dL, w0, gamma, n_steps + 1)


@gd_1d.mistake(credit=0.25)
def uphill(dL, w0, gamma, n_steps):
    """Does L go up or down along your iterates?"""
    return gd_1d(lambda w: -dL(w), w0, gamma, n_steps)


@gd_1d.mistake(credit=0.25)
def slope_of_the_start(dL, w0, gamma, n_steps):
    """At which point is the derivative taken in the second step?"""
    return np.array([w0 - gamma * k * dL(w0) for k in range(n_steps + 1)], dtype=float)


@gd_1d.mistake(credit=0.8)
def integer_array(dL, w0, gamma, n_steps):
    """What is the dtype of your array when w0 is the integer 2?"""
    w = np.full(n_steps + 1, w0)
    for k in range(n_steps):
        w[k + 1] = w[k] - gamma * dL(w[k])
    return w


@gd_1d.mistake(credit=0.25)
def shrinking_steps(dL, w0, gamma, n_steps):
    """The factor gamma of the statement is the same in every step."""
    w = [float(w0)]
    for k in range(n_steps):
        w.append(w[-1] - gamma / (k + 1) * dL(w[-1]))
    return np.array(w)


@gd_1d.mistake(credit=0)
def sign_of_the_slope(dL, w0, gamma, n_steps):
    """The size of the derivative matters, not only its sign."""
    return gd_1d(lambda w: np.sign(dL(w)), w0, gamma, n_steps)


# 2. Gradient descent


@question(points=4, compare=fixed_step_descent)
def gd(grad, w0, gamma, n_steps):
    """The trajectory of gradient descent, one iterate a row, from the start on."""
    w = np.array(w0, dtype=float)
    trajectory = [w]
    for _ in range(n_steps):
        w = w - gamma * grad(w)
        trajectory.append(w)
    return np.array(trajectory)


def rosenbrock_slope(w):
    across = w[1] - w[0] ** 2
    return np.array([-2 * (1 - w[0]) - 40 * w[0] * across, 20 * across])


@gd.cases
def _(rng):
    H, b = random_symmetric(rng, [0.4, 1, 3]), rng.normal(size=3)
    tilted = [[2.0, 1.2], [1.2, 1.0]]
    bowl, valley = quadratic(H, b)[1], quadratic(tilted, rng.normal(size=2))[1]
    line, soft = quadratic([[2.0]], [1.0])[1], soft_maximum(np.eye(4), 0.1)[1]
    many = quadratic(random_symmetric(rng, np.linspace(0.1, 1, 30)), rng.normal(size=30))[1]
    bend = np.array([-0.5, 0.6]) + 0.1 * rng.normal(size=2)
    yield core("quadratic, d=3", oracle(bowl), rng.normal(size=3), 0.3, 10)
    yield core("quadratic, d=2, tilted", oracle(valley), rng.normal(size=2), 0.5, 10)
    yield core("log-sum-exp", shipped(soft), rng.normal(size=4), 0.8, 20)
    yield core("Rosenbrock, small step", shipped(rosenbrock_slope), bend, 0.005, 25)
    yield edge("n_steps = 0", shipped(bowl), rng.normal(size=3), 0.3, 0)
    yield edge("d=1", shipped(line), rng.normal(size=1), 0.3, 6)
    yield edge("w0 = 0", shipped(bowl), np.zeros(3), 0.3, 6)
    yield dtype("integer w0", shipped(valley), np.array([3, -2]), 0.4, 10)
    yield magnitude("divergent", shipped(bowl), rng.normal(size=3), 1.2, 25)
    yield magnitude("d=30", shipped(many), rng.normal(size=30), 1.0, 20)
    yield magnitude("soon converged", shipped(bowl), 1e-3 - np.linalg.solve(H, b), 0.3, 120)
    at_rest = quadratic(2 * np.eye(3), np.zeros(3))[1]
    yield edge("start at the minimum", shipped(at_rest), np.zeros(3), 0.3, 7)


def valley(w):
    """The function of the notebook: public, so that a report may show what is expected on it."""
    return 0.5 * (w[0] ** 2 + 10 * w[1] ** 2)


def valley_slope(w):
    return np.array([w[0], 10 * w[1]])


@gd.picture(
    "Losses in the valley of the notebook, from (3, 2) with gamma = 0.15",
    of=core("the valley", given(valley_slope), np.array([3.0, 2.0]), 0.15, 30),
    logarithmic=True,
)
def _(answer, case):
    return [valley(w) for w in answer]


@gd.mistake(credit=0.4)
def one_array_many_times(grad, w0, gamma, n_steps):
    """Print your trajectory: are its rows different arrays, or is it one array many times?"""
    w = np.array(w0, dtype=float)
    trajectory = [w]
    for _ in range(n_steps):
        w -= gamma * grad(w)
        trajectory.append(w)
    return np.array(trajectory)


@gd.mistake(credit=0.3)
def start_overwritten(grad, w0, gamma, n_steps):
    """Print your trajectory, and w0 after the call. Which arrays did `-=` change?"""
    w = w0
    trajectory = [w]
    for _ in range(n_steps):
        w -= gamma * grad(w)
        trajectory.append(w)
    return np.array(trajectory)


@gd.mistake(credit=0.5)
def start_not_stored(grad, w0, gamma, n_steps):
    """How many iterates should there be, counting the starting point?"""
    return gd(grad, w0, gamma, n_steps)[1:]


@gd.mistake(credit=0.5)
def end_not_stored(grad, w0, gamma, n_steps):
    """How many iterates should there be, counting the starting point?"""
    return gd(grad, w0, gamma, n_steps)[:-1]


@gd.mistake(credit=0.5)
def one_row_too_many(grad, w0, gamma, n_steps):
    """How many iterates should there be, counting the starting point?"""
    return gd(grad, w0, gamma, n_steps + 1)


@gd.mistake(credit=0.25)
def ascent(grad, w0, gamma, n_steps):
    """Does the loss go up or down along your iterates?"""
    return gd(lambda w: -grad(w), w0, gamma, n_steps)


@gd.mistake(credit=0.4)
def coordinate_after_coordinate(grad, w0, gamma, n_steps):
    """All coordinates of a step must be computed at one and the same point."""
    w = np.array(w0, dtype=float)
    trajectory = [w.copy()]
    for _ in range(n_steps):
        for i in range(len(w)):
            w[i] = w[i] - gamma * grad(w)[i]
        trajectory.append(w.copy())
    return np.array(trajectory)


@gd.mistake(credit=0.25)
def steps_of_one_length(grad, w0, gamma, n_steps):
    """How long is your step where the gradient is small?"""
    return gd(lambda w: grad(w) / (np.linalg.norm(grad(w)) + 1e-12), w0, gamma, n_steps)


@gd.mistake(credit=0.25)
def gradient_of_the_start(grad, w0, gamma, n_steps):
    """At which point is the gradient taken in the second step?"""
    w0 = np.asarray(w0, dtype=float)
    return np.array([w0 - gamma * k * grad(w0) for k in range(n_steps + 1)])


@gd.mistake(credit=0.8)
def stops_early(grad, w0, gamma, n_steps):
    """The statement asks for exactly n_steps updates, however small they become."""
    w = np.array(w0, dtype=float)
    trajectory = [w.copy()]
    for _ in range(n_steps):
        if np.linalg.norm(grad(w)) < 1e-6:
            break
        w = w - gamma * grad(w)
        trajectory.append(w.copy())
    return np.array(trajectory)


@gd.mistake(credit=0.4)
def last_iterate_only(grad, w0, gamma, n_steps):
    """Return the whole trajectory, not only where it ends."""
    return gd(grad, w0, gamma, n_steps)[-1]


# 3. Smoothness and strong convexity


@question(points=2)
def smoothness(A):
    """The largest and the smallest eigenvalue of the Hessian of w'Aw, any square A."""
    A = np.asarray(A, dtype=float)
    eigenvalues = np.linalg.eigvalsh(A + A.T)
    return float(eigenvalues[-1]), float(eigenvalues[0])


@smoothness.cases
def _(rng):
    skewed = random_symmetric(rng, [0.5, 1, 4]) + 2 * antisymmetric(rng, 3)
    yield core("symmetric", random_symmetric(rng, [0.5, 2, 3.5]))
    yield core("with antisymmetric part, d=3", skewed)
    yield core(
        "with antisymmetric part, d=5", random_symmetric(rng, rng.uniform(0.2, 5, 5)) + antisymmetric(rng, 5)
    )
    yield core("triangular", np.array([[3.0, 2.0], [0.0, 1.0]]))
    yield edge("d=1", np.array([[1.5]]))
    yield edge("singular", random_symmetric(rng, [0, 1, 2]))
    yield edge("identity", np.eye(4))
    yield dtype("integers", np.array([[2, 1], [0, 3]]))
    yield magnitude("A of size 1e6", 1e6 * random_symmetric(rng, [0.5, 2, 3.5]))


@smoothness.scale
def _(A):
    largest = np.linalg.norm(np.asarray(A, dtype=float) + np.transpose(A), 2)
    return largest, largest


def largest_and_smallest(values):
    return float(np.max(values)), float(np.min(values))


@smoothness.mistake(credit=0.4)
def half_of_the_hessian(A):
    """What is the Hessian of w'Aw? Check with d = 1."""
    return largest_and_smallest(np.linalg.eigvalsh((A + A.T) / 2))


@smoothness.mistake(credit=0.4)
def takes_A_symmetric(A):
    """Your formula assumes something about A. Try a triangular matrix."""
    return largest_and_smallest(2 * np.linalg.eigvals(A).real)


@smoothness.mistake(credit=0.4)
def frobenius_norm(A):
    """Which matrix norm of a symmetric matrix equals its largest eigenvalue?"""
    return float(np.linalg.norm(A + A.T)), float(np.linalg.eigvalsh(A + A.T)[0])


@smoothness.mistake(credit=0.5)
def order_reversed(A):
    """L is never smaller than mu."""
    return largest_and_smallest(np.linalg.eigvalsh(A + A.T))[::-1]


@smoothness.mistake(credit=0.4)
def singular_values_of_A(A):
    """Your formula assumes something about A. Are eigenvalues and singular values the same numbers?"""
    return largest_and_smallest(2 * np.linalg.svd(A, compute_uv=False))


@smoothness.mistake(credit=0)
def trace(A):
    """The trace is the sum of all eigenvalues."""
    return float(np.trace(A + A.T)), 0.0


# 4. Regimes of the step size


REGIMES = ("monotone", "one step", "oscillating", "cycle", "divergent")


def same_regime(answer, case):
    """Labels are compared without regard to capitals."""
    if not isinstance(answer, str):
        return "Return one of the five names of the statement, as a string."
    if answer.strip().lower() not in REGIMES:
        return "What you return is none of the five names of the statement: compare the spelling."
    return answer.strip().lower() == case.expected


@question(points=2, compare=same_regime)
def step_regime(gamma, L):
    """What gradient descent with step gamma does on w -> L/2 w^2."""
    q = gamma * L
    if np.isclose(q, 1.0, rtol=1e-9, atol=0):
        return "one step"
    if np.isclose(q, 2.0, rtol=1e-9, atol=0):
        return "cycle"
    if q < 1:
        return "monotone"
    return "oscillating" if q < 2 else "divergent"


@step_regime.cases
def _(rng):
    L = rng.uniform(0.3, 20)
    for q in (0.3, 0.95, 1.2, 1.9, 2.1, 5.0):
        yield core(f"gamma L = {q}", q / L, L)
    yield core("gamma L = 1 exactly", 0.25, 4.0)
    yield core("gamma L = 2 exactly", 0.5, 4.0)
    yield edge("gamma L = 1 but for rounding", 1 / 49, 49.0)
    yield edge("gamma L = 2 but for rounding", 2 / 49, 49.0)
    for q in (1.001, 1.999, 2.001):
        yield edge(f"gamma L = {q}", q / L, L)
    yield edge("gamma L = 1/2", 1 / 294, 147.0)
    yield dtype("integer L", 0.4, 2)
    yield magnitude("L = 1e-6", 1.5e6, 1e-6)
    for border in (1, 2):  # the statement's 1e-9, and no more
        yield edge(f"gamma L = {border} up to 3e-10", border * (1 + 3e-10) / 4, 4.0)
        for away in (1e-6, -1e-6):
            yield edge(f"gamma L = {border} up to {away}", border * (1 + away) / 4, 4.0)


def regime(q, one=1.0, two=2.0, *, slack=1e-9):
    """The regime of a factor q, were the borders at one and two."""
    if abs(q - one) <= slack:
        return "one step"
    if abs(q - two) <= slack:
        return "cycle"
    if q < one:
        return "monotone"
    return "oscillating" if q < two else "divergent"


@step_regime.mistake(credit=0.4)
def divergent_beyond_one(gamma, L):
    """Simulate gamma = 1.5/L for ten steps."""
    answer = regime(gamma * L)
    return "divergent" if answer == "oscillating" else answer


@step_regime.mistake(credit=0.7)
def no_cycle(gamma, L):
    """Simulate gamma = 2/L exactly."""
    answer = regime(gamma * L)
    return "divergent" if answer == "cycle" else answer


@step_regime.mistake(credit=0.7)
def no_one_step(gamma, L):
    """Simulate gamma = 1/L exactly."""
    answer = regime(gamma * L)
    return "oscillating" if answer == "one step" else answer


@step_regime.mistake(credit=0.25)
def half_forgotten(gamma, L):
    """What is the derivative of L/2 w^2? By which factor is w multiplied in each step?"""
    return regime(gamma * L, 2.0, 4.0)


@step_regime.mistake(credit=0.85)
def exact_equality(gamma, L):
    """Is 49 * (1 / 49) equal to 1 on your computer?"""
    return regime(gamma * L, slack=0.0)


@step_regime.mistake(credit=0.85)
def close_enough(gamma, L):
    """Your comparison is too generous. Which relative error does the statement allow, which does yours?"""
    return regime(gamma * L, slack=1e-5)


@step_regime.mistake(credit=0)
def quotient(gamma, L):
    """Which number multiplies w in each step?"""
    return regime(L / gamma)


# 5. and 6. The contraction factor, and the step that makes it smallest


@question(points=1)
def contraction(gamma, L, mu):
    """The factor by which one step brings the worst direction nearer to the minimiser."""
    return float(max(abs(1 - gamma * L), abs(1 - gamma * mu)))


@contraction.cases
def _(rng):
    mu = rng.uniform(0.1, 1)
    L = mu + rng.uniform(1, 10)
    yield core("gamma = 1/L", 1 / L, L, mu)
    yield core("small gamma", 0.2 / L, L, mu)
    yield core("gamma near 2/L", 1.9 / L, L, mu)
    yield core("gamma = 3/L", 3 / L, L, mu)
    yield core("best gamma", 2 / (L + mu), L, mu)
    yield core("gamma beyond 1/mu", 1.5 / mu, 1.2 * mu, mu)
    yield edge("mu = 0", 1 / L, L, 0.0)
    yield edge("mu = L", 0.3 / L, L, L)
    yield edge("mu = L, gamma = 1/L", 0.25, 4.0, 4.0)
    yield dtype("integers", 0.1, 4, 1)
    yield magnitude("L = 1e8", 1.7e-8, 1e8, 1e3)


@contraction.scale
def _(gamma, L, mu):
    return 1 + gamma * L


@contraction.mistake(credit=0.4)
def flattest_direction(gamma, L, mu):
    """Try gamma close to 2/L."""
    return abs(1 - gamma * mu)


@contraction.mistake(credit=0.4)
def steepest_direction(gamma, L, mu):
    """Try gamma = 1/L. Does every direction arrive at once?"""
    return abs(1 - gamma * L)


@contraction.mistake(credit=0.4)
def no_absolute_value(gamma, L, mu):
    """Try gamma = 3/L."""
    return max(1 - gamma * L, 1 - gamma * mu)


@contraction.mistake(credit=0.4)
def factor_of_the_squares(gamma, L, mu):
    """Is the factor asked for that of the distance, or that of its square?"""
    return contraction(gamma, L, mu) ** 2


@contraction.mistake(credit=0.25)
def gamma_ignored(gamma, L, mu):
    """Your answer does not depend on gamma."""
    return 1 - mu / L


@contraction.mistake(credit=0.25)
def best_direction(gamma, L, mu):
    """The bound must hold for the worst direction."""
    return min(abs(1 - gamma * L), abs(1 - gamma * mu))


@question(points=1, needs=(contraction,))
def best_step(L, mu):
    """The step with the smallest contraction factor, and that factor."""
    return 2 / (L + mu), (L - mu) / (L + mu)


@best_step.cases
def _(rng):
    mu = rng.uniform(0.1, 1)
    L = mu + rng.uniform(1, 10)
    yield core("random", L, mu)
    yield core("well conditioned", 1.3, 1.0)
    yield core("badly conditioned", 7 * L, 2 * mu)
    yield edge("mu = 0", L, 0.0)
    yield edge("mu = L", 3.0, 3.0)
    yield dtype("integers", 9, 1)
    yield magnitude("L = 1e8", 1e8, 1e2)


NEARLY = 1e-6
"""What a numerical search for the minimum of a function with a kink reaches, and no mistake does."""


@best_step.accepts
def _(answer, case):
    """The step alone is worth one half."""
    if not isinstance(answer, tuple | list | np.ndarray) or len(answer) != 2:
        return "Return two numbers, the step gamma and its contraction factor rho."
    (gamma, rho), (best, factor) = answer, case.expected
    if not abs(gamma - best) <= NEARLY * best:
        return "The first of your numbers is not the step with the smallest contraction factor."
    if not abs(rho - factor) <= NEARLY:
        return partly("1/2", "The step is right, the contraction factor you return with it is not.")
    return None


@best_step.mistake(credit=0.4)
def one_over_L(L, mu):
    """Plot the contraction factor as a function of gamma. Where is its minimum?"""
    return 1 / L, 1 - mu / L


@best_step.mistake(credit=0)
def two_over_L(L, mu):
    """With this step, what happens in the steepest direction?"""
    return 2 / L, 1.0


@best_step.mistake(credit=0.25)
def one_over_the_sum(L, mu):
    """Plot both absolute values as functions of gamma. What holds where the larger one is smallest?"""
    return 1 / (L + mu), L / (L + mu)


@best_step.mistake(credit=0.5)
def factor_squared(L, mu):
    """Your step is right. Compare your rho with `contraction(gamma, L, mu)`."""
    return 2 / (L + mu), ((L - mu) / (L + mu)) ** 2


# 7. and 8. Backtracking


@question(points=3, seconds=4.0)
def armijo_step(f, grad, w, gamma0=1.0, beta=0.5, c=1e-4):
    """The first of gamma0, beta gamma0, beta^2 gamma0, ... that passes the test of Armijo."""
    w = np.asarray(w, dtype=float)
    g = np.asarray(grad(w), dtype=float)
    gamma = gamma0
    while f(w - gamma * g) > f(w) - c * gamma * np.dot(g, g):
        gamma *= beta
    return gamma


def is_clear(f, grad, w, n_steps, gamma0=1.0, beta=0.5, c=1e-4):
    """Whether every test along the way is far from equality, where rounding would decide."""
    w = np.array(w, dtype=float)
    for _ in range(n_steps):
        g, gamma = grad(w), gamma0
        while True:
            value, bound = f(w - gamma * g), f(w) - c * gamma * np.dot(g, g)
            if abs(value - bound) < 1e-7 * (abs(f(w)) + abs(value)):
                return False
            if value <= bound:
                break
            gamma *= beta
        w = w - gamma * g
    return True


def line_searches(rng, n_steps):
    """Functions with their gradients and a start, clear for n_steps: (group, label, f, grad, w, options).

    The last starts at the minimum, where some loops never end.
    """

    def bowl(size=1.0, slope=1.0, eigenvalues=(0.5, 3, 20)):
        return quadratic(size * random_symmetric(rng, eigenvalues), slope * rng.normal(size=3))

    def search(group, label, make, d, *, whole=False, **options):
        for _ in range(200):
            (f, grad), w = make(), 2 * rng.normal(size=d)
            if whole:
                w = np.round(3 * w).astype(int)
            if is_clear(f, grad, w, n_steps, **options):
                return group, label, f, grad, w, options
        raise RuntimeError(f"no clear data for {label}")

    yield search(core, "quadratic, default options", bowl, 3)
    yield search(core, "quadratic, c=0.4", bowl, 3, c=0.4)
    yield search(core, "quadratic, c=0.45, beta=0.8", bowl, 3, c=0.45, beta=0.8, gamma0=2.0)
    soft = search(
        core,
        "log-sum-exp",
        lambda: soft_maximum(3 * rng.normal(size=(6, 4)), 0.1),
        4,
        gamma0=4.0,
        beta=0.7,
        c=0.3,
    )
    yield soft
    yield search(core, "first test passes", lambda: bowl(eigenvalues=(0.01, 0.02, 0.05)), 3, c=0.1)
    yield search(magnitude, "gradient of size 1e-3", lambda: bowl(1e-3, 1e-3), 3, c=0.4, gamma0=4e3)
    yield search(magnitude, "gradient of size 1e4", lambda: bowl(1e4, 1e3), 3, c=0.4)
    yield search(edge, "d=1", lambda: quadratic([[7.0]], [0.0]), 1, c=0.3)
    yield search(dtype, "integer w", lambda: quadratic(np.diag([1.0, 9.0]), [0, 0]), 2, whole=True, c=0.3)
    yield edge, "start at the minimum", *quadratic(np.eye(2), np.zeros(2)), np.zeros(2), {}


@armijo_step.cases
def _(rng):
    for group, label, f, grad, w, options in line_searches(rng, 1):
        yield group(label, shipped(f), shipped(grad), w, **options)


@armijo_step.mistake(credit=0.4)
def any_decrease(f, grad, w, gamma0=1.0, beta=0.5, c=1e-4):
    """One argument of your function has no effect."""
    g, gamma = grad(w), gamma0
    while f(w - gamma * g) > f(w):
        gamma *= beta
    return gamma


@armijo_step.mistake(credit=0.4)
def norm_not_squared(f, grad, w, gamma0=1.0, beta=0.5, c=1e-4):
    """Multiply f by 1000 and divide gamma0 by 1000. Does your test still say the same?"""
    g, gamma = grad(w), gamma0
    while f(w - gamma * g) > f(w) - c * gamma * np.linalg.norm(g):
        gamma *= beta
    return gamma


@armijo_step.mistake(credit=0.3)
def increase_allowed(f, grad, w, gamma0=1.0, beta=0.5, c=1e-4):
    """Must the new value lie below f(w), or may it lie above?"""
    g, gamma = grad(w), gamma0
    while f(w - gamma * g) > f(w) + c * gamma * np.dot(g, g):
        gamma *= beta
    return gamma


@armijo_step.mistake(credit=0.85)
def never_ends_at_a_minimum(f, grad, w, gamma0=1.0, beta=0.5, c=1e-4):
    """What does your loop do where the gradient is zero?"""
    g, gamma = grad(w), gamma0
    while f(w - gamma * g) >= f(w) - c * gamma * np.dot(g, g):
        gamma *= beta
    return gamma


@armijo_step.mistake(credit=0.5)
def one_factor_too_many(f, grad, w, gamma0=1.0, beta=0.5, c=1e-4):
    """When the first test passes, which gamma must be returned?"""
    return beta * armijo_step(f, grad, w, gamma0, beta, c)


@armijo_step.mistake(credit=0.3)
def decrease_of_fixed_size(f, grad, w, gamma0=1.0, beta=0.5, c=1e-4):
    """The decrease that is asked for is proportional to something that shrinks during the search."""
    g, gamma = grad(w), gamma0
    while f(w - gamma * g) > f(w) - c * np.dot(g, g) and gamma > 1e-30:
        gamma *= beta
    return gamma


def searched_descent(answer, case):
    """How `gd_backtracking` is judged: other steps that pass the test are worth 7/10, a mere descent 4/10."""
    trouble = trouble_with_rows(answer, case, gradient=1)
    if not isinstance(trouble, str) or np.shape(answer) != case.expected.shape:
        return trouble
    rows, (f, grad) = as_rows(answer), case.args[:2]
    if not same(rows[0], as_rows(case.expected)[0]):
        return trouble
    if all_pass(f, grad, rows, **case.kwargs):
        return partly(0.7, f"{trouble} Every step passes the test, but is its gamma the first that does?")
    if all(f(b) < f(a) for a, b in zip(rows, rows[1:])):
        return partly(0.4, f"{trouble} The function does go down at every step.")
    return trouble


def all_pass(f, grad, rows, gamma0=1.0, beta=0.5, c=1e-4):
    """Whether every step goes against the gradient, by some gamma0 beta^j that passes the test of Armijo."""
    for w, after in zip(rows, rows[1:]):
        g = grad(w)
        gamma = float((w - after) @ g) / (float(g @ g) or 1.0)
        tries = np.log(gamma / gamma0) / np.log(beta) if gamma > 0 else -1.0
        whole = round(tries) >= 0 and abs(tries - round(tries)) < 1e-6
        if not (whole and same(w - gamma * g, after) and f(after) <= f(w) - 0.999 * c * gamma * float(g @ g)):
            return False
    return True


@question(points=3, needs=(armijo_step,), compare=searched_descent)
def gd_backtracking(f, grad, w0, n_steps, gamma0=1.0, beta=0.5, c=1e-4):
    """Gradient descent with a fresh line search at every iterate."""
    w = np.array(w0, dtype=float)
    trajectory = [w]
    for _ in range(n_steps):
        w = w - armijo_step(f, grad, w, gamma0, beta, c) * grad(w)
        trajectory.append(w)
    return np.array(trajectory)


@gd_backtracking.cases
def _(rng):
    first, *others = line_searches(rng, 8)
    group, label, f, grad, w, options = first
    yield group(label, oracle(f), oracle(grad), w, 3, **options)
    for group, label, f, grad, w, options in others:
        yield group(label, shipped(f), shipped(grad), w, 8, **options)


@gd_backtracking.check("the function never increases along the iterates")
def _(answer, case):
    values = [case.args[0](w) for w in as_rows(answer)]
    return all(b <= a + 1e-12 * (1 + abs(a)) for a, b in zip(values, values[1:]))


@gd_backtracking.mistake(credit=0.7)
def warm_start(f, grad, w0, n_steps, gamma0=1.0, beta=0.5, c=1e-4):
    """From which gamma does your second search start?"""
    w, gamma = np.array(w0, dtype=float), gamma0
    trajectory = [w]
    for _ in range(n_steps):
        gamma = armijo_step(f, grad, w, gamma, beta, c)
        w = w - gamma * grad(w)
        trajectory.append(w)
    return np.array(trajectory)


@gd_backtracking.mistake(credit=0)
def no_search(f, grad, w0, n_steps, gamma0=1.0, beta=0.5, c=1e-4):
    """Does each of your steps pass the test of question 7?"""
    return gd(grad, w0, gamma0, n_steps)


@gd_backtracking.mistake(credit=0.5)
def start_missing(f, grad, w0, n_steps, gamma0=1.0, beta=0.5, c=1e-4):
    """How many iterates should there be, counting the starting point?"""
    return gd_backtracking(f, grad, w0, n_steps, gamma0, beta, c)[1:]


@gd_backtracking.mistake(credit=0.4)
def last_state_everywhere(f, grad, w0, n_steps, gamma0=1.0, beta=0.5, c=1e-4):
    """Print your trajectory: are its rows different arrays, or is it one array many times?"""
    w = np.array(w0, dtype=float)
    trajectory = [w]
    for _ in range(n_steps):
        w -= armijo_step(f, grad, w, gamma0, beta, c) * grad(w)
        trajectory.append(w)
    return np.array(trajectory)


@gd_backtracking.mistake(credit=0.25)
def direction_of_the_start(f, grad, w0, n_steps, gamma0=1.0, beta=0.5, c=1e-4):
    """At which point is the gradient taken in the second step?"""
    w = np.array(w0, dtype=float)
    trajectory, g = [w], grad(w)
    for _ in range(n_steps):
        gamma = gamma0
        while f(w - gamma * g) > f(w) - c * gamma * np.dot(g, g) and gamma > 1e-12:
            gamma *= beta
        w = w - gamma * g
        trajectory.append(w)
    return np.array(trajectory)
