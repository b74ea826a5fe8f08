"""When the pages were away, and for whose work that came just before the end.

The server says every half minute that it is there. Where it finds that nothing was said for longer, whatever
the reason, it was away: an hour more for all may be the answer, and an instructor decides that.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from autograder.domain.course import Course
from autograder.domain.course_events import ALL, CourseEvent, find_standing
from autograder.domain.events import Extension
from autograder.gradebook.transient import TransientStore, alive, outages, put, sessions

SILENCE = timedelta(minutes=2)
"""So long nothing may be said before that is an outage."""
_PAGES = "pages"
_KEPT = timedelta(days=60)
_BEFORE, _AFTER = timedelta(hours=1), timedelta(hours=6)
_OFFERED = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class TouchedWork:
    """A piece of work whose due date came while the pages were away, or soon after."""

    name: str
    title: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which the pages were away."""

    begun: datetime
    ended: datetime
    active: int
    """People who had used the pages in the hour before."""
    works: tuple[TouchedWork, ...] = ()
    """For which nobody has been given more time since."""


def beat(store: TransientStore, now: datetime) -> None:
    """Say that the pages are there; where that was not said for long, note the outage."""
    with store.writing() as connection:
        last: datetime | None = connection.execute(select(alive.c.at).where(alive.c.name == _PAGES)).scalar()
        put(connection, alive, {"name": _PAGES, "at": now})
        # By a clock that was ahead and is set right: nobody was without the pages in a time to come.
        connection.execute(delete(outages).where(outages.c.ended > now))
        if last is None or now - last <= SILENCE:
            return
        users = select(func.count(sessions.c.person.distinct())).where(sessions.c.seen > last - _BEFORE)
        active = connection.execute(users).scalar() or 0
        connection.execute(delete(outages).where(outages.c.ended <= now - _KEPT))
        put(connection, outages, {"begun": last, "ended": now, "active": active})


def find_outages(
    store: TransientStore, course: Course, events: Iterable[CourseEvent], now: datetime
) -> tuple[Outage, ...]:
    """The outages of the last two weeks, the newest first, each with the work that was due then."""
    with store.reading() as connection:
        recent = select(outages).where(outages.c.ended > now - _OFFERED).order_by(outages.c.begun.desc())
        rows = connection.execute(recent).all()
    given = [
        event for event in find_standing(events) if event.whom == ALL and isinstance(event.what, Extension)
    ]
    return tuple(
        Outage(row.begun, row.ended, row.active, tuple(_find_touched(course, given, row.begun, row.ended)))
        for row in rows
    )


def _find_touched(
    course: Course, given: Iterable[CourseEvent], begun: datetime, ended: datetime
) -> Iterator[TouchedWork]:
    answered = {e.what.work for e in given if isinstance(e.what, Extension) and e.at >= ended}
    for work in course.works:
        if work.deadline is None or work.name in answered:
            continue
        if begun <= work.deadline + work.grace and work.deadline <= ended + _AFTER:
            yield TouchedWork(work.name, work.title, work.deadline)
