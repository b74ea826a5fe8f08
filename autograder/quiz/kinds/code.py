"""Judges a function written as an answer: asked in the sealed process, compared with the key's values.

The key is an expression of the arguments, so a quiz file holds no code; the cases are drawn from a stream
of the question's own.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from autograder.domain.answer import Answer, Batch, Call, Ending
from autograder.questions.case_score import Standing, Tolerance
from autograder.questions.compare import compare_values
from autograder.quiz.arithmetic import Value, values_of
from autograder.quiz.model import Asked, QuizQuestion
from autograder.quiz.variants import Stream, Variant
from autograder.quiz.verdicts import AnswerVerdict, graded, manual

CASES = 8
SECONDS = 10.0
_TOLERANCE = Tolerance()


class Askable(Protocol):
    """What is needed of a student's code that has run: to be asked (questions.student.Student is one)."""

    def ask(self, name: str, batch: Batch, *, seconds: float) -> tuple[Answer, ...]:
        """One answer per call, in order."""


def judge_code(question: QuizQuestion, variant: Variant, student: Askable) -> AnswerVerdict:
    """The worst of the cases decides; a listed wrong answer is recognised by agreement on all of them."""
    cases = [dict(case) for case in draw_cases(question, variant)]
    calls = tuple(Call(tuple(as_array(case[asked.name]) for asked in question.give)) for case in cases)
    answers = student.ask(question.function, Batch(calls), seconds=SECONDS)
    if len(answers) != len(cases):
        return manual("The function could not be asked; a person looks.", code="unjudged")
    ended = next((answer for answer in answers if answer.ending is not Ending.RETURNED), None)
    if ended is not None:
        return _ended(question, ended)
    standings = _standings(question.keys[0].text, variant, cases, answers)
    worst = min(standings, key=lambda standing: standing.worth)
    if worst.worth < 1:
        for index, slip in enumerate(question.wrong):
            if all(standing.worth == 1 for standing in _standings(slip.text, variant, cases, answers)):
                return graded(slip.credit, f"listed-{index + 1}", slip.feedback)
    code = "right" if worst.worth == 1 else str(worst.finding)
    return graded(worst.worth, code, worst.sentence)


def draw_cases(question: QuizQuestion, variant: Variant) -> Iterator[dict[str, Value]]:
    """Arguments for each case: tenths between -3 and 3, the same for every student of a version."""
    stream = Stream(f"cases/{question.id}/{question.version}")
    for _ in range(CASES):
        yield {asked.name: _draw(asked, stream) for asked in question.give}


def _draw(asked: Asked, stream: Stream) -> Value:
    if not asked.shape:
        return _entry(stream, positive=asked.positive)
    height, width = (1, *asked.shape)[-2:]
    rows = [[_entry(stream, positive=False) for _ in range(width)] for _ in range(height)]
    if asked.symmetric:
        rows = [[rows[max(i, j)][min(i, j)] for j in range(width)] for i in range(height)]
    return tuple(rows[0]) if len(asked.shape) == 1 else tuple(tuple(row) for row in rows)


def _entry(stream: Stream, *, positive: bool) -> Fraction:
    return Fraction(1 + stream.below(30) if positive else stream.below(61) - 30, 10)


def as_array(value: Value) -> float | NDArray[np.float64]:
    """A value as student code receives it: a float, `(d,)` for a vector, `(r, c)` for a matrix."""
    if isinstance(value, Fraction | int | float):
        return float(value)
    return np.array(value, float)


def _standings(
    expression: str, variant: Variant, cases: Sequence[Mapping[str, Value]], answers: Sequence[Answer]
) -> list[Standing]:
    drawn: dict[str, Value] = dict(variant.drawn)
    return [
        compare_values(answer.value, as_array(values_of(expression, {**drawn, **case})), None, _TOLERANCE)
        for case, answer in zip(cases, answers, strict=True)
    ]


def _ended(question: QuizQuestion, answer: Answer) -> AnswerVerdict:
    """What is said of code that did not return."""
    name = question.function
    said: dict[Ending, Any] = {
        Ending.UNDEFINED: f"There is no function {name}.",
        Ending.RAISED: f"{name} raised {answer.exception or 'an exception'}.",
        Ending.TIMED_OUT: f"{name} took too long.",
        Ending.OUT_OF_MEMORY: f"{name} needed too much memory.",
        Ending.CRASHED: f"The process crashed while {name} was asked.",
    }
    if answer.ending not in said:
        return manual("The function could not be asked; a person looks.", code="unjudged")
    return graded(Fraction(0), str(answer.ending), said[answer.ending])
