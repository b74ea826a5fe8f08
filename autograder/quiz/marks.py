"""A mark that a person gives to an answer: a verdict like any other, which no regrade changes."""

from datetime import datetime
from fractions import Fraction

from autograder.domain.report import CriterionMark
from autograder.quiz.model import QuizQuestion
from autograder.quiz.records import Attempt, Judging, Occasion
from autograder.quiz.verdicts import verdict_for

BY_HAND = "by_hand"
"""The code of such a verdict."""


def hand_judging(
    attempt: Attempt,
    question: QuizQuestion,
    raw: str,
    credit: Fraction,
    comment: str,
    *,
    by: str,
    at: datetime,
    rubric: tuple[CriterionMark, ...] = (),
) -> Judging:
    """The mark as it is recorded; `comment` and `rubric` are for the student."""
    verdict = verdict_for(credit, BY_HAND, comment, rubric=rubric)
    return Judging(attempt.id, question.id, raw, verdict, question.version, at, Occasion.HAND, by)
