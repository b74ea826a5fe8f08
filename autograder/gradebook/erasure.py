"""Erasing a person from the store: what names them or was written by them goes, marks and times stay.

Their line in the table of people goes, so that nothing says any more whose the rows under their number are.
Each row that held their words is erased in the chain (its salt goes, a link says so), and what is left of it
is sealed anew: all else still checks, and so does what is left.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from zlib import compress

from sqlalchemy import Connection, Table, delete, inspect, select, text, update

from autograder.domain.report import Report, Verdict
from autograder.domain.report_json import from_json, to_text
from autograder.domain.sentences import authored
from autograder.gradebook import queries
from autograder.gradebook.chain import PERSON_ERASED, Pen
from autograder.gradebook.connect import WRITING
from autograder.gradebook.numbers import Numbers, draw_number, numbers_of
from autograder.gradebook.people import read_numbers
from autograder.gradebook.tables import (
    blobs,
    events,
    hand_marks,
    people,
    published,
    quiz_attempts,
    quiz_handed_in,
    quiz_judgings,
    quiz_responses,
    reports,
    second_looks,
    submissions,
)

GONE = authored("Erased.")
"""What stands in the place of a sentence."""
_WORDS = frozenset(
    ("why", "note", "comment", "message", "reading", "reading_mathml", "fingerprint", "name", "text", "ran")
)
_Change = Callable[[Any], dict[str, Any]]


def erase_person(connection: Connection, student: str, *, when: str) -> str:
    """Erase a student within a writing transaction, and return the number that stands in their place."""
    line = connection.execute(select(people).where(people.c.student == student)).mappings().one_or_none()
    number = Numbers(there=True).student_of(line["number"] if line else draw_number())
    files, typed = _replace_files(connection, student), json.dumps("")
    whose = select(submissions.c.id).where(submissions.c.student == student)
    _change(connection, reports, reports.c.submission.in_(whose), lambda row: _strip(row, number, files))
    _change(
        connection,
        hand_marks,
        hand_marks.c.student == student,
        lambda row: {"blob": files.get(row["blob"], ""), "answer": "", "comment": typed},
    )
    attempts = select(quiz_attempts.c.id).where(quiz_attempts.c.student == student)
    _change(connection, quiz_responses, quiz_responses.c.attempt.in_(attempts), lambda _: {"raw": typed})
    _change(
        connection,
        quiz_judgings,
        quiz_judgings.c.attempt.in_(attempts),
        lambda row: {"raw": typed, "verdict": json.dumps(_blank(json.loads(row["verdict"])))},
    )
    # Of what is said of a person, the name of a team alone may hold a name.
    unsaid = {"why": typed, "note": typed}
    _change(connection, events, events.c.student == student, lambda row: {**unsaid, **_reduce(row)})
    _change(connection, published, published.c.student == student, _reduce)
    _change(connection, second_looks, second_looks.c.student == student, _reduce)
    if line is not None:
        _pen(connection).erase(connection, people, line["id"])
        connection.execute(delete(people).where(people.c.id == line["id"]))
        read_numbers(connection)
    _pen(connection).append(connection, PERSON_ERASED, f"{number} {when}")
    return number


def find_students(connection: Connection) -> tuple[str, ...]:
    """Everybody whom a row names, in order, but those who were erased."""
    return tuple(sorted(numbers_of(connection.dialect).numbers))


def last_recorded(connection: Connection) -> datetime | None:
    """When something was last handed in: a file or an attempt at a quiz."""
    times = [
        *connection.execute(select(submissions.c.recorded)).scalars(),
        *connection.execute(select(quiz_handed_in.c.at)).scalars(),
    ]
    return max(times, default=None)


def forget_copies(connection: Connection) -> None:
    """Take away the copies that were made of a PostgreSQL database before it was upgraded."""
    if connection.dialect.name == "postgresql":
        for name in inspect(connection).get_schema_names():
            if name.startswith("before_"):
                connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))


def _pen(connection: Connection) -> Pen:
    pen: Pen = connection.get_execution_options()[WRITING]
    return pen


def _change(connection: Connection, table: Table, which: Any, change: _Change) -> None:
    key = table.primary_key.columns[0]
    for row in connection.execute(select(table).where(which).order_by(key)).mappings().all():
        identity = row[key.name]
        _pen(connection).erase(connection, table, identity)
        connection.execute(update(table).where(key == identity).values(**change(row)))
        _pen(connection).seal_left(connection, table, identity)


def _replace_files(connection: Connection, student: str) -> dict[str, str]:
    """Put a file that says nothing in the place of each of theirs; return the new hash of each old one."""
    theirs = submissions.c.student == student
    old = connection.execute(select(submissions.c.blob).where(theirs).distinct()).scalars().all()
    new = {}
    for blob in sorted(old):
        content = f"erased {secrets.token_hex(16)}".encode()
        new[blob] = sha256(content).hexdigest()
        row = {"hash": new[blob], "size": len(content), "packed": compress(content)}
        queries.add(connection, blobs, row)
    _change(
        connection,
        submissions,
        theirs,
        lambda row: {"blob": new[row["blob"]], "filename": ""},
    )
    for blob in new:
        # Untouched notebooks are one file of several people: it goes with the last of them.
        others = connection.execute(
            select(submissions.c.id).where(submissions.c.blob == blob).limit(1)
        ).first()
        if others is None:
            _pen(connection).erase(connection, blobs, blob)
            connection.execute(delete(blobs).where(blobs.c.hash == blob))
    return new


def _strip(row: Any, number: str, files: dict[str, str]) -> dict[str, Any]:
    """A report with marks, outcomes and times alone."""
    whole = from_json(json.loads(row["body"]))
    receipt = replace(whole.receipt, student=number, filename="", blob=files[whole.receipt.blob], found=())
    verdicts = tuple(
        Verdict(v.question, v.points, v.outcome, v.mark, GONE, title=v.title) for v in whole.verdicts
    )
    bare = Report(receipt, whole.revision, verdicts, whole.isolation, whole.graded, versions=whole.versions)
    return {"body": to_text(bare)}


def _reduce(row: Any) -> dict[str, Any]:
    return {"body": json.dumps(_blank(json.loads(row["body"])))}


def _blank(value: Any) -> Any:
    """The same with no words in it that somebody wrote."""
    if isinstance(value, dict):
        return {k: "" if k in _WORDS and isinstance(v, str) else _blank(v) for k, v in value.items()}
    return [_blank(each) for each in value] if isinstance(value, list) else value
