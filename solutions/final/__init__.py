"""Hidden references of assignments/final: the final homework on kernels, 40 points, 10 of them by hand.

Where several answers are right they are judged by what makes them right: the fitted values of alpha when a
Gram matrix is singular, the objective of whoever minimises, the duality gap of a support vector machine, the
Gram matrix of a witness. There the rules ask of a wrong answer which other problem it solves, and give the
credit of that mistake themselves: two solvers of one wrong problem never agree to the last digit.
"""

from autograder import written

from . import kernels, ridge, logistic, svm, pca

__all__ = ["kernels", "ridge", "logistic", "svm", "pca"]

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
