"""Reads a number that an answer states in several ways: `45/60 = 0.75 = 75 %`, `1000 s (about 17 min)`."""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from autograder.domain.sentences import say
from autograder.quiz.numbers import LONGEST, Quantity, Unread, read_number

LONGEST_STATED = 2 * LONGEST
"""Characters of an answer with several sides."""

_BETWEEN = re.compile(r"(?:(?<![<>!:=])=(?!=)|≈|≃|\\approx|\\simeq|\bi\.e\.|\s(?:ou|or|soit|c'est-à-dire)\s)")
_REMARK = re.compile(r"^(?P<said>.*[^\s(*/^+\-])\s+\((?P<beside>(?:[^()]|\([^()]*\))+)\)[\s.]*$")
_BOUND = re.compile(
    r"^[^<>≤≥\d]{0,24}?(?P<sign><=|>=|=<|=>|[<>≤≥]|\\[lg](?:eq?|t)(?:slant)?(?![A-Za-z]))\s*[^\s=]"
)
_QUOTED = re.compile(r"^([\"'`“«])\s*(.*?)\s*[\"'`”»]$")
_NAMED = re.compile(r"^[^\W\d_][^\d=:;<>]{1,24}:\s+(?=[-+−\d.,(√\\])")
"""`accuracy: 75 %`."""
_FORMULA = re.compile(r"[^\W\d_]")
"""A letter: what holds one and is no number is a label, a formula or a remark."""


def read_stated(text: str) -> Quantity | Unread:
    """The number that an answer states, whatever else it says beside it; why not, where it says none.

    Sides that are numbers must agree, as far as they are written out; the most precise one counts.
    """
    text = _NAMED.sub("", _QUOTED.sub(r"\2", text.strip()))
    if len(text) > LONGEST_STATED:
        return read_number(text)
    if bound := _BOUND.match(text):
        return Unread(say("typed.write_the_number_alone", sign=bound["sign"]))
    remarked = _REMARK.match(text)
    if remarked and (stated := _read_remarked(remarked["said"], remarked["beside"])):
        return stated
    sides = [side for side in _BETWEEN.split(text) if side.strip()]
    return _join(sides) if len(sides) > 1 else read_number(text)


def _read_remarked(said: str, beside: str) -> Quantity | Unread | None:
    """A number with a remark in brackets behind it; None where the brackets are no remark."""
    stated = read_stated(said)
    if isinstance(stated, Unread):
        return None
    united = read_number(f"{said} {beside}") if beside.strip().isalpha() else None
    if isinstance(united, Quantity):  # 3.2 (GB)
        return united
    other = read_stated(re.sub(r"^[\s=≈≃~<>]+", "", beside))
    if isinstance(other, Unread):
        return stated if _FORMULA.search(beside) else None
    return _more_precise(stated, other) if _agree(stated, other) else None


def _join(sides: Sequence[str]) -> Quantity | Unread:
    """One number of several sides, of which some may be labels and formulas."""
    read = [read_number(side) for side in sides]
    found = [one for one in read if isinstance(one, Quantity)]
    lost = [
        one
        for side, one in zip(sides, read, strict=True)
        if isinstance(one, Unread) and not _FORMULA.search(side)
    ]
    if lost or not found:
        return next(iter(lost), None) or read_number("=".join(sides))
    joined = found[0]
    for other in found[1:]:
        if not _agree(joined, other):
            return Unread(say("typed.the_two_sides_of_your"))
        joined = _more_precise(joined, other)
    return replace(joined, digits=found[-1].digits, least_digits=found[-1].least_digits)


def _agree(one: Quantity, other: Quantity) -> bool:
    """Whether two sides are one number, rounded or cut off where it was written."""
    if one.unit.dimensions and other.unit.dimensions and one.unit.dimensions != other.unit.dimensions:
        return False
    bare = bool(one.unit.dimensions) != bool(other.unit.dimensions)  # 1e12/1e9 = 1000 s
    first, second = (side.value if bare else side.size for side in (one, other))
    steps = [_step(side) * (1 if bare else side.unit.scale) for side in (one, other)]
    apart = abs(second) - abs(first)
    cut = any(0 <= more < step < 1 for more, step in zip((apart, -apart), steps, strict=True))  # π = 3.1415
    half = any(2 * abs(apart) == step < 1 for step in steps)  # 0.125 = 0.13, but not 0.5 = 1
    return first == second or (first * second > 0 and (2 * abs(apart) < max(steps) or half or cut))


def _step(side: Quantity) -> Fraction:
    """The worth of the last digit that was written; 0 of what is exact."""
    if not side.digits or not side.value:
        return Fraction(0)
    whole, parts = abs(side.value).as_integer_ratio()
    power = len(str(whole)) - len(str(parts))
    power -= abs(side.value) < Fraction(10) ** power
    return Fraction(10) ** (power - side.digits + 1)


def _more_precise(one: Quantity, other: Quantity) -> Quantity:
    """The side with the smaller last digit, and with the unit if one has none."""
    if bool(one.unit.dimensions) != bool(other.unit.dimensions):
        united, bare = (one, other) if one.unit.dimensions else (other, one)
        return united if _step(united) <= _step(bare) else replace(united, value=bare.value)
    return other if _step(other) * other.unit.scale < _step(one) * one.unit.scale else one
