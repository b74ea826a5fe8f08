"""What the tables are asked (whose submission is latest, which report counts), and adding to them."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Executable,
    Table,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects import sqlite

from autograder.gradebook.connect import WRITING
from autograder.gradebook.numbers import draw_number, numbers_of, set_numbers
from autograder.gradebook.tables import blobs, chain, people, quiz_responses, reports, submissions

_EVENT = (
    submissions.c.id,
    submissions.c.student,
    submissions.c.assignment,
    submissions.c.blob,
    submissions.c.received,
    submissions.c.received_by,
    submissions.c.filename,
)


def latest_submissions(
    connection: Connection,
    assignments: Collection[str],
    students: Collection[str] | None = None,
    *,
    unreported: bool = False,
) -> Sequence[Any]:
    """Every student's latest submission, with where it stands and when it was recorded, in no order.

    `unreported` keeps those without a report of any revision: what is pending.
    """
    asked = {"works": list(assignments)}
    if students is not None:
        asked["whose"] = list(students)
    return connection.execute(_ask_latest(some=students is not None, unreported=unreported), asked).all()


@cache
def _ask_latest(*, some: bool, unreported: bool) -> Executable:
    place = func.row_number().over(
        partition_by=(submissions.c.assignment, submissions.c.student),
        order_by=(submissions.c.stands.desc(), submissions.c.id.desc()),
    )
    times = (submissions.c.received, submissions.c.stands, submissions.c.recorded)
    chosen = select(*_EVENT[:4], *times, place.label("place"))
    among = chosen.where(submissions.c.assignment.in_(bindparam("works", expanding=True)))
    if some:
        whose = bindparam("whose", type_=submissions.c.student.type, expanding=True)
        among = among.where(submissions.c.student.in_(whose))
    ranked = among.subquery()
    latest = ranked.c.place == 1
    if unreported:
        latest = and_(latest, ~exists().where(reports.c.submission == ranked.c.id))
    return select(*(column for column in ranked.c if column is not ranked.c.place)).where(latest)


def _ungraded() -> Executable:
    # Whether it is the latest is looked up for what waits alone: nearly all the rest of a course has reports.
    later = submissions.alias()
    latest = ~exists().where(
        later.c.assignment == submissions.c.assignment,
        later.c.student == submissions.c.student,
        or_(
            later.c.stands > submissions.c.stands,
            and_(later.c.stands == submissions.c.stands, later.c.id > submissions.c.id),
        ),
    )
    bare = ~exists().where(reports.c.submission == submissions.c.id)
    every = select(submissions.c.id, submissions.c.student, submissions.c.assignment, latest.label("latest"))
    return every.where(bare).order_by(submissions.c.id)


UNGRADED = _ungraded()
"""Id, student, assignment and whether it is the latest, of every submission without any report, by id."""
LAST_SUBMISSION = select(func.max(submissions.c.id))
LAST_REPORT = select(func.max(reports.c.id))
LAST_GRADED = select(reports.c.graded).order_by(reports.c.id.desc()).limit(1)
LAST_ENTRY = select(func.max(chain.c.number))
LAST_DECISIVE = select(func.max(chain.c.number)).where(
    chain.c.number > bindparam("since"), chain.c.kind != quiz_responses.name
)
LAST_LINK = select(chain.c.link).order_by(chain.c.number.desc()).limit(1)
RECORDED = select(submissions.c.recorded).where(submissions.c.id == bindparam("which"))
REPORTS_OF = (
    select(reports.c.id, reports.c.graded)
    .where(reports.c.submission == bindparam("which"))
    .order_by(reports.c.id)
)
"""Id and time of every report on a submission, the oldest first."""
PACKED = select(blobs.c.packed).where(blobs.c.hash == bindparam("hash"))
SIZE = select(blobs.c.size).where(blobs.c.hash == bindparam("hash"))


def reports_in_order(assignment: str, students: Collection[str] | None = None) -> Executable:
    """Id, submission, student and revision of every report, in the order of submissions and then of time."""
    chosen = select(reports.c.id, reports.c.submission, submissions.c.student, reports.c.revision)
    ordered = chosen.order_by(submissions.c.stands, submissions.c.id, reports.c.id)
    theirs = true() if students is None else submissions.c.student.in_(students)
    return ordered.join_from(submissions, reports).where(submissions.c.assignment == assignment, theirs)


EVENTS = (
    select(*_EVENT, submissions.c.recorded, reports.c.revision)
    .join_from(submissions, reports, isouter=True)
    .where(submissions.c.student == bindparam("who"))
    .order_by(submissions.c.stands, submissions.c.id, reports.c.id)
)
"""A student's submissions without their bytes, the oldest first: a row a report, one row without any."""


