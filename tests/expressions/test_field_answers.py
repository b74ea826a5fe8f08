"""Answers that were judged wrongly in the field, each with what is right."""

import json
from functools import cache
from pathlib import Path

import pytest

from autograder.expressions.judge import PreparedKey, prepare
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
