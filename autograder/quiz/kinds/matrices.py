"""Judges a matrix entry by entry: which one is wrong, whether it was transposed."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from autograder.quiz.arithmetic import number
from autograder.quiz.entries import Rows, read_rows, split_rows
from autograder.quiz.model import EXACT, NumericTolerance, QuizQuestion
from autograder.quiz.numbers import Unread, shown
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerPart, AnswerVerdict, PartMark, graded, unreadable


def judge_matrix(question: QuizQuestion, variant: Variant, raw: str) -> AnswerVerdict:
    """Right within the tolerance in every entry; else a listed wrong answer, the transpose, or which ones."""
    keys = [(matrix(key.text, variant), key.tolerance or EXACT) for key in question.keys]
    answer = read_rows(raw, shape_of(keys[0][0]))
    if isinstance(answer, Unread):
        return unreadable(answer.message, code=answer.code)
    more: dict[str, Any] = {"reading": written(answer), "fingerprint": written(answer)}
    for key, tolerance in keys:
        if not _differing(answer, key, tolerance):
            return graded(Fraction(1), "right", **more)
    return _wrong(question, variant, answer, keys[0], more)


def matrix(text: str, variant: Variant) -> Rows:
    """The matrix that an author wrote, its entries computed from the drawn values; raises NoValueError."""
    return tuple(tuple(number(entry, variant.drawn) for entry in row) for row in split_rows(text))


def shape_of(rows: Rows) -> tuple[int, ...]:
    """(d,) for one row, (r, c) for several."""
    return (len(rows[0]),) if len(rows) == 1 else (len(rows), len(rows[0]))


def written(rows: Rows) -> str:
    """`[[1, 2], [3, 4]]`; a vector as `[1, 2]`."""
    lines = ["[" + ", ".join(shown(entry) for entry in row) + "]" for row in rows]
    return lines[0] if len(lines) == 1 else "[" + ", ".join(lines) + "]"


def _differing(answer: Rows, key: Rows, tolerance: NumericTolerance) -> list[tuple[int, int]]:
    """Where the answer differs from the key, as (row, column) from 1."""
    return [
        (row, column)
        for row, (given, wanted) in enumerate(zip(answer, key, strict=True), 1)
        for column, (entry, right) in enumerate(zip(given, wanted, strict=True), 1)
        if not tolerance.admits(entry, right, Fraction(1))
    ]


def _same(answer: Rows, other: Rows) -> bool:
    if len(answer) != len(other) or len(answer[0]) != len(other[0]):
        return False
    return not _differing(answer, other, EXACT)


def _wrong(
    question: QuizQuestion,
    variant: Variant,
    answer: Rows,
    key: tuple[Rows, NumericTolerance],
    more: Mapping[str, Any],
) -> AnswerVerdict:
    for index, slip in enumerate(question.wrong):
        if _same(answer, matrix(slip.text, variant)):
            return graded(slip.credit, f"listed-{index + 1}", slip.feedback, **more)
    where = _differing(answer, *key)
    names = {place: _place(place, answer) for place in where}
    parts = tuple(AnswerPart(names[place], PartMark.WRONG) for place in where)
    count = len(answer) * len(answer[0])
    credit = Fraction(count - len(where), count) if question.rule == "each" else Fraction(0)
    if len(answer) == len(answer[0]) and _same(tuple(zip(*answer, strict=True)), key[0]):
        return graded(credit, "transposed", "This is the transpose of the answer.", parts=parts, **more)
    if len(where) == count:
        return graded(credit, "wrong", "No entry is right.", parts=parts, **more)
    listed = ", ".join(names[place] for place in where[:4]) + (", ..." if len(where) > 4 else "")
    verb = "is" if len(where) == 1 else "are"
    return graded(
        credit, "entries", f"Of {count} entries, {len(where)} {verb} wrong: {listed}.", parts=parts, **more
    )


def _place(place: tuple[int, int], answer: Rows) -> str:
    return f"entry {place[1]}" if len(answer) == 1 else f"row {place[0]} column {place[1]}"
