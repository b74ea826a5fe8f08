"""A vector or a matrix of numbers, judged entry by entry: which one is wrong, whether it was transposed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from autograder.domain.phrases import phrase
from autograder.domain.sentences import say
from autograder.quiz.arithmetic import evaluate_number
from autograder.quiz.entries import Rows, format_rows, read_rows, shape_of, split_rows
from autograder.quiz.format.lines import Mark
from autograder.quiz.kinds.checks import check_key, check_listed
from autograder.quiz.kinds.kind import AnswerInput, Complaint, Judge, Kind
from autograder.quiz.model import EXACT, Key, NumericTolerance, QuestionKind, QuizQuestion
from autograder.quiz.numbers import Unread
from autograder.quiz.portable import Form, PortableQuestion
from autograder.quiz.seal import Seal
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerPart, AnswerVerdict, PartMark, unreadable, verdict_for


class MatrixKind(Kind):
    """`= [[1, 2], [3, 4]]`: rows of numbers."""

    name = QuestionKind.MATRIX
    lines = frozenset({Mark.KEY, Mark.WRONG})
    rules = ("all", "each")
    tolerances = True
    input = AnswerInput.LINE
    vague_codes = frozenset({"wrong", "entries"})

    def judge(
        self, question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None
    ) -> AnswerVerdict:
        """Right within the tolerance in every entry; else a listed mistake, the transpose, or which ones."""
        keys = [(evaluate_rows(key.text, variant), key.tolerance or EXACT) for key in question.keys]
        answer = read_rows(raw, shape_of(keys[0][0]))
        if isinstance(answer, Unread):
            return unreadable(answer.sentence, code=answer.code)
        more: dict[str, Any] = {"reading": format_rows(answer), "fingerprint": format_rows(answer)}
        for key, tolerance in keys:
            if not _differing(answer, key, tolerance):
                return verdict_for(Fraction(1), "right", **more)
        return _explain(question, variant, answer, keys[0], more)

    def without_key(self, question: QuizQuestion) -> QuizQuestion:
        """Of the key, its shape is left."""
        blank = "; ".join(", ".join("0" for _ in row) for row in split_rows(question.keys[0].text))
        return replace(super().without_key(question), keys=(Key(blank),))

    def check(self, question: QuizQuestion, variant: Variant, judge: Judge) -> Iterator[Complaint]:
        """Keys have rows of one length and are right, wrong answers are recognised."""
        for key in question.keys:
            rows = evaluate_rows(key.text, variant)
            if not rows:
                yield key.line, f"the key {key.text!r} has no entries", "such as [[1, 2], [3, 4]]"
                return
            if len({len(row) for row in rows}) != 1:
                yield key.line, f"the rows of {key.text!r} have different lengths", ""
                return
            exact = "; ".join(", ".join(map(str, row)) for row in rows)
            yield from check_key(key.line, key.text, exact, judge(exact))
        for mistake in question.wrong:
            yield from check_listed(mistake, judge(format_rows(evaluate_rows(mistake.text, variant))))

    def instruction(self, question: QuizQuestion) -> str:
        """What is asked, in a few words."""
        return phrase("ask.matrix")

    def shown_keys(self, question: QuizQuestion, variant: Variant) -> tuple[str, ...]:
        """The matrices, their entries computed."""
        return tuple(format_rows(evaluate_rows(key.text, variant)) for key in question.keys)

    def portable(self, question: QuizQuestion, variant: Variant) -> PortableQuestion:
        """An essay: no other program compares matrices."""
        lost = "a matrix is not judged entry by entry: it becomes a text that a person reads"
        return PortableQuestion(Form.ESSAY, lost=lost)


def evaluate_rows(text: str, variant: Variant) -> Rows:
    """The matrix that an author wrote, its entries computed from the drawn values; raises NoValueError."""
    return tuple(tuple(evaluate_number(entry, variant.drawn) for entry in row) for row in split_rows(text))


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


def _explain(
    question: QuizQuestion,
    variant: Variant,
    answer: Rows,
    key: tuple[Rows, NumericTolerance],
    more: Mapping[str, Any],
) -> AnswerVerdict:
    """What is wrong with an answer that is not right: a listed mistake, the transpose, or which entries."""
    for index, mistake in enumerate(question.wrong):
        if _same(answer, evaluate_rows(mistake.text, variant)):
            return verdict_for(mistake.credit, f"listed-{index + 1}", mistake.feedback, **more)
    where = _differing(answer, *key)
    vector = len(answer) == 1
    names = [f"entry {column}" if vector else f"row {row} column {column}" for row, column in where]
    parts = tuple(AnswerPart(name, PartMark.WRONG) for name in names)
    count = len(answer) * len(answer[0])
    credit = Fraction(count - len(where), count) if question.rule == "each" else Fraction(0)
    if len(answer) == len(answer[0]) and _same(tuple(zip(*answer, strict=True)), key[0]):
        return verdict_for(credit, "transposed", say("typed.this_is_the_transpose_of"), parts=parts, **more)
    if len(where) == count:
        return verdict_for(credit, "wrong", say("typed.no_entry_is_right"), parts=parts, **more)
    entries = tuple(
        say("typed.entry", column=column) if vector else say("typed.row_column", row=row, column=column)
        for row, column in where[:4]
    )
    told = {"count": count, "wrong": len(where), "entries": entries}
    if len(where) == 1:
        said = say("typed.of_entries_is_wrong", **told)
    elif len(where) > len(entries):
        said = say("typed.of_entries_are_wrong", **told)
    else:
        said = say("typed.of_entries_are_wrong_2", **told)
    return verdict_for(credit, "entries", said, parts=parts, **more)
