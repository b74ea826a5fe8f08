"""Requests for a second look, kept in the gradebook: added to and never changed."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from autograder.domain.course_events import CourseEvent
from autograder.domain.second_looks import LookEntry, LookOutcome, LookStep, SecondLook, join_entries
from autograder.errors import OvertakenError, StoreError
from autograder.gradebook import queries
from autograder.gradebook.connect import has_table
from autograder.gradebook.course_events import add_events
from autograder.gradebook.tables import second_looks

Opened = Callable[[], AbstractContextManager[Connection]]


class SecondLooks:
    """The requests of a course. Every method raises `StoreError` where the database fails.

    A store of an earlier version that is only read has none.
    """

    def __init__(self, reading: Opened, writing: Opened, *, place: str) -> None:
        self._reading = reading
        self._writing = writing
        self._place = place

    def all(self, *, student: str | None = None) -> tuple[SecondLook, ...]:
        """Every request (of a student), the oldest first."""
        with self._reading() as connection:
            return self._read(connection, student)

    def ask(self, entry: LookEntry, require: Callable[[Sequence[SecondLook]], None]) -> LookEntry:
        """Record what a student asks.

        `require` is given all of the student's requests and raises what refuses this one; nobody can record
        anything between the two.
        """
        with self._writing() as connection:
            require(self._read(connection, entry.student))
            return self._add(connection, entry)

    def answer(
        self, entry: LookEntry, *, seen: int, events: Sequence[CourseEvent] = (), after: int | None = None
    ) -> LookEntry:
        """Record an answer, or a proposal of one, with what is decided by it: all or nothing.

        Args:
            entry: what is said.
            seen: the number of the last entry of the request that whoever answers knew.
            events: decisions.
            after: the number of the last event that they knew; None where that is no matter.

        Raises:
            OvertakenError: more was said, or another event was recorded, since.
        """
        with self._writing() as connection:
            look = next(each for each in self._read(connection, entry.student) if each.number == entry.look)
            if look.last.number != seen:
                raise OvertakenError("somebody else answered this request in the meantime; look at it again")
            add_events(connection, events, after=after, place=self._place)
            return self._add(connection, entry)

    def _read(self, connection: Connection, student: str | None) -> tuple[SecondLook, ...]:
        if not has_table(connection, second_looks.name):
            return ()
        wanted = select(second_looks).order_by(second_looks.c.id)
        if student is not None:
            wanted = wanted.where(second_looks.c.student == student)
        return join_entries(map(self._entry, connection.execute(wanted).mappings().all()))

    def _add(self, connection: Connection, entry: LookEntry) -> LookEntry:
        said = {
            "text": entry.text,
            "ran": entry.ran,
            "outcome": entry.outcome.value if entry.outcome else None,
            "given": entry.given,
        }
        row = {
            "look": entry.look,
            "step": entry.step.value,
            "student": entry.student,
            "work": entry.work,
            "submission": entry.submission,
            "question": entry.question,
            # Words are kept as JSON: any characters, on every database, as they were.
            "body": json.dumps(said),
            "by": entry.by,
            "at": entry.at,
        }
        return replace(entry, number=queries.add_linked(connection, second_looks, row))

    def _entry(self, row: Mapping[Any, Any]) -> LookEntry:
        try:
            said = json.loads(row["body"])
            outcome = LookOutcome(said["outcome"]) if said["outcome"] else None
            return LookEntry(
                number=row["id"],
                look=row["look"],
                step=LookStep(row["step"]),
                student=row["student"],
                work=row["work"],
                submission=row["submission"],
                question=row["question"],
                text=str(said["text"]),
                at=row["at"],
                by=row["by"],
                ran=str(said["ran"]),
                outcome=outcome,
                given=str(said["given"]),
            )
        except (ValueError, TypeError, LookupError) as error:
            raise StoreError(
                f"{self._place}: what was said of request {row['look'] or row['id']} cannot be read "
                f"({error}); bring back a backup"
            ) from error
