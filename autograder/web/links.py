"""Links that log in, made where no browser is: for whoever runs the program in the course's folder."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select

from autograder.access import write_whole
from autograder.course.opened import OpenCourse
from autograder.domain.nearest import advise
from autograder.domain.people import find_person
from autograder.errors import CourseError, Flaw
from autograder.gradebook.transient import TransientStore, put, servers
from autograder.interop.marks import harmless
from autograder.services.health import GRADER
from autograder.web.sessions import LINK_LASTS, make_links
from autograder.web.site import ServedAt

_SILENCE = timedelta(minutes=2)
"""Grading says every ten seconds that it is alive; it may be opening an assignment."""
_NAME = "server"


def login_link(
    course: OpenCourse, who: str, *, now: datetime, url: str | None = None, lasts: timedelta = LINK_LASTS
) -> str:
    """A link that logs somebody in once.

    Args:
        course: into which.
        who: an id of the class list or of staff.csv.
        now: the moment.
        url: the address of the pages; None for that at which they were served last.
        lasts: how long it is valid.

    Raises:
        CourseError: nobody has this id.
    """
    staff = course.staff()
    if find_person(who, course.course.roster, staff) is None:
        known = [*(each.id for each in staff), *(each.id for each in course.course.roster)]
        allowed = advise(who, known, they="an id of students.csv or staff.csv:")
        raise CourseError([Flaw(who, "is nobody of this course", allowed)])
    return _links(course, [who], now=now, url=url, lasts=lasts)[0]


def write_class_links(
    course: OpenCourse,
    file: Path,
    *,
    group: str | None,
    now: datetime,
    url: str | None = None,
    lasts: timedelta = LINK_LASTS,
) -> int:
    """Write a table with a link for each student, of a group or of all; return how many.

    Whoever has a link is logged in by it: the file is for its owner alone.

    Raises:
        CourseError: there is no student, or no such group.
    """
    roster = course.course.roster
    students = [each for each in roster if group is None or each.group == group]
    if not students:
        groups = sorted({each.group for each in roster if each.group})
        what, allowed = "has no student", f"known groups are {', '.join(groups)}" if groups else ""
        raise CourseError([Flaw("students.csv" if group is None else f"group {group!r}", what, allowed)])
    made = _links(course, [each.id for each in students], now=now, url=url, lasts=lasts)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(("id", "name", "email", "link"))
    for each, link in zip(students, made, strict=True):
        table.writerow((harmless(each.id), harmless(each.name), harmless(each.email), link))
    # With a mark by which spreadsheets tell it from Latin letters.
    write_whole(file.absolute(), text.getvalue().encode("utf-8-sig"))
    return len(students)


def _links(
    course: OpenCourse, people: Sequence[str], *, now: datetime, url: str | None, lasts: timedelta
) -> list[str]:
    with course.gradebook(), course.transient() as store:
        tokens = make_links(store, people, now=now, lasts=lasts)
        address = (url or find_address(store) or ServedAt().url).rstrip("/")
    return [f"{address}/in/{token}" for token in tokens]


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
    return last is None or abs(now - last) < _SILENCE


def find_address(store: TransientStore) -> str | None:
    """Where the pages were served last, or None."""
    with store.reading() as connection:
        known = select(servers.c.url).where(servers.c.name == _NAME)
        found: str | None = connection.execute(known).scalar()
        return found
