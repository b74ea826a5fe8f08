"""Judges a witness: the values given are put into the conditions, computed with 50 digits."""

import re
from collections.abc import Mapping
from fractions import Fraction

from autograder.quiz.arithmetic import NoValueError, Value, holds
from autograder.quiz.entries import Rows, read_rows
from autograder.quiz.kinds.matrices import written
from autograder.quiz.model import Asked, QuizQuestion, WitnessCondition
from autograder.quiz.numbers import Unread
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict, graded, unreadable


def judge_witness(question: QuizQuestion, variant: Variant, raw: str) -> AnswerVerdict:
    """Right when every `need` and every `show` holds at the values given, as `x = 1; y = 4`."""
    given = read_given(question.give, raw)
    if isinstance(given, Unread):
        return unreadable(given.message, code=given.code)
    reading = "; ".join(f"{name} = {written(rows)}".replace("= [[", "= [[") for name, rows in _shown(given))
    values: dict[str, Value] = {
        **variant.drawn,
        **{asked.name: as_value(given[asked.name], asked.shape) for asked in question.give},
    }
    more = {"reading": reading, "fingerprint": reading}
    for condition, code in [*((c, "need") for c in question.need), *((c, "show") for c in question.show)]:
        try:
            held = holds(condition.text, values)
        except NoValueError as trouble:
            return graded(
                Fraction(0), "undefined", f"{_said(condition)} has no value here: {trouble}", **more
            )
        if not held.holds:
            said = f"{_said(condition)} does not hold: {held.left} against {held.right}."
            return graded(Fraction(0), code, said, **more)
    declared = next((asked for asked in question.give if not _as_declared(asked, given[asked.name])), None)
    if declared is not None:
        wanted = "positive" if declared.positive else "symmetric"
        return graded(Fraction(0), "need", f"{declared.name} must be {wanted}.", **more)
    return graded(Fraction(1), "right", **more)


def read_given(asked: tuple[Asked, ...], raw: str) -> dict[str, Rows] | Unread:
    """The values in `x = 1; A = [[1, 0], [0, 1]]`; a single one may stand without its name."""
    names = "|".join(re.escape(one.name) for one in sorted(asked, key=lambda one: -len(one.name)))
    pieces = re.split(rf"(?:^|[;,\n]|\band\b)\s*({names})\s*(?:=|:)(?!=)", raw.strip())
    texts = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    if len(asked) == 1 and len(pieces) == 1:
        texts = {asked[0].name: raw}
    elif pieces[0].strip() or len(texts) * 2 + 1 != len(pieces):
        return Unread(_example(asked))
    values = dict[str, Rows]()
    for one in asked:
        if not texts.get(one.name, "").strip():
            return Unread(f"You did not give {one.name}. {_example(asked)}", "missing")
        rows = read_rows(texts[one.name].strip().rstrip(";,"), one.shape)
        if isinstance(rows, Unread):
            return Unread(f"{one.name}: {rows.message}", rows.code)
        values[one.name] = rows
    return values


def as_value(rows: Rows, shape: tuple[int, ...]) -> Value:
    """The rows as the expression language takes them: a number, a vector, or rows."""
    if not shape:
        return rows[0][0]
    return rows[0] if len(shape) == 1 else rows


def _shown(given: Mapping[str, Rows]) -> list[tuple[str, Rows]]:
    return list(given.items())


def _as_declared(asked: Asked, rows: Rows) -> bool:
    if asked.positive and rows[0][0] <= 0:
        return False
    return not asked.symmetric or all(rows[i][j] == rows[j][i] for i in range(len(rows)) for j in range(i))


def _said(condition: WitnessCondition) -> str:
    return f"The condition `{condition.text}`"


def _example(asked: tuple[Asked, ...]) -> str:
    return "Answer such as " + "; ".join(f"{one.name} = {_sample(one.shape)}" for one in asked) + "."


def _sample(shape: tuple[int, ...]) -> str:
    if not shape:
        return "1"
    row = ", ".join("1" * shape[-1])
    return f"({row})" if len(shape) == 1 else "[" + ", ".join([f"[{row}]"] * shape[0]) + "]"
