"""A mark that a person gives to an answer: a verdict like any other, which no regrade changes."""

from datetime import datetime
from fractions import Fraction

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
) -> Judging:
    """The mark as it is recorded; `comment` is for the student."""
    verdict = verdict_for(credit, BY_HAND, comment)
    return Judging(attempt.id, question.id, raw, verdict, question.version, at, Occasion.HAND, by)
