"""The tables of the gradebook. Rows are added, never changed: what is pending or latest is derived."""

from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from autograder.gradebook.numbers import PersonNumber, ReportText

SCHEMA = "0008"
"""The migration that makes the tables of this module; a test holds it against migrations/versions."""

VERSION_TABLE = "autograder_version"
"""Where the store keeps its schema's number, apart from any other program's in the same database."""


class Moment(TypeDecorator[datetime]):
    """A date and time with the offset it was told in, as ISO 8601 text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """The text that is stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        # One spelling for one time: texts are equal where times are.
        return value.isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """What a stored text says."""
        return None if value is None else datetime.fromisoformat(value)


class Instant(Moment):
    """A date and time in UTC, so that text order is order in time."""

    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """The text that is stored, in UTC."""
        return super().process_bind_param(value.astimezone(UTC) if value else None, dialect)


metadata = MetaData()

# Who is meant by a number. Everywhere else stands the number: see numbers.py and people.py.
people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, nullable=False),
    Column("student", Text, nullable=False),
    UniqueConstraint("number", name="one_person"),
    UniqueConstraint("student", name="one_number"),
    sqlite_autoincrement=True,
)

blobs = Table(
    "blobs",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),  # zlib
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("student", PersonNumber, nullable=False),
    Column("assignment", Text, nullable=False),
    Column("blob", String(64), ForeignKey("blobs.hash"), nullable=False),
    Column("received", Moment, nullable=False),
    Column("received_by", Text, nullable=False),
    Column("filename", Text, nullable=False),
    # Where it stands among the student's others: the time of receipt, but a doubtful time
    # never puts a file that came later before one that is recorded.
    Column("stands", Instant, nullable=False),
    Column("recorded", Moment, nullable=False),
    UniqueConstraint("student", "assignment", "blob", "received", name="one_event"),
    Index("submissions_in_order", "assignment", "student", "stands", "id"),
    # Ids only grow, even where somebody deletes rows by hand: their order is the order of recording.
    sqlite_autoincrement=True,
)

reports = Table(
    "reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission", Integer, ForeignKey("submissions.id"), nullable=False),
    Column("revision", Text, nullable=False),
    # 0, unless the same revision was asked to judge again (after a fault of the machine, say).
    Column("attempt", Integer, nullable=False),
    Column("graded", Moment, nullable=False),
    Column("body", ReportText, nullable=False),  # JSON, see domain/report_json.py, and packed_text.py
    UniqueConstraint("submission", "revision", "attempt", name="one_report"),
    sqlite_autoincrement=True,
)

quiz_attempts = Table(
    "quiz_attempts",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("quiz", Text, nullable=False),
    Column("revision", Text, nullable=False),
    Column("student", PersonNumber, nullable=False),
    Column("number", Integer, nullable=False),
    Column("started", Moment, nullable=False),
    Column("closes", Moment),
    Column("variants", Text, nullable=False),  # JSON, see quiz/variants.py
    UniqueConstraint("quiz", "student", "number", name="one_attempt"),
)

# What was typed is kept as a JSON string: any characters, on every database, as they were.
quiz_responses = Table(
    "quiz_responses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("attempt", String(24), ForeignKey("quiz_attempts.id"), nullable=False),
    Column("question", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("quiz_responses_in_order", "attempt", "id"),
    sqlite_autoincrement=True,
)

quiz_judgings = Table(
    "quiz_judgings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("attempt", String(24), ForeignKey("quiz_attempts.id"), nullable=False),
    Column("question", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("verdict", Text, nullable=False),  # JSON, see quiz/verdicts.py
    Column("version", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("by", Text, nullable=False),
    Index("quiz_judgings_in_order", "attempt", "id"),
    sqlite_autoincrement=True,
)

quiz_handed_in = Table(
    "quiz_handed_in",
    metadata,
    Column("attempt", String(24), ForeignKey("quiz_attempts.id"), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by_clock", Integer, nullable=False),
)

hand_marks = Table(
    "hand_marks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("assignment", Text, nullable=False),
    Column("student", PersonNumber, nullable=False),
    Column("part", Text, nullable=False),
    Column("blob", String(64), nullable=False),
    Column("answer", String(64), nullable=False),
    Column("rubric", Text, nullable=False),  # JSON
    Column("comment", Text, nullable=False),  # a JSON string
    Column("marker", Text, nullable=False),
    Column("marked", Moment, nullable=False),
    Index("hand_marks_in_order", "assignment", "student", "id"),
    sqlite_autoincrement=True,
)

# The marks of a report once more, in a few words, for questions about a class: see marks.py. The one table
# outside of the chain: whatever is wrong in it, or missing, is read from the report itself.
report_marks = Table(
    "report_marks",
    metadata,
    Column("report", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),  # JSON, see domain/report_marks.py
    Column("seal", String(64), nullable=False),
)

# What people record of the course: see domain/course_events.py. Taking back is a row too.
events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    # For whom: a student, a class group, or all, where both are empty.
    Column("student", PersonNumber, nullable=False),
    Column("class_group", Text, nullable=False),
    Column("body", Text, nullable=False),  # JSON, see domain/course_event_json.py
    Column("why", Text, nullable=False),  # a JSON string, for the student
    Column("note", Text, nullable=False),  # a JSON string, for staff alone
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

# The grades of a publication, as students read them: a row each, so that one person's can be erased.
published = Table(
    "published",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("publication", Integer, ForeignKey("events.id"), nullable=False),
    Column("student", PersonNumber, nullable=False),
    Column("body", Text, nullable=False),  # JSON
    UniqueConstraint("publication", "student", name="one_grade"),
    sqlite_autoincrement=True,
)

# What students ask and staff answer of a mark: see domain/second_looks.py.
second_looks = Table(
    "second_looks",
    metadata,
    Column("id", Integer, primary_key=True),
    # The id of the row with which the request began; 0 in that row.
    Column("look", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("student", PersonNumber, nullable=False),
    Column("work", Text, nullable=False),
    Column("submission", Integer, ForeignKey("submissions.id"), nullable=False),
    Column("question", Text, nullable=False),
    Column("body", Text, nullable=False),  # JSON
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("second_looks_in_order", "student", "id"),
    sqlite_autoincrement=True,
)

# Seals the rows of all other tables, see chain.py. The one thing that ever changes is a salt that is erased.
chain = Table(
    "chain",
    metadata,
    # Counted by us and not by the database: without a gap.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("batch", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("row", Text, nullable=False),
    Column("salt", String(32)),
    Column("seal", String(64), nullable=False),
    Column("link", String(64), nullable=False),
    Index("chain_of_rows", "kind", "row", unique=True),
)
