"""What staff recorded of the course: every event, the newest first."""

from starlette.responses import Response

from autograder.domain.course_events import CourseEvent, EventKind, find_standing
from autograder.domain.decision_words import describe_decision
from autograder.interop.marks import harmless
from autograder.publishing.final_table import to_csv
from autograder.web.downloads import send_download
from autograder.web.visit import Visit

_AT_ONCE = 200


def show_log(visit: Visit) -> Response:
    """The events, by kind, by who recorded them and by student; as a file where that is asked for."""
    events = visit.site.gradebook.events.all()
    standing = {each.number for each in find_standing(events)}
    kind, by, whom = (visit.query.get(each, "").strip() for each in ("kind", "by", "whom"))
    found = [
        each
        for each in reversed(events)
        if kind in ("", each.kind.value) and by in ("", each.by) and whom in ("", str(each.whom))
    ]
    if visit.query.get("as") == "csv":
        return _send(visit, found)
    text = visit.query.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else len(events) + 1
    older = [each for each in found if each.number < before]
    shown = older[:_AT_ONCE]
    return visit.page(
        "web/staff/log.html",
        events=[(each, describe_decision(each, visit.site.zone), each.number in standing) for each in shown],
        total=len(found),
        older=shown[-1].number if len(older) > _AT_ONCE else 0,
        kinds=[("", "all"), *((each.value, each.value) for each in EventKind)],
        people=[("", "all"), *((each, each) for each in sorted({each.by for each in events}))],
        kind=kind,
        by=by,
        whom=whom,
    )


def _send(visit: Visit, events: list[CourseEvent]) -> Response:
    heading = ["number", "at", "by", "kind", "whom", "what", "reason", "note"]
    rows = [
        [
            str(each.number),
            each.at.astimezone(visit.site.zone).isoformat(timespec="seconds"),
            *map(harmless, (each.by, each.kind.value, str(each.whom))),
            *map(harmless, (describe_decision(each, visit.site.zone), each.what.why, each.note)),
        ]
        for each in events
    ]
    text = "\ufeff" + to_csv([heading, *rows])
    return send_download(f"{visit.read.opened.course.name}-log.csv", text.encode())
