"""What a report says of marks, in a few words: the marks of a whole class are read without its reports.

A report is never changed, and neither is this, which is kept beside it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from autograder.domain.events import QuestionMark
from autograder.domain.handmark import HandMark, takes_marks
from autograder.domain.report import Outcome, Report

_UNTOUCHED = (Outcome.MISSING, Outcome.NOT_ATTEMPTED)


@dataclass(frozen=True, slots=True)
class MarkLine:
    """One question of a report."""

    mark: QuestionMark
    """As it was graded."""
    title: str
    outcome: Outcome
    by_hand: bool
    """Whether a mark that a person gave takes its place."""


@dataclass(frozen=True, slots=True)
class ReportMarks:
    """The marks of one report, and what it was made by."""

    lines: tuple[MarkLine, ...]
    versions: Mapping[str, str]
    """Of the program and of the libraries that decided, by name."""
    our_fault: bool = False
    """Whether it has no marks because grading failed, which is nobody's file's doing."""
    mistakes: Mapping[str, str] | None = None
    """The known mistake that was recognised, by question; None in what was kept before this was."""

    def questions(self, blob: str, marks: Iterable[HandMark]) -> tuple[QuestionMark, ...]:
        """What each question earned, marks by hand of this file put in; of several the last counts."""
        given = {mark.part: mark for mark in marks if mark.blob == blob}
        if not given:
            return tuple(line.mark for line in self.lines)
        found = []
        for line in self.lines:
            own = line.mark
            mark = given.get(line.title or own.name) if line.by_hand else None
            if mark is not None and mark.points == own.points:
                own = QuestionMark(own.name, own.points, mark.earned, own.attempted)
            found.append(own)
        return tuple(found)


def marks_of(report: Report) -> ReportMarks:
    """The marks of a report as it is stored, without what was given by hand since."""
    return ReportMarks(
        tuple(
            MarkLine(
                QuestionMark(v.question, v.points, v.earned, v.outcome not in _UNTOUCHED),
                v.title,
                v.outcome,
                takes_marks(v),
            )
            for v in report.verdicts
        ),
        dict(report.versions),
        report.trouble.key == "our_fault",
        {v.question: v.mistake for v in report.verdicts if v.mistake},
    )


def marks_to_text(marks: ReportMarks) -> str:
    """As JSON, which `marks_from_text` reads."""
    lines = [
        [
            line.mark.name,
            line.title,
            str(line.mark.points),
            None if line.mark.earned is None else str(line.mark.earned),
            line.outcome.value,
            line.by_hand,
        ]
        for line in marks.lines
    ]
    fault = {"our_fault": True} if marks.our_fault else {}
    mistakes = {} if marks.mistakes is None else {"mistakes": dict(marks.mistakes)}
    return json.dumps({"lines": lines, "versions": dict(marks.versions)} | fault | mistakes)


# Pages read a class again and again, nearly all of it as it was: a third of reading it is saved.
@lru_cache(maxsize=20_000)
def marks_from_text(text: str) -> ReportMarks:
    """What `marks_to_text` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    whole = json.loads(text)
    lines = tuple(_line(*line) for line in whole["lines"])
    fault = whole.get("our_fault") is True
    return ReportMarks(lines, whole["versions"], fault, whole.get("mistakes"))


# A class earns the same few marks over and over: making a fraction takes longer than finding it.
@lru_cache(maxsize=100_000)
def _line(question: str, title: str, points: str, earned: str | None, outcome: str, by_hand: Any) -> MarkLine:
    ended = Outcome(outcome)
    exact = None if earned is None else Fraction(earned)
    mark = QuestionMark(question, Fraction(points), exact, ended not in _UNTOUCHED)
    return MarkLine(mark, title, ended, by_hand is True)
