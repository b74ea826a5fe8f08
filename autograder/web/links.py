"""Links that log in, made where no browser is: for whoever runs the program in the course's folder."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from autograder.course.grading_service import GRADER
from autograder.course.opened import OpenCourse
from autograder.domain.people import find_person
from autograder.errors import CourseError, Flaw
from autograder.gradebook.transient import TransientStore, put, servers
from autograder.web.sessions import make_link
from autograder.web.site import ServedAt

_SILENCE = timedelta(minutes=2)
"""Grading says every ten seconds that it is alive; it may be opening an assignment."""
_NAME = "server"


def login_link(course: OpenCourse, who: str, *, now: datetime, url: str | None = None) -> str:
    """A link that logs somebody in once.

    Args:
        course: into which.
        who: an id of the class list or of staff.csv.
        now: the moment.
        url: the address of the pages; None for that at which they were served last.

    Raises:
        CourseError: nobody has this id.
    """
    staff = course.staff()
    if find_person(who, course.course.roster, staff) is None:
        known = ", ".join(each.id for each in staff)
        allowed = f"an id of students.csv, or of the staff: {known}"
        raise CourseError([Flaw(who, "is nobody of this course", allowed)])
    with course.gradebook(), course.transient() as store:
        token = make_link(store, who, now=now)
        address = url or find_address(store) or ServedAt().url
    return f"{address.rstrip('/')}/in/{token}"


def note_server(store: TransientStore, url: str, now: datetime) -> None:
    """Say that the pages are served, and where."""
    with store.writing() as connection:
        connection.execute(delete(servers))  # what was said of a server before is over
        put(connection, servers, {"name": _NAME, "url": url, "beat": now})


def forget_server(store: TransientStore) -> None:
    """Say that they are served no more."""
    with store.writing() as connection:
        connection.execute(delete(servers).where(servers.c.name == _NAME))


def is_grading(store: TransientStore, now: datetime) -> bool:
    """Whether the process that grades beside the pages is alive, or was not begun long ago."""
    with store.reading() as connection:
        beats = {row.name: row.beat for row in connection.execute(select(servers))}
    # Where nobody serves, nobody is expected to grade.
    last = beats.get(GRADER, beats.get(_NAME))
    return last is None or now - last < _SILENCE


def find_address(store: TransientStore) -> str | None:
    """Where the pages were served last, or None."""
    with store.reading() as connection:
        known = select(servers.c.url).where(servers.c.name == _NAME)
        found: str | None = connection.execute(known).scalar()
        return found
