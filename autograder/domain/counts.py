"""So many of something, in words; what students read is counted in their language, by `count_phrase`."""

from fractions import Fraction

from autograder.domain.given_marks import as_written


def describe_count(number: int | float | Fraction, noun: str, plural: str = "") -> str:
    """A number with its noun, and with a verb where the noun brings one.

    Args:
        number: of one alone the noun is singular.
        noun: for one, such as `mark` or `report was`.
        plural: for any other number; `noun` with an s where it is left out.

    >>> describe_count(1, "mark"), describe_count(2, "mark"), describe_count(Fraction(1, 2), "point")
    ('1 mark', '2 marks', '0.5 points')
    >>> describe_count(0, "report was", "reports were")
    '0 reports were'
    """
    told = f"{number:g}" if isinstance(number, float) else as_written(Fraction(number))
    return f"{told} {noun if number == 1 else plural or f'{noun}s'}"
