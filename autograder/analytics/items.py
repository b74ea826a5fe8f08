"""What the answers of a class say of a quiz: classical item analysis, and the wrong answers that recur.

Facility is the mean credit. Discrimination is the correlation of an item with the rest of the total, with a
95 % interval by Fisher's transformation. Alpha is Cronbach's. Below `ENOUGH` answers none of these is said:
with 30 answers the error of a discrimination is 0.17.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import atanh, sqrt, tanh

import numpy as np
from numpy.typing import NDArray

from autograder.analytics.final_answers import FinalAnswer, final_answers
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.records import Records
from autograder.quiz.variants import LETTERS
from autograder.quiz.verdicts import AnswerState

ENOUGH = 20
"""Below this many answers no correlation is shown."""
MOST_CLUSTERS = 10


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Distractor:
    """One choice: how many of each third of the class, by total score, chose it."""

    label: str
    text: str
    right: bool
    count: int
    thirds: tuple[float, float, float]
    """Shares, of the lowest third first."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Equal wrong answers, however they are spelled."""

    count: int
    spellings: tuple[str, ...]
    """The most common first."""
    code: str
    message: str
    named: bool
    """Whether feedback says what the mistake is."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question, as a class answered it."""

    question: QuizQuestion
    count: int
    facility: float
    discrimination: Interval | None
    states: Mapping[str, int]
    distractors: tuple[Distractor, ...]
    clusters: tuple[Cluster, ...]
    odd_variants: tuple[str, ...]
    """Drawn values whose facility differs from the others' by more than chance."""


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """A quiz, as a class took it."""

    quiz: Quiz
    students: int
    mean: float
    deviation: float
    alpha: float | None
    error: float | None
    """Standard error of measurement, in points."""
    histogram: tuple[int, ...]
    """How many students reached each tenth of the points."""
    items: tuple[Item, ...]
    waiting: int
    """Answers that a person must still mark; they count nowhere."""


def figures_of_class(quiz: Quiz, records: Records, *, now: datetime) -> ClassFigures:
    """The figures of a class, from what is recorded."""
    return class_figures(quiz, final_answers(quiz, records.snapshot(quiz.id), now=now))


