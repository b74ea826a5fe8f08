"""The scores of a class in a quiz: of the attempt that counts, or of the notebook in which it is answered."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from autograder.domain.report import Report
from autograder.quiz.attempt_report import AttemptReport, counting_report
from autograder.quiz.model import Quiz
from autograder.quiz.records import Records


@dataclass(frozen=True, slots=True)
class QuizScore:
    """What one student has of a quiz."""

    student: str
    points: Fraction
    """Points of the questions asked."""
    score: Fraction | None = None
    """Points earned; None while something waits for a person, or where nothing was handed in."""
    score_so_far: Fraction = Fraction(0)
    waiting: tuple[str, ...] = ()
    """Questions that wait for a person."""
    attempt: int = 0
    """Number of the attempt that counts; 0 where none was handed in."""
    attempts: int = 0
    """How many were handed in."""
    handed_in: datetime | None = None
    by_clock: bool = False
    """Whether time ended the attempt, not the student."""


def class_scores(
    quiz: Quiz, records: Records, *, now: datetime, students: Collection[str] = ()
) -> Iterator[QuizScore]:
    """A line for each of `students` and for whoever else took the quiz, in order of students."""
    taken = {attempt.student for attempt in records.attempts(quiz.id)}
    for student in sorted(taken.union(students)):
        report = counting_report(quiz, student, records, now=now) if student in taken else None
        if report is None:
            yield QuizScore(student, quiz.points)
            continue
        handed_in = [a for a in records.attempts(quiz.id, student) if records.handed_in(a.id)]
        yield _score(report, attempts=len(handed_in))


def _score(report: AttemptReport, *, attempts: int) -> QuizScore:
    end = report.handed_in
    return QuizScore(
        report.attempt.student,
        report.points,
        report.score,
        report.score_so_far,
        tuple(question.question for question in report.questions if question.earned is None),
        report.attempt.number,
        attempts,
        end.at if end else None,
        by_clock=end is not None and end.by_clock,
    )


def scores_in_notebooks(
    quiz: Quiz, reports: Iterable[Report], *, students: Collection[str] = ()
) -> Iterator[QuizScore]:
    """The same for a quiz that is answered in a notebook, from the reports on it."""
    ids = {question.id for question in quiz.questions}
    found = {report.student: report for report in reports}
    for student in sorted(found.keys() | set(students)):
        report = found.get(student)
        if report is None:
            yield QuizScore(student, quiz.points)
            continue
        verdicts = [verdict for verdict in report.verdicts if verdict.question in ids]
        waiting = tuple(verdict.question for verdict in verdicts if verdict.mark is None)
        so_far = sum((v.earned for v in verdicts if v.earned is not None), Fraction(0))
        score = None if waiting or not verdicts else so_far
        points = sum((verdict.points for verdict in verdicts), Fraction(0)) or quiz.points
        yield QuizScore(student, points, score, so_far, waiting, 1, 1, report.receipt.received)
