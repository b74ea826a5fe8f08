"""How an answer is read that states its number in several ways, or with words and signs around it."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.quiz.draw import plain_variant
from autograder.quiz.format.reader import read_quiz
from autograder.quiz.judge import interpret, judge
from autograder.quiz.numbers import Quantity, Unread, read_number
from autograder.quiz.stated import read_stated

QUIZ = read_quiz(Path(__file__).parent / "field_answers.quiz.md")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1/2 = 0.5", "1/2", ""),
        ("0.5 = 1/2", "1/2", ""),
        ("0,5 = 50 %", "50", "%"),
        ("1/3 ≈ 0.333", "1/3", ""),
        ("0.333 (1/3)", "1/3", ""),
        (r"\frac{45}{60} = \frac34 \approx 0,75", "3/4", ""),
        ("Accuracy = 45/60 = 75%", "3/4", ""),
        ("accuracy: 75 %", "75", "%"),
        ("0.75 or 75%", "3/4", ""),
        ("0.75 ou 3/4", "3/4", ""),
        ("2/L = 2/16 = 0.125", "1/8", ""),
        ("0.125 (= 2/L)", "1/8", ""),
        ("n^3 = 10^9", "1e9", ""),
        ("1000 s = 16 min 40 s", "1000", "s"),
        ("1000 s ≈ 17 min", "1000", "s"),
        ("1000 s (about 17 min)", "1000", "s"),
        ("1e12/1e9 = 1000 s", "1000", "s"),
        ("3.2 (GB)", "3.2", "GB"),
        ("-2 (the smaller of the two)", "-2", ""),
        ("“0.5”", "0.5", ""),
        ("3 (4 + 1)", "15", ""),
    ],
)
def test_a_number_that_is_stated_twice_is_one_number(text: str, value: str, unit: str) -> None:
    """Sides and remarks that agree are one answer, the most precise of them."""
    read = read_stated(text)
    assert isinstance(read, Quantity), read
    assert (read.value, read.unit.name) == (Fraction(value), unit)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1/2 = 0.7", "The two sides of your equation are not equal"),
        ("-2 or 2", "not equal"),
        ("1000 s = 10 km", "not equal"),
        ("0.5 ≈ 1", "not equal"),
        ("1 = 1.9", "not equal"),
        ("1/2 = ?", "I read a number"),
        ("γ ≤ 0.125", "without the sign ≤ before it"),
        ("< 0,125", "without the sign < before it"),
        (r"\gamma \leq 0.125", r"without the sign \leq before it"),
    ],
)
def test_sides_that_differ_are_no_answer_and_cost_none(text: str, says: str) -> None:
    read = read_stated(text)
    assert isinstance(read, Unread) and says in read.message


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("33⅓ %", "100/3", "%"),
        ("2½", "5/2", ""),
        ("2⅖", "12/5", ""),
        ("0·5", "1/2", ""),
        ("2·5", "10", ""),
        ("0·10^3", "0", ""),
        ("0.333...", "1/3", ""),
        ("0,1666…", "1/6", ""),
        ("0.(3)", "1/3", ""),
        ("0,1(6)", "1/6", ""),
        (r"0.\overline{27}", "3/11", ""),
        ("3.14...", "3.14", ""),
        ("4.54 10^-5", "0.0000454", ""),
        ("4,54 10⁻⁵", "0.0000454", ""),
        ("1000 x 1000 x 1000", "1e9", ""),
        ("1_000_000", "1e6", ""),
        ("one billion", "1e9", ""),
        ("un milliard", "1e9", ""),
        ("moins 2", "-2", ""),
        ("45 out of 60", "3/4", ""),
        ("45:60", "3/4", ""),
        ("approximately 0.5", "1/2", ""),
        ("exactement 0,5", "1/2", ""),
        ("45 ppm", "45", "ppm"),
        ("3.2 Gbytes", "3.2", "Gbytes"),
        ("0:16:40", "1000", "s"),
        ("16'40''", "1000", "s"),
        ("16m40s", "1000", "s"),
        ("1h30", "90", "min"),
        ("1 h 30", "90", "min"),
        ("Pi", "3.141592653589793", ""),
    ],
)
def test_what_people_write_instead_of_a_decimal_number_is_read(text: str, value: str, unit: str) -> None:
    """Mixed numbers, digits that repeat, a British decimal point, clocks, powers of ten without a sign."""
    read = read_number(text)
    assert isinstance(read, Quantity), read
    assert (float(read.value), read.unit.name) == (float(Fraction(value)), unit)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0. 5", "two numbers"),
        ("0 ,5", "two numbers"),
        ("0’5", "two numbers"),
        ("10 exp 9", "Is 10 exp 9 a power of ten? Write 10^(9) or 10*e^(9)."),
        ("16:40 min", "I read a number"),
    ],
)
def test_a_number_that_may_be_two_is_asked_back(text: str, says: str) -> None:
    read = read_number(text)
    assert isinstance(read, Unread) and says in read.message


def test_a_thousand_with_a_point_is_told_where_it_would_be_right() -> None:
    """`1.000 s` is a second here and a thousand in Germany."""
    time = next(one for one in QUIZ.questions if one.id == "time")
    said = judge(time, plain_variant(time), "1.000 s")
    assert (said.state, said.code, said.reading) == ("wrong", "thousand", "1 s")
    assert said.message == "I read the point in 1.000 as a decimal one: for thousands, leave it out."
    assert judge(time, plain_variant(time), "1.0 s").code == "factor"
    assert judge(time, plain_variant(time), "2.000 s").code == "wrong"


def test_the_digits_that_count_are_those_of_the_last_side() -> None:
    """Where two significant digits are asked for, `0.125 ≈ 0.13` has them."""
    step = next(one for one in QUIZ.questions if one.id == "lr")
    assert judge(step, plain_variant(step), "0.125 ≈ 0.13").credit == 1
    assert interpret(step, plain_variant(step), "0.125 ≈ 0.13")[0] == "0.125"


@given(st.text(alphabet="0123456789.,=≈() /%-xabs½'\"", max_size=40))
def test_no_text_makes_it_fall_over(text: str) -> None:
    """A quantity or a reason, whatever is typed."""
    assert isinstance(read_stated(text), Quantity | Unread)


@given(st.fractions(min_value=-1000, max_value=1000, max_denominator=999), st.integers(3, 9))
def test_a_fraction_and_its_decimals_are_one_number(value: Fraction, digits: int) -> None:
    """However many digits are written."""
    read = read_stated(f"{value.numerator}/{value.denominator} = {float(value):.{digits}f}")
    assert isinstance(read, Quantity) or abs(value) < Fraction(1, 10 ** (digits - 2))