def class_figures(quiz: Quiz, answers: Iterable[FinalAnswer]) -> ClassFigures:
    """The figures of a class; the answers of one student are those of the attempt that counts."""
    by_question: defaultdict[str, list[FinalAnswer]] = defaultdict(list)
    for answered in answers:
        by_question[answered.question].append(answered)
    students = sorted({answered.student for found in by_question.values() for answered in found})
    scores = _scores(quiz, by_question, students)
    totals = np.nansum(scores, axis=1) if students else np.zeros(0)
    # Which third of the class each student is in by total score: 0 the lowest.
    order = np.argsort(totals, kind="stable")
    thirds = {
        students[index]: min(2, 3 * place // max(1, len(students))) for place, index in enumerate(order)
    }
    items = tuple(
        _item(question, by_question[question.id], scores[:, column], totals, thirds)
        for column, question in enumerate(quiz.questions)
    )
    alpha = cronbach(scores)
    deviation = float(np.std(totals, ddof=1)) if len(students) > 1 else 0.0
    return ClassFigures(
        quiz=quiz,
        students=len(students),
        mean=float(np.mean(totals)) if students else 0.0,
        deviation=deviation,
        alpha=alpha,
        error=None if alpha is None else deviation * sqrt(max(0.0, 1 - alpha)),
        histogram=_histogram(totals, float(quiz.points)),
        items=items,
        waiting=sum(a.verdict.state is AnswerState.MANUAL for found in by_question.values() for a in found),
    )


def _scores(
    quiz: Quiz, by_question: Mapping[str, Sequence[FinalAnswer]], students: Sequence[str]
) -> NDArray[np.float64]:
    """Points by student and question: 0 for no answer, NaN for what waits for a person."""
    row = {student: index for index, student in enumerate(students)}
    scores = np.zeros((len(students), len(quiz.questions)))
    pooled = {id for pool in quiz.pools for id in pool.questions}
    # Who was not asked a question of a pool has no score there, rather than none.
    scores[:, [question.id in pooled for question in quiz.questions]] = np.nan
    for column, question in enumerate(quiz.questions):
        for answered in by_question.get(question.id, ()):
            waits = answered.verdict.state is AnswerState.MANUAL
            credit = answered.verdict.credit or Fraction(0)
            earned = credit * question.points if answered.earned is None else answered.earned
            scores[row[answered.student], column] = np.nan if waits else float(earned)
    return scores


def cronbach(scores: NDArray[np.float64]) -> float | None:
    """Cronbach's alpha of the questions that are marked for everybody; None where it says nothing."""
    marked = scores[:, ~np.isnan(scores).any(axis=0)] if scores.size else scores
    count = marked.shape[1] if marked.ndim == 2 else 0
    if count < 2 or len(marked) < ENOUGH:
        return None
    total = float(np.var(marked.sum(axis=1), ddof=1))
    if total == 0:
        return None
    return count / (count - 1) * (1 - float(np.var(marked, axis=0, ddof=1).sum()) / total)


def item_rest(item: NDArray[np.float64], rest: NDArray[np.float64]) -> Interval | None:
    """The correlation of an item with the rest; None for too few answers, or where all are alike."""
    marked = ~np.isnan(item)
    item, rest = item[marked], rest[marked]
    if len(item) < ENOUGH or np.ptp(item) == 0 or np.ptp(rest) == 0:
        return None
    value = float(np.corrcoef(item, rest)[0, 1])
    clipped = min(max(value, -0.999999), 0.999999)
    reach = 1.96 / sqrt(len(item) - 3)
    return Interval(value, tanh(atanh(clipped) - reach), tanh(atanh(clipped) + reach))


def _item(
    question: QuizQuestion,
    answers: Sequence[FinalAnswer],
    points: NDArray[np.float64],
    totals: NDArray[np.float64],
    thirds: Mapping[str, int],
) -> Item:
    marked = points[~np.isnan(points)]
    return Item(
        question=question,
        count=sum(bool(answered.raw.strip()) for answered in answers),
        facility=float(np.mean(marked)) / float(question.points) if len(marked) else 0.0,
        discrimination=item_rest(points, totals - np.nan_to_num(points)),
        states=Counter(str(answered.verdict.state) for answered in answers),
        distractors=_distractors(question, answers, thirds),
        clusters=_clusters(question, answers),
        odd_variants=_odd_variants(answers),
    )


def _distractors(
    question: QuizQuestion, answers: Sequence[FinalAnswer], thirds: Mapping[str, int]
) -> tuple[Distractor, ...]:
    if not kind_of(question).counts_choices:
        return ()
    sizes = Counter(thirds[answered.student] for answered in answers)
    found = []
    for letter, choice in zip(LETTERS, question.choices, strict=False):
        chose = [a for a in answers if a.verdict.fingerprint != "none" and letter in a.verdict.fingerprint]
        by_third = Counter(thirds[answered.student] for answered in chose)
        low, middle, high = (by_third[third] / sizes[third] if sizes[third] else 0.0 for third in range(3))
        found.append(Distractor(letter, choice.text, choice.right, len(chose), (low, middle, high)))
    return tuple(found)


def _clusters(question: QuizQuestion, answers: Sequence[FinalAnswer]) -> tuple[Cluster, ...]:
    """The most common answers that are not right, equal ones together by fingerprint."""
    together: defaultdict[str, list[FinalAnswer]] = defaultdict(list)
    for answered in answers:
        if (
            answered.verdict.state in (AnswerState.WRONG, AnswerState.PARTIAL, AnswerState.UNREADABLE)
            and answered.raw.strip()
        ):
            together[answered.verdict.fingerprint or " ".join(answered.raw.split())].append(answered)
    clusters = sorted(together.values(), key=lambda found: (-len(found), found[0].raw))
    vague = kind_of(question).vague_codes
    return tuple(_cluster(found, vague) for found in clusters[:MOST_CLUSTERS])


def _cluster(found: Sequence[FinalAnswer], vague_codes: Collection[str]) -> Cluster:
    spellings = Counter(" ".join(answered.raw.split())[:80] for answered in found)
    verdict = found[0].verdict
    named = verdict.code.partition("-")[0] not in vague_codes and bool(verdict.message)
    most = tuple(spelling for spelling, _ in spellings.most_common(4))
    return Cluster(len(found), most, verdict.code, verdict.message, named)


def _odd_variants(answers: Sequence[FinalAnswer]) -> tuple[str, ...]:
    """Values drawn for ten students or more whose mean credit is three standard errors off that of all."""
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for answered in answers:
        for name, value in answered.variant.values:
            groups[f"{name} = {float(value):g}"].append(float(answered.verdict.credit or 0))
    everybody = [credit for credits in groups.values() for credit in credits]
    if not everybody:
        return ()
    mean, spread = float(np.mean(everybody)), float(np.std(everybody))
    return tuple(
        f"{name} ({np.mean(credits):.0%} of {len(credits)})"
        for name, credits in sorted(groups.items())
        if len(credits) >= 10
        and spread
        and abs(float(np.mean(credits)) - mean) > 3 * spread / sqrt(len(credits))
    )


def _histogram(totals: NDArray[np.float64], points: float) -> tuple[int, ...]:
    if not len(totals) or not points:
        return (0,) * 10
    tenths = np.clip((totals / points * 10).astype(int), 0, 9)
    return tuple(int(count) for count in np.bincount(tenths, minlength=10))
