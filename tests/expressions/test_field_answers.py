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
            "(XtX)^-1 Xt y",
            "This question has no symbol 'XtX'; it uses X, y, w.",
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


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("i-corner", "e_1^T A e_1", "I do not read unit vectors such as e_1"),
        ("i-corner", "A[0,0]", "Write entries as A_{ij} or A_{1,2}, counted from 1."),
        ("i-first", "w(1)", "as w · 1 or as w_1: write the one you mean."),
        ("i-turned", r"B^\dagger", "as pinv(B) or as Bᵀ: write the one you mean."),
        ("i-turned", "B.transpose(0,1)", "Write a transpose as A^T or A.T."),
        ("i-turned", "Bt", "Did you mean B^T?"),
        ("i-turned", r"\foo B", r"This question has no symbol '\foo'"),
        (
            "i-called-sigma",
            "1 - σ(-t)",
            "as σ is a number in this question: if you mean the function, write 1 - sig",
        ),
        ("i-pairs", r"\binom{n}{n}", "Write the binomial coefficient out"),
        ("i-grad", "df(w)", "Write the derivative out."),
        ("e-svm-dual", r"\max_\alpha \sum_i \alpha_i", "Write the expression alone, without max before it."),
        ("e-ridge-grad", "2/n X^T r + 2 lambda w with r = X w - z", "no symbol 'z'"),
        ("e-ridge-grad", "2/n X^T r + 2 lambda w with r = X w > y", "Write the answer without r"),
        ("e-centre", "1^T + 2", "You cannot add an array of any size and a number."),
    ],
)
def test_what_is_not_read_says_what_to_write(question: str, answer: str, said: str) -> None:
    """It costs no try, and names what was typed."""
    judged = key(question).judge(answer)
    assert judged.state == "unreadable" and said in str(judged.message)


def test_names_that_an_answer_defines_are_put_into_its_reading() -> None:
    judged = key("e-ridge-grad").judge("r = X@w - y; 2*X.T@r/n + 2*lambda*w")
    assert (judged.state, judged.reading) == ("correct", "2 Xᵀ (X w - y)/n + 2 λ w")
