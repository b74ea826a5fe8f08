"""Events of a course, kept in the gradebook: added to and never changed, and one writer at a time."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from autograder.domain.course_event_json import read_body, to_body
from autograder.domain.course_events import CourseEvent, Publication, Whom
from autograder.errors import OvertakenError, StoreError
from autograder.gradebook import queries
from autograder.gradebook.connect import has_table
from autograder.gradebook.tables import events, published

Opened = Callable[[], AbstractContextManager[Connection]]


_ALL = select(events).order_by(events.c.id)
_LAST = select(func.coalesce(func.max(events.c.id), 0))
_PUBLISHED = select(published.c.student, published.c.body).where(
    published.c.publication == bindparam("which")
)
_PUBLISHED_OF = select(published.c.body).where(
    published.c.publication == bindparam("which"), published.c.student == bindparam("whose")
)


class CourseEvents:
    """What people record of a course. Every method raises `StoreError` where the database fails.

    A store of an earlier version that is only read has no events.
    """

    def __init__(self, reading: Opened, writing: Opened, *, place: str) -> None:
        self._reading = reading
        self._writing = writing
        self._place = place

    def all(self) -> tuple[CourseEvent, ...]:
        """Every event, the oldest first; what was taken back is among them.

        Raises:
            StoreError: one is not of this program's making.
        """
        with self._reading() as connection:
            if not has_table(connection, events.name):
                return ()
            rows = connection.execute(_ALL).mappings().all()
        return tuple(map(self._event, rows))

    def last(self) -> int:
        """The number of the last event, or 0: by it one knows whether anything was recorded since."""
        with self._reading() as connection:
            if not has_table(connection, events.name):
                return 0
            return _last(connection)

    def add(self, new: Sequence[CourseEvent], *, after: int | None = None) -> tuple[CourseEvent, ...]:
        """Record events, all or none of them, and return them with their numbers.

        Args:
            new: in the order in which they hold.
            after: the number of the last event that whoever decided knew of; None where that is no matter.

        Raises:
            OvertakenError: another event was recorded since.
        """
        with self._writing() as connection:
            return add_events(connection, new, after=after, place=self._place)

    def publish(
        self,
        event: CourseEvent,
        grades: Mapping[str, Any],
        *,
        after: int | None = None,
        decided: Sequence[CourseEvent] = (),
    ) -> CourseEvent:
        """Record a publication with the grade of each student, in plain JSON values; all or nothing.

        What was `decided` with it is recorded before it.

        Raises:
            OvertakenError: another event was recorded since `after`.
        """
        with self._writing() as connection:
            recorded = add_events(connection, [*decided, event], after=after, place=self._place)[-1]
            for student, grade in grades.items():
                row = {"publication": recorded.number, "student": student, "body": json.dumps(grade)}
                queries.add(connection, published, row)
            return recorded

    def published(self, publication: int) -> dict[str, Any]:
        """The grades of a publication, by student."""
        with self._reading() as connection:
            rows = connection.execute(_PUBLISHED, {"which": publication}).all()
        return {row.student: json.loads(row.body) for row in rows}

    def published_of(self, publication: int, student: str) -> Any:
        """What a publication says of one student; None where nothing. Nobody else's is read."""
        with self._reading() as connection:
            body = connection.scalar(_PUBLISHED_OF, {"which": publication, "whose": student})
        return None if body is None else json.loads(body)

    def publications(self) -> tuple[CourseEvent, ...]:
        """Every publication, the oldest first."""
        return tuple(each for each in self.all() if isinstance(each.what, Publication))

    def _event(self, row: Mapping[Any, Any]) -> CourseEvent:
        try:
            return _read_event(**row)
        except (ValueError, TypeError, ZeroDivisionError) as error:
            raise StoreError(
                f"{self._place}: event {row['id']} cannot be read ({error}); bring back a backup"
            ) from error


# Events are read again and again, and never change: an eighth of reading a class is saved.
@lru_cache(maxsize=20_000)
def _read_event(
    *,
    id: int,
    kind: str,
    body: str,
    why: str,
    note: str,
    student: str,
    class_group: str,
    at: datetime,
    by: str,
) -> CourseEvent:
    what = read_body(kind, id, json.loads(body), str(json.loads(why)))
    return CourseEvent(what, Whom(student, class_group), at, by, str(json.loads(note)))


def add_events(
    connection: Connection, new: Sequence[CourseEvent], *, after: int | None, place: str
) -> tuple[CourseEvent, ...]:
    """Record events within a writing transaction: see `CourseEvents.add`."""
    # Asked under the writers' lock: nobody can record anything between this and what follows.
    last = _last(connection)
    if after is not None and last != after:
        raise OvertakenError(
            f"{place}: somebody else recorded something in the meantime "
            f"(event {last}; what was shown ended with {after}); look at it anew"
        )
    return tuple(_add(connection, event) for event in new)


def _last(connection: Connection) -> int:
    return int(connection.execute(_LAST).scalar_one())


def _add(connection: Connection, event: CourseEvent) -> CourseEvent:
    # Counted here under the writers' lock, so that numbers have no gaps, and every database counts alike.
    number = _last(connection) + 1
    row = {
        "id": number,
        "kind": event.kind.value,
        "student": event.whom.student,
        "class_group": event.whom.group,
        # Words are kept as JSON: any characters, on every database, as they were.
        "body": json.dumps(to_body(event.what)),
        "why": json.dumps(event.what.why),
        "note": json.dumps(event.note),
        "by": event.by,
        "at": event.at,
    }
    queries.add(connection, events, row)
    return event.numbered(number)
