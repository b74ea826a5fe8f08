"""One piece of work of the class: what came and when, how the marks came out, and who is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from hashlib import sha256
from http import HTTPStatus

from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from autograder.analytics.class_marks import WorkFigures
from autograder.analytics.items import ENOUGH
from autograder.domain.moments import describe_moment
from autograder.render.steps import draw_steps, place_across
from autograder.services.work_overview import WorkOverview, look_at_work
from autograder.web.visit import PageNotFound, Visit, render_for


@dataclass(frozen=True, slots=True)
class StepChart:
    """What the macro `steps` draws."""

    path: str
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[tuple[float, str], ...] = ()


def show_work(visit: Visit) -> Response:
    """The page; a script of ours asks for its live part, and is told where that is as it was."""
    overview = find_overview(visit)
    arrivals = _draw_arrivals(overview, visit.site.zone)
    live = render_for(visit, "web/staff/work_live.html", overview=overview, arrivals=arrivals)
    tag = f'"{sha256(live.encode()).hexdigest()[:16]}"'
    if visit.fragment:
        if visit.headers.get("if-none-match") == tag:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"etag": tag})
        return HTMLResponse(_wrap(visit, live, tag), headers={"etag": tag})
    return visit.page(
        "web/staff/work.html",
        overview=overview,
        live=_wrap(visit, live, tag),
        ecdf=_draw_scores(overview.figures),
        enough=ENOUGH,
    )


def find_overview(visit: Visit) -> WorkOverview:
    """The work that the path names, as far as its visitor looks after it."""
    state = visit.site.class_state(visit.read.opened)
    overview = look_at_work(state, visit.who, visit.params["name"])
    if overview is None:
        raise PageNotFound
    return overview


def _wrap(visit: Visit, live: str, tag: str) -> Markup:
    """The live part in an element that asks again whether it is still right."""
    # Rendered by a template of ours just now: escaped there.
    inner = Markup(live)  # noqa: S704
    return Markup(render_for(visit, "web/staff/polled.html", inner=inner, tag=tag, path=visit.path))  # noqa: S704


def _draw_arrivals(overview: WorkOverview, zone: tzinfo) -> StepChart | None:
    due, arrivals = overview.state.settings.deadline, overview.arrivals
    if not arrivals:
        return None
    ends = [*(each.timestamp() for each in (arrivals[0], arrivals[-1])), *([due.timestamp()] if due else [])]
    low, high = min(ends), max(ends)

    def tick(moment: datetime) -> tuple[float, str]:
        return place_across(moment.timestamp(), low, high), describe_moment(moment, zone)

    return StepChart(
        draw_steps([each.timestamp() for each in arrivals], low, high, total=overview.state.students),
        (tick(arrivals[0]), *([tick(arrivals[-1])] if arrivals[-1] > arrivals[0] else [])),
        ((tick(due)[0], "due"),) if due else (),
    )


def _draw_scores(figures: WorkFigures) -> StepChart | None:
    if not figures.scores or not figures.points:
        return None
    points = float(figures.points)
    ticks: Sequence[tuple[float, str]] = [
        (place_across(tenth, 0, 10), f"{10 * tenth}" + (" %" if tenth == 10 else "")) for tenth in range(11)
    ]
    return StepChart(draw_steps(figures.scores, 0, points, total=len(figures.scores)), tuple(ticks))
