"""Every kind of question is described in one place."""

import pytest
from quiz_samples import sample

from autograder.quiz.draw import draw_variant, plain_variant
from autograder.quiz.kinds.registry import KINDS, kind_of
from autograder.quiz.model import QuestionKind

QUESTIONS = sample().questions


def test_every_kind_is_registered_under_its_name():
    """What can be written in a heading can be judged."""
    assert set(KINDS) == set(QuestionKind)
    assert {question.kind for question in QUESTIONS} == set(QuestionKind)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.kind)
def test_every_kind_says_what_pages_paper_and_exports_need(question):
    """An instruction, as many lines as there are letters, and what it is to other programs."""
    kind, variant = kind_of(question), draw_variant(question, "s")
    assert kind.instruction(question).endswith(".") and kind.input
    assert len(kind.lettered_lines(question, variant)) == kind.letter_count(question) == len(variant.order)
    assert kind.portable(question, plain_variant(question)).form
    assert list(kind.lacks(question)) == []
