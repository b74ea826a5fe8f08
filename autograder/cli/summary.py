"""What a run of grading came to: a table an instructor reads, or the same as JSON."""

from collections.abc import Iterator
from typing import Any

import click

from autograder.analytics.questions import QuestionFigures, mean_of
from autograder.cli.tables import print_rows
from autograder.grading.batch import GradedBatch
from autograder.render import words

HEADS = ("question", "points", "mean", "most common mistake", "in words", "how many")


def print_summary(batch: GradedBatch) -> None:
    """Print the table of a run."""
    heads = ("question", "points", "mean", "most common mistake")
    rows = []
    for row in batch.questions:
        mean = "" if row.mean is None else f"{float(row.mean):.2f}"
        named = f"{row.common}: " if row.example and row.example.mistake else ""
        common = f"{named}{say_common(row)} ({row.count})" if row.common else ""
        rows.append((row.question, f"{float(row.points):g}", mean, common))
    print_rows(heads, rows, right=("points", "mean"))
    click.echo(headline(batch))


def say_common(row: QuestionFigures) -> str:
    """The most common mistake in words: what its makers read, or how their answers ended."""
    if row.example is None:
        return ""
    known = row.example.mistake
    return words.said(row.example.sentence) if known else words.outcome(row.example).lower()


def summary_rows(batch: GradedBatch) -> Iterator[tuple[object, ...]]:
    """The same for a spreadsheet, under `HEADS`."""
    for row in batch.questions:
        mean = None if row.mean is None else round(float(row.mean), 4)
        yield row.question, float(row.points), mean, row.common, say_common(row), row.count


def headline(batch: GradedBatch) -> str:
    """One line: how many were graded, how many need a person, the mean."""
    needing = sum(report.needs_person for report in batch.reports)
    mean = mean_of([report.score for report in batch.reports])
    shown = "" if mean is None else f", mean {float(mean):.2f} of {float(batch.points):g}"
    return f"{len(batch.reports)} graded, {needing} needing a person{shown}"


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
                "in_words": say_common(row) or None,
                "count": row.count,
            }
            for row in batch.questions
        ],
    }
