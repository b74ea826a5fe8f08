"""Attempts at quizzes, kept in the gradebook: added to and never changed."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from itertools import accumulate
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Integer,
    Table,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    null,
    select,
    union_all,
)

from autograder.errors import OvertakenError
from autograder.gradebook import queries
from autograder.gradebook.tables import quiz_attempts, quiz_handed_in, quiz_judgings, quiz_responses
from autograder.gradebook.together import Together
from autograder.quiz import variants, verdicts
from autograder.quiz.records import (
    Attempt,
    Event,
    HandedIn,
    Judging,
    KnownAttempts,
    MemoryRecords,
    Occasion,
    Response,
)

_Event = TypeVar("_Event", bound=Event)
Opened = Callable[[], AbstractContextManager[Connection]]


class QuizRecords:
    """The store of attempts that `autograder.quiz` asks for (`quiz.records.Records`).

    Every method raises `StoreError` where the database fails.
    """

    def __init__(self, reading: Opened, writing: Opened, *, together: Together[Response]) -> None:
        """Answers that are saved at one time by threads which share `together` are written at once."""
        self._reading = reading
        self._writing = writing
        self._together = together

    def add(self, events: Sequence[Event]) -> None:
        """Record events, all or none of them.

        Of an attempt that was handed in meanwhile, by another tab or by the clock, nothing that comes with
        a second handing in is added.
        """
        match events:
            case []:
                return
            case [Response() as saved]:
                self._together.write(saved, self._add)
            case _:
                self._add(events)

    def _add(self, events: Sequence[Event]) -> None:
        with self._writing() as connection:
            if all(isinstance(event, Response) for event in events):
                queries.add_responses(connection, [_row(event)[1] for event in events])
                return
            for event in events:
                table, row = _row(event)
                if not queries.add(connection, table, row) and isinstance(event, HandedIn):
                    return

    def add_mark(self, mark: Judging, *, seen: int) -> None:
        """Record a mark given by hand.

        Args:
            mark: what somebody gave.
            seen: the number of the last mark by hand of this answer that they knew, 0 for none.

        Raises:
            OvertakenError: somebody gave another one since.
        """
        with self._writing() as connection:
            by_hand = quiz_judgings.c.occasion == Occasion.HAND.value
            same = (quiz_judgings.c.attempt == mark.attempt, quiz_judgings.c.question == mark.question)
            last = connection.execute(select(func.max(quiz_judgings.c.id)).where(by_hand, *same)).scalar()
            if (last or 0) != seen:
                raise OvertakenError("somebody else marked this answer in the meantime")
            queries.add(connection, *_row(mark))

    def attempts(self, quiz: str, student: str | None = None) -> Sequence[Attempt]:
        """Attempts at a quiz, in the order they were begun."""
        wanted = select(quiz_attempts).where(quiz_attempts.c.quiz == quiz)
        if student is not None:
            wanted = wanted.where(quiz_attempts.c.student == student)
        return sorted(self._rows(wanted, _attempt), key=_begun)

    def attempt(self, id: str) -> Attempt | None:
        """The attempt with this id, or None."""
        found = self._rows(select(quiz_attempts).where(quiz_attempts.c.id == id), _attempt)
        return next(iter(found), None)

    def responses(self, attempt: str) -> Sequence[Response]:
        """All responses of an attempt, in order."""
        return self._rows(_of(quiz_responses, attempt), _response)

    def judgings(self, attempt: str) -> Sequence[Judging]:
        """All judgings of an attempt, in order."""
        return self._rows(_of(quiz_judgings, attempt), _judging)

    def handed_in(self, attempt: str) -> HandedIn | None:
        """How the attempt ended, or None while it is open."""
        found = self._rows(select(quiz_handed_in).where(quiz_handed_in.c.attempt == attempt), _handed_in)
        return next(iter(found), None)

    def snapshot(
        self, quiz: str, student: str | None = None, *, known: KnownAttempts | None = None
    ) -> MemoryRecords:
        """All that is recorded of a quiz (of a student), by one question to the database.

        All of it is of one moment. Where something is `known` it is asked first of which attempts there is
        news, whose answers and judgings alone are read then.
        """
        copy, asked = MemoryRecords(), dict[str, Any](quiz=quiz)
        if student is not None:
            asked["student"] = student
        found: tuple[list[Event], ...] = tuple([] for _ in _KEPT)
        wanted = _ask_snapshot(of_student=student is not None, news=known is not None)
        with self._reading() as connection:
            if known is not None:
                ends = connection.execute(_ask_ends(of_student=student is not None), asked)
                # Not in the database: there a moment is a text, with the offset in which it was told.
                asked["new"] = [
                    row.id
                    for row in ends
                    if known.has_news(row.id, row.closes, judged=(row.judged or 0) if row.handed_in else None)
                ]
            for kind, _, *values in connection.execute(wanted, asked):
                read, begin = _KEPT[kind][1], _BEGINS[kind]
                found[kind].append(read(dict(zip(_NAMES[kind], values[begin:], strict=False))))
        found[0].sort(key=_begun)  # type: ignore[arg-type] # attempts
        for events in found:
            copy.add(events)
        return copy

    def unended(self, quiz: str, now: datetime) -> tuple[str, ...]:
        """The ids of attempts that are not handed in and were to end before; more time may be given since."""
        with self._reading() as connection:
            ends = connection.execute(_ask_ends(of_student=False), {"quiz": quiz})
            # Not in the database: there a moment is a text, with the offset in which it was told.
            return tuple(row.id for row in ends if not row.handed_in and row.closes and row.closes < now)

    def _rows(self, statement: Any, read: Callable[[Any], _Event]) -> list[_Event]:
        # Read while the store is open: what was edited behind its back is the store's error.
        with self._reading() as connection:
            return [read(row) for row in connection.execute(statement).mappings()]


def _begun(attempt: Attempt) -> tuple[datetime, str, int]:
    # Not in the database: there a moment is a text, with the offset in which it was told.
    return attempt.started, attempt.student, attempt.number


def _of(table: Table, attempt: str) -> Any:
    return select(table).where(table.c.attempt == attempt).order_by(table.c.id)


def _row(event: Event) -> tuple[Table, dict[str, Any]]:
    """The table and the row of an event."""
    match event:
        case Attempt():
            asked = json.dumps([variants.to_json(variant) for variant in event.variants])
            return quiz_attempts, {
                "id": event.id,
                "quiz": event.quiz,
                "revision": event.revision,
                "student": event.student,
                "number": event.number,
                "started": event.started,
                "closes": event.closes,
                "variants": asked,
            }
        case Response():
            raw = json.dumps(event.raw)
            return quiz_responses, {
                "attempt": event.attempt,
                "question": event.question,
                "raw": raw,
                "at": event.at,
            }
        case Judging():
            return quiz_judgings, {
                "attempt": event.attempt,
                "question": event.question,
                "raw": json.dumps(event.raw),
                "verdict": json.dumps(verdicts.to_json(event.verdict)),
                "version": event.version,
                "at": event.at,
                "occasion": event.occasion.value,
                "by": event.by,
            }
        case HandedIn():
            return quiz_handed_in, {
                "attempt": event.attempt,
                "at": event.at,
                "by_clock": int(event.by_clock),
            }


def _attempt(row: Any) -> Attempt:
    return Attempt(
        row["id"],
        row["quiz"],
        row["revision"],
        row["student"],
        row["number"],
        row["started"],
        row["closes"],
        variants.read_variants(row["variants"]),
    )


def _response(row: Any) -> Response:
    return Response(row["attempt"], row["question"], json.loads(row["raw"]), row["at"])


def _handed_in(row: Any) -> HandedIn:
    return HandedIn(row["attempt"], row["at"], bool(row["by_clock"]))


def _judging(row: Any) -> Judging:
    return Judging(
        row["attempt"],
        row["question"],
        json.loads(row["raw"]),
        verdicts.from_json(json.loads(row["verdict"])),
        row["version"],
        row["at"],
        Occasion(row["occasion"]),
        row["by"],
        row["id"],
    )


_KEPT: tuple[tuple[Table, Callable[[Any], Event]], ...] = (
    (quiz_attempts, _attempt),
    (quiz_responses, _response),
    (quiz_judgings, _judging),
    (quiz_handed_in, _handed_in),
)
"""What is recorded of an attempt, and what makes an event of a row."""
_NAMES = tuple(table.columns.keys() for table, _ in _KEPT)
_BEGINS = (0, *accumulate(len(table.columns) for table, _ in _KEPT))
"""Where the columns of each stand in an answer that has those of all."""


def _are_whose(*, of_student: bool) -> list[ColumnElement[bool]]:
    """What is asked of an attempt that belongs to a snapshot."""
    whose = [quiz_attempts.c.quiz == bindparam("quiz")]
    if of_student:
        whose.append(quiz_attempts.c.student == bindparam("student"))
    return whose


@cache
def _ask_ends(*, of_student: bool) -> Executable:
    """Of every attempt its id, when it ends by itself, whether it was handed in, and its last judging."""
    handed_in = exists().where(quiz_handed_in.c.attempt == quiz_attempts.c.id)
    judged = select(func.max(quiz_judgings.c.id)).where(quiz_judgings.c.attempt == quiz_attempts.c.id)
    chosen = select(
        quiz_attempts.c.id,
        quiz_attempts.c.closes,
        handed_in.label("handed_in"),
        judged.scalar_subquery().label("judged"),
    )
    return chosen.where(*_are_whose(of_student=of_student))


@cache
def _ask_snapshot(*, of_student: bool, news: bool) -> Executable:
    """The question of `snapshot`: rows of four tables, each with its kind, its place, and the columns of all.

    One is answered as of one moment by every database, and most of what a question takes is asking it.
    """
    whose = _are_whose(of_student=of_student)
    own = select(quiz_attempts.c.id).where(*whose)
    new = own.where(quiz_attempts.c.id.in_(bindparam("new", expanding=True))) if news else own
    within = {quiz_responses: new, quiz_judgings: new, quiz_handed_in: own}
    every = [column for table, _ in _KEPT for column in table.columns]
    asked = []
    for kind, (table, _) in enumerate(_KEPT):
        place = table.c.id if isinstance(table.c[0].type, Integer) else literal_column("0")
        # Of a column of another table the type alone: all four answers are one table.
        columns = [(each if each.table is table else cast(null(), each.type)) for each in every]
        labelled = [each.label(f"c{number}") for number, each in enumerate(columns)]
        chosen = select(literal_column(str(kind)).label("kind"), place.label("place"), *labelled)
        asked.append(
            chosen.where(*(whose if table is quiz_attempts else [table.c.attempt.in_(within[table])]))
        )
    return union_all(*asked).order_by(literal_column("kind"), literal_column("place"))
