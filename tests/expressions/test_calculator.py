"""Values of expressions at given numbers, vectors and matrices."""

import math
from fractions import Fraction

import pytest

from autograder.expressions.calculator import check_conditions, evaluate
from autograder.expressions.symbols import read_symbols
from autograder.expressions.unreadable import Unreadable


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("kcal*4184/86400", {"kcal": 2000}, Fraction(2615, 27)),
        ("E*1000/20", {"E": Fraction(5)}, 250),
        ("(-234.5 - 1)^2", {}, Fraction("55460.25")),
        ("A u", {"A": [[1, 2], [3, 4]], "u": [1, 1]}, [3, 7]),
        ("u^T A u", {"A": [[1, 2], [3, 4]], "u": [1, 1]}, 10),
        ("A^{-1}", {"A": [[2, 0], [0, 4]]}, [[Fraction(1, 2), 0], [0, Fraction(1, 4)]]),
        ("max(x, 3)", {"x": 1}, 3),
        ("floor(x) + round(2.5)", {"x": Fraction(7, 2)}, 6),
        ("det(A)", {"A": [[1, 2], [3, 4]]}, -2),
    ],
)
def test_whole_numbers_and_fractions_give_exact_values(
    text: str, values: dict[str, object], expected: object
) -> None:
    """No rounding where none is needed."""
    assert evaluate(text, values) == expected


def test_functions_and_floats_give_floats() -> None:
    """Double precision, or as many digits as asked for."""
    assert evaluate("exp(x)", {"x": 1}) == math.e
    assert evaluate("1e13/speed/60/24/365.25", {"speed": 200.0}) == pytest.approx(95064.26, abs=0.01)
    assert str(evaluate("sqrt(x)", {"x": 2}, precision=30)).startswith("1.4142135623730950488016887")


@pytest.mark.parametrize("text", ["1/x", "ln(x)", "sqrt(x - 1)", "x +", "y", "u u", "x > 1", "A^{-1}"])
def test_what_has_no_value_is_said(text: str) -> None:
    """One kind of exception for everything an author may get wrong."""
    with pytest.raises(Unreadable):
        evaluate(text, {"x": 0, "u": [1, 2], "A": [[1, 1], [1, 1]]})


def test_a_strict_inequality_must_hold_by_a_margin() -> None:
    """Jensen's inequality for ln is broken at x != y and only nearly at x = y."""
    jensen = "ln(t x + (1-t) y) > t ln(x) + (1-t) ln(y)"
    assert check_conditions(jensen, {"x": 1, "y": 4, "t": Fraction(1, 2)}).holds
    assert not check_conditions(jensen, {"x": 2, "y": 2, "t": Fraction(1, 3)}).holds


def test_several_conditions_hold_together() -> None:
    """Each is reported with the values of its sides."""
    truth = check_conditions("x > 0; y > 0; 0 < t < 1", {"x": 1, "y": 4, "t": 2})
    assert not truth.holds
    assert [link.holds for link in truth.links] == [True, True, True, False]
    assert truth.links[3].sign == "<"


def test_declared_sizes_bind_the_values() -> None:
    """A vector of another size than declared is refused; equal names are equal sizes."""
    symbols = read_symbols("A: mat d d, u: vec d")
    assert check_conditions("u^T A u < 0", {"A": [[-1, 0], [0, 0]], "u": [1, 0]}, symbols).holds
    with pytest.raises(Unreadable, match="u should be"):
        evaluate("A u", {"A": [[1, 0], [0, 1]], "u": [1, 2, 3]}, symbols)
