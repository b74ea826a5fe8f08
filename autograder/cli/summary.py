"""What a run of grading came to: a table an instructor reads, or the same as JSON."""

from collections.abc import Sequence
from typing import Any

import click

from autograder.analytics.questions import by_question, mean_of
from autograder.cli.tables import print_table
from autograder.domain.report import Report
from autograder.grading.batch import GradedBatch
from autograder.render import clean


def print_summary(reports: Sequence[Report]) -> None:
    """Print the table of a run."""
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
    print_table(table)
    click.echo(headline(reports))


def headline(reports: Sequence[Report]) -> str:
    """One line: how many were graded, how many need a person, the mean."""
    needing = sum(report.needs_person for report in reports)
    mean, points = mean_of([report.score for report in reports]), float(reports[0].points) if reports else 0.0
    shown = "" if mean is None else f", mean {float(mean):.2f} of {points:g}"
    return f"{len(reports)} graded, {needing} needing a person{shown}"


def summary_json(batch: GradedBatch) -> dict[str, Any]:
    """The same for scripts."""
    return {
        "graded": len(batch.reports),
        "needing_person": [report.student for report in batch.reports if report.needs_person],
        "look_at": [str(notice) for notice in batch.notices],
        "questions": [
            {
                "name": row.question,
                "points": float(row.points),
                "mean": None if row.mean is None else float(row.mean),
                "most_common_mistake": row.common or None,
                "count": row.count,
            }
            for row in by_question(batch.reports)
        ],
    }
