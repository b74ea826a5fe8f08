"""Values drawn for what a question declares as given (`x: scalar, A: sym 2`)."""

from collections.abc import Iterator
from fractions import Fraction

from autograder.quiz.arithmetic import Value
from autograder.quiz.model import Asked, QuizQuestion
from autograder.quiz.variants import Stream

CASES = 8


def draw_arguments(question: QuizQuestion) -> Iterator[dict[str, Value]]:
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
