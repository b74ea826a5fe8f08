"""Submissions and reports to put into a gradebook."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from shutil import copyfile
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import create_engine, inspect, text

from autograder.domain.receipt import Receipt
from autograder.domain.report import CellEnding, CellRun, Isolation, Outcome, Report, Verdict
from autograder.domain.sentences import authored
from autograder.domain.submission import ReceivedBy, Submission
from autograder.gradebook.connect import location
from autograder.gradebook.custody import Custody
from autograder.gradebook.schema import migrate
from autograder.gradebook.store import Gradebook

NOON = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)
SECRET = b"s" * 32


def custody(place: str | Path, secret: bytes = SECRET) -> Custody:
    """What a course would keep beside its store; of a database, in the folder of its server."""
    if "://" not in str(place):
        return Custody(lambda: secret, Path(place).with_name(f"{Path(place).name}.head"))
    address = urlsplit(str(place))
    folder = parse_qs(address.query)["host"][0]
    return Custody(lambda: secret, Path(folder) / "heads" / address.path.strip("/"))


def open_book(place: str | Path, **options: Any) -> Gradebook:
    """The gradebook of a course with a secret."""
    return Gradebook.open(place, custody(place), **options)


def submission(
    student: str = "ada",
    content: bytes = b"{}",
    *,
    hours: float = 0,
    by: ReceivedBy = ReceivedBy.SERVER,
    assignment: str = "gradients",
) -> Submission:
    """What `student` handed in some hours after noon."""
    return Submission(student, assignment, content, NOON + timedelta(hours=hours), by, "gradients.ipynb")


def report(of: Submission, *, revision: str = "r1", mark: Fraction = Fraction(1)) -> Report:
    """A report with one question; its text holds what is hard to store."""
    return Report(
        receipt=Receipt(
            of.student, of.assignment, of.blob, of.filename, of.received, of.received_by, ("quad_grad",)
        ),
        revision=revision,
        verdicts=(Verdict("quad_grad", Fraction(3), Outcome.WRONG, mark, authored("Because."), hint="∇"),),
        isolation=Isolation(2, ("landlock",)),
        graded=NOON + timedelta(days=1),
        cells=(CellRun(1, CellEnding.RAN, printed="NUL \0, lone surrogate \ud800, é"),),
    )


STORES = Path(__file__).parent / "stores"
_IN_ORDER = (
    *("blobs", "submissions", "reports", "quiz_attempts", "quiz_responses", "quiz_judgings"),
    *("quiz_handed_in", "hand_marks", "report_marks", "events", "published", "chain"),
)


def put_store(place: str, name: str, *, schema: str) -> None:
    """Put a store with a chain that an earlier program wrote, and its head, where a gradebook is to be."""
    file = STORES / f"{name}.sqlite"
    head = custody(place).file
    head.parent.mkdir(exist_ok=True)
    copyfile(file.with_suffix(".head"), head)
    if "://" not in place:
        copyfile(file, place)
        return
    source, target = create_engine(location(file)), create_engine(location(place))
    with source.connect() as stored, target.begin() as connection:
        migrate(connection, schema)
        there = inspect(connection).get_table_names()
        for table in [each for each in _IN_ORDER if each in there]:
            for row in stored.execute(text(f"SELECT * FROM {table}")).mappings():
                columns = ", ".join(f'"{column}"' for column in row)
                values = ", ".join(f":{column}" for column in row)
                connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), dict(row))
        for table in ("submissions", "reports", "hand_marks", "events", "published"):
            if table in there:
                count = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                connection.execute(text(count))
    source.dispose()
    target.dispose()