def with_bytes(connection: Connection, identity: int) -> Mapping[Any, Any]:
    """One submission with its packed bytes, and whether it has a report."""
    return connection.execute(_WITH_BYTES, {"which": identity}).mappings().one()


def receipts(connection: Connection, student: str, assignment: str, blob: str) -> Sequence[Any]:
    """Id and time of receipt of the events in which a student handed in these bytes."""
    return connection.execute(_RECEIPTS, {"who": student, "what": assignment, "bytes": blob}).all()


def attempts(connection: Connection, submission: int, revision: str) -> int:
    """How often a submission was judged by a revision."""
    found = connection.execute(_ATTEMPTS, {"which": submission, "by": revision})
    return int(found.scalar_one())


def last_report(connection: Connection, submission: int) -> int | None:
    """The number of the last report of a submission."""
    found = connection.execute(_LAST_REPORT, {"which": submission}).scalar()
    return None if found is None else int(found)


_WITH_BYTES = (
    select(
        *_EVENT, blobs.c.packed, exists().where(reports.c.submission == submissions.c.id).label("reported")
    )
    .join_from(submissions, blobs)
    .where(submissions.c.id == bindparam("which"))
)
_RECEIPTS = select(submissions.c.id, submissions.c.received).where(
    submissions.c.student == bindparam("who"),
    submissions.c.assignment == bindparam("what"),
    submissions.c.blob == bindparam("bytes"),
)
_ATTEMPTS = select(func.count()).where(
    reports.c.submission == bindparam("which"), reports.c.revision == bindparam("by")
)
_LAST_REPORT = select(func.max(reports.c.id)).where(reports.c.submission == bindparam("which"))
"""Asked for every submission, and composed once: composing takes longer than asking."""


def add(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Add a row, and its link in the chain, unless its like is there; return whether it was added."""
    return add_linked(connection, table, row) is not None


def add_linked(connection: Connection, table: Table, row: Mapping[str, Any]) -> Any:
    """The same; return the key of the row, or None where it was not added.

    Who is named in it gets a number where they have none.
    """
    if table is not people and row.get("student"):
        number_person(connection, row["student"])
    added = connection.execute(_adding(connection.dialect.name, table), dict(row)).first()
    if added is None:
        return None
    connection.get_execution_options()[WRITING].link_row(connection, table, row, added[0])
    return added[0]


def add_responses(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add answers to quizzes, each with its link, by one question: whoever writes next waits for each."""
    keys = connection.execute(_ADD_RESPONSES, [dict(row) for row in rows]).scalars().all()
    pen = connection.get_execution_options()[WRITING]
    for key, row in zip(keys, rows, strict=True):
        pen.link_row(connection, quiz_responses, row, key)


def number_person(connection: Connection, student: str) -> None:
    """Draw a number for a student who has none, in a transaction that writes."""
    known = numbers_of(connection.dialect)
    # Who has a number, or was erased, is called otherwise in the store.
    if known.number_of(student) == student:
        number = draw_number()
        set_numbers(connection.dialect, known.added(student, number))
        add_linked(connection, people, {"number": number, "student": student})


_ADD_RESPONSES = quiz_responses.insert().returning(quiz_responses.c.id, sort_by_parameter_order=True)


@cache
def _adding(dialect: str, table: Table) -> Executable:
    added: Executable = _insert(dialect)(table).on_conflict_do_nothing().returning(*table.primary_key)
    return added


def _insert(dialect: str) -> Any:
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # a twentieth of a second

        return postgresql.insert
    return sqlite.insert
