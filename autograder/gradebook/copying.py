"""A whole copy of a store in one SQLite file, whatever it is kept in; and a database made from such a file.

Rows are copied as they are stored, so that the chain of the copy checks like that of the store.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, inspect, literal_column, select, text

from autograder.access import Access
from autograder.errors import StoreError
from autograder.gradebook.chain import plain_column
from autograder.gradebook.connect import connect, location
from autograder.gradebook.schema import make_tables, read_version
from autograder.gradebook.tables import metadata


def copy_to_file(connection: Connection, file: Path, access: Access) -> None:
    """Copy the store of a connection into a new file. The caller keeps others from writing."""
    os.close(access.create(file))
    if connection.dialect.name == "sqlite":
        source = connection.connection.driver_connection
        with closing(sqlite3.connect(file)) as target:
            source.backup(target)  # type: ignore[union-attr] # of sqlite3, by the dialect
            # The copy is one file by itself, without a log beside it.
            target.execute("PRAGMA journal_mode = DELETE")
        return
    engine = connect(location(file), read_only=False, patience=30.0, access=access)
    try:
        with engine.begin() as target_connection:
            make_tables(target_connection)
            _copy_rows(connection, target_connection)
        with engine.connect() as target_connection:
            target_connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()
    with closing(sqlite3.connect(file)) as target:
        target.execute("PRAGMA journal_mode = DELETE")


def fill_database(file: Path, engine: Engine, *, place: str) -> None:
    """Make the store of a file again in an empty database.

    Raises:
        StoreError: the database is not empty.
    """
    source = connect(location(file), read_only=True, patience=30.0)
    try:
        with source.connect() as stored, engine.begin() as connection:
            if read_version(connection, place) is not None:
                raise StoreError(f"{place}: there is a gradebook already; name an empty database")
            make_tables(connection)
            _copy_rows(stored, connection)
            for table in metadata.sorted_tables:
                _go_on_counting(connection, table)
    finally:
        source.dispose()


def count_rows(file: Path) -> dict[str, int]:
    """How many rows each table of a copy has."""
    engine = connect(location(file), read_only=True, patience=30.0)
    try:
        with engine.connect() as connection:
            there = inspect(connection).get_table_names()
            known = [table for table in metadata.sorted_tables if table.name in there]
            counted = (connection.execute(select(func.count()).select_from(table)) for table in known)
            return {table.name: number.scalar_one() for table, number in zip(known, counted, strict=True)}
    finally:
        engine.dispose()


def _copy_rows(source: Connection, target: Connection) -> None:
    for table in metadata.sorted_tables:
        plain = [plain_column(column) for column in table.columns]
        names = [column.name for column in table.columns]
        values = ", ".join(f":v{place}" for place in range(len(names)))
        quoted = ", ".join(f'"{name}"' for name in names)
        insert = text(f'INSERT INTO "{table.name}" ({quoted}) VALUES ({values})')  # noqa: S608 - our names
        # A few at a time: the files of a class need not fit in memory.
        rows = source.execute(
            select(*plain).order_by(*table.primary_key), execution_options={"yield_per": 50}
        )
        for part in rows.partitions(50):
            target.execute(insert, [{f"v{place}": v for place, v in enumerate(row)} for row in part])


def _go_on_counting(connection: Connection, table: Table) -> None:
    """PostgreSQL counts by itself and does not look at what was put in with its number."""
    if connection.dialect.name != "postgresql" or not table.dialect_options["sqlite"]["autoincrement"]:
        return
    last: Any = connection.execute(select(func.max(table.c.id))).scalar_one()
    if last is not None:
        sequence = func.pg_get_serial_sequence(table.name, "id")
        connection.execute(select(func.setval(sequence, last, literal_column("true"))))
