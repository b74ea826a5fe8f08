"""Wrong shapes are told in the statement's own letters, where these are right in every failing case."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_questions import judged

from autograder.questions.explain import explain
from autograder.questions.question import Question, question
from autograder.questions.sizes import read_sizes

RUN = '''
def run(grad, w0, n_steps):
    """Iterates of Newton's method.

    grad: function, grad(w) is the gradient at w, an array of shape (d,)
    w0: array of shape (d,), the start
    n_steps: how many steps

    Returns an array of shape (n_steps + 1, d), the start in row 0.
    """
    raise NotImplementedError
'''
GRAM = '''
def gram(X, Z):
    """X: array of shape (n, d)
    Z: array of shape (m, d)

    Returns an array of shape (n, m).
    """
    raise NotImplementedError
'''
PAIR = '''
def pair(w, X):
    """w: array of shape (d,)
    X: array of shape (n, d)

    Returns a pair: the loss (float) and its gradient, an array of shape (d,).
    """
'''


def made(name: str, parameters: str, sizes: str = "") -> Question:
    namespace: dict[str, Any] = {}
    exec(f"def {name}({parameters}): ...", namespace)
    return question(points=1, sizes=sizes)(namespace[name])


def said(asked: Question, stub: str, *cases: tuple[Any, Any, tuple[Any, ...]]) -> str:
    one_by_one = [one for given, expected, args in cases for one in judged((given, expected), args=args)]
    return str(explain(one_by_one, None, question=asked, stub=stub).sentence)


def path(n_steps: int, d: int) -> tuple[Any, tuple[Any, ...]]:
    return np.arange(1.0, 1 + (n_steps + 1) * d).reshape(n_steps + 1, d) ** 1.5, (len, np.ones(d), n_steps)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda n, d: np.ones((n, d)), "shape (n_steps, d) instead of (n_steps + 1, d)."),
        (lambda n, d: np.ones(d) * 7, "shape (d,) instead of (n_steps + 1, d)."),
        (lambda n, d: np.ones((d, n + 1)), "shape (d, n_steps + 1) instead of (n_steps + 1, d)."),
        (lambda n, d: np.ones((1, d)) * 7, "shape (1, d) instead of (n_steps + 1, d)."),
        (lambda n, d: 7.0 * n, "no dimension (a number) instead of (n_steps + 1, d)."),
        (lambda n, d: np.ones((n + 1, 2 * d)), "another shape than (n_steps + 1, d)."),
        (lambda n, d: np.ones((n + 1, 1, 2 * d)), "shape (n_steps + 1, 1, ?) instead of (n_steps + 1, d)."),
        (lambda n, d: np.zeros((2,) * 9), "more than 4 dimensions instead of (n_steps + 1, d)."),
    ],
)
def test_lengths_have_the_names_of_the_statement(wrong, words) -> None:
    cases = [(wrong(n, d), *path(n, d)) for n, d in ((5, 3), (9, 2))]
    assert said(made("run", "grad, w0, n_steps"), RUN, *cases) == f"Your answer has {words}"


def test_one_dimension_is_told_by_the_cases_that_have_more() -> None:
    """Where d is 1, `(1,)` would be true of many shapes."""
    wrong = [(np.ones(d) * 7, *path(5, d)) for d in (1, 3)]
    assert said(made("run", "grad, w0, n_steps"), RUN, *wrong).endswith("(d,) instead of (n_steps + 1, d).")


def test_a_letter_that_two_names_could_have_is_not_said() -> None:
    """n and d are both 4, in every case."""
    case = (np.ones((4, 7)) * 9, np.ones((4, 3)), (np.ones((4, 4)), np.ones((3, 4))))
    assert said(made("gram", "X, Z"), GRAM, case) == "Your answer has another shape than (n, m)."
    case = (np.ones(4) * 9, np.ones((3, 2)), (np.ones((3, 4)), np.ones((2, 4))))
    assert said(made("gram", "X, Z"), GRAM, case) == "Your answer has shape (d,) instead of (n, m)."
    case = (np.ones(4) * 9, np.ones((4, 2)), (np.ones((4, 4)), np.ones((2, 4))))
    assert said(made("gram", "X, Z"), GRAM, case) == "Your answer has shape (n,) instead of (n, m)."


def test_the_array_of_a_pair_has_its_own_letters() -> None:
    cases = [
        ((2.0, np.ones((n, d))), (2.0, np.arange(1.0, d + 1)), (np.ones(d), np.ones((n, d))))
        for n, d in ((5, 3), (4, 2))
    ]
    told = said(made("pair", "w, X"), PAIR, *cases)
    assert told.endswith("Your answer has shape (n, d) instead of (d,).")


def test_the_author_may_say_what_lengths_are_called() -> None:
    asked = made("gram", "X, Z", "X: array of shape (p, q). Returns an array of shape (p,).")
    assert read_sizes(asked, GRAM).returned == (("p",),)


def test_without_letters_axes_are_counted() -> None:
    asked = made("f", "X")
    case = ([[1.0, 2.0, 3.0]], np.array([1.0, 2.0, 3.0]), (np.ones(2),))
    assert (
        said(asked, "", case) == "The numbers are right, but `np.ndim` of your answer is 2; it should be 1."
    )
    case = (np.ones(4) * 9, np.ones(3), (np.ones(2),))
    assert said(asked, "", case) == "Your answer has another shape than is asked for."


def test_a_statement_that_does_not_fit_its_cases_names_nothing() -> None:
    """(d,) cannot be the shape of w and another length that of the answer."""
    stub = '"""w: array of shape (d,)\n\nReturns an array of shape (d,).\n"""'
    stub = f"def f(w):\n    {stub}\n    raise NotImplementedError"
    case = (np.ones((3, 1)), np.arange(3.0), (np.ones(5),))
    told = said(made("f", "w"), stub, case)
    assert told == "`np.ndim` of your answer is 2; it should be 1."


@given(st.lists(st.integers(0, 40), min_size=1, max_size=4))
def test_no_length_that_a_student_chooses_is_told(lengths: list[int]) -> None:
    """Whatever shape came: letters of the statement, 0, 1 and question marks are all that is said of it."""
    case = (np.zeros(lengths), *path(6, 5))
    told = said(made("run", "grad, w0, n_steps"), RUN, case)
    shape = told.split("shape (")[-1].split(")")[0].rstrip(",")
    letters = {
        "n_steps",
        "d",
        "n_steps + 1",
        "n_steps - 1",
        "d + 1",
        "d - 1",
        "0",
        "1",
        "?",
        "n_steps + 1, d",
    }
    assert "shape (" not in told or set(shape.split(", ")) <= letters
