"""A number with a unit, judged within a tolerance; names the factor by which an answer is off."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from autograder.domain.phrases import phrase
from autograder.domain.sentences import say
from autograder.quiz.arithmetic import evaluate_number
from autograder.quiz.format.lines import Mark
from autograder.quiz.kinds.checks import check_key, check_listed
from autograder.quiz.kinds.kind import AnswerInput, Complaint, Judge, Kind
from autograder.quiz.model import (
    EXACT,
    Key,
    ListedMistake,
    NumericTolerance,
    QuestionKind,
    QuizQuestion,
    Spread,
)
from autograder.quiz.numbers import Quantity, Unread, format_number
from autograder.quiz.portable import Form, PortableNumber, PortableQuestion
from autograder.quiz.seal import Seal
from autograder.quiz.stated import read_stated
from autograder.quiz.texts import fill
from autograder.quiz.units import NUMBER, find_unit
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict, unreadable, verdict_for

NEAR = NumericTolerance(Fraction(1, 100), Spread.RELATIVE)
"""How near an answer must be to a listed wrong one, or to one off by a factor, to be recognised."""
_FACTORS: Mapping[Fraction, str] = {
    Fraction(-1): "typed.the_sign_is_wrong",
    Fraction(1000): "typed.it_is_off_by_a",
    Fraction(10**6): "typed.it_is_off_by_a_2",
    Fraction(3600): "typed.it_is_off_by_a_3",
    Fraction(24): "typed.it_is_off_by_a_4",
    Fraction(60): "typed.it_is_off_by_a_5",
    Fraction(100): "typed.it_is_off_by_a_6",
    Fraction(10): "typed.it_is_off_by_a_7",
    Fraction(2): "typed.it_is_off_by_a_8",
}
_GROUP_BY_COMMA = re.compile(r"(?<![\w.,(])[1-9]\d{0,2},\d{3}(?![\d.,])")
_GROUP_BY_POINT = re.compile(r"(?<![\d.,])[1-9]\d{0,2}\.\d{3}(?![\d.,])")
"""`1.000`, which is a thousand in Germany."""
DIGITS = Fraction(9, 10)
"""Credit for the right value with other significant digits than asked for."""


class NumericKind(Kind):
    """`= expression unit +- tolerance`: a number with its unit, as people write it."""

    name = QuestionKind.NUMERIC
    lines = frozenset({Mark.KEY, Mark.WRONG})
    units = True
    tolerances = True
    option = "digits=3"
    input = AnswerInput.LINE

    def read_option(self, name: str, value: str) -> dict[str, Any] | None:
        """Significant digits to write."""
        return {"digits": int(value)} if name == "digits" and re.fullmatch("[1-9]", value) else None

    def judge(
        self, question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None
    ) -> AnswerVerdict:
        """Right within a key's tolerance; else a listed wrong answer, off by a known factor, or wrong."""
        answer = read_stated(raw)
        if isinstance(answer, Unread):
            return unreadable(answer.sentence, code=answer.code)
        keys = [(key_quantity(key, variant), key.tolerance or EXACT) for key in question.keys]
        reading = f"{format_number(answer.value)} {answer.unit.name}".strip()
        units = [key.unit for key, _ in keys]
        if not answer.unit.name and all(unit.dimensions for unit in units):
            return unreadable(
                say("typed.give_a_unit_such_as", name=str(units[0].name)), code="no_unit", reading=reading
            )
        more = {"reading": reading, "fingerprint": _fingerprint(answer, keys[0][0], variant)}
        if all(unit.dimensions != answer.unit.dimensions for unit in units):
            if not units[0].dimensions:
                said = say("typed.the_answer_is_a_plain", unit=answer.unit.name)
                return unreadable(said, code="other_unit", reading=reading)
            said = say("typed.is_not_a_unit_of", unit=answer.unit.name)
            return verdict_for(Fraction(0), "other_unit", said, **more)
        for key, tolerance in keys:
            if key.unit.dimensions == answer.unit.dimensions and tolerance.admits(
                answer.size, key.size, key.unit.scale
            ):
                return _judge_digits(question, answer, more)
        grouped = _GROUP_BY_POINT.search(raw)
        if grouped and any(
            tolerance.admits(1000 * answer.size, key.size, key.unit.scale) for key, tolerance in keys
        ):  # told with the verdict alone: who could have it said before one would try keys for nothing
            told = say("typed.the_point_is_decimal", written=grouped[0])
            return verdict_for(Fraction(0), "thousand", told, **more)
        return _explain(question, variant, answer, keys[0], more)

    def without_key(self, question: QuizQuestion) -> QuizQuestion:
        """Of a key, its unit is left."""
        keys = tuple(Key("1", key.unit) for key in question.keys)
        return replace(super().without_key(question), keys=keys)

    def check(self, question: QuizQuestion, variant: Variant, judge: Judge) -> Iterator[Complaint]:
        """Keys are right as they are typed, tolerances sensible, wrong answers outside of them."""
        written = [(key.text, key.line) for key in question.keys]
        written += [(mistake.text, mistake.line) for mistake in question.wrong]
        for text, line in written:
            if grouped := _GROUP_BY_COMMA.search(text):
                complaint = f"{grouped[0]} may be a thousand or a decimal number"
                yield line, complaint, f"{grouped[0].replace(',', '')} or {grouped[0].replace(',', '.')}"
        for key in question.keys:
            quantity = key_quantity(key, variant)
            # Written with the digits that are asked for, the key must still be within its own tolerance.
            how = f"#.{question.digits}g" if question.digits else ".10g"
            answer = f"{float(quantity.value):{how}} {key.unit}".strip()
            yield from check_key(key.line, key.text, answer, judge(answer))
            if key.tolerance is None and quantity.value != Fraction(f"{float(quantity.value):.8g}"):
                complaint = f"nobody can type {format_number(quantity.value, 12)} exactly"
                yield key.line, complaint, "a tolerance, such as +- 1%"
            if key.tolerance and key.tolerance.spread is Spread.RELATIVE and key.tolerance.amount >= 1:
                complaint = "a tolerance of 100 % takes nearly everything"
                yield key.line, complaint, "+- factor 3 for an order of magnitude"
        for mistake in question.wrong:
            wrong = listed_quantity(mistake, question, variant)
            for key in question.keys:
                right = key_quantity(key, variant)
                if wrong.unit.dimensions != right.unit.dimensions:
                    complaint = f"the wrong answer {mistake.text!r} has a unit of another kind than the key"
                    yield mistake.line, complaint, ""
                elif (key.tolerance or EXACT).admits(wrong.size, right.size, right.unit.scale):
                    complaint = f"the wrong answer {mistake.text!r} lies within the tolerance of the key"
                    yield mistake.line, complaint, ""
                else:
                    answer = f"{float(wrong.value):.10g} {wrong.unit.name}".strip()
                    yield from check_listed(mistake, judge(answer))

    def instruction(self, question: QuizQuestion) -> str:
        """What is asked, in a few words."""
        united = any(key.unit for key in question.keys)
        return phrase("ask.unit") if united else phrase("ask.number")

    def shown_keys(self, question: QuizQuestion, variant: Variant) -> tuple[str, ...]:
        """None: the expression of a key helps nobody, and its value stands in the solution."""
        return ()

    def staff_keys(self, question: QuizQuestion, variant: Variant) -> tuple[str, ...]:
        """Their values, and from where to where an answer is right."""
        found = []
        for key in question.keys:
            value = key_quantity(key, variant).value
            told = f"{format_number(value, 6)} {key.unit}".strip()
            if key.tolerance is not None:
                low, high = (format_number(bound, 4) for bound in key.tolerance.bounds(value))
                told += f" (from {low} to {high})"
            found.append(told)
        return tuple(found)

    def portable(self, question: QuizQuestion, variant: Variant) -> PortableQuestion:
        """Numbers in the first key's unit."""
        numbers = []
        for key in question.keys:
            value = key_quantity(key, variant).value
            low, high = (key.tolerance or EXACT).bounds(value)
            numbers.append(PortableNumber(value, low, high, Fraction(1)))
        unit = key_quantity(question.keys[0], variant).unit.scale
        for mistake in question.wrong:
            value = listed_quantity(mistake, question, variant).size / unit
            feedback = fill(mistake.feedback, variant.drawn)
            numbers.append(PortableNumber(value, *NEAR.bounds(value), mistake.credit, feedback))
        return PortableQuestion(Form.NUMBER, numbers=tuple(numbers), unit=question.keys[0].unit)


