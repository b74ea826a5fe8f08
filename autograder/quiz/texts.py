"""Fills `{{expression:format}}` in the texts of a question with the drawn values."""

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from autograder.quiz.arithmetic import NoValueError, evaluate_number
from autograder.quiz.model import QuizQuestion
from autograder.quiz.numbers import format_number

HOLE = re.compile(r"\{\{(?P<expression>[^{}:]+)(?::(?P<format>[^{}:]*))?\}\}")
_FORMAT = re.compile(r",?(?:\.[0-9]{1,2})?[defg]?")


def fill(text: str, values: Mapping[str, Fraction]) -> str:
    """The text with every hole filled; raises NoValueError for one that has no value or no such format."""
    return HOLE.sub(lambda hole: _fill_hole(hole, values), text)


def fill_feedback(question: QuizQuestion, values: Mapping[str, Fraction]) -> QuizQuestion:
    """The question with what is said to wrong answers filled in, where it draws values."""
    if not question.parameters:
        return question
    wrong = tuple(replace(slip, feedback=fill(slip.feedback, values)) for slip in question.wrong)
    choices = tuple(replace(choice, feedback=fill(choice.feedback, values)) for choice in question.choices)
    return replace(question, wrong=wrong, choices=choices)


def _fill_hole(hole: re.Match[str], values: Mapping[str, Fraction]) -> str:
    value = evaluate_number(hole["expression"].strip(), values)
    how = hole["format"]
    if not how:
        return format_number(value, 6)
    if not _FORMAT.fullmatch(how):
        raise NoValueError(f"{how!r} is no format: write such as .2f, .3g or ,.0f")
    return format(round(value) if how.endswith("d") else float(value), how)


def find_holes(text: str) -> list[str]:
    """The expressions that a text wants filled in."""
    return [hole["expression"].strip() for hole in HOLE.finditer(text)]
