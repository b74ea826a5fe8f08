"""Judges a typed number against keys with units and tolerances; names factor slips."""

from collections.abc import Mapping
from fractions import Fraction

from autograder.quiz.arithmetic import number
from autograder.quiz.model import EXACT, ListedMistake, NumericTolerance, QuizQuestion, Spread
from autograder.quiz.numbers import Quantity, Unread, read_number, shown
from autograder.quiz.units import NUMBER, Unit, unit_called
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict, graded, unreadable

NEAR = NumericTolerance(Fraction(1, 100), Spread.RELATIVE)
"""How near an answer must be to a listed wrong one, or to a slip by a factor, to be recognised."""
_SLIPS: Mapping[Fraction, str] = {
    Fraction(-1): "The sign is wrong.",
    Fraction(1000): "It is off by a factor of 1000: check the prefix (k, M, G).",
    Fraction(10**6): "It is off by a factor of a million: check the prefix (k, M, G).",
    Fraction(3600): "It is off by a factor of 3600: seconds or hours?",
    Fraction(24): "It is off by a factor of 24: hours or days?",
    Fraction(60): "It is off by a factor of 60: minutes, or hours, or seconds?",
    Fraction(100): "It is off by a factor of 100: a percentage?",
    Fraction(10): "It is off by a factor of 10.",
    Fraction(2): "It is off by a factor of 2.",
}
DIGITS = Fraction(9, 10)
"""Credit for the right value with other significant digits than asked for."""


def judge_numeric(question: QuizQuestion, variant: Variant, raw: str) -> AnswerVerdict:
    """Right within a key's tolerance; else a listed wrong answer, a slip by a factor, or wrong."""
    answer = read_number(raw)
    if isinstance(answer, Unread):
        return unreadable(answer.message, code=answer.code)
    keys = [(target(key.text, key.unit, variant), key.tolerance or EXACT) for key in question.keys]
    reading = f"{shown(answer.value)} {answer.unit.name}".strip()
    units = [key.unit for key, _ in keys]
    if not answer.unit.name and all(unit.dimensions for unit in units):
        return unreadable(f"Give a unit, such as {units[0].name}.", code="no_unit", reading=reading)
    more = {"reading": reading, "fingerprint": _fingerprint(answer, keys[0][0], variant)}
    if all(unit.dimensions != answer.unit.dimensions for unit in units):
        return graded(Fraction(0), "other_unit", _of_another_kind(answer.unit, units[0]), **more)
    for key, tolerance in keys:
        if key.unit.dimensions == answer.unit.dimensions and tolerance.admits(
            answer.size, key.size, key.unit.scale
        ):
            return _digits(question, answer, more)
    return _wrong(question, variant, answer, keys[0], more)


def target(expression: str, unit: str, variant: Variant) -> Quantity:
    """The value of a key, or of a listed wrong answer, for one variant."""
    return Quantity(number(expression, variant.drawn), unit_called(unit) or NUMBER)


def slip_target(slip: ListedMistake, question: QuizQuestion, variant: Variant) -> Quantity:
    """The value of a listed wrong answer; without a unit of its own it has the key's."""
    return target(slip.text, slip.unit or question.keys[0].unit, variant)


def _wrong(
    question: QuizQuestion,
    variant: Variant,
    answer: Quantity,
    key: tuple[Quantity, NumericTolerance],
    more: Mapping[str, str],
) -> AnswerVerdict:
    if (found := _listed(question, variant, answer)) is not None:
        slip = question.wrong[found]
        return graded(slip.credit, f"listed-{found + 1}", slip.feedback, **more)
    for factor, message in _SLIPS.items():
        for size in (key[0].size * factor, key[0].size / factor):
            if size and _nearness(key[1]).admits(answer.size, size, Fraction(1)):
                return graded(Fraction(0), "factor" if factor > 0 else "sign", message, **more)
    return graded(Fraction(0), "wrong", "This is not the right value.", **more)


def _listed(question: QuizQuestion, variant: Variant, answer: Quantity) -> int | None:
    """Which listed wrong answer this is: the nearest of those that are near."""
    near = list[tuple[Fraction, int]]()
    for index, slip in enumerate(question.wrong):
        listed = slip_target(slip, question, variant)
        alike = listed.unit.dimensions == answer.unit.dimensions
        if alike and NEAR.admits(answer.size, listed.size, Fraction(1)):
            near.append((abs(answer.size - listed.size), index))
    return min(near)[1] if near else None


def _nearness(tolerance: NumericTolerance) -> NumericTolerance:
    """A slip is recognised as generously as the key, but never less than `NEAR`."""
    wide = tolerance.spread is Spread.RELATIVE and tolerance.amount > NEAR.amount
    return tolerance if wide else NEAR


def _digits(question: QuizQuestion, answer: Quantity, more: Mapping[str, str]) -> AnswerVerdict:
    """Value and digits are judged apart: the value is right here."""
    asked = question.digits
    if asked and answer.digits and not answer.least_digits <= asked <= answer.digits:
        said = f"The value is right; it has {answer.digits} significant digits where {asked} are asked for."
        return graded(DIGITS, "digits", said, **more)
    return graded(Fraction(1), "right", **more)


def _of_another_kind(given: Unit, wanted: Unit) -> str:
    if not wanted.dimensions:
        return f"The answer is a plain number, without the unit {given.name}."
    return f"{given.name} is not a unit of this quantity."


def _fingerprint(answer: Quantity, key: Quantity, variant: Variant) -> str:
    """Equal for answers equal to three digits; where values are drawn, as a multiple of the key."""
    size = answer.size / key.size if variant.values and key.size else answer.size
    kind = "*".join(f"{quantity}{power}" for quantity, power in answer.unit.dimensions)
    prefix = "x" if variant.values and key.size else ""
    return f"{prefix}{_rounded(size)} {kind}".strip()


def _rounded(size: Fraction) -> str:
    return f"{float(size):.3g}" if abs(size) < Fraction(10) ** 300 else "huge"
