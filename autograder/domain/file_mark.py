"""What one file is worth before lateness: its questions, with what people decided of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from autograder.domain.events import BadQuestion, History, MarkedFile, Override, QuestionMark, Remedy
from autograder.domain.ruling import Ruling


@dataclass(frozen=True, slots=True)
class MarkRange:
    """The least and the greatest that a mark can still become, between 0 and 1; equal where it is known."""

    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1)
    begun: bool = False
    """Whether any of it is known."""


def mark_file(file: MarkedFile, history: History) -> MarkRange:
    """The mark of a file as it stands, and as far as it can still rise."""
    if not file.questions:
        return MarkRange()
    decided: tuple[BadQuestion | Override, ...]
    decided = (*history.of_kind(BadQuestion), *history.of_kind(Override))
    if not any(each.work == file.work and each.question for each in decided):
        return _mark_as_it_stands(file.questions)
    earned = {question: _earned(file.work, question, history) for question in file.questions}
    bad = {each.question for each in _bad(file.work, history) if each.remedy is Remedy.LEFT_OUT}
    low, high = (
        leave_out_kindly(
            [
                (points[end], question.points)
                for question, points in earned.items()
                if question.name not in bad
            ],
            [(points[end], question.points) for question, points in earned.items() if question.name in bad],
        )
        for end in (0, 1)
    )
    return MarkRange(low, high, begun=any(least == most for least, most in earned.values()))


def _mark_as_it_stands(questions: tuple[QuestionMark, ...]) -> MarkRange:
    """The usual case, of which a class has thousands: nobody decided anything."""
    known = [each.earned for each in questions if each.earned is not None]
    # Added up in whole numbers: adding two fractions at a time reduces every sum on the way.
    whole = lcm(*(each.points.denominator for each in questions), *(each.denominator for each in known))
    points = sum(each.points.numerator * (whole // each.points.denominator) for each in questions)
    if not points:
        return MarkRange(Fraction(0), Fraction(0), begun=bool(known))
    earned = sum(each.numerator * (whole // each.denominator) for each in known)
    low = Fraction(earned, points)
    if len(known) == len(questions):
        return MarkRange(low, low, begun=True)
    waiting = sum((each.points for each in questions if each.earned is None), Fraction(0))
    return MarkRange(low, low + waiting * whole / points, begun=bool(known))


def add_up(numbers: Sequence[Fraction]) -> Fraction:
    """The sum, by one common denominator: adding two at a time reduces every sum on the way.

    >>> add_up([Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)])
    Fraction(1, 1)
    """
    whole = lcm(*(each.denominator for each in numbers))
    return Fraction(sum(each.numerator * (whole // each.denominator) for each in numbers), whole)


def leave_out_kindly(kept: list[tuple[Fraction, Fraction]], bad: list[tuple[Fraction, Fraction]]) -> Fraction:
    """The greatest mark that leaving out some of the bad questions gives; questions are (earned, points).

    The worst go first: leaving one out helps exactly where its own mark is below that of the whole.

    >>> leave_out_kindly([(Fraction(6), Fraction(8))], [(Fraction(0), Fraction(2))])
    Fraction(3, 4)
    """
    earned = sum((each for each, _ in (*kept, *bad)), Fraction(0))
    points = sum((each for _, each in (*kept, *bad)), Fraction(0))
    for own, of in sorted((row for row in bad if row[1]), key=lambda row: row[0] / row[1]):
        if of < points and own * points < earned * of:
            earned, points = earned - own, points - of
    return earned / points if points else Fraction(0)


def _earned(work: str, question: QuestionMark, history: History) -> tuple[Fraction, Fraction]:
    """The least and the greatest number of points for a question."""
    low, high = (Fraction(0), question.points) if question.earned is None else (question.earned,) * 2
    if _is_given_full(work, question, history):
        low = high = question.points
    ruling = Ruling.of(history, work, question.name)
    if ruling is None or not question.points:
        return low, high
    return (
        ruling.lowest(low / question.points) * question.points,
        ruling.highest(high / question.points) * question.points,
    )


def is_decided(work: str, question: QuestionMark, history: History) -> bool:
    """Whether people decided what a question earns, so that nobody's mark for its answer is waited for."""
    ruling = Ruling.of(history, work, question.name)
    if ruling is not None and (ruling.fixed or ruling.withheld):
        return ruling.settles
    return _is_given_full(work, question, history)


def _is_given_full(work: str, question: QuestionMark, history: History) -> bool:
    """Whether its points are everybody's, or those of everybody who attempted it."""
    remedies = {each.remedy for each in _bad(work, history) if each.question == question.name}
    return Remedy.FULL in remedies or (Remedy.FULL_IF_ATTEMPTED in remedies and question.attempted)


def _bad(work: str, history: History) -> list[BadQuestion]:
    return [each for each in history.of_kind(BadQuestion) if each.work == work]
