"""Errors carried forward: a part is judged again with the student's own answer to the one it builds on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from autograder.quiz.judge import judge_or_leave
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.numbers import Quantity
from autograder.quiz.stated import read_stated
from autograder.quiz.units import NUMBER, find_unit
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerState


@dataclass(frozen=True, slots=True)
class CarriedValue:
    """A student's own answer to an earlier part, in the unit of that part's key."""

    name: str
    source: str
    value: Fraction
    right: bool
    """Whether it is right, though not to the last digit."""


def carried_values(
    quiz: Quiz,
    question: QuizQuestion,
    answers: Mapping[str, str],
    variant_of: Callable[[str], Variant | None],
) -> tuple[CarriedValue, ...]:
    """What a student answered where `question` takes an answer from above, as far as it can be read."""
    return tuple(_carried(quiz, question, answers, variant_of)) if question.sources else ()


def _carried(
    quiz: Quiz,
    question: QuizQuestion,
    answers: Mapping[str, str],
    variant_of: Callable[[str], Variant | None],
) -> Iterator[CarriedValue]:
    for parameter in question.parameters:
        source, raw = quiz.question(parameter.source), answers.get(parameter.source, "")
        variant = variant_of(parameter.source)
        if source is None or variant is None or not raw.strip():
            continue
        answer, unit = read_stated(raw), find_unit(source.keys[0].unit) or NUMBER
        if isinstance(answer, Quantity) and answer.unit.dimensions == unit.dimensions:
            right = judge_or_leave(source, variant, raw).state is AnswerState.CORRECT
            yield CarriedValue(parameter.name, source.id, answer.size / unit.scale, right)
