"""Draws what one student meets of a question: values for its parameters, an order for its lines."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.variants import Stream, Variant


def draw_variant(question: QuizQuestion, seed: str, *, shuffle: bool = True) -> Variant:
    """The variant of a question for a seed such as `quiz/student/attempt`, from a stream of its own."""
    full, kind = f"{seed}/{question.id}", kind_of(question)
    values = tuple(
        (parameter.name, parameter.value(Stream(f"{full}@{parameter.name}").below(parameter.size)))
        for parameter in question.parameters
    )
    moves = shuffle or kind.always_shuffled
    lines = kind.shuffle(question, full) if moves else tuple(range(kind.letter_count(question)))
    return Variant(question.id, question.version, full, values, lines)


def draw_questions(quiz: Quiz, seed: str) -> tuple[QuizQuestion, ...]:
    """The questions one student is asked: of each pool as many as it picks, in the order of the file."""
    left_out = set[str]()
    for number, pool in enumerate(quiz.pools, 1):
        left_out.update(Stream(f"{seed}#pool{number}").shuffled(pool.questions)[pool.count :])
    return tuple(question for question in quiz.questions if question.id not in left_out)


def plain_variant(question: QuizQuestion, values: Mapping[str, Fraction] | None = None) -> Variant:
    """The question as it is written, with given values; those not given are the first of their range."""
    given = values or {}
    drawn = tuple((p.name, given.get(p.name, p.value(0))) for p in question.parameters)
    lines = tuple(range(kind_of(question).letter_count(question)))
    return Variant(question.id, question.version, "plain", drawn, lines)


def shared_variant(question: QuizQuestion) -> Variant:
    """What everybody meets on paper and in a notebook: first values, the written order of choices.

    Lines that would give the answer away as they are written are shuffled, alike for all.
    """
    variant, kind = plain_variant(question), kind_of(question)
    if not kind.always_shuffled:
        return variant
    return replace(variant, order=kind.shuffle(question, f"everybody/{question.id}"))


def fits(question: QuizQuestion, variant: Variant) -> bool:
    """Whether an earlier variant can be judged by the question as it is: same values to fill, same lines."""
    names = {parameter.name for parameter in question.parameters}
    lines = list(range(kind_of(question).letter_count(question)))
    return sorted(variant.order) == lines and names <= set(variant.drawn)
