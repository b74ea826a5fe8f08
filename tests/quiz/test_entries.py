"""How vectors and matrices of numbers are read, and what a witness gives."""

from fractions import Fraction

import pytest

from autograder.quiz.entries import read_rows
from autograder.quiz.kinds.witness import read_given
from autograder.quiz.model import Asked
from autograder.quiz.numbers import Unread

ROWS = ((2, 1), (3, 0))


@pytest.mark.parametrize(
    "text",
    [
        "np.array([[2, 1], [3, 0]], dtype=float)",
        "tensor([[2., 1.],\n        [3., 0.]])",
        "torch.tensor([[2, 1], [3, 0]])",
        "np.matrix('2 1; 3 0')",
        'np.mat("2 1; 3 0")',
        "matrix(c(2, 3, 1, 0), nrow=2)",
        "matrix(c(2,3,1,0), 2, 2)",
        "matrix(c(2, 1, 3, 0), ncol=2, byrow=TRUE)",
        "rbind(c(2,1), c(3,0))",
        "cbind(c(2,3), c(1,0))",
        "Matrix(2, 2, [2, 1, 3, 0])",
        "sympy.Matrix([[2, 1], [3, 0]])",
        "A = [2 1; 3 0];",
        r"\pmatrix{2 & 1 \cr 3 & 0}",
        r"\begin{pmatrix} 2 & 1\\[2pt] 3 & 0 \end{pmatrix}",
        r"\begin{bmatrix*}[r] 2 & 1 \\ 3 & 0 \end{bmatrix*}",
        r"\begin{pmatrix} 2 &amp; 1 \\ 3 &amp; 0 \end{pmatrix}",
        r"\bigl(\begin{smallmatrix}2&1\\3&0\end{smallmatrix}\bigr)",
        "⎡2 1⎤\n⎣3 0⎦",
        "|2 1|\n|3 0|",
        "2;1\n3;0",
        "the Hessian is [[2, 1], [3, 0]]",
        "la matrice [[2, 1], [3, 0]]",
        "2 & 1 \\\\ 3 & 0",
    ],
)
def test_a_matrix_is_read_as_programs_and_people_write_it(text: str) -> None:
    assert read_rows(text, (2, 2)) == ROWS


@pytest.mark.parametrize(
    "text",
    [
        "diag(1/2, 1/4)",
        "diag([1/2, 1/4])",
        "np.diag([0.5, 0.25])",
        "diag(0,5; 0,25)",
        "diag([0.5 0.25])",
        r"\operatorname{diag}\left(\frac12,\frac14\right)",
        "D = diag(1/2, 1/4)",
        "[[50%, 0], [0, 25%]]",
    ],
)
def test_a_diagonal_matrix_is_read_from_its_diagonal(text: str) -> None:
    assert read_rows(text, (2, 2)) == ((Fraction(1, 2), 0), (0, Fraction(1, 4)))


@pytest.mark.parametrize(
    "text",
    [
        "∂f/∂x = 2, ∂f/∂y = 3",
        "∂f/∂y = 3 et ∂f/∂x = 2",
        r"\frac{\partial f}{\partial x} = 2, \frac{\partial f}{\partial y} = 3",
        "y = 3, x = 2",
        "x₂ = 3; x₁ = 2",
        "(2|3)",
        "c(2, 3)",
        "vector([2, 3])",
        r"\binom{2}{3}",
        "le vecteur (2 ; 3)",
        "the gradient is (2, 3)",
    ],
)
def test_entries_with_names_stand_in_the_order_of_their_names(text: str) -> None:
    """And a vector is read as other programs, and people, write it."""
    assert read_rows(text, (2,)) == ((2, 3),)


@pytest.mark.parametrize("text", ["matrix(c(2, 1, 3), nrow=2)", "diag(1, 2, 3)", "[2, 1, 3, 0]", "diag(2, 1"])
def test_what_has_another_shape_is_told(text: str) -> None:
    assert isinstance(read_rows(text, (2, 2)), Unread)


@pytest.mark.parametrize(
    "text",
    [
        "(1, -1)",
        "1; -1",
        "a <- 1; b <- -1",
        "a == 1, b == -1",
        '{"a": 1, "b": -1}',
        r"\{a=1, b=-1\}",
        "e.g. a = 1, b = -1",
        "a = 1, b = -1 (ab = -1 < 0)",
        "a = 1, b = -1, ab = -1 < 0",
        "a = 1 b = -1 => ab = -1",
        "a = 2/2 = 1, b = -1",
    ],
)
def test_a_witness_is_read_without_its_names_and_with_what_follows_from_it(text: str) -> None:
    asked = (Asked("a", ()), Asked("b", ()))
    assert read_given(asked, text) == {"a": ((1,),), "b": ((-1,),)}


@pytest.mark.parametrize(
    "text",
    ["np.array([3, 4])/np.sqrt(25)", "u = (3, 4)/5", "the vector u = (3/5, 4/5)", "u_2 = 4/5, u_1 = 3/5"],
)
def test_a_vector_that_is_given_is_read_with_its_factor_and_its_name(text: str) -> None:
    asked = (Asked("u", (2,)),)
    assert read_given(asked, text) == {"u": ((Fraction(3, 5), Fraction(4, 5)),)}


def test_what_is_longer_than_any_matrix_is_told_as_that() -> None:
    """However it is made up, so that reading it takes no time."""
    read = read_rows("1, " * 2000, (2, 2))
    assert isinstance(read, Unread) and "at most 4000 characters" in read.message
    assert isinstance(read_given((Asked("a", ()),), "a = 1\n" * 2000), Unread)
    assert read_rows("[" + "; ".join(["1, " * 19 + "1"] * 20) + "]", (20, 20)) == ((1,) * 20,) * 20
