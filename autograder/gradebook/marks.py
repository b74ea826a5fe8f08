"""The marks of a class, read without its reports: a copy in a few words, which is trusted only if it is ours.

A report is some ten thousand bytes and more, of which marks are a few hundred: reading those of 1000 students
and 10 assignments takes a fraction of a second instead of half a minute. A copy carries a seal under the
course's key; where it has none that fits, the report itself is read.
"""

import hmac
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Executable, and_, bindparam, literal, select

from autograder.domain.report import Report
from autograder.domain.report_json import from_json
from autograder.domain.report_marks import ReportMarks, marks_from_text, marks_of, marks_to_text
from autograder.domain.submission import ReceivedBy
from autograder.gradebook.connect import has_table
from autograder.gradebook.earlier import RecordedUntil
from autograder.gradebook.tables import report_marks, reports, submissions

_PURPOSE = b"marks/beside a report"


@dataclass(frozen=True, slots=True)
class MarkedSubmission:
    """One submission with the marks of its last report."""

    id: int
    """Its number in the store."""
    student: str
    assignment: str
    number: int
    """From 1, in the order in which the student's files for this assignment were recorded: it stays."""
    blob: str
    received: datetime
    received_by: ReceivedBy
    revision: str = ""
    """Of the last report."""
    marks: ReportMarks | None = None
    """None where it has no report."""
    recorded: datetime | None = None
    """When the store learnt of it."""

    @property
    def label(self) -> str:
        """As commands name it: the student and the number of the file."""
        return f"{self.student}/{self.number}"


def add_marks(connection: Connection, key: bytes, report_id: int, report: Report) -> None:
    """Keep the marks of a report beside it."""
    text = marks_to_text(marks_of(report))
    row = {"report": report_id, "body": text, "seal": _seal(key, report_id, text)}
    connection.execute(_ADDING, row)


def add_missing(connection: Connection, key: bytes) -> None:
    """Keep the marks of all reports that have none beside them; what cannot be read is left out."""
    bare = select(reports.c.id).where(reports.c.id.not_in(select(report_marks.c.report)))
    for report_id in connection.execute(bare.order_by(reports.c.id)).scalars().all():
        body = connection.execute(select(reports.c.body).where(reports.c.id == report_id)).scalar_one()
        try:
            report = from_json(json.loads(body))
        except (ValueError, KeyError, TypeError):
            continue  # said when the report is asked for
        add_marks(connection, key, report_id, report)


def read_class(
    connection: Connection,
    key: bytes | None,
    *,
    read_report: Callable[[int], Report],
    students: Collection[str] | None = None,
    until: RecordedUntil | None = None,
    published: Mapping[str, datetime] = MappingProxyType({}),
) -> Iterator[MarkedSubmission]:
    """Every submission for every assignment, the oldest first.

    Args:
        connection: to the store.
        key: of the course; without it no copy is trusted.
        read_report: reads a whole report.
        students: whose; None for all.
        until: only what was recorded before an event.
        published: by assignment, when its marks were published: of reports that were made again since, the
            one of that time is read.
    """
    copied = has_table(connection, report_marks.name)
    wanted = _ask_class(copied=copied, some=students is not None, until=until is not None)
    asked: dict[str, Any] = {} if students is None else {"whose": list(students)}
    if until is not None:
        asked |= {"reports": until.reports, "submissions": until.submissions}
    last = {}
    for identity, rows in groupby(connection.execute(wanted, asked), key=attrgetter("id")):
        made = list(rows)
        last[identity] = choose_report(made, published.get(made[0].assignment))
    # By its place in time a number would name another file once one came that was begun earlier.
    counts: dict[tuple[str, str], int] = {}
    numbers: dict[int, int] = {}
    for identity in sorted(last):
        whose = last[identity].student, last[identity].assignment
        numbers[identity] = counts[whose] = counts.get(whose, 0) + 1
    for row in last.values():
        found = _make(key, numbers[row.id], *row[:-1])
        if row.report is not None and found.marks is None:
            found = replace(found, marks=marks_of(read_report(row.report)))
        yield found


def choose_report(rows: Sequence[Any], published: datetime | None) -> Any:
    """Of the reports of one submission, the oldest first: the last one, or that of when marks were published.

    A submission that had none then has its last one.
    """
    known = [row for row in rows if published is not None and row.graded and row.graded <= published]
    return (known or rows)[-1]


# Pages read a class again and again, nearly all of it as it was: with the events, which are kept too, half of
# what a change costs is saved. What is the same object is compared in no time besides.
@lru_cache(maxsize=20_000)
def _make(
    key: bytes | None,
    number: int,
    submission: int,
    student: str,
    assignment: str,
    blob: str,
    received: datetime,
    received_by: str,
    recorded: datetime | None,
    report: int | None,
    revision: str | None,
    copy: str | None,
    copy_seal: str | None,
) -> MarkedSubmission:
    """A submission of a row, without marks where it has no report, or no copy of its marks that is ours."""
    marks = None
    if key is not None and report is not None and copy is not None and _seal(key, report, copy) == copy_seal:
        marks = marks_from_text(copy)
    by, known = ReceivedBy(received_by), revision or ""
    return MarkedSubmission(
        submission, student, assignment, number, blob, received, by, known, marks, recorded
    )


@cache
def _ask_class(*, copied: bool, some: bool, until: bool) -> Executable:
    """What `read_class` asks; composing it takes longer than asking it of one student."""
    copy = (report_marks.c.body, report_marks.c.seal) if copied else (literal(None), literal(None))
    wanted = select(*_COLUMNS, copy[0].label("copy"), copy[1].label("copy_seal"), reports.c.graded)
    known = reports.c.submission == submissions.c.id
    joined = submissions.outerjoin(
        reports, and_(known, reports.c.id <= bindparam("reports")) if until else known
    )
    if copied:
        joined = joined.outerjoin(report_marks, report_marks.c.report == reports.c.id)
    wanted = wanted.select_from(joined)
    if some:
        whose = bindparam("whose", type_=submissions.c.student.type, expanding=True)
        wanted = wanted.where(submissions.c.student.in_(whose))
    if until:
        wanted = wanted.where(submissions.c.id <= bindparam("submissions"))
    return wanted.order_by(submissions.c.stands, submissions.c.id, reports.c.id)


def _seal(key: bytes, report_id: int, text: str) -> str:
    return hmac.digest(key, _PURPOSE + f" {report_id} ".encode() + text.encode(), "sha256").hex()


_ADDING = report_marks.insert()
_COLUMNS = (
    submissions.c.id,
    submissions.c.student,
    submissions.c.assignment,
    submissions.c.blob,
    submissions.c.received,
    submissions.c.received_by,
    submissions.c.recorded,
    reports.c.id.label("report"),
    reports.c.revision,
)
