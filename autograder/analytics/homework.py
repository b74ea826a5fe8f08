"""What the reports of a class say of a homework: scores, questions, outcomes, mistakes, equal wrong answers.

Facility is the mean mark of those who have one. Discrimination is the correlation of a question with the rest
of the score, with its 95 % interval; below `ENOUGH` reports it is left out.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from autograder.analytics.items import Interval, cronbach, item_rest
from autograder.analytics.wrong_answers import EqualAnswers, ReadyMistake, find_equal
from autograder.domain.answer_print import AnswerPrint
from autograder.domain.report import Outcome, Report, Verdict

MOST_SHOWN = 10
"""Groups of equal answers that are shown of one question."""
SAMPLES = 3
"""Students of a group whose code is shown."""
Prints = Mapping[str, Sequence[AnswerPrint]]
"""Of wrong answers, by the hash of the file."""


@dataclass(frozen=True, slots=True)
class KnownMistake:
    """A declared mistake, and how many made it."""

    name: str
    count: int
    hint: str


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question, as a class answered it."""

    name: str
    title: str
    points: Fraction
    count: int
    """How many have a mark."""
    facility: float | None
    right: int
    discrimination: Interval | None
    outcomes: tuple[tuple[str, int], ...]
    mistakes: tuple[KnownMistake, ...]
    groups: tuple[EqualAnswers, ...]
    """Equal wrong answers of two students or more that are no known mistake."""
    beyond: int
    """Groups that are not shown."""
    alone: int
    """Wrong answers that nobody else gave."""
    answers: Mapping[str, AnswerPrint]
    """Prints of all wrong answers, by student."""
    unknown: int
    """Wrong answers of which it is not known whom they equal."""


@dataclass(frozen=True, slots=True)
class HomeworkFigures:
    """A homework, as a class did it: of each student the report that counts."""

    title: str
    reports: int
    points: Fraction
    scores: tuple[float, ...]
    """Of those whose score is not open, in order."""
    open: int
    """Reports whose score waits for a person."""
    histogram: tuple[int, ...]
    """How many reached each tenth of the points."""
    alpha: float | None
    questions: tuple[AskedQuestion, ...]

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
class CodeSample:
    """A student's function, without comments."""

    student: str
    code: str


@dataclass(frozen=True, slots=True)
class SeenClass:
    """All that the page on a class shows."""

    figures: HomeworkFigures
    samples: Mapping[tuple[str, int], tuple[CodeSample, ...]]
    """By question and place of the group."""
    ready: Mapping[tuple[str, int], ReadyMistake]
    told: Mapping[tuple[str, str], str]
    """By student and question."""
    outdated: int
    """Reports of another revision."""


def figures_of_homework(
    reports: Sequence[Report],
    prints: Prints,
    *,
    hints: Mapping[tuple[str, str], str],
) -> HomeworkFigures:
    """The figures of a class.

    Args:
        reports: of each student the report that counts.
        prints: of wrong answers. A report without an entry has answers of which nothing more is known.
        hints: what is told of a mistake, by question and name.
    """
    names = list(dict.fromkeys(verdict.question for report in reports for verdict in report.verdicts))
    verdicts: dict[str, dict[str, Verdict]] = {name: {} for name in names}
    marks = np.full((len(reports), len(names)), np.nan)
    for row, report in enumerate(reports):
        for verdict in report.verdicts:
            verdicts[verdict.question][report.student] = verdict
            if verdict.earned is not None:
                marks[row, names.index(verdict.question)] = float(verdict.earned)
    scores = sorted(float(report.score) for report in reports if report.score is not None)
    points = max((report.points for report in reports), default=Fraction(0))
    tenths = [min(9, int(10 * score / float(points))) if points else 0 for score in scores]
    return HomeworkFigures(
        title=reports[0].title if reports else "",
        reports=len(reports),
        points=points,
        scores=tuple(scores),
        open=sum(report.score is None for report in reports),
        histogram=tuple(int(count) for count in np.bincount(tenths or [0], minlength=10) * bool(tenths)),
        alpha=cronbach(marks),
        questions=tuple(
            _ask(name, verdicts[name], marks, column, _prints_on(name, reports, prints), hints)
            for column, name in enumerate(names)
        ),
    )


def _prints_on(name: str, reports: Sequence[Report], prints: Prints) -> dict[str, AnswerPrint | None]:
    """By student the print of a wrong answer; None where nothing is known of what was answered."""
    found: dict[str, AnswerPrint | None] = {}
    for report in reports:
        known = prints.get(report.receipt.blob)
        if known is None:
            found[report.student] = None
        for each in known or ():
            if each.question == name:
                found[report.student] = each
    return found


def _ask(
    name: str,
    verdicts: Mapping[str, Verdict],
    marks: NDArray[np.float64],
    column: int,
    prints: Mapping[str, AnswerPrint | None],
    hints: Mapping[tuple[str, str], str],
) -> AskedQuestion:
    given = [verdict.mark for verdict in verdicts.values() if verdict.mark is not None]
    nothing = AnswerPrint(name)
    answers = {student: known for student, known in prints.items() if known is not None}
    equal = find_equal(answers)
    groups = [each for each in equal if len(each.students) > 1]
    first = next(iter(verdicts.values()))
    # What earned something is told from what earned nothing.
    ended = (
        "partly right" if v.outcome is Outcome.WRONG and v.mark else str(v.outcome).replace("_", " ")
        for v in verdicts.values()
    )
    rest = np.nansum(marks, axis=1) - np.nan_to_num(marks[:, column])
    return AskedQuestion(
        name=name,
        title=first.title,
        points=first.points,
        count=len(given),
        facility=float(sum(given, Fraction(0)) / len(given)) if given else None,
        right=sum(mark == 1 for mark in given),
        discrimination=item_rest(marks[:, column], rest),
        outcomes=tuple(Counter(ended).most_common()),
        mistakes=_count_mistakes(name, verdicts, answers, hints),
        groups=tuple(groups[:MOST_SHOWN]),
        beyond=max(0, len(groups) - MOST_SHOWN),
        alone=len(equal) - len(groups),
        answers=answers,
        unknown=sum(
            verdict.outcome is Outcome.WRONG and not verdict.mistake and prints.get(student, nothing) is None
            for student, verdict in verdicts.items()
        ),
    )


def _count_mistakes(
    name: str,
    verdicts: Mapping[str, Verdict],
    answers: Mapping[str, AnswerPrint],
    hints: Mapping[tuple[str, str], str],
) -> tuple[KnownMistake, ...]:
    """The mistakes that were recognised: by the report, or where it may not tell by the print."""
    made: defaultdict[str, set[str]] = defaultdict(set)
    for student, verdict in verdicts.items():
        known = answers.get(student)
        mistake = verdict.mistake or (known.mistake if known else "")
        if mistake:
            made[mistake].add(student)
    ordered = sorted(made.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(KnownMistake(mistake, len(who), hints.get((name, mistake), "")) for mistake, who in ordered)
