"""The headings of a released notebook: `## 3. Gradient of the quadratic form (3 points)`."""

import re
from dataclasses import dataclass
from fractions import Fraction

HOW = "write `## 3. Title (2 points)`"
"""What an author is told to write."""

_HEADING = re.compile(r"(#{1,2})\s+(.*?)\s*#*\s*")
_NUMBERED = re.compile(r"(\d{1,4})[.)]\s+(.*)")
_WORTH = re.compile(r"(.*?)\s*\(([^()]*(?:point|pt|mark)[^()]*|[\d./ ]+)\)")
_POINTS = re.compile(r"(\d{1,4}(?:\.\d{1,4})?|\d{1,4}/[1-9]\d{0,3}) points?(, by hand)?")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 or 2."""

    level: int
    text: str
    number: int = 0
    """Of the question it starts, 0 for any other heading."""
    title: str = ""
    points: Fraction = Fraction(0)
    written: bool = False
    """Whether the question is marked by hand."""
    flaw: str = ""
    """What is wrong with it."""
    allowed: str = ""


def read_heading(line: str) -> Heading | None:
    """The heading a line of markdown is, or None."""
    found = _HEADING.fullmatch(line)
    if found is None:
        return None
    level, text = len(found[1]), found[2]
    numbered = _NUMBERED.fullmatch(text)
    if level == 2 and numbered:
        return _question(text, int(numbered[1]), numbered[2])
    worth = _WORTH.fullmatch(text)
    if level == 2 and worth and "point" in worth[2]:
        return Heading(level, text, flaw=f"the heading “{text}” has points but no number", allowed=HOW)
    return Heading(level, text)


def _question(text: str, number: int, rest: str) -> Heading:
    worth = _WORTH.fullmatch(rest)
    if worth is None:
        flaw = f"the heading “{text}” has no points"
        return Heading(2, text, number, rest, flaw=flaw, allowed=HOW)
    points = _POINTS.fullmatch(worth[2])
    if points is None or not Fraction(points[1]):
        flaw = f"the points “({worth[2]})” of question {number} cannot be read"
        allowed = "write (3 points), (1 point), (1.5 points), (1/2 points) or (2 points, by hand)"
        return Heading(2, text, number, worth[1], flaw=flaw, allowed=allowed)
    return Heading(2, text, number, worth[1], Fraction(points[1]), points[2] is not None)
