"""Marks as people write them: `9/10`, `13,5`, `80 %`; read exactly, and refused with a reason."""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from fractions import Fraction

from autograder.errors import CourseError, Flaw

_NUMBER = r"(?:\d{1,9}(?:[.,]\d{1,9})?|[.,]\d{1,9})"
_OF = re.compile(rf"({_NUMBER})\s*/\s*({_NUMBER})", re.ASCII)
_PERCENT = re.compile(rf"({_NUMBER})\s*%", re.ASCII)
_PLAIN = re.compile(_NUMBER, re.ASCII)


@dataclass(frozen=True, slots=True)
class GivenMark:
    """A mark as somebody wrote it."""

    text: str
    value: Fraction
    """In points of `out_of`, or a share where that is None."""
    out_of: Fraction | None

    def share(self, points: Fraction | None = None, *, where: str) -> Fraction:
        """The mark between 0 and 1; `points` is of how many it must be, where that is known.

        Raises:
            CourseError: it is of another number of points, or more than all.
        """
        if self.out_of is not None and points is not None and self.out_of != points:
            what = f"{self.text!r} is not out of {as_written(points)}"
            raise CourseError([Flaw(where, what, _advise(points))])
        found = self.value if self.out_of is None else self.value / self.out_of
        if not 0 <= found <= 1:
            raise CourseError([Flaw(where, f"{self.text!r} is more than all", _advise(points))])
        return found


def as_written(number: Fraction) -> str:
    """A number of points as people write it: with decimals where those are few, else as a fraction.

    >>> as_written(Fraction(20)), as_written(Fraction(27, 2)), as_written(Fraction(1, 3))
    ('20', '13.5', '1/3')
    """
    from autograder.domain.rounding import decimal

    text = decimal(number)
    return str(number) if text.startswith("≈") else text


def read_mark(text: str, points: Fraction | None = None, *, where: str) -> GivenMark:
    """A mark with what it is out of; whoever writes anything else is told the `points`, where they are known.

    Raises CourseError for anything else.

    >>> read_mark("13,5/20", where="").share(where="")
    Fraction(27, 40)
    >>> read_mark("80 %", where="").share(where="")
    Fraction(4, 5)
    """
    bare = text.strip().replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    if (percent := _PERCENT.fullmatch(bare)) is not None:
        return GivenMark(bare, read_number(percent[1]) / 100, None)
    if (pair := _OF.fullmatch(bare)) is not None and read_number(pair[2]):
        return GivenMark(bare, read_number(pair[1]), read_number(pair[2]))
    raise CourseError([Flaw(where, f"{text!r} is no mark", _advise(points))])


def _advise(points: Fraction | None) -> str:
    example = "13.5/20" if points is None else f"A/{as_written(points)}"
    return f"write it as {example}, or as a share: 80 %"


def read_share(text: str, *, where: str) -> Fraction:
    """A mark as a share between 0 and 1. Raises CourseError where it is none."""
    return read_mark(text, where=where).share(where=where)


def read_number(text: str) -> Fraction:
    """A number with a decimal point or comma. Raises ValueError for anything else.

    >>> read_number("13,5")
    Fraction(27, 2)
    """
    if _PLAIN.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no number")
    return Fraction(text.replace(",", "."))


def read_signed(text: str, points: Fraction, *, where: str) -> Fraction:
    """An adjustment as a share between -1 and 1: points with a sign, such as `+1/2`, or a share, `-5 %`.

    >>> read_signed("+1/2", Fraction(20), where="")
    Fraction(1, 40)

    Raises:
        CourseError: it has no sign, is no number, or is more than all points.
    """
    advice = "write points with a sign, such as +1/2 or -0.5, or a share: +5 %"
    bare = text.strip().replace("\N{MINUS SIGN}", "-")
    sign, number = {"+": 1, "-": -1}.get(bare[:1], 0), bare[1:].strip()
    try:
        if (percent := _PERCENT.fullmatch(number)) is not None:
            share = read_number(percent[1]) / 100
        elif (pair := _OF.fullmatch(number)) is not None:
            share = read_number(pair[1]) / read_number(pair[2]) / points
        else:
            share = read_number(number) / points
    except (ValueError, ZeroDivisionError):
        sign, share = 0, Fraction(0)
    if not sign or share > 1:
        what = "is no adjustment" if not sign else f"is more than all {as_written(points)} points"
        raise CourseError([Flaw(where, f"{text!r} {what}", advice)])
    return sign * share


def read_local_time(text: str, zone: tzinfo, *, where: str) -> datetime:
    """A moment as people write it: `2026-12-16T23:59`, or a day, which ends at 23:59; by the clock of `zone`.

    Raises:
        CourseError: it is no moment.
    """
    bare = text.strip()
    try:
        found = datetime.fromisoformat(f"{bare}T23:59:00" if len(bare) == 10 else bare)
    except ValueError:
        advice = "write 2026-12-16T23:59, or a day: 2026-12-16"
        raise CourseError([Flaw(where, f"{text!r} is no time", advice)]) from None
    return found if found.tzinfo else found.replace(tzinfo=zone)
