"""Forbidden names are found however they are reached, and nowhere else."""

import pytest

from autograder.questions.forbidden import forbidden_names

FORBIDS = ("dot", "num_grad", "@")


def found(source: str, forbids=FORBIDS):
    return forbidden_names(source, "f", forbids)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(A, w):\n    return A @ w", ("@",)),
        ("def f(A, w):\n    A @= w\n    return A", ("@",)),
        ("def f(A, w):\n    return A.dot(w)", ("dot",)),
        ("def f(A, w):\n    return A.__matmul__(w)", ("__matmul__",)),
        ("import numpy\ndef f(A, w):\n    return numpy.matmul(A, w)", ("matmul",)),
        ("import numpy as np\ndef f(A, w):\n    return np.dot(A, w)", ("dot",)),
        ("from numpy import dot\ndef f(A, w):\n    return dot(A, w)", ("dot",)),
        ("from numpy import dot as product\ndef f(A, w):\n    return product(A, w)", ("dot",)),
        ("def f(A, w):\n    from numpy import dot as product\n    return product(A, w)", ("dot",)),
        ("from numpy import *\ndef f(A, w):\n    return dot(A, w)", ("dot",)),
        ("import numpy as np\np = np.dot\ndef f(A, w):\n    return p(A, w)", ("dot",)),
        ("import numpy as np\np, q = np.dot, 1\ndef f(A, w):\n    return p(A, w)", ("dot",)),
        ("import numpy as np\np: object = np.dot\ndef f(A, w):\n    return p(A, w)", ("dot",)),
        ("import numpy as np\n(p := np.dot)\ndef f(A, w):\n    return p(A, w)", ("dot",)),
        ("def h(A, w):\n    return A @ w\ndef f(A, w):\n    return h(A, w)", ("@",)),
        ("def f(A):\n    return h(A)\ndef h(A):\n    return g(A)\ndef g(A):\n    return A @ A", ("@",)),
        ("def f(A, w):\n    def inner():\n        return A @ w\n    return inner()", ("@",)),
        ("f = lambda A, w: A @ w", ("@",)),
        ("h = lambda A, w: A @ w\ndef f(A, w):\n    return h(A, w)", ("@",)),
        ("def f(A, w):\n    return (lambda: A @ w)()", ("@",)),
        ("class K:\n    def go(self, A):\n        return A @ A\ndef f(A):\n    return K().go(A)", ("@",)),
        ("class K:\n    def go(self, A):\n        return A @ A\nk = K()\ndef f(A): return k.go(A)", ("@",)),
        ("import numpy as np\ndef f(A, w):\n    return getattr(np, 'do' + 't')(A, w)", ("getattr",)),
        ("import numpy as np\ndef f(A, w):\n    return np.__dict__['dot'](A, w)", ("__dict__",)),
        ("def f(A, w):\n    return eval('A @ w')", ("eval",)),
        ("import numpy as np\ndef f(A, w, p=np.dot):\n    return p(A, w)", ("dot",)),
        ("from numpy import dot\ndef f(A, w):\n    def h(dot=dot):\n        return dot(A, w)\n    return h()",
         ("dot",)),
        ("from numpy import dot\ndef f(A):\n    def a():\n        dot = 1\n    return dot(A, A)", ("dot",)),
        ("def num_grad(f, w):\n    return 0\ndef f(A):\n    return num_grad(len, A)", ("num_grad",)),
        ("if True:\n    def f(A):\n        return A @ A\nelse:\n    def f(A):\n        return 0", ("@",)),
        ("try:\n    def f(A, w):\n        return A @ w\nexcept Exception:\n    pass", ("@",)),
        ("def f(A, w):\n    return A @ w\nif False:\n    def f(A, w):\n        return 0", ("@",)),
        ("def f(A, w):\n    return A @ w\ndef other():\n    def f(A, w):\n        return 0", ("@",)),
        ("def f(A, w):\n    return A.𝐝𝐨𝐭(w)", ("dot",)),
    ],
)  # fmt: skip
def test_a_forbidden_name_is_found(source, names) -> None:
    assert found(source) == names


@pytest.mark.parametrize(
    "source",
    [
        "def f(A, w):\n    return sum(A[0] * w)",
        "def g(A, w):\n    return A @ w\ndef f(A, w):\n    return 0",
        "def f(A, w):\n    return 0\nprint(num_grad(f, 1), [1] @ [2])",
        "def f(A, w):\n    return A @ w\ndef f(A, w):\n    return 0",
        "def f(A, w):\n    dot = 0.0\n    for a in w:\n        dot += a\n    return dot",
        "def f(dot, w):\n    return dot * w",
        "def f(A, w):\n    return [dot for dot in w]",
        "loss = num_grad(1, 2)\ndef f(A, w):\n    loss = A * w\n    return loss",
        "T = num_grad(1, 2)\ndef f(A, w):\n    return A.T",
        "def f(A, w):\n    'never use dot, num_grad or @'\n    return 'dot'",
        "@decorated\ndef f(A, w):\n    return 0",
        "def f(A, w):\n    def dot(a, b):\n        return sum(a * b)\n    return dot(A[0], w)",
    ],
)
def test_a_name_that_is_not_used_is_not_found(source) -> None:
    assert found(source) == ()


def test_a_function_may_call_itself_whatever_its_name() -> None:
    assert forbidden_names("def dot(n):\n    return dot(n - 1)", "dot", ("dot",)) == ()


def test_a_function_that_the_text_does_not_define_is_told_apart() -> None:
    assert found("x = 1") is None


@pytest.mark.parametrize("source", ["def f(:", "f = " + "(" * 3000, "f = 'a\0b'"])
def test_text_that_is_not_python_is_a_syntax_error(source) -> None:
    with pytest.raises(SyntaxError):
        found(source)


def test_functions_that_call_each_other_in_circles_are_read_once_each() -> None:
    lines = [f"def h{k}(x):\n    return h{(k + 1) % 300}(x) + h{(k * 7) % 300}(x)" for k in range(300)]
    assert found("\n".join([*lines, "def f(A, w):\n    return h0(w)"])) == ()


@pytest.mark.parametrize(
    "source",
    [
        'def f(x):\n    """A text.\n\nwith an empty line."""\n    return x.dot(x)\n',
        "def f(x):\n    y = x\n\n# a comment at the margin\n    return y.dot(x)\n",
        "def g(x):\n    return x.dot(x)\n\nif g:\n    f = g\n\nelse:\n    f = abs\n",
        "x = 1 \\\n\ndef f(x):\n    return x.dot(x)\n",
    ],
)
def test_empty_lines_inside_statements_hide_nothing(source: str) -> None:
    """A source is read in pieces, but never so that a statement is torn apart."""
    assert forbidden_names(source, "f", ["dot"]) == ("dot",)
