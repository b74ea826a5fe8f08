"""Marks given by hand, kept in the gradebook: a changed mark is a new event, and the last one counts."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, select

from autograder.domain.course_events import CourseEvent
from autograder.domain.handmark import HandMark
from autograder.domain.report import CriterionMark
from autograder.errors import OvertakenError
from autograder.gradebook import queries
from autograder.gradebook.course_events import add_events
from autograder.gradebook.earlier import RecordedUntil
from autograder.gradebook.tables import hand_marks

Opened = Callable[[], AbstractContextManager[Connection]]


class HandMarks:
    """The marks of written parts. Every method raises `StoreError` where the database fails."""

    def __init__(self, reading: Opened, writing: Opened) -> None:
        self._reading = reading
        self._writing = writing

    def add(self, marks: Iterable[HandMark], *, seen: int | None = None) -> tuple[HandMark, ...]:
        """Record marks, all or none of them, and return those that are new.

        One that says what the last mark of this part of the file says already is none.

        Args:
            marks: in the order in which they were given.
            seen: the number of the last mark that whoever gave the first of them knew of this part of the
                file, 0 for none; None where that is no matter.

        Raises:
            OvertakenError: somebody gave another one since.
        """
        new = []
        with self._writing() as connection:
            for mark in marks:
                before = _read(connection, mark.assignment, [mark.student])
                latest = next((m for m in before[::-1] if (m.part, m.blob) == (mark.part, mark.blob)), None)
                standing = None if latest is None or latest.taken_back else latest
                if not mark.same_as(latest) and (standing or not mark.taken_back):
                    # Asked under the writers' lock: nobody can give a mark between this and what follows.
                    if seen is not None and seen != (standing.number if standing else 0):
                        raise OvertakenError("somebody else marked this answer in the meantime")
                    queries.add(connection, hand_marks, _row(mark))
                    new.append(mark)
                seen = None
        return tuple(new)

    def change_rubric(
        self,
        event: CourseEvent,
        marks: Sequence[HandMark],
        *,
        seen: Sequence[HandMark],
        after: int,
        place: str,
    ) -> None:
        """Record that a part is marked by other criteria, and the marks by them: all or nothing.

        Args:
            event: the change.
            marks: those that were given, by the new criteria.
            seen: all marks of the assignment as whoever decided knew them.
            after: the number of the last event that they knew.
            place: of the store, for messages.

        Raises:
            OvertakenError: a mark was given, or another event recorded, since.
        """
        with self._writing() as connection:
            work = next((mark.assignment for mark in seen), "")
            last = _read(connection, work, None)[-1:]
            if [mark.number for mark in last] != [mark.number for mark in seen[-1:]]:
                raise OvertakenError("somebody marked an answer in the meantime: look at it again")
            add_events(connection, [event], after=after, place=place)
            for mark in marks:
                queries.add(connection, hand_marks, _row(mark))

    def of(
        self,
        assignment: str,
        *,
        students: Collection[str] | None = None,
        until: RecordedUntil | None = None,
    ) -> tuple[HandMark, ...]:
        """All marks of an assignment (of `students`), the oldest first: the history, `until` an event."""
        with self._reading() as connection:
            return _read(connection, assignment, students, until)

    def every(
        self, *, students: Collection[str] | None = None, until: RecordedUntil | None = None
    ) -> tuple[HandMark, ...]:
        """The same of all assignments."""
        with self._reading() as connection:
            return _read(connection, None, students, until)


def _read(
    connection: Connection,
    assignment: str | None,
    students: Collection[str] | None,
    until: RecordedUntil | None = None,
) -> tuple[HandMark, ...]:
    asked = {
        name: value
        for name, value in (
            ("work", assignment),
            ("whose", None if students is None else list(students)),
            ("until", until.hand_marks if until else None),
        )
        if value is not None
    }
    rows = connection.execute(_ask(frozenset(asked)), asked).mappings()
    return tuple(map(_mark, rows))


@cache
def _ask(by: frozenset[str]) -> Executable:
    """The marks that are asked for by some of work, whose and until."""
    wanted = select(hand_marks).order_by(hand_marks.c.id)
    if "work" in by:
        wanted = wanted.where(hand_marks.c.assignment == bindparam("work"))
    if "whose" in by:
        whose = bindparam("whose", type_=hand_marks.c.student.type, expanding=True)
        wanted = wanted.where(hand_marks.c.student.in_(whose))
    if "until" in by:
        wanted = wanted.where(hand_marks.c.id <= bindparam("until"))
    return wanted


def _row(mark: HandMark) -> dict[str, Any]:
    # Words are kept as JSON: any characters, on every database, as they were.
    rubric = [[line.criterion, str(line.points), str(line.earned)] for line in mark.rubric]
    return {
        "assignment": mark.assignment,
        "student": mark.student,
        "part": mark.part,
        "blob": mark.blob,
        "answer": mark.answer,
        "rubric": json.dumps(rubric),
        "comment": json.dumps(mark.comment),
        "marker": mark.marker,
        "marked": mark.marked,
    }


def _mark(row: Mapping[Any, Any]) -> HandMark:
    lines = json.loads(row["rubric"])
    return HandMark(
        student=row["student"],
        assignment=row["assignment"],
        part=row["part"],
        blob=row["blob"],
        rubric=tuple(
            CriterionMark(text, Fraction(points), Fraction(earned)) for text, points, earned in lines
        ),
        comment=json.loads(row["comment"]),
        marker=row["marker"],
        marked=row["marked"],
        answer=row["answer"],
        number=row["id"],
    )