def key_quantity(key: Key, variant: Variant) -> Quantity:
    """The value of a key for one variant; raises NoValueError."""
    return _quantity(key.text, key.unit, variant)


def listed_quantity(mistake: ListedMistake, question: QuizQuestion, variant: Variant) -> Quantity:
    """The value of a listed wrong answer; without a unit of its own it has the key's."""
    return _quantity(mistake.text, mistake.unit or question.keys[0].unit, variant)


def _quantity(expression: str, unit: str, variant: Variant) -> Quantity:
    return Quantity(evaluate_number(expression, variant.drawn), find_unit(unit) or NUMBER)


def _explain(
    question: QuizQuestion,
    variant: Variant,
    answer: Quantity,
    key: tuple[Quantity, NumericTolerance],
    more: Mapping[str, str],
) -> AnswerVerdict:
    """What is wrong with an answer that is not right: a listed mistake, a known factor, or unknown."""
    if (found := _find_listed(question, variant, answer)) is not None:
        mistake = question.wrong[found]
        return verdict_for(mistake.credit, f"listed-{found + 1}", mistake.feedback, **more)
    right, tolerance = key
    # A factor is recognised as generously as the key, but never less than `NEAR`.
    wide = tolerance.spread is Spread.RELATIVE and tolerance.amount > NEAR.amount
    for factor, told in _FACTORS.items():
        for size in (right.size * factor, right.size / factor):
            if size and (tolerance if wide else NEAR).admits(answer.size, size, Fraction(1)):
                return verdict_for(Fraction(0), "factor" if factor > 0 else "sign", say(told), **more)
    return verdict_for(Fraction(0), "wrong", say("typed.this_is_not_the_right"), **more)


