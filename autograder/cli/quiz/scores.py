"""The scores of a quiz as a table, as JSON and as CSV."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import tzinfo

import click

from autograder.analytics.quiz_scores import QuizScore
from autograder.cli.progress import spoken_quiz_score
from autograder.cli.tables import print_table
from autograder.domain.course import QuizSettings
from autograder.domain.lateness import how_late
from autograder.render import clean


def print_scores(lines: Sequence[QuizScore], settings: QuizSettings | None, *, zone: tzinfo | None) -> None:
    """Print the table, and the mean of those who have a score."""
    from rich.table import Table

    table = Table(header_style="bold", box=None, pad_edge=False)
    for heading in ("student", "score", "attempt", "handed in", "waits for"):
        table.add_column(heading)
    for line in lines:
        attempt = f"{line.attempt} of {line.attempts}" if line.attempts else ""
        late = _late(line, settings)
        told = _moment(line, zone) + (f", {late} late" if late else "") + (", by the clock" * line.by_clock)
        table.add_row(clean(line.student), spoken_quiz_score(line), attempt, told, ", ".join(line.waiting))
    print_table(table)
    scored = [line for line in lines if line.score is not None]
    mean = sum(float(line.score or 0) for line in scored) / len(scored) if scored else 0.0
    handed_in = sum(line.handed_in is not None for line in lines)
    said = f", mean {mean:.2f} of {float(scored[0].points):g}" if scored else ""
    click.echo(f"{handed_in} of {len(lines)} students handed in{said}")


def scores_json(
    name: str, lines: Sequence[QuizScore], settings: QuizSettings | None, *, zone: tzinfo | None
) -> str:
    """The same for scripts; points are numbers, and exact as text."""
    return json.dumps(
        {
            "quiz": name,
            "title": settings.title if settings else None,
            "weight": str(settings.weight) if settings else None,
            "students": [
                {
                    "id": line.student,
                    "score": None if line.score is None else float(line.score),
                    "exact": None if line.score is None else str(line.score),
                    "score_so_far": float(line.score_so_far),
                    "points": float(line.points),
                    "attempt": line.attempt or None,
                    "attempts": line.attempts,
                    "handed_in": line.handed_in.astimezone(zone).isoformat() if line.handed_in else None,
                    "by_clock": line.by_clock,
                    "late": _late(line, settings) or None,
                    "waiting": list(line.waiting),
                }
                for line in lines
            ],
        }
    )


def scores_csv(lines: Sequence[QuizScore], settings: QuizSettings | None, *, zone: tzinfo | None) -> str:
    """The same for a spreadsheet, a line a student; an open score is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("id", "score", "points", "score_so_far", "attempt", "handed_in", "late", "waiting"))
    for line in lines:
        score = "" if line.score is None else f"{float(line.score):g}"
        so_far = f"{float(line.score_so_far):g}"
        # An id may begin like a formula; no spreadsheet shall run it.
        student = f"'{line.student}" if line.student.startswith(("=", "+", "-", "@")) else line.student
        row = (student, score, f"{float(line.points):g}", so_far, line.attempt or "")
        writer.writerow((*row, _moment(line, zone), _late(line, settings), " ".join(line.waiting)))
    return out.getvalue()


def _late(line: QuizScore, settings: QuizSettings | None) -> str:
    if settings is None or line.handed_in is None:
        return ""
    return str(how_late(line.handed_in, settings.deadline, settings.grace))


def _moment(line: QuizScore, zone: tzinfo | None) -> str:
    return f"{line.handed_in.astimezone(zone):%Y-%m-%d %H:%M}" if line.handed_in else ""
