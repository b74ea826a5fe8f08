"""Publishing marks: what students would see otherwise than now is shown, then confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from http import HTTPStatus

from starlette.responses import Response

from autograder.domain.course_events import Publication, find_standing
from autograder.errors import CourseError, OvertakenError
from autograder.publishing.publication import FallingMarks
from autograder.render.words import number
from autograder.services.decisions import (
    PreviewedPublication,
    preview_publication,
    record_publication,
    require_reason,
)
from autograder.web.visit import PageNotFound, Visit

_FINAL = "final"
"""What is typed for the final grades, where a name is to be typed."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be published, and how."""

    work: str | None
    why: str
    falling: FallingMarks
    taking_back: bool
    typed: str

    @classmethod
    def of(cls, visit: Visit, sent: Mapping[str, str]) -> "_Wanted":
        work = visit.params.get("name")
        if work is not None and all(each.name != work for each in visit.read.opened.course.works):
            raise PageNotFound
        falling = next((each for each in FallingMarks if each == sent.get("falling")), FallingMarks.PUBLISH)
        taking_back = sent.get("back") == "1"
        return cls(work, sent.get("why", "").strip(), falling, taking_back, sent.get("typed", "").strip())

    @property
    def name(self) -> str:
        """What must be typed where marks go down."""
        return self.work or _FINAL

    def preview(self, visit: Visit) -> PreviewedPublication:
        return preview_publication(
            visit.read.opened,
            visit.site.gradebook,
            self.work,
            self.why,
            now=visit.site.clock(),
            falling=self.falling,
            taking_back=self.taking_back,
        )


def show_publication(visit: Visit) -> Response:
    """What publishing, or taking the last publication back, would change."""
    wanted = _Wanted.of(visit, visit.query)
    try:
        return _draw(visit, wanted, wanted.preview(visit))
    except CourseError as error:
        return _draw(visit, wanted, None, troubles=[str(flaw) for flaw in error.flaws])


def publish(visit: Visit) -> Response:
    """Publish what was shown, or take the last publication back."""
    wanted = _Wanted.of(visit, dict(visit.form.fields))
    try:
        shown = wanted.preview(visit)
    except CourseError as error:
        return _draw(visit, wanted, None, troubles=[str(flaw) for flaw in error.flaws])
    if wanted.taking_back:
        try:
            require_reason(wanted.why)
        except CourseError as error:
            return _draw(visit, wanted, shown, troubles=[str(flaw) for flaw in error.flaws])
    if any(change.down for change in shown.found.changes) and wanted.typed != wanted.name:
        what = f"Marks go down: type {wanted.name} to say that this is meant."
        return _draw(visit, wanted, shown, troubles=[what])
    try:
        record_publication(visit.site.gradebook, shown, by=visit.who.id, state=visit.form.get("state"))
    except OvertakenError:
        return _draw(visit, wanted, wanted.preview(visit), moved=True)
    return visit.redirect(visit.path)


def _draw(
    visit: Visit,
    wanted: _Wanted,
    shown: PreviewedPublication | None,
    *,
    troubles: list[str] | None = None,
    moved: bool = False,
) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if troubles else HTTPStatus.CONFLICT if moved else HTTPStatus.OK
    course = visit.read.opened.course
    standing = find_standing(visit.site.gradebook.events.all())
    held = [e for e in standing if isinstance(e.what, Publication) and e.what.work == wanted.work]
    return visit.page(
        "web/staff/publish.html",
        status=status,
        wanted=wanted,
        title=next((each.title for each in course.works if each.name == wanted.work), "Final grades"),
        shown=shown,
        down=[change for change in shown.found.changes if change.down] if shown else [],
        names={each.id: each.name or each.id for each in course.roster},
        last=held[-1] if held else None,
        troubles=troubles or [],
        moved=moved,
        action=visit.path,
        Falling=FallingMarks,
        mark=partial(_tell_mark, shown.points if shown else Fraction(0)),
    )


def _tell_mark(points: Fraction, text: str, share: Fraction | None) -> str:
    """A mark as whoever gave it knows it, in points; as students read it where that is no share of them."""
    if share is None or not points:
        return text
    earned = share * points
    told = f"{number(earned, total=points)} of {number(points)}"
    # Of what is rounded the exact mark too: two that differ do not read alike.
    return told if (100 * earned).denominator == 1 else f"{told} ({text})"
