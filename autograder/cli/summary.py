"""What a run of grading came to: a table an instructor reads, or the same as JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import click

from autograder.domain.report import Report, Verdict
from autograder.inbox.notice import Notice
from autograder.render import clean


@dataclass(frozen=True, slots=True)
class QuestionSummary:
    """How a class did on one question."""

    question: str
    points: Fraction
    mean: Fraction | None
    """Of the points earned, over those who have a mark."""
    common: str
    """The most common mistake, or the most common way to earn nothing."""
    count: int


def by_question(reports: Sequence[Report]) -> Iterator[QuestionSummary]:
    """One summary per question, in the order of the assignment."""
    names = {verdict.question: verdict.points for report in reports for verdict in report.verdicts}
    for name, points in names.items():
        verdicts = [v for report in reports for v in report.verdicts if v.question == name]
        earned = [v.earned for v in verdicts if v.earned is not None]
        mean = sum(earned, Fraction(0)) / len(earned) if earned else None
        yield QuestionSummary(name, points, mean, *_most_common(verdicts))


def _most_common(verdicts: Sequence[Verdict]) -> tuple[str, int]:
    """The mistake most often recognised, with its count; where none was, the most common other ending."""
    lost = [verdict for verdict in verdicts if verdict.mark != 1]
    mistakes = Counter(verdict.mistake for verdict in lost if verdict.mistake)
    endings = Counter(str(verdict.outcome).replace("_", " ") for verdict in lost)
    return next(iter(mistakes.most_common(1) or endings.most_common(1)), ("", 0))


def print_summary(reports: Sequence[Report]) -> None:
    """Print the table of a run."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=None, header_style="bold", box=None, pad_edge=False)
    table.add_column("question")
    table.add_column("points", justify="right")
    table.add_column("mean", justify="right")
    table.add_column("most common mistake")
    for row in by_question(reports):
        mean = "" if row.mean is None else f"{float(row.mean):.2f}"
        common = f"{row.common} ({row.count})" if row.common else ""
        table.add_row(clean(row.question), f"{float(row.points):g}", mean, clean(common))
    Console(highlight=False, markup=False).print(table)
    click.echo(headline(reports))


def headline(reports: Sequence[Report]) -> str:
    """One line: how many were graded, how many need a person, the mean."""
    needing = sum(report.needs_person for report in reports)
    scores = [report.score for report in reports if report.score is not None]
    points = float(reports[0].points) if reports else 0.0
    mean = f", mean {float(sum(scores, Fraction(0)) / len(scores)):.2f} of {points:g}" if scores else ""
    return f"{len(reports)} graded, {needing} needing a person{mean}"


def summary_json(reports: Sequence[Report], notices: Sequence[Notice]) -> dict[str, Any]:
    """The same for scripts."""
    return {
        "graded": len(reports),
        "needing_person": [report.student for report in reports if report.needs_person],
        "look_at": [str(notice) for notice in notices],
        "questions": [
            {
                "name": row.question,
                "points": float(row.points),
                "mean": None if row.mean is None else float(row.mean),
                "most_common_mistake": row.common or None,
                "count": row.count,
            }
            for row in by_question(reports)
        ],
    }
