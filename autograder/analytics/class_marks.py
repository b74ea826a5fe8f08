"""What the marks of a class say of a piece of work: scores, and how every question went.

Facility is the mean mark of those who have one. Discrimination is the correlation of a question with the rest
of the score, with its 95 % interval; below `ENOUGH` files it is left out.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from autograder.analytics.items import Interval, cronbach, item_rest
from autograder.domain.report import Outcome
from autograder.domain.report_marks import MarkLine, ReportMarks

STOPPED = (Outcome.RAISED, Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.CRASHED)
"""What ends a function before it returns."""


@dataclass(frozen=True, slots=True)
class QuestionStatistics:
    """The marks of one question, as a class earned them."""

    name: str
    title: str
    points: Fraction
    asked: int
    """In how many files it is asked."""
    count: int
    """How many have a mark: those of whom the following are counted."""
    facility: float | None
    right: int
    untouched: int
    """Left out, or left as it was handed out."""
    stopped: int
    """Raised, or met a limit."""
    discrimination: Interval | None
    outcomes: tuple[tuple[str, int], ...]
    """In words, the most common first."""


@dataclass(frozen=True, slots=True)
class WorkFigures:
    """The marks of a piece of work: of each student the file that counts."""

    files: int
    points: Fraction
    scores: tuple[float, ...]
    """Of those whose score is not open, in order."""
    open: int
    """Files whose score waits for a person."""
    histogram: tuple[int, ...]
    """How many reached each tenth of the points."""
    alpha: float | None
    questions: tuple[QuestionStatistics, ...]

    def quantile(self, share: float) -> float:
        """The score below which this share of the class is."""
        return float(np.quantile(self.scores, share)) if self.scores else 0.0

    @property
    def mean(self) -> float:
        """The mean score."""
        return float(np.mean(self.scores)) if self.scores else 0.0

    @property
    def deviation(self) -> float:
        """The standard deviation of the scores."""
        return float(np.std(self.scores, ddof=1)) if len(self.scores) > 1 else 0.0


@dataclass(frozen=True, slots=True)
class TopMistake:
    """The known mistake that was recognised most often in one question."""

    name: str
    count: int


def find_top_mistakes(files: Iterable[ReportMarks]) -> dict[str, TopMistake]:
    """By question, where there is any; of those recognised equally often the first by name."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for file in files:
        for question, mistake in (file.mistakes or {}).items():
            counts[question][mistake] += 1
    return {
        question: TopMistake(*min(made.items(), key=lambda each: (-each[1], each[0])))
        for question, made in counts.items()
    }


def figures_of_marks(files: Sequence[Sequence[MarkLine]]) -> WorkFigures:
    """The figures of a class by the questions of each student's file, marks given by hand put in."""
    names = list(dict.fromkeys(line.mark.name for lines in files for line in lines))
    column = {name: place for place, name in enumerate(names)}
    marks = np.full((len(files), len(names)), np.nan)
    asked: dict[str, list[MarkLine]] = {name: [] for name in names}
    scores: list[tuple[float, float]] = []
    # To add fractions takes longer than all else here: but for one file they are added as floats.
    totals = [math.fsum(line.mark.points for line in lines) for lines in files]
    largest = files[totals.index(max(totals))] if files else ()
    for row, lines in enumerate(files):
        for line in lines:
            asked[line.mark.name].append(line)
            if line.mark.earned is not None:
                marks[row, column[line.mark.name]] = float(line.mark.earned)
        if all(line.mark.earned is not None for line in lines):
            scores.append((float(np.nansum(marks[row])), totals[row]))
    tenths = [min(9, int(10 * score / most + 1e-9)) if most else 0 for score, most in scores]
    return WorkFigures(
        files=len(files),
        points=sum((line.mark.points for line in largest), Fraction(0)),
        scores=tuple(sorted(score for score, _ in scores)),
        open=len(files) - len(scores),
        histogram=tuple(int(count) for count in np.bincount(tenths or [0], minlength=10) * bool(tenths)),
        alpha=cronbach(marks),
        questions=tuple(_figures(asked[name], marks, column[name]) for name in names),
    )


def _figures(lines: Sequence[MarkLine], marks: NDArray[np.float64], column: int) -> QuestionStatistics:
    first = lines[0]
    marked = [line for line in lines if line.mark.earned is not None]
    known = [line.mark for line in marked]
    shares = [float(mark.earned or 0) / float(mark.points) if mark.points else 1.0 for mark in known]
    rest = np.nansum(marks, axis=1) - np.nan_to_num(marks[:, column])
    return QuestionStatistics(
        name=first.mark.name,
        title=first.title,
        points=first.mark.points,
        asked=len(lines),
        count=len(known),
        facility=math.fsum(shares) / len(known) if known else None,
        right=sum(mark.earned == mark.points or not mark.points for mark in known),
        untouched=sum(not mark.attempted for mark in known),
        stopped=sum(line.outcome in STOPPED for line in marked),
        discrimination=item_rest(marks[:, column], rest),
        outcomes=tuple(Counter(map(_ended, lines)).most_common()),
    )


def _ended(line: MarkLine) -> str:
    """How a question ended; what earned something is told from what earned nothing."""
    if line.outcome is Outcome.WRONG and line.mark.earned:
        return "partly right"
    return str(line.outcome).replace("_", " ")
