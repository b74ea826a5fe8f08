"""The scores of a quiz as a table, as JSON and as CSV."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo

import click

from autograder.analytics.quiz_scores import QuizScore
from autograder.cli.progress import spoken_quiz_score
from autograder.cli.tables import print_rows
from autograder.domain.counts import describe_count
from autograder.domain.course import QuizSettings
from autograder.domain.lateness import how_late

HEADS = ("id", "name", "score", "points", "score_so_far", "attempt", "handed_in", "late", "waiting")


def print_scores(
    lines: Sequence[QuizScore],
    settings: QuizSettings | None,
    names: Mapping[str, str],
    *,
    zone: tzinfo | None,
) -> None:
    """Print the table, and the mean of those who have a score."""
    rows = []
    for line in lines:
        attempt = f"{line.attempt} of {line.attempts}" if line.attempts else ""
        late = _late(line, settings)
        told = _moment(line, zone) + (f", {late} late" if late else "") + (", by the clock" * line.by_clock)
        waiting, name = ", ".join(line.waiting), names.get(line.student, "")
        rows.append((line.student, name, spoken_quiz_score(line), attempt, told, waiting))
    print_rows(("student", "name", "score", "attempt", "handed in", "waits for"), rows)
    scored = [line for line in lines if line.score is not None]
    mean = sum(float(line.score or 0) for line in scored) / len(scored) if scored else 0.0
    handed_in = sum(line.handed_in is not None for line in lines)
    said = f", mean {mean:.2f} of {float(scored[0].points):g}" if scored else ""
    click.echo(f"{handed_in} of {describe_count(len(lines), 'student')} handed in{said}")


def scores_json(
    name: str,
    lines: Sequence[QuizScore],
    settings: QuizSettings | None,
    names: Mapping[str, str],
    *,
    zone: tzinfo | None,
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
                    "name": names.get(line.student, ""),
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


def list_scores(
    lines: Sequence[QuizScore],
    settings: QuizSettings | None,
    names: Mapping[str, str],
    *,
    zone: tzinfo | None,
) -> Iterator[tuple[object, ...]]:
    """The same for a spreadsheet, a line a student under `HEADS`; an open score is empty."""
    for line in lines:
        yield (
            line.student,
            names.get(line.student),
            None if line.score is None else f"{float(line.score):g}",
            f"{float(line.points):g}",
            f"{float(line.score_so_far):g}",
            line.attempt or None,
            _moment(line, zone),
            _late(line, settings),
            " ".join(line.waiting),
        )


def _late(line: QuizScore, settings: QuizSettings | None) -> str:
    if settings is None or line.handed_in is None:
        return ""
    return str(how_late(line.handed_in, settings.deadline, settings.grace))


def _moment(line: QuizScore, zone: tzinfo | None) -> str:
    return f"{line.handed_in.astimezone(zone):%Y-%m-%d %H:%M}" if line.handed_in else ""
