"""How a class did on the questions of a homework."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from autograder.domain.report import Report, Verdict


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """How a class did on one question."""

    question: str
    points: Fraction
    mean: Fraction | None
    """Of the points earned, over those who have a mark."""
    common: str
    """The most common mistake, or the most common way to earn nothing."""
    count: int
    example: Verdict | None
    """A verdict with that mistake or ending."""


def by_question(reports: Sequence[Report]) -> Iterator[QuestionFigures]:
    """The figures of each question, in the order of the assignment."""
    points = {verdict.question: verdict.points for report in reports for verdict in report.verdicts}
    for name in points:
        verdicts = [v for report in reports for v in report.verdicts if v.question == name]
        mean = mean_of([v.earned for v in verdicts])
        common, count = _most_common(verdicts)
        example = next((v for v in verdicts if v.mark != 1 and common in (v.mistake, _name_ending(v))), None)
        yield QuestionFigures(name, points[name], mean, common, count, example)


def mean_of(marks: Sequence[Fraction | None]) -> Fraction | None:
    """The mean of what has been marked; None where nothing has."""
    given = [mark for mark in marks if mark is not None]
    return sum(given, Fraction(0)) / len(given) if given else None


def _most_common(verdicts: Sequence[Verdict]) -> tuple[str, int]:
    """The mistake most often recognised, with its count; where none was, the most common other ending."""
    lost = [verdict for verdict in verdicts if verdict.mark != 1]
    mistakes = Counter(verdict.mistake for verdict in lost if verdict.mistake)
    endings = Counter(map(_name_ending, lost))
    return next(iter(mistakes.most_common(1) or endings.most_common(1)), ("", 0))


def _name_ending(verdict: Verdict) -> str:
    return str(verdict.outcome).replace("_", " ")
