"""How numbers with units are read."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.quiz.numbers import Quantity, Unread, format_number, read_number
from autograder.quiz.units import find_unit, suggest


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("17.5 MWh", "17.5", "MWh"),
        ("17,5 MWh", "17.5", "MWh"),
        ("20MWh", "20", "MWh"),
        ("1 000 kWh", "1000", "kWh"),
        ("1\u202f000 kWh", "1000", "kWh"),
        ("17\u00a0500,5", "17500.5", ""),
        ("1'000'000", "1000000", ""),
        ("1,000,000", "1000000", ""),
        ("1.000.000", "1000000", ""),
        ("1,234.5", "1234.5", ""),
        ("1.234,5", "1234.5", ""),
        ("0,750", "0.75", ""),
        ("5·10^2", "500", ""),
        ("5 × 10² W", "500", "W"),
        ("1,75·10⁷ Wh", "17500000", "Wh"),
        ("2x10^-3", "0.002", ""),
        (r"$5 \cdot 10^{2}\,\mathrm{W}$", "500", "W"),
        ("5*10**2", "500", ""),
        ("10^13", "1e13", ""),
        ("10⁻³", "0.001", ""),
        ("5e2", "500", ""),
        ("1.75E7 Wh", "17500000", "Wh"),
        ("1/3", "1/3", ""),
        ("2/3 h", "2/3", "h"),
        ("-5", "-5", ""),
        ("−5", "-5", ""),
        (".5", "0.5", ""),
        ("500.", "500", ""),
        ("96.9 W.", "96.9", "W"),
        ("= 97 W", "97", "W"),
        ("P = 97 W", "97", "W"),
        ("≈ 97 W", "97", "W"),
        ("€2M", "2000000", "EUR"),
        ("2 M€", "2", "M€"),
        ("EUR 2 million", "2000000", "EUR"),
        ("50 %", "50", "%"),
        (r"50\%", "50", "%"),
        ("100 J/s", "100", "J/s"),
        ("3 km²", "3", "km^2"),
        ("0,95 /cm2", "0.95", "/cm2"),
        ("two", "2", ""),
        ("moins deux", "-2", ""),
        ("minus one half", "-1/2", ""),
        ("un demi", "1/2", ""),
        ("trois quarts", "3/4", ""),
        ("2 tiers", "2/3", ""),
        ("one-third", "1/3", ""),
        ("mille secondes", "1000", "secondes"),
        ("Deux mille", "2000", ""),
        ("un = 3", "3", ""),
        ("a = 3", "3", ""),
        ("4.54 E -5", "0.0000454", ""),
        ("33⅓%", "100/3", "%"),
        ("16' 40''", "1000", "s"),
    ],
)
def test_a_number_is_read_as_people_write_it(text, value, unit):
    """Commas, thin spaces, powers of ten, fractions, currencies."""
    read = read_number(text)
    assert isinstance(read, Quantity), read
    assert (read.value, read.unit.name) == (Fraction(value), unit)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1,750 MWh", "Is 1,750 a thousand or a decimal number? Write 1750 or 1.750."),
        ("12 34", "two numbers"),
        ("1,23,4", "cannot read 1,23,4"),
        ("20 MWH", "Did you mean MWh?"),
        ("500 children", "I do not know the unit 'children'"),
        ("2M", "prefix without a unit"),
        ("1/0", "divide by zero"),
        ("9**9**9 m", "I read a number"),
        ("twenty", "I read a number"),
        ("nan", "I read a number"),
        ("", "I read a number"),
        ("1" * 100, "at most 80 characters"),
        ("€5 W", "two units"),
    ],
)
def test_what_is_not_one_number_is_asked_back(text, says):
    """Nothing is guessed."""
    read = read_number(text)
    assert isinstance(read, Unread) and says in read.message


@pytest.mark.parametrize(
    ("text", "digits", "least"),
    [("17.50", 4, 4), ("0.0120", 3, 3), ("1500", 4, 2), ("1.5e3", 2, 2), ("1/3", 0, 0)],
)
def test_significant_digits_are_counted_apart_from_the_value(text, digits, least):
    """Zeros at the end of a whole number may or may not count."""
    read = read_number(text)
    assert isinstance(read, Quantity) and (read.digits, read.least_digits) == (digits, least)


def test_units_are_of_one_size_however_they_are_written():
    """A joule per second is a watt; a unit with other letters is another unit."""
    for one, other in [("J/s", "W"), ("kWh", "kW*h"), ("GWh", "TWh"), ("km^2", "km2"), ("EUR", "€")]:
        first, second = find_unit(one), find_unit(other)
        assert first and second and first.dimensions == second.dimensions
        assert (first.scale == second.scale) is (one != "GWh")
    assert find_unit("quux") is None and suggest("mwh") in ("MWh", "") and suggest("kwh") == "kWh"


@given(st.text(max_size=40))
def test_no_text_makes_it_fall_over(text):
    """A quantity or a reason, whatever is typed."""
    assert isinstance(read_number(text), Quantity | Unread)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_a_decimal_is_read_exactly(number):
    """What Python writes is what is read."""
    read = read_number(f"{number:f}")
    assert isinstance(read, Quantity) and read.value == Fraction(number)
    assert format_number(Fraction(5, 2)) == "2.5" and format_number(Fraction(500)) == "500"
