"""What is exported: marks of one thing (an assignment, a quiz, the final grade), a student each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from autograder.domain.rounding import Rounding, decimal

_NUMBER = re.compile(r"-?\d+([.,]\d+)?|-?[.,]\d+", re.ASCII)
_CENT = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class ExportedMark:
    """What one student has."""

    mark: Fraction | None = None
    """A share of the points; None where there is no number."""
    code: str = ""
    """What stands in place of a number: ABI, ABJ, DEF, DIS."""
    why: str = ""
    """Why there is no number, for the person who exports."""
    code_first: bool = False
    """Whether the code goes before the number where a platform takes codes."""
    feedback: str = ""
    """For the student, as HTML."""


@dataclass(frozen=True, slots=True)
class MarksToExport:
    """The marks of a class in one thing."""

    name: str
    title: str
    points: Fraction
    """Of how many points they are here."""
    students: Mapping[str, ExportedMark]
    rounding: Rounding
    is_final: bool = False
    """Final grades are rounded already: they are written as they are."""
    remarks: tuple[str, ...] = ()
    """What a person should know of them."""

    def without_codes_first(self) -> "MarksToExport":
        """The same with numbers wherever there is one."""
        students = {who: replace(mark, code_first=False) for who, mark in self.students.items()}
        return replace(self, students=students)

    def number(self, mark: Fraction, out_of: Fraction, *, comma: bool = False) -> str:
        """A mark as a number out of so many points, with decimals.

        A mark of work is rounded here, once, to hundredths or to the policy's step where that is finer; a
        final grade was rounded when it was made, and on another scale keeps its decimals where there are few.

        >>> marks = MarksToExport("hw1", "", Fraction(10), {}, Rounding())
        >>> marks.number(Fraction(17, 20), Fraction(100))
        '85.00'
        >>> marks.number(Fraction(2, 3), Fraction(20), comma=True)
        '13,33'
        """
        exact = mark * out_of
        step = (
            self.rounding if self.is_final else Rounding(min(self.rounding.step, _CENT), self.rounding.ties)
        )
        if self.is_final and step(exact) != exact:
            text = decimal(exact)
            text = Rounding(_CENT, step.ties).text(exact) if text.startswith("≈") else text
        else:
            text = step.text(exact)
        return text.replace(".", ",") if comma else text


def read_number(text: str) -> Fraction | None:
    """A number as a platform writes it, with a point or a comma; None for anything else.

    >>> read_number("13,50"), read_number("ABI")
    (Fraction(27, 2), None)
    """
    bare = text.strip().replace("\N{NO-BREAK SPACE}", "").replace("\N{NARROW NO-BREAK SPACE}", "")
    return Fraction(bare.replace(",", ".")) if _NUMBER.fullmatch(bare) else None


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula; it stays what it is where it cannot be one.

    >>> harmless("=cmd|' /C calc'!A0"), harmless("-1"), harmless("Ada")
    ("'=cmd|' /C calc'!A0", "'-1", 'Ada')
    """
    return f"'{text}" if text.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
