"""Small notebooks for the tests: cells are strings, `#`-headed or prose for markdown, the rest is code."""

import json
from typing import Any

IMPORTS = "import numpy as np"
DATA = "X = np.arange(6.0).reshape(3, 2)"
PLOT = "values = [quad(np.eye(2), w) for w in X]"
STUB = '''def quad(A, w):
    """w'Aw, for A of shape (d, d) and w of shape (d,)."""
    # YOUR CODE HERE
    raise NotImplementedError'''
ANSWER = "def quad(A, w):\n    return w @ A @ w"
EXAMPLES = "w = np.ones(2)\nassert quad(np.eye(2), w) == 2.0"
GRAD_STUB = '''def quad_grad(A, w):
    """Gradient of w'Aw, of shape (d,)."""
    raise NotImplementedError("quad_grad")'''
GRAD_ANSWER = "def quad_grad(A, w):\n    return (A + A.T) @ w"
GRAD_EXAMPLES = "assert np.allclose(quad_grad(np.eye(2), np.ones(2)), [2.0, 2.0])"


def text(source: str) -> dict[str, Any]:
    """A markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str, **more: Any) -> dict[str, Any]:
    """A code cell."""
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
    return cell | more


def document(*cells: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A notebook as JSON."""
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": list(cells)} | more


def content(*cells: dict[str, Any], **more: Any) -> bytes:
    """A notebook as the bytes of its file."""
    return json.dumps(document(*cells, **more)).encode()


def released_cells() -> list[dict[str, Any]]:
    """Two questions, with imports, data, a plot and examples."""
    return [
        text("# Quadratic forms\n\nVectors have shape `(d,)`."),
        code(IMPORTS),
        code(DATA),
        text("## 1. The quadratic form (2 points)\n\nCompute $w^\\top A w$."),
        code(STUB),
        code(EXAMPLES),
        code(PLOT),
        text("## 2. Its gradient (3 points)\n\nFor **any** square $A$.\n\n### Hint\n\nDifferentiate."),
        code(GRAD_STUB),
        code(GRAD_EXAMPLES),
    ]


def answered() -> list[dict[str, Any]]:
    """The released cells with both questions answered."""
    answers = {STUB: ANSWER, GRAD_STUB: GRAD_ANSWER}
    return [cell | {"source": answers.get(cell["source"], cell["source"])} for cell in released_cells()]
