"""Who of the staff looked at whose work: noted for the student, who is told of the role and the day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from autograder.gradebook.transient import TransientStore, views
from autograder.web.visit import Visit

_SAME = timedelta(hours=1)
"""Within which looking again is no new view."""
_KEPT = timedelta(days=400)
_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class StaffView:
    """That somebody looked at a student's work."""

    viewer: str
    work: str
    at: datetime


def note_view(visit: Visit, student: str, work: str) -> None:
    """Note that the visitor looks at the work of a student, whose name they see."""
    now, viewer = visit.site.clock(), visit.who.id
    latest = select(views.c.id).where(
        views.c.student == student,
        views.c.viewer == viewer,
        views.c.work == work,
        views.c.at > now - _SAME,
    )
    with visit.site.transient.reading() as connection:
        if connection.execute(latest).first() is not None:
            return
    with visit.site.transient.writing() as connection:
        connection.execute(delete(views).where(views.c.at <= now - _KEPT))
        connection.execute(views.insert().values(student=student, viewer=viewer, work=work, at=now))


def list_views(store: TransientStore, student: str) -> list[StaffView]:
    """The last views of a student's work, the newest first."""
    own = select(views).where(views.c.student == student).order_by(views.c.id.desc()).limit(_MOST_SHOWN)
    with store.reading() as connection:
        return [StaffView(row.viewer, row.work, row.at) for row in connection.execute(own)]
