"""The answers of a class that count: the final ones, of each student's best or last attempt."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from autograder.quiz.model import Quiz
from autograder.quiz.records import Records
from autograder.quiz.results import counting
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Answered:
    """One student's final answer to one question."""

    student: str
    question: str
    raw: str
    verdict: Verdict
    variant: Variant


def answers_that_count(quiz: Quiz, records: Records, *, now: datetime) -> Iterator[Answered]:
    """The final answers of every student who handed in, from the attempt that counts."""
    for student in sorted({attempt.student for attempt in records.attempts(quiz.id)}):
        result = counting(quiz, student, records, now=now)
        for line in result.lines if result else ():
            variant = result.attempt.variant(line.question) if result else None
            if line.verdict is not None and variant is not None:
                yield Answered(student, line.question, line.raw, line.verdict, variant)
