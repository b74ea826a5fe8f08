"""Bringing a store's tables up to date. Alembic is loaded only where there is something to upgrade."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    inspect,
    text,
)

from autograder.access import Access, find_holders, partial_of
from autograder.errors import StoreError
from autograder.gradebook.chain import BEGUN, TAKEN_OVER, UPGRADED, read_stored, sealed_tables, writing
from autograder.gradebook.connect import WRITING
from autograder.gradebook.custody import ChainEnd, Custody
from autograder.gradebook.marks import add_missing
from autograder.gradebook.people import number_everybody
from autograder.gradebook.served import find_server
from autograder.gradebook.tables import SCHEMA, VERSION_TABLE, metadata

EARLIER = (
    "the gradebook is empty or was written by an earlier version; "
    "run `autograder grade` once, which upgrades it"
)
"""What is said of a store that may only be read."""
READABLE = "0003"
"""The first version that can be read without being upgraded: what one lacks is read as not there."""
CHAINED = "0004"
"""The first version that has a chain."""
_NUMBERED = "0006"
"""The first version in which people have numbers."""


def read_version(connection: Connection, place: str) -> str | None:
    """The number of a store's tables, or None where nothing is there yet.

    Raises:
        StoreError: it is another program's, or of a later version of ours.
    """
    inspector = inspect(connection)
    if inspector.has_table(VERSION_TABLE):
        found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - our constant
        if found is not None and found > SCHEMA:
            raise StoreError(
                f"{place}: the gradebook was written by a later version of autograder (its tables are "
                f"{found}, ours {SCHEMA}); upgrade autograder on this machine"
            )
        return found
    if inspector.get_table_names():
        raise StoreError(
            f"{place}: this database belongs to another program; give the gradebook one of its own"
        )
    return None


def make_or_upgrade(engine: Engine, custody: Custody, *, place: str, url: URL, now: datetime) -> None:
    """Make the tables, or upgrade them and begin the chain over what is there: one transaction, or nothing.

    A store that is upgraded is copied beside itself first; one that has a chain goes on with it. The caller
    holds the lock of `custody`.

    Raises:
        StoreError: the chain does not end where the head says, or other programs hold the store.
    """
    with engine.connect() as connection:
        found = read_version(connection, place)
    if found is not None:
        _refuse_held(custody, place)
    if found is not None and found >= CHAINED:
        with writing(engine, custody, place=place) as connection:
            pen = connection.get_execution_options()[WRITING]
            # First of all: it finds the end, and refuses a store that is not as it was left.
            pen.append(connection, UPGRADED, f"{SCHEMA} {now.isoformat(timespec='seconds')}")
            copy_beside(connection, url, custody.access)
            migrate(connection)
            if found < _NUMBERED:  # else the numbers themselves would get numbers, and be nobody's any more
                number_everybody(connection, pen)
            add_missing(connection, custody.key)
        return
    if custody.read() is None:
        custody.write(ChainEnd())
    with writing(engine, custody, place=place, end=ChainEnd()) as connection:
        pen = connection.get_execution_options()[WRITING]
        name = f"{os.urandom(8).hex()} {now.isoformat(timespec='seconds')}"
        pen.append(connection, BEGUN if found is None else TAKEN_OVER, name)
        if found is None:
            make_tables(connection)
            return
        copy_beside(connection, url, custody.access)
        migrate(connection)
        number_everybody(connection, None)
        for table in sealed_tables():
            for key, stored in read_stored(connection, table):
                pen.seal(connection, table, stored, key)
        add_missing(connection, custody.key)


def _refuse_held(custody: Custody, place: str) -> None:
    """Refuse to upgrade under a program of an earlier version, which knows the tables as they were."""
    state = custody.file.parent
    server = find_server(state)
    # A server that begins holds the course before it opens the gradebook: by itself it is not refused.
    other = server is not None and server.process != os.getpid()
    holders = [str(server)] if other else find_holders(state.with_name("course.toml"))
    if holders:
        what = "was written by an earlier version of autograder, and is upgraded when nobody else holds it"
        raise StoreError(f"{place}: the gradebook {what}; end {', '.join(holders)} first")


def copy_beside(connection: Connection, url: URL, access: Access) -> None:
    """Keep a copy of a store as it is: a file beside it, or in PostgreSQL a schema of the same database."""
    name = f"before_{SCHEMA}"
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
        for table in inspect(connection).get_table_names():
            connection.exec_driver_sql(f'CREATE TABLE {name}."{table}" AS TABLE "{table}"')
        return
    file = Path(str(url.database))
    copy = file.with_name(f"{file.stem}.{name}{file.suffix}")
    partial = partial_of(copy)
    partial.unlink(missing_ok=True)
    os.close(access.create(partial))
    # Beside our own transaction, which has changed nothing so far and keeps others from writing.
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(partial)) as target:
        source.backup(target)
    partial.replace(copy)


def make_tables(connection: Connection) -> None:
    """The tables as the migrations would make them one after the other, and their number."""
    metadata.create_all(connection, checkfirst=False)
    version = Table(
        VERSION_TABLE,
        MetaData(),
        Column("version_num", String(32), nullable=False),
        PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),  # as alembic makes it
    )
    version.create(connection)
    connection.execute(version.insert().values(version_num=SCHEMA))


def migrate(connection: Connection, to: str = SCHEMA) -> None:
    """Take the tables to a version, from an earlier one or from nothing."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "autograder.gradebook:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, to)
