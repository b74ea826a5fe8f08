"""Rounding to a step, exactly, and numbers for people."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor


class Ties(StrEnum):
    """Where a number exactly between two steps goes."""

    UP = "up"
    EVEN = "even"
    """To the even one of both multiples of the step."""


@dataclass(frozen=True, slots=True)
class Rounding:
    """To which step, and where ties go."""

    step: Fraction = Fraction(1, 100)
    ties: Ties = Ties.UP

    def __call__(self, exact: Fraction) -> Fraction:
        """The multiple of the step that is nearest.

        >>> exact, step = Fraction("13.125"), Fraction(1, 4)
        >>> Rounding(step)(exact), Rounding(step, Ties.EVEN)(exact)
        (Fraction(53, 4), Fraction(13, 1))
        """
        steps = exact / self.step
        below = floor(steps)
        over = steps - below
        half = Fraction(1, 2)
        up = over > half or (over == half and (self.ties is Ties.UP or below % 2 == 1))
        return (below + up) * self.step

    def text(self, exact: Fraction) -> str:
        """The rounded number, with as many decimals as the step has.

        >>> Rounding(Fraction(1, 2)).text(Fraction(10)), Rounding(Fraction(1)).text(Fraction(40, 3))
        ('10.0', '13')
        """
        return _fixed(self(exact), _decimals(self.step) or 0)


def decimal(exact: Fraction, places: int = 4) -> str:
    """A number for people: all its decimals, or `places` of them after a sign that there are more.

    >>> decimal(Fraction(111, 8)), decimal(Fraction(40, 3)), decimal(Fraction(14))
    ('13.875', '≈ 13.3333', '14')
    """
    needed = _decimals(exact)
    if needed is not None and needed <= max(places, 6):
        return _fixed(exact, needed)
    return f"≈ {_fixed(Rounding(Fraction(1, 10**places))(exact), places)}"


def _fixed(exact: Fraction, places: int) -> str:
    """A multiple of 10^-places with so many decimals."""
    digits = f"{abs(int(exact * 10**places)):0{places + 1}d}"
    sign = "-" if exact < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def _decimals(exact: Fraction) -> int | None:
    """How many decimals write a number exactly; None where none do."""
    places = 0
    for prime in (2, 5):
        power, left = 0, exact.denominator
        while left % prime == 0:
            power, left = power + 1, left // prime
        places = max(places, power)
    return places if 10**places % exact.denominator == 0 else None
