"""Numbers, matrices and witnesses that were judged wrongly in the field, each with what is right."""

import json
from pathlib import Path

import pytest

from autograder.quiz.draw import plain_variant
from autograder.quiz.format.reader import read_quiz
from autograder.quiz.judge import judge

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
