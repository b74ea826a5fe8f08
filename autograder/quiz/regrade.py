"""Judges again what was handed in, after a key was mended, and says what changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from autograder.quiz.attempt_report import final_judgings
from autograder.quiz.carry import carried_values
from autograder.quiz.judge import judge_part
from autograder.quiz.model import Quiz
from autograder.quiz.records import Attempt, Judging, Occasion, Records
from autograder.quiz.seal import Seal
from autograder.quiz.verdicts import AnswerVerdict, without_reading


@dataclass(frozen=True, slots=True)
class Change:
    """One verdict that is another now."""

    student: str
    attempt: str
    question: str
    raw: str
    before: AnswerVerdict
    after: AnswerVerdict
    points: Fraction

    @property
    def gain(self) -> Fraction:
        """Points gained; negative where the mark goes down."""
        return ((self.after.credit or Fraction(0)) - (self.before.credit or Fraction(0))) * self.points


def regrade(
    quiz: Quiz,
    records: Records,
    *,
    clock: Callable[[], datetime],
    dry_run: bool = False,
    seal: Seal | None = None,
) -> tuple[Change, ...]:
    """Judge every attempt handed in again by the quiz as it is; new verdicts are added, old ones kept.

    What a person marked by hand stays. `dry_run` records nothing. Every change is listed, those that
    lower a mark first.
    """
    found = list(judge_again(quiz, records, clock=clock, seal=seal))
    if found and not dry_run:
        records.add([judging for judging, _ in found])
    changes = (change for _, change in found)
    return tuple(sorted(changes, key=lambda change: (change.gain, change.student, change.question)))


def judge_again(
    quiz: Quiz, records: Records, *, clock: Callable[[], datetime], seal: Seal | None = None
) -> Iterator[tuple[Judging, Change]]:
    """The judgings that are not what they were, each with what it changes; nothing is recorded."""
    for attempt in records.attempts(quiz.id):
        if records.handed_in(attempt.id) is not None:
            yield from _regrade_attempt(quiz, attempt, records, clock(), seal)


def _regrade_attempt(
    quiz: Quiz, attempt: Attempt, records: Records, now: datetime, seal: Seal | None
) -> Iterator[tuple[Judging, Change]]:
    """The judgings of one attempt that are not what they were."""
    final = final_judgings(records.judgings(attempt.id))
    answers = {judging.question: judging.raw for judging in final.values()}
    for last in final.values():
        question, variant = quiz.question(last.question), attempt.variant(last.question)
        if question is None or variant is None or last.occasion is Occasion.HAND:
            continue
        carried = carried_values(quiz, question, answers, attempt.variant)
        verdict = judge_part(question, variant, last.raw, carried, seal=seal)
        if without_reading(verdict) == without_reading(last.verdict):
            continue
        judging = Judging(attempt.id, question.id, last.raw, verdict, question.version, now, Occasion.REGRADE)
        change = Change(
            attempt.student, attempt.id, question.id, last.raw, last.verdict, verdict, question.points
        )
        yield judging, change
