"""What a marker gave for the criteria of a part in a form: nothing, half or all of it, or a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from autograder.domain.handmark import Criterion, HandMark
from autograder.domain.report import CriterionMark
from autograder.marking.copies import MarkedCopy, MarkedPart
from autograder.marking.table import LONGEST_COMMENT, read_points, write_points

SHARES = {"none": Fraction(0), "half": Fraction(1, 2), "all": Fraction(1)}


@dataclass(frozen=True, slots=True)
class GivenPoints:
    """What was given for one criterion, as it was chosen or typed."""

    share: str = ""
    """A key of SHARES; empty for none."""
    typed: str = ""
    """A number of points, which counts in place of the share."""


@dataclass(frozen=True, slots=True)
class FilledForm:
    """What a form holds."""

    criteria: tuple[GivenPoints, ...]
    comment: str = ""

    @classmethod
    def of(cls, mark: HandMark | None, rubric: Sequence[Criterion]) -> "FilledForm":
        """What a form holds that says the same as a mark; nothing where there is none."""
        earned = {line.criterion: line for line in mark.rubric} if mark else {}
        given = []
        for criterion in rubric:
            line = earned.get(criterion.sentence)
            points = line.earned if line and line.points == criterion.points else None
            share = next((key for key, part in SHARES.items() if points == part * criterion.points), "")
            given.append(GivenPoints(share, "" if share or points is None else write_points(points)))
        return cls(tuple(given), mark.comment if mark else "")

    def find_mistakes(self, rubric: Sequence[Criterion]) -> list[str]:
        """What keeps it from being a mark, a sentence each."""
        told = []
        for criterion, given in zip(rubric, self.criteria, strict=True):
            if _read(criterion, given) is None:
                why = f"cannot be {given.typed[:40]!r}" if given.typed else "has no mark yet"
                most = write_points(criterion.points)
                told.append(f"“{criterion.sentence}” {why}: choose, or write a number from 0 to {most}.")
        if len(self.comment) > LONGEST_COMMENT:
            told.append(
                f"The comment has {len(self.comment)} characters: at most {LONGEST_COMMENT} are kept."
            )
        return told

    def to_mark(self, part: MarkedPart, copy: MarkedCopy, *, marker: str, now: datetime) -> HandMark:
        """The mark, of a form without mistakes."""
        lines = (
            CriterionMark(criterion.sentence, criterion.points, _read(criterion, given) or Fraction(0))
            for criterion, given in zip(part.rubric, self.criteria, strict=True)
        )
        return HandMark(
            copy.student,
            copy.assignment,
            part.title,
            copy.blob,
            tuple(lines),
            self.comment,
            marker,
            now,
            copy.digest,
        )


def _read(criterion: Criterion, given: GivenPoints) -> Fraction | None:
    if given.typed:
        return read_points(given.typed, criterion.points)
    return SHARES[given.share] * criterion.points if given.share in SHARES else None
