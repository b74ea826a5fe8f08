"""Draws what one student meets of a question: values for its parameters, an order for its lines."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from autograder.quiz.arithmetic import NoValueError, evaluate_number
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.variants import Stream, Variant


def draw_variant(question: QuizQuestion, seed: str, *, shuffle: bool = True) -> Variant:
    """The variant of a question for a seed such as `quiz/student/attempt`, from a stream of its own."""
    full, kind = f"{seed}/{question.id}", kind_of(question)
    values = {
        # What is taken from another question is drawn as that one draws it.
        p.name: p.value(Stream(f"{seed}/{p.origin or question.id}@{p.name}").below(p.size))
        for p in question.parameters
        if not p.expression
    }
    moves = shuffle or kind.always_shuffled
    lines = kind.shuffle(question, full) if moves else tuple(range(kind.letter_count(question)))
    return Variant(question.id, question.version, full, settle(question, values), lines)


def settle(question: QuizQuestion, values: Mapping[str, Fraction]) -> tuple[tuple[str, Fraction], ...]:
    """The values of all parameters: those given, and those computed from them, which may be given too.

    One that cannot be computed is left out; then the variant does not fit, and nobody is judged by it.
    """
    settled: dict[str, Fraction] = {}
    for parameter in question.parameters:
        if parameter.name in values:
            settled[parameter.name] = values[parameter.name]
        elif parameter.expression:
            with suppress(NoValueError):
                settled[parameter.name] = evaluate_number(parameter.expression, settled)
    return tuple(settled.items())


def draw_questions(quiz: Quiz, seed: str) -> tuple[QuizQuestion, ...]:
    """The questions one student is asked: of each pool as many as it picks, in the order of the file."""
    left_out = set[str]()
    for number, pool in enumerate(quiz.pools, 1):
        left_out.update(Stream(f"{seed}#pool{number}").shuffled(pool.questions)[pool.count :])
    return tuple(question for question in quiz.questions if question.id not in left_out)


def plain_variant(question: QuizQuestion, values: Mapping[str, Fraction] | None = None) -> Variant:
    """The question as it is written, with given values; those not given are the first of their range."""
    given = values or {}
    first = {p.name: p.value(0) for p in question.parameters if not p.expression}
    drawn = settle(question, {**first, **given})
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