def _find_listed(question: QuizQuestion, variant: Variant, answer: Quantity) -> int | None:
    """Which listed wrong answer this is: the nearest of those that are near."""
    near = list[tuple[Fraction, int]]()
    for index, mistake in enumerate(question.wrong):
        listed = listed_quantity(mistake, question, variant)
        alike = listed.unit.dimensions == answer.unit.dimensions
        if alike and NEAR.admits(answer.size, listed.size, Fraction(1)):
            near.append((abs(answer.size - listed.size), index))
    return min(near)[1] if near else None


def _judge_digits(question: QuizQuestion, answer: Quantity, more: Mapping[str, str]) -> AnswerVerdict:
    """Value and digits are judged apart: the value is right here."""
    asked = question.digits
    if asked and answer.digits and not answer.least_digits <= asked <= answer.digits:
        told = {"digits": answer.digits, "asked": asked}
        said = say("typed.the_value_is_right_it", **told)
        return verdict_for(DIGITS, "digits", said, **more)
    return verdict_for(Fraction(1), "right", **more)


def _fingerprint(answer: Quantity, key: Quantity, variant: Variant) -> str:
    """Equal for answers equal to three digits; where values are drawn, as a multiple of the key."""
    relative = bool(variant.values and key.size)
    size = answer.size / key.size if relative else answer.size
    # A float ends at 10^308.
    rounded = f"{float(size):.3g}" if abs(size) < Fraction(10) ** 300 else "huge"
    quantity = "*".join(f"{name}{power}" for name, power in answer.unit.dimensions)
    return f"{'x' if relative else ''}{rounded} {quantity}".strip()
