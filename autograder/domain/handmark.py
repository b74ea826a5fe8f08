"""Marks given by hand: what a rubric asks, what a person gave for it, and the report with that in it.

A mark belongs to the file that was marked: whoever hands in another file awaits a mark again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction

from autograder.domain.course_events import CourseEvent, RubricChange, find_standing
from autograder.domain.report import CriterionMark, Outcome, Report, Verdict
from autograder.domain.sentences import say


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a rubric: what earns points, and how many."""

    sentence: str
    points: Fraction


@dataclass(frozen=True, slots=True)
class HandMark:
    """What a person gave for one written part of one file."""

    student: str
    assignment: str
    part: str
    """The title of the written part; of an adopted assignment, whose questions have none, the question."""
    blob: str
    """SHA-256 of the file that was marked."""
    rubric: tuple[CriterionMark, ...]
    """What each criterion earned; empty where the mark was taken back, and the answer awaits one again."""
    comment: str
    """Words for the student; may be empty."""
    marker: str
    """Who marked: for instructors, not shown to students."""
    marked: datetime
    answer: str = ""
    """Digest of what was written, by which an unchanged answer in another file is known."""
    number: int = field(default=0, compare=False)
    """Its number in the store; 0 while it is not recorded."""

    @property
    def earned(self) -> Fraction:
        """Points for all criteria together."""
        return sum((line.earned for line in self.rubric), Fraction(0))

    @property
    def points(self) -> Fraction:
        """Points that the rubric offers."""
        return sum((line.points for line in self.rubric), Fraction(0))

    @property
    def taken_back(self) -> bool:
        """Whether it says that the answer has no mark any more."""
        return not self.rubric

    def same_as(self, other: "HandMark | None") -> bool:
        """Whether the other says the same of the same file, whoever said it and when."""
        return other is not None and (self.blob, self.rubric, self.comment) == (
            other.blob,
            other.rubric,
            other.comment,
        )


def find_rubric(
    written: Sequence[Criterion], work: str, part: str, events: Iterable[CourseEvent]
) -> tuple[Criterion, ...]:
    """The criteria by which a part is marked: as its author wrote them, unless they were changed since."""
    plain = tuple((each.sentence, each.points) for each in written)
    for event in find_standing(events)[::-1]:
        what = event.what
        if isinstance(what, RubricChange) and (what.work, what.part, what.written) == (work, part, plain):
            return tuple(Criterion(sentence, points) for sentence, points in what.rubric)
    return tuple(written)


def find_standing_mark(marks: Iterable[HandMark], blob: str) -> HandMark | None:
    """Of the marks that somebody's part was given: the last of this file, else of another; None for none."""
    given = list(marks)
    last = next(reversed([mark for mark in given if mark.blob == blob] or given), None)
    return None if last is None or last.taken_back else last


def with_marks(report: Report, marks: Iterable[HandMark]) -> Report:
    """The report with its written parts marked; itself where none of the marks is for its file.

    Of several marks for one part the last counts.
    """
    given = {mark.part: mark for mark in marks if mark.blob == report.receipt.blob}
    verdicts = tuple(_marked(verdict, given) for verdict in report.verdicts)
    return report if verdicts == report.verdicts else replace(report, verdicts=verdicts)


def takes_marks(verdict: Verdict) -> bool:
    """Whether a mark given by hand takes the place of this verdict: it awaits one.

    A person may also settle an answer to a quiz that cannot be read; not what failed through our fault.
    """
    of_quiz = verdict.outcome is Outcome.UNJUDGED and verdict.sentence.key.startswith("quiz.")
    return verdict.outcome is Outcome.AWAITING_MARK or of_quiz


def _marked(verdict: Verdict, given: Mapping[str, HandMark]) -> Verdict:
    mark = given.get(verdict.title or verdict.question)
    if mark is None or mark.taken_back or not takes_marks(verdict) or mark.points != verdict.points:
        return verdict
    return replace(
        verdict,
        outcome=Outcome.MARKED,
        mark=mark.earned / mark.points,
        sentence=say("marked", day=mark.marked.day, month=f"{mark.marked:%B}", year=mark.marked.year),
        rubric=mark.rubric,
        comment=mark.comment,
    )
