"""Marks as `otter grade` writes them: final_grades.csv, a column a question."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from autograder.interop.marks import harmless

FILE_NAME = "final_grades.csv"
_POINTS = "points-per-question"
"""What Otter writes in place of a file in the line of points."""


@dataclass(frozen=True, slots=True)
class OtterLine:
    """What one submission earned."""

    file: str
    scores: Mapping[str, Fraction | None]
    """By question; None while it is open."""
    status: str = "Completed"


def write_otter_grades(points: Mapping[str, Fraction], lines: Sequence[OtterLine]) -> bytes:
    """The table: a line of points, then a line a submission, in order of files.

    A question that is open has an empty cell, and counts as 0 in the total until somebody marks it.

    >>> print(write_otter_grades({"q1": Fraction(2)}, [OtterLine("ada.ipynb", {"q1": Fraction(1)})]).decode())
    file,q1,total_points_earned,percent_correct,grading_status
    points-per-question,2,2,1,--
    ada.ipynb,1,1,0.5,Completed
    <BLANKLINE>
    """
    questions = sorted(points)
    total = sum(points.values(), Fraction(0))
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["file", *questions, "total_points_earned", "percent_correct", "grading_status"])
    table.writerow([_POINTS, *(_number(points[q]) for q in questions), _number(total), "1", "--"])
    for line in sorted(lines, key=lambda each: each.file):
        earned = [line.scores.get(question) for question in questions]
        whole = sum((each for each in earned if each is not None), Fraction(0))
        share = whole / total if total else Fraction(0)
        cells = ["" if each is None else _number(each) for each in earned]
        table.writerow([harmless(line.file), *cells, _number(whole), _number(share), harmless(line.status)])
    return out.getvalue().encode()


def _number(value: Fraction) -> str:
    """Whole where it is, else as a float is written, which Otter's table holds."""
    return str(value.numerator) if value.denominator == 1 else repr(float(value))
