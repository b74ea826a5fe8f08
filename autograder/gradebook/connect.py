"""Connecting to the database: SQLite so that a kill or a second run harms nothing, or PostgreSQL."""

import os
import re
import select
import sqlite3
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from autograder.access import Access
from autograder.errors import StoreError

WRITING = "autograder_writing"
"""Execution option of connections that are going to write: the pen that links what they add."""

AT_ONCE = "autograder_at_once"
"""Execution option of connections all of whose questions are answered as of one moment."""
ONE_BY_ONE = "autograder_one_by_one"
"""Execution option of connections that only ask: PostgreSQL answers each question as of its own moment.

No transaction is begun for that: beginning and ending one takes twice as long as most questions.
"""
_SEEN = "autograder_tables"
"""Where a connection keeps which tables it has seen."""
_USED = "autograder_used"
"""Where a connection to PostgreSQL keeps when it was used last."""
_TRUSTED = 30.0
"""Seconds after which a connection that nobody used may have been forgotten by something on its way."""

_SHARED_KINDS = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "9p", "afs", "ceph", "lustre", "gpfs", "beegfs", "glusterfs", "virtiofs")
)
"""Kinds of file system on which the processes that share a file may not share its memory."""

_LOG_PAGES = 16_384
"""Pages of SQLite's log (64 MB) at which whoever commits brings them into the database, holds the lock of
writers meanwhile, and waits for a disk that may take a second. A server does it before: `flush_log`."""

# "nabla" in ASCII: any number, as long as no other program takes it in the same database.
_LOCK_OF_WRITERS = 0x6E61626C61
"""Key of the PostgreSQL advisory lock that lets one writer in at a time."""
_LOCK_OF_PASSING = _LOCK_OF_WRITERS + 1
"""The same for what decides no mark: its writers and those of the gradebook do not wait for each other."""


def location(place: str | Path) -> URL:
    """The database's URL: of a PostgreSQL database as given, of a path its SQLite file."""
    if isinstance(place, Path) or "://" not in place:
        return URL.create("sqlite", database=str(Path(place).absolute()))
    try:
        url = make_url(place)
    except (ArgumentError, ValueError) as error:
        # Not shown: it may hold a password.
        raise StoreError(
            "the gradebook's address cannot be read: write a path, or postgresql://user@host/database"
        ) from error
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database:
        return location(Path(url.database))
    raise StoreError(
        f"the gradebook cannot be kept in {url.drivername}: use SQLite (a path) or postgresql://"
    )


