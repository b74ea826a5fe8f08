"""What is kept beside the gradebook and decides no mark: sessions, links, passwords, texts not sent, claims.

So none of it stands in the chain: rows change and are deleted. In PostgreSQL the
tables lie in the gradebook's own database, else in a file of their own, which no backup holds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    inspect,
    or_,
    select,
)
from sqlalchemy.exc import DBAPIError

from autograder.access import Access
from autograder.gradebook.connect import ONE_BY_ONE, WRITING, connect, flush_log, location
from autograder.gradebook.faults import spoken
from autograder.gradebook.tables import Instant

metadata = MetaData()

sessions = Table(
    "web_sessions",
    metadata,
    # The hash of what the cookie holds: whoever reads the store cannot log in with it.
    Column("key", String(64), primary_key=True),
    Column("person", Text, nullable=False),
    # The role it was begun with: a session dies with a change of role.
    Column("roles", Text, nullable=False),
    # What forms carry, so that no other site can send one.
    Column("form_key", String(64), nullable=False),
    Column("begun", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
    Column("browser", Text, nullable=False),
)

links = Table(
    "web_links",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("person", Text, nullable=False),
    Column("ends", Instant, nullable=False),
)

passwords = Table(
    "web_passwords",
    metadata,
    Column("person", Text, primary_key=True),
    # By argon2: slow to guess, also for whoever reads the store.
    Column("hash", Text, nullable=False),
    Column("since", Instant, nullable=False),
)

tokens = Table(
    "web_tokens",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("person", Text, nullable=False),
    # What its owner calls it.
    Column("name", Text, nullable=False),
    Column("made", Instant, nullable=False),
    Column("used", Instant, nullable=True),
)

kept_texts = Table(
    "web_kept",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("person", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("fields", Text, nullable=False),  # JSON
    Column("ends", Instant, nullable=False),
)

# What somebody writes of an answer that they are marking, until it is recorded.
drafts = Table(
    "marking_drafts",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("marker", Text, nullable=False),
    Column("student", Text, nullable=False),
    Column("work", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("fields", Text, nullable=False),  # JSON
    Column("at", Instant, nullable=False),
)

buckets = Table(
    "web_buckets",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("left", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

views = Table(
    "web_views",
    metadata,
    Column("id", Integer, primary_key=True),
    # Whose work was looked at, and by whom of the staff.
    Column("student", Text, nullable=False),
    Column("viewer", Text, nullable=False),
    Column("work", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

logins = Table(
    "web_logins",
    metadata,
    Column("person", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

upkeep = Table(
    "web_upkeep",
    metadata,
    # What was done: a backup, or the try to bring one back.
    Column("name", String(20), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("told", Text, nullable=False),
)

alive = Table(
    "web_alive",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("at", Instant, nullable=False),
)

outages = Table(
    "web_outages",
    metadata,
    Column("begun", Instant, primary_key=True),
    Column("ended", Instant, nullable=False),
    # People who had used the pages in the hour before.
    Column("active", Integer, nullable=False),
)

servers = Table(
    "web_servers",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("url", Text, nullable=False),
    Column("beat", Instant, nullable=False),
)

claims = Table(
    "grading_claims",
    metadata,
    Column("submission", Integer, primary_key=True, autoincrement=False),
    Column("holder", String(64), nullable=False),
    Column("begun", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
)

errands = Table(
    "course_errands",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(24), nullable=False),
    Column("work", Text, nullable=False),
    Column("wanted", Text, nullable=False),  # JSON
    Column("by", Text, nullable=False),
    Column("asked", Instant, nullable=False),
    Column("state", String(24), nullable=False),
    Column("holder", String(64), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("told", Text, nullable=False),  # JSON
    Column("ended", Instant, nullable=False),
)

holds = Table(
    "grading_holds",
    metadata,
    Column("work", String(120), primary_key=True),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

_TOLD = (
    ("sessions", sessions.c.person, ("begun", "seen", "browser")),
    ("links", links.c.person, ("ends",)),
    ("password", passwords.c.person, ("since",)),
    ("tokens", tokens.c.person, ("made", "name", "used")),
    ("logins", logins.c.person, ("at",)),
    ("texts", kept_texts.c.person, ("ends", "path", "fields")),
    ("views", views.c.student, ("at", "viewer", "work")),
)
"""What a person is told of, by whom it is of: keys, hashes and what forms carry stay here."""


def _make_tables(engine: Engine) -> None:
    """Make what is missing, in a transaction that writes from its beginning.

    SQLite gives up at once, without waiting, where another program wrote after this one had looked.
    """
    with engine.connect() as connection:
        if set(metadata.tables) <= set(inspect(connection).get_table_names()):
            return  # it waits for no writer, and takes half the time
    writing = engine.connect().execution_options(**{WRITING: True})
    with writing as connection, connection.begin():
        metadata.create_all(connection)


class TransientStore:
    """The tables of this module. Every method raises `StoreError` where the database fails."""

    def __init__(self, engine: Engine, place: str) -> None:
        self._engine = engine
        self._place = place

    @classmethod
    def open(cls, place: str | Path, access: Access = Access()) -> Self:  # noqa: B008 - frozen
        """Open it at a path (SQLite) or `postgresql://` address, and make what is missing of its tables."""
        url = location(place)
        name = str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string()
        with spoken(name):
            engine = connect(url, read_only=False, patience=30.0, access=access, passing=True)
            try:
                _make_tables(engine)
            except DBAPIError:
                # In PostgreSQL two that open it at once both find a table missing; now it is there.
                _make_tables(engine)
        return cls(engine, name)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def flush_log(self) -> None:
        """Have what was committed written where it stays, beside all who read and write."""
        with spoken(self._place):
            flush_log(self._engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with (
            spoken(self._place),
            self._engine.connect().execution_options(**{ONE_BY_ONE: True}) as connection,
        ):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: one at a time, so that what it reads still holds when it writes."""
        with (
            spoken(self._place),
            self._engine.connect().execution_options(**{WRITING: True}) as connection,
            connection.begin(),
        ):
            yield connection

    def tell_person(self, person: str) -> dict[str, list[dict[str, Any]]]:
        """What is kept of somebody, the oldest first, by what it is: no hash, and nothing that logs in.

        What others write of their work meanwhile (`drafts`) is not theirs to read.
        """
        told: dict[str, list[dict[str, Any]]] = {}
        with self.reading() as connection:
            for name, whose, columns in _TOLD:
                own = select(*(whose.table.c[each] for each in columns)).where(whose == person)
                rows = connection.execute(own.order_by(whose.table.c[columns[0]])).mappings()
                told[name] = [dict(row) for row in rows]
        return told

    def forget_person(self, person: str) -> None:
        """Delete all that is kept of somebody."""
        with self.writing() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            for table in (sessions, links, passwords, tokens, logins, kept_texts):
                connection.execute(delete(table).where(table.c.person == person))
            of_person = or_(drafts.c.marker == person, drafts.c.student == person)
            connection.execute(delete(drafts).where(of_person))
            connection.execute(delete(views).where(or_(views.c.student == person, views.c.viewer == person)))
            # What came of them may name anybody, and can be asked for once more.
            connection.execute(delete(errands))
            own = or_(buckets.c.name == person, buckets.c.name.endswith(f"/{person}", autoescape=True))
            connection.execute(delete(buckets).where(own))


def put(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Write a row in the place of the one with its key, if there is one."""
    key = table.primary_key.columns[0]
    connection.execute(delete(table).where(key == row[key.name]))
    connection.execute(table.insert().values(**row))
