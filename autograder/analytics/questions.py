"""How a class did on the questions of a homework."""

from collections import Counter, defaultdict
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


class QuestionTally:
    """Gathers the figures of each question report by report; of a class's reports none is kept."""

    def __init__(self) -> None:
        self._points: dict[str, Fraction] = {}
        self._earned: defaultdict[str, list[Fraction | None]] = defaultdict(list)
        self._mistakes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._endings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._examples: dict[tuple[str, str], Verdict] = {}
        """The first verdict of a question with a mistake, or an ending, of this name."""

    def add(self, report: Report) -> None:
        """Take in one report."""
        for verdict in report.verdicts:
            name, ending = verdict.question, str(verdict.outcome).replace("_", " ")
            self._points[name] = verdict.points
            self._earned[name].append(verdict.earned)
            if verdict.mark == 1:
                continue
            self._endings[name][ending] += 1
            self._examples.setdefault((name, ending), verdict)
            if verdict.mistake:
                self._mistakes[name][verdict.mistake] += 1
                self._examples.setdefault((name, verdict.mistake), verdict)

    def figures(self) -> Iterator[QuestionFigures]:
        """The figures of each question, in the order of the assignment.

        The most common mistake is one that was recognised; where none was, the most common other ending.
        """
        for name, points in self._points.items():
            most = self._mistakes[name].most_common(1) or self._endings[name].most_common(1)
            common, count = next(iter(most), ("", 0))
            example = self._examples.get((name, common))
            yield QuestionFigures(name, points, mean_of(self._earned[name]), common, count, example)


def mean_of(marks: Sequence[Fraction | None]) -> Fraction | None:
    """The mean of what has been marked; None where nothing has."""
    given = [mark for mark in marks if mark is not None]
    return sum(given, Fraction(0)) / len(given) if given else None
