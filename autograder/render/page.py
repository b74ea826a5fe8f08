"""A report as one HTML file that needs nothing else: no network, no script.

Whatever a template prints passes through `clean` and is then escaped, so no template can forget either.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from autograder.domain.report import Report
from autograder.render import words
from autograder.render.charts import draw_chart
from autograder.render.mathematics import prose
from autograder.render.pictures import check_picture
from autograder.render.visible import clean, excerpt, one_line

CELLS = 150
"""Cells a page shows, at most: those that have something to show come first."""


class Audience(StrEnum):
    """Who reads the page: a student is not told names of mistakes, which may give an answer away."""

    STUDENT = "student"
    INSTRUCTOR = "instructor"


@dataclass(frozen=True, slots=True)
class Segment:
    """One question in the bar of the score, in thousandths of the whole width."""

    start: float
    width: float
    filled: float
    tone: str


def render_html(
    report: Report, *, audience: Audience = Audience.STUDENT, course: str = "", name: str = ""
) -> str:
    """The report as a self-contained page; `course` is the course's title, `name` the student's name."""
    shown = [cell for cell in report.cells if not words.is_silent(cell)]
    return template("report.html", "report.css").render(
        report=report,
        course=course,
        name=name,
        instructor=audience is Audience.INSTRUCTOR,
        segments=list(_segments(report)),
        shown=shown[:CELLS],
        beyond=len(shown) - CELLS,
        silent=[cell.number for cell in report.cells if words.is_silent(cell) and cell.number],
    )


@cache
def template(name: str, *styles: str) -> Template:
    """A template with the styles that its page holds; whatever it prints is made harmless."""
    environment = Environment(
        loader=FileSystemLoader(_templates()),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    style = "".join((_templates() / file).read_text(encoding="utf-8") for file in styles)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    environment.globals.update(words=words, style=Markup(style), style_hash=f"sha256-{digest}")  # noqa: S704 - ours
    environment.filters.update(_filters())
    shapes = environment.get_template("shapes.html").make_module()
    environment.filters.update(
        {name: lru_cache(maxsize=1024)(getattr(shapes, name)) for name in ("shape", "bar")}
    )
    parts: Any = environment.get_template("report_parts.html").make_module()
    environment.filters["card"] = lru_cache(maxsize=256)(parts.card)  # alike for all whose answer is right
    return environment.get_template(name)


def _templates() -> Path:
    """The templates of the installed wheel, or of the checkout this file stands in."""
    installed = Path(__file__).parents[1] / "_templates"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "templates"


def _filters() -> dict[str, Callable[..., Any]]:
    """What templates call most often; Jinja calls filters several times faster than functions."""
    told = (words.tone, words.outcome, words.earned, words.percent, words.worth, words.points, words.moment)
    shown = (words.number, prose, excerpt, one_line, check_picture, draw_chart)
    named = {function.__name__: function for function in (*told, *shown)}
    return {**named, "exact": str, "rows": _rows, "shape_of": words.shape}


def _finalize(value: Any) -> Any:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _rows(text: str) -> int:
    return text.count("\n") + 1 if text else 0


def _segments(report: Report) -> Iterator[Segment]:
    start, points = 0.0, float(report.points)
    for verdict in report.verdicts:
        width = float(verdict.points) * 1000 / points if points else 0.0
        yield Segment(start, width, width * float(verdict.mark or 0), words.tone(verdict))
        start += width