def connect(
    url: URL,
    *,
    read_only: bool,
    patience: float,
    access: Access = Access(),  # noqa: B008 - frozen
    passing: bool = False,
) -> Engine:
    """An engine whose transactions are set up for the gradebook; nothing is opened yet by PostgreSQL.

    `patience` is how many seconds to wait for another writer; `access` says who may read a file that is made.
    With `passing` its last moments may be lost when the database's machine fails: it decides no mark.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(Path(str(url.database)), read_only=read_only, patience=patience, access=access)
    return _postgresql(url, read_only=read_only, patience=patience, passing=passing)


def flush_log(engine: Engine) -> None:
    """Bring what was committed from SQLite's log into the database; others read and write meanwhile.

    PostgreSQL does it by itself.
    """
    if engine.dialect.name == "sqlite":
        lent = engine.raw_connection()  # in no transaction
        try:
            lent.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            lent.close()


def has_table(connection: Connection, name: str) -> bool:
    """Whether the store has a table: one of an earlier version that is only read may lack it.

    Asked once of a connection, which costs as much as what is asked for: no table that is there goes away.
    """
    seen: set[str] = connection.info.setdefault(_SEEN, set())
    if name not in seen and inspect(connection).has_table(name):
        seen.add(name)
    return name in seen


@lru_cache(maxsize=64)  # a store is opened often, and does not move while it is used
def kind_of_file_system(path: Path, *, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """The kind of file system that holds `path` (ext4, nfs4, ...), or "" where the system does not say."""
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return ""
    path, best, kind = path.resolve(), -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        # Blanks and the like are written in octal.
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4]))
        # The last of equals is mounted over the others.
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), after.split(" ")[0]
    return kind


def shared_over_network(kind: str) -> bool:
    """Whether a write-ahead log would be unsafe on this kind of file system."""
    return kind in _SHARED_KINDS or kind.startswith("fuse")


def _sqlite(path: Path, *, read_only: bool, patience: float, access: Access) -> Engine:
    if path.is_dir():
        raise StoreError(f"{path}: a folder lies where the gradebook should be; see that it is a file")
    if not read_only:
        _create(path, access)
    elif not path.exists():
        raise StoreError(f"{path}: there is no gradebook yet; `autograder grade` makes it")
    address = f"file:{quote(str(path))}?{_mode(path, read_only=read_only)}"
    engine = create_engine(
        "sqlite://",
        # Without an isolation level: sqlite3 would begin transactions itself, deferred and only at the first
        # write. From any thread: the pool lends a connection to one at a time.
        creator=lambda: sqlite3.connect(
            address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False
        ),
        poolclass=QueuePool,  # an address without a file looks like memory, which gets another pool
    )
    journal = "DELETE" if shared_over_network(kind_of_file_system(path.parent)) else "WAL"
    # With a write-ahead log, NORMAL may lose the last transactions when the power fails; a rollback journal
    # may then be left damaged by anything less than FULL. Foreign keys are off unless a connection asks.
    pragmas = ["foreign_keys = ON", f"synchronous = {'NORMAL' if journal == 'WAL' else 'FULL'}"]
    if not read_only:
        pragmas += [f"journal_mode = {journal}", f"wal_autocheckpoint = {_LOG_PAGES}"]

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A deferred transaction that reads and then writes fails at once when another has written
        # in between, however long the time-out: so a writer takes its lock at the beginning.
        writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _mode(path: Path, *, read_only: bool) -> str:
    if not read_only:
        return "mode=rw"
    # A reader of a write-ahead log needs to put a file beside it; where it cannot, nobody else can
    # write either, and the file may be read as it stands.
    waiting = Path(f"{path}-wal")
    settled = not waiting.exists() or waiting.stat().st_size == 0
    return (
        "mode=ro&immutable=1"
        if settled and not os.access(path.parent, os.W_OK, effective_ids=True)
        else "mode=ro"
    )


def _create(path: Path, access: Access) -> None:
    """An empty file, where there is none."""
    try:
        access.make_folder(path.parent)
        # SQLite itself would make it readable for everybody; its log takes over the mode it finds.
        with suppress(FileExistsError):
            os.close(access.create(path))
    except OSError as error:
        raise StoreError(
            f"{path}: the gradebook cannot be made here ({error.strerror}); "
            "make the folder writable, or name another place"
        ) from error


def _postgresql(url: URL, *, read_only: bool, patience: float, passing: bool) -> Engine:
    try:
        engine = create_engine(url, connect_args={"connect_timeout": 10}, use_native_hstore=False)
    except ModuleNotFoundError as error:
        raise StoreError(
            "a gradebook in PostgreSQL needs psycopg: install autograder with its extra postgresql, "
            "as `autograder help install` says"
        ) from error
    # One writer at a time, as with SQLite: what it reads first (whose submission is latest) still holds when
    # it writes. The lock goes with the transaction, also if the program is killed. What is set for it is set
    # in the transaction alone, since poolers lend a connection to others afterwards; and all is one message.
    begin_to_write = (
        f"BEGIN; SET LOCAL lock_timeout = {int(patience * 1000)}; "
        # Whoever waits for the disk holds the lock meanwhile.
        + ("SET LOCAL synchronous_commit = off; " if passing else "")
        + f"SELECT pg_advisory_xact_lock({_LOCK_OF_PASSING if passing else _LOCK_OF_WRITERS})"
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        # psycopg itself would begin a transaction before each first question, and end all by ROLLBACK, after
        # which it prepares every statement anew.
        connection.autocommit = True

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(AT_ONCE):
            connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        elif read_only:
            connection.exec_driver_sql("BEGIN READ ONLY")
        elif options.get(WRITING):
            connection.exec_driver_sql(begin_to_write)
        elif not options.get(ONE_BY_ONE):
            connection.exec_driver_sql("BEGIN")

    @event.listens_for(engine, "checkin")
    def _note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info[_USED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _see_that_it_lives(connection: Any, record: ConnectionPoolEntry, _lent: object) -> None:
        # A server that ends or is begun again says so on every connection: there is something to read then.
        # To ask it each time takes as long as most questions do.
        idle = time.monotonic() - record.info.get(_USED, time.monotonic())
        said = select.poll()
        try:
            said.register(connection.fileno(), select.POLLIN)
            if idle > _TRUSTED or said.poll(0):
                engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    return engine
