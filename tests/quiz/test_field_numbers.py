"""Numbers, matrices and witnesses that were judged wrongly in the field, each with what is right."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.quiz.draw import plain_variant
from autograder.quiz.format.reader import read_quiz
from autograder.quiz.judge import can_read, interpret, judge
from autograder.quiz.model import QuizQuestion

HERE = Path(__file__).parent
QUIZ = read_quiz(HERE / "field_answers.quiz.md")
CASES = json.loads((HERE / "field_answers.json").read_text())
MORE = json.loads((HERE / "more_answers.json").read_text())


@pytest.mark.parametrize("case", [*CASES, *MORE], ids=lambda case: f"{case['question']}: {case['answer']}")
def test_an_answer_from_the_field_is_judged_as_it_should_be(case: dict[str, str]) -> None:
    """Right ones accepted, wrong ones not, and what is no answer left unread at no cost."""
    asked = next(question for question in QUIZ.questions if question.id == case["question"])
    judged = judge(asked, plain_variant(asked), case["answer"])
    assert judged.state == {"syntax": "unreadable"}.get(case["expected"], case["expected"]), judged


@pytest.mark.parametrize(
    ("question", "answer", "state"),
    [
        ("ls-grad", "2 sum_i (x_i^T w - y_i) x_i", "correct"),
        ("ls-grad", r"2\sum_{i=1}^n(\langle x_i,w\rangle-y_i)x_i", "correct"),
        ("ls-hess", "2 sum_i x_i x_i^T", "correct"),
        ("ls-hess", "sum_i x_i x_i^T", "partial"),
        ("contraction", "|mu - L|/(L + mu)", "correct"),
        ("contraction", "(mu - L)/(L + mu)", "wrong"),
    ],
)
def test_a_quiz_of_the_course_reads_rows_of_the_data_and_what_is_positive(
    question: str, answer: str, state: str
) -> None:
    """A sum over samples is a way to write a product; a difference whose sign is known may stand in bars."""
    quiz = read_quiz(HERE.parents[1] / "quiz" / "descent.quiz.md")
    asked = next(one for one in quiz.questions if one.id == question)
    assert judge(asked, plain_variant(asked), answer).state == state


@pytest.mark.parametrize(
    ("question", "answer", "reading"),
    [
        ("steps", "]0, 2/L[", "0 < γ and γ < 2/L"),
        ("steps", "(0, 1)", "0 < γ and γ < 1"),
        ("roots", "x^2 = 1", "x² = 1"),
        ("partials", "2xy, x^2 + cos y", "(2 x y, x² + cos(y))"),
    ],
)
def test_an_answer_is_shown_and_counted_as_it_is_judged(question: str, answer: str, reading: str) -> None:
    """An interval alone, an equation, entries without brackets: what they mean follows from the key."""
    asked = next(one for one in QUIZ.questions if one.id == question)
    variant = plain_variant(asked)
    assert judge(asked, variant, answer).reading == interpret(asked, variant, answer)[0] == reading
    assert can_read(asked, variant, answer)


@pytest.mark.parametrize("asked", QUIZ.questions, ids=lambda asked: asked.id)
def test_what_is_read_back_does_not_tell_the_value_of_the_key(asked: QuizQuestion) -> None:
    """Answers are read back while they are typed, at no cost: by them a key could be found."""
    variant = plain_variant(asked)
    keys = tuple(replace(key, text=_NUMBER.sub(_count_on, key.text)) for key in asked.keys)
    other = replace(asked, keys=keys, wrong=())
    answers = (case["answer"] for case in (*CASES, *MORE) if case["question"] == asked.id)
    for raw in ("1.000", "1.000 s", "1.234", "1.000.000", "(1, 2)", "x = 1", *answers):
        assert can_read(asked, variant, raw) == can_read(other, variant, raw), raw
        assert interpret(asked, variant, raw) == interpret(other, variant, raw)


_NUMBER = re.compile(r"(?<![A-Za-z_\d])[1-9]")


def _count_on(digit: re.Match[str]) -> str:
    return str(int(digit[0]) % 9 + 1)
