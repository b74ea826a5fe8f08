"""What `check` alone reads of solutions/gradients.py: other right ways, and edits that are right as well."""

import numpy as np

from gradients import (
    linear_form_grad,
    ls_grad,
    ls_hess,
    ls_loss,
    num_grad,
    point_loss,
    quad_form,
    quad_form_sum,
    quad_grad,
    rel_error,
)

# 1. Gradient of a linear form


@linear_form_grad.alternate
def copied(w, x):
    return x.copy()


@linear_form_grad.alternate
def x_itself(w, x):
    return x


@linear_form_grad.alternate
def as_list(w, x):
    return [float(value) for value in x]


@linear_form_grad.alternate
def identity_times_x(w, x):
    return np.eye(len(x)) @ x


@linear_form_grad.alternate
def values_on_the_basis(w, x):
    return np.array([np.dot(e, x) for e in np.eye(len(x))])


# 2. and 3. The quadratic form, as a double sum and with matrices


quad_form_sum.equivalent("A[i, j] -> A[j, i]", because="the sum runs over all pairs of indices")
quad_form.equivalent("A @ w -> A.T @ w", because="A and its transpose have one quadratic form")


@quad_form_sum.alternate
def backwards(A, w):
    total = 0.0
    for j in reversed(range(len(w))):
        for i in reversed(range(len(w))):
            total += float(w[j]) * float(A[i, j]) * float(w[i])
    return total


@quad_form_sum.alternate
@quad_form.alternate
def outer_product(A, w):
    return np.sum(A * np.outer(w, w))


@quad_form_sum.alternate
def generator(A, w):
    d = len(w)
    return sum(A[i, j] * w[i] * w[j] for i in range(d) for j in range(d))


@quad_form_sum.alternate
def exactly_rounded(A, w):
    from math import fsum

    pairs = [(i, j) for i in range(len(w)) for j in range(len(w))]
    return fsum(float(A[i, j]) * float(w[i]) * float(w[j]) for i, j in pairs)


@quad_form.alternate
def two_products(A, w):
    return w @ A @ w


@quad_form.alternate
def by_dot(A, w):
    return w.T.dot(A).dot(w)


@quad_form.alternate
def by_einsum(A, w):
    return np.einsum("i,ij,j->", w, A, w)


@quad_form.alternate
def transposed(A, w):
    return np.dot(w, A.T @ w)


@quad_form.alternate
def symmetric_part(A, w):
    return 0.5 * (w @ (A + A.T) @ w)


@quad_form.alternate
def column_of_w(A, w):
    column = w.reshape(-1, 1)
    return (column.T @ A @ column).item()


@quad_form.alternate(float32=True)
def single_precision(A, w):
    return float(w.astype("f4") @ A.astype("f4") @ w.astype("f4"))


# 4. Gradient of the quadratic form


@quad_grad.alternate
def summed_first(A, w):
    return (A + A.T) @ w


@quad_grad.alternate
def by_two_dots(A, w):
    return np.dot(A, w) + np.dot(w, A)


@quad_grad.alternate
def from_the_left(A, w):
    return w @ A + A @ w


@quad_grad.alternate
def by_two_einsums(A, w):
    return np.einsum("ij,j->i", A, w) + np.einsum("ij,i->j", A, w)


@quad_grad.alternate
def entry_by_entry(A, w):
    d = len(w)
    gradient = np.zeros(d)
    for k in range(d):
        for j in range(d):
            gradient[k] += float(A[k, j]) * float(w[j]) + float(A[j, k]) * float(w[j])
    return gradient


@quad_grad.alternate
def list_of_sums(A, w):
    d = len(w)
    return [sum((A[k, j] + A[j, k]) * w[j] for j in range(d)) for k in range(d)]


@quad_grad.alternate
def twice_the_symmetric_part(A, w):
    return 2 * (((A + A.T) / 2) @ w)


@quad_grad.alternate(float32=True)
def gradient_in_single_precision(A, w):
    return (A + A.T).astype("f4") @ w.astype("f4")


# 5. Numerical gradient


@num_grad.alternate
def restored(f, w, h=1e-5):
    w = np.array(w, dtype=float)
    gradient = np.empty(w.size)
    for i in range(w.size):
        start = w[i]
        w[i] = start + h
        above = f(w)
        w[i] = start - h
        below = f(w)
        w[i] = start
        gradient[i] = (above - below) / (2 * h)
    return gradient


@num_grad.alternate
def over_the_basis(f, w, h=1e-5):
    return np.array([(f(w + h * e) - f(w - h * e)) / (2 * h) for e in np.eye(len(w))])


@num_grad.alternate
def list_over_the_basis(f, w, h=1e-5):
    return [(f(w + h * e) - f(w - h * e)) / (2 * h) for e in np.eye(len(w))]


@num_grad.alternate
def five_points(f, w, h=1e-5):
    def along(e):
        return (-f(w + 2 * h * e) + 8 * f(w + h * e) - 8 * f(w - h * e) + f(w - 2 * h * e)) / (12 * h)

    return np.array([along(e) for e in np.eye(len(w))])


@num_grad.alternate
def step_as_rounded(f, w, h=1e-5):
    w = np.asarray(w, dtype=float)
    gradient = []
    for i in range(len(w)):
        above, below = w.copy(), w.copy()
        above[i] += h
        below[i] -= h
        gradient.append((f(above) - f(below)) / (above[i] - below[i]))
    return np.array(gradient)


# 6. Relative error


