"""A report as one HTML file that needs nothing else: no network, no script."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograder.domain.report import Report
from autograder.render import words
from autograder.render.environment import render_page

CELLS = 150
"""Cells a page shows, at most: those that have something to show come first."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One question in the bar of the score, in thousandths of the whole width."""

    start: float
    width: float
    filled: float
    tone: str


def render_html(report: Report, *, course: str = "", name: str = "") -> str:
    """The report as a self-contained page; `course` is the course's title, `name` the student's name."""
    # A student is not told names of mistakes, which may give an answer away.
    reader = {"course": course, "name": name, "instructor": False}
    return render_page("report.html", "report.css", **reader, **report_values(report))


def report_values(report: Report, *, standalone: bool = True) -> dict[str, Any]:
    """What `report_body.html` shows of a report; not `standalone` is a part of another page."""
    shown = [cell for cell in report.cells if not words.is_silent(cell)]
    return {
        "report": report,
        "standalone": standalone,
        "segments": list(_segments(report)),
        "recovered": [note for note in report.notes if not note.key.startswith("regraded")],
        "regraded": [note for note in report.notes if note.key.startswith("regraded")],
        "shown": shown[:CELLS],
        "beyond": len(shown) - CELLS,
        # Of several notebooks, numbers alone would name no cell.
        "silent": [
            cell.number
            for cell in report.cells
            if cell.number and not cell.notebook and words.is_silent(cell)
        ],
    }


def _segments(report: Report) -> Iterator[Segment]:
    start, points = 0.0, float(report.points)
    for verdict in report.verdicts:
        width = float(verdict.points) * 1000 / points if points else 0.0
        yield Segment(start, width, width * float(verdict.mark or 0), words.tone(verdict))
        start += width
