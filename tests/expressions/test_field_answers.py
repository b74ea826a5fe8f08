"""Answers that were judged wrongly in the field, each with what is right."""

import json
from functools import cache
from pathlib import Path

import pytest

from autograder.expressions.judge import PreparedKey, prepare
from autograder.expressions.judgement import Reading
from autograder.expressions.symbols import read_symbols

FIELD = json.loads((Path(__file__).parent / "field_answers.json").read_text())


@cache
def key(question: str) -> PreparedKey:
    asked = FIELD["questions"][question]
    symbols = ", ".join(f"{name}: {kind}" for name, kind in asked["symbols"].items())
    return prepare(asked["answer"], read_symbols(symbols), prompt=asked["prompt"])


@pytest.mark.parametrize("case", FIELD["cases"], ids=lambda case: f"{case['question']}: {case['answer']}")
def test_an_answer_from_the_field_is_judged_as_it_should_be(case: dict[str, str]) -> None:
    """Right ones accepted, wrong ones not, and what is no answer left unread at no cost."""
    judged = key(case["question"]).judge(case["answer"])
    assert judged.state == {"syntax": "unreadable"}.get(case["expected"], case["expected"]), judged


@pytest.mark.parametrize("case", FIELD["cases"], ids=lambda case: f"{case['question']}: {case['answer']}")
def test_what_is_shown_while_it_is_typed_is_what_is_judged(case: dict[str, str]) -> None:
    """Whatever has a verdict is read back as it was judged."""
    judged = key(case["question"]).judge(case["answer"])
    shown = key(case["question"]).interpret(case["answer"])
    assert judged.state == "unreadable" or (isinstance(shown, Reading) and shown.text == judged.reading)


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("a-step", "step < 2/L", "I did not expect '<' here."),
        ("a-norm-of-map", "lambda_max(A)", "λ_max needs a square matrix, not a n×d matrix."),
        (
            "a-pairs",
            r"\sum_{i=1}^{n-1} i",
            r"I read sums that end at one name or number, as in \sum_{i=1}^n.",
        ),
        (
            "a-argmin",
            "(tX X)^-1 tX y",
            "This question has no symbol 'tX'; it uses X, y, w. Did you mean X^T?",
        ),
        (
            "a-outside",
            "x<-1, x>3",
            "The comma can be read in two ways, as x < -1 and x > 3 or as x < -1 or x > 3: write the word.",
        ),
        ("a-argmin", "X'y/N", "This question has no symbol 'N'; it uses X, y, w. Did you mean n?"),
    ],
)
def test_what_cannot_be_read_is_told_by_what_was_typed(question: str, answer: str, said: str) -> None:
    assert str(key(question).judge(answer).message) == said