@rel_error.alternate
def roots_of_sums(g1, g2):
    size = np.sqrt(np.sum(g1**2)) + np.sqrt(np.sum(g2**2))
    return np.sqrt(np.sum((g1 - g2) ** 2)) / max(size, 1e-12)


@rel_error.alternate
def zero_apart(g1, g2):
    size = np.linalg.norm(g1) + np.linalg.norm(g2)
    if size == 0:
        return 0.0
    return np.linalg.norm(g1 - g2) / max(size, 1e-12)


@rel_error.alternate
def plain_python(g1, g2):
    def norm(values):
        return sum(float(value) ** 2 for value in values) ** 0.5

    return norm(float(a) - float(b) for a, b in zip(g1, g2)) / max(norm(g1) + norm(g2), 1e-12)


@rel_error.alternate
def array_without_dimensions(g1, g2):
    return np.array(np.linalg.norm(g1 - g2) / np.maximum(np.linalg.norm(g1) + np.linalg.norm(g2), 1e-12))


# 7. Loss of one image


@point_loss.alternate
def expanded(f, grad_f, w, x, y=1.0):
    return f(w, x) ** 2 - 2 * y * f(w, x) + y * y, 2 * f(w, x) * grad_f(w, x) - 2 * y * grad_f(w, x)


@point_loss.alternate
def as_lists(f, grad_f, w, x, y=1.0):
    return [(f(w, x) - y) ** 2, [2 * (f(w, x) - y) * slope for slope in grad_f(w, x)]]


@point_loss.alternate
def label_minus_prediction(f, grad_f, w, x, y=1.0):
    return (y - f(w, x)) ** 2, -2 * (y - f(w, x)) * grad_f(w, x)


@point_loss.alternate
def step_by_step(f, grad_f, w, x, y=1.0):
    prediction = f(w, x)
    loss = (prediction - y) ** 2
    gradient = 2 * (prediction - y) * grad_f(w, x)
    return loss, gradient


# 8. to 10. Least squares: loss, gradient, Hessian


@ls_loss.alternate
def sum_of_squares(w, X, y):
    return np.sum((y - X @ w) ** 2)


@ls_loss.alternate
def residual_dot_residual(w, X, y):
    return np.dot(X.dot(w) - y, X.dot(w) - y)


@ls_loss.alternate
def loop_over_samples(w, X, y):
    total = 0.0
    for i in range(len(y)):
        total += (y[i] - np.dot(w, X[i])) ** 2
    return total


@ls_loss.alternate
def norm_squared(w, X, y):
    return np.linalg.norm(X @ w - y) ** 2


@ls_loss.alternate
def loss_expanded(w, X, y):
    return w @ X.T @ X @ w - 2 * w @ X.T @ y + y @ y


@ls_loss.alternate
def loss_by_columns(w, X, y):
    return ((X @ w.reshape(-1, 1) - y.reshape(-1, 1)) ** 2).sum()


@ls_loss.alternate
def loss_by_einsum(w, X, y):
    residual = y - np.einsum("ij,j->i", X, w)
    return np.einsum("i,i", residual, residual)


@ls_loss.alternate
def loss_in_plain_python(w, X, y):
    def squared_residual(row, label):
        return (float(label) - sum(float(a) * float(b) for a, b in zip(row, w))) ** 2

    return sum(squared_residual(row, label) for row, label in zip(X, y))


@ls_loss.alternate(float32=True)
def loss_in_single_precision(w, X, y):
    return float(np.sum((y.astype("f4") - X.astype("f4") @ w.astype("f4")) ** 2))


@ls_grad.alternate
def residual_first(w, X, y):
    residual = y - X @ w
    return -2 * X.T @ residual


@ls_grad.alternate
def normal_equations(w, X, y):
    return 2 * (X.T @ X @ w - X.T @ y)


@ls_grad.alternate
def residual_times_X(w, X, y):
    return -2 * (y - X @ w) @ X


@ls_grad.alternate
def gram_matrix_first(w, X, y):
    return 2 * (X.T @ X) @ w - 2 * X.T @ y


@ls_grad.alternate
def gradient_by_einsum(w, X, y):
    return 2 * np.einsum("ni,n->i", X, X @ w - y)


@ls_grad.alternate
def summed_over_samples(w, X, y):
    return (2 * (X @ w - y)[:, None] * X).sum(axis=0)


@ls_grad.alternate
def column_flattened(w, X, y):
    return (2 * X.T @ (X @ w.reshape(-1, 1) - y.reshape(-1, 1))).ravel()


@ls_grad.alternate(float32=True)
def ls_gradient_in_single_precision(w, X, y):
    return 2 * X.astype("f4").T @ (X.astype("f4") @ w.astype("f4") - y.astype("f4"))


@ls_hess.alternate
def twice_the_gram_matrix(X):
    return np.dot(X.T, X) * 2


@ls_hess.alternate
def sum_of_outer_products(X):
    return 2 * sum(np.outer(x, x) for x in X)


@ls_hess.alternate
def hessian_by_einsum(X):
    return 2 * np.einsum("ni,nj->ij", X, X)


@ls_hess.alternate
def column_by_column(X):
    d = X.shape[1]
    H = np.zeros((d, d))
    for i in range(d):
        for j in range(d):
            H[i, j] = 2 * np.dot(X[:, i], X[:, j])
    return H


@ls_hess.alternate(float32=True)
def hessian_in_single_precision(X):
    return 2 * X.astype("f4").T @ X.astype("f4")
