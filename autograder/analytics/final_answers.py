"""The answers of a class that count: the final ones, of each student's best or last attempt."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from autograder.quiz.attempt_report import counting_report
from autograder.quiz.model import Quiz
from autograder.quiz.records import Records
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict


@dataclass(frozen=True, slots=True)
class FinalAnswer:
    """One student's final answer to one question."""

    student: str
    question: str
    raw: str
    verdict: AnswerVerdict
    variant: Variant
    earned: Fraction | None = None
    """Points; None where a person must mark."""


def final_answers(quiz: Quiz, records: Records, *, now: datetime) -> Iterator[FinalAnswer]:
    """The final answers of every student who handed in, from the attempt that counts."""
    for student in sorted({attempt.student for attempt in records.attempts(quiz.id)}):
        report = counting_report(quiz, student, records, now=now)
        for question in report.questions if report else ():
            variant = report.attempt.variant(question.question) if report else None
            if question.verdict is not None and variant is not None:
                yield FinalAnswer(
                    student, question.question, question.raw, question.verdict, variant, question.earned
                )
