"""Kernel principal component analysis: question 12."""

import numpy as np

from autograder import core, dtype, edge, magnitude, question

from .kernels import center_gram, gaussian

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


@kernel_pca.mistake(credit=0.6)
def largest_last(K, k):
    """Which of your columns belongs to the largest eigenvalue? It should be the first."""
    values, vectors = np.linalg.eigh(center_gram(K))
    return vectors[:, -k:] * np.sqrt(np.maximum(values[-k:], 0))


@kernel_pca.mistake(credit=0.4)
def rows_of_eigh(K, k):
    """Are eigenvectors stored in rows or in columns?"""
    values, vectors = np.linalg.eigh(center_gram(K))
    return vectors[::-1][:k].T * np.sqrt(np.maximum(values[::-1][:k], 0))
