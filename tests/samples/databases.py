"""A PostgreSQL server for tests, where the machine has one."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.postgresql import find_server, run_server


@contextmanager
def run_postgresql() -> Iterator[str]:
    """The address of a server of our own, with `%s` for the name of a database; skips where there is none."""
    pytest.importorskip(
        "psycopg", reason="PostgreSQL is not tested: psycopg is missing (pip install 'psycopg[binary]')"
    )
    binaries = find_server()
    if binaries is None:
        pytest.skip("PostgreSQL is not tested: there is no server (apt-get install postgresql)")
    with run_server(binaries) as address:
        yield address


def create_database(address: str, name: str) -> str:
    """Make an empty database on a server; returns its address."""
    import psycopg

    with psycopg.connect(address % "postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return address % name
