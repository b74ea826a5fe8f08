"""Places for a gradebook: a SQLite file, and a database of a real PostgreSQL server where there is one."""

import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.postgresql import find_server, run_server

_DATABASES = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a server of our own, on a socket in its folder, without the name of a database."""
    pytest.importorskip(
        "psycopg", reason="PostgreSQL is not tested: psycopg is missing (pip install 'psycopg[binary]')"
    )
    binaries = find_server()
    if binaries is None:
        pytest.skip("PostgreSQL is not tested: there is no server (apt-get install postgresql)")
    with run_server(binaries) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty gradebook can be made: the tests that ask for it run on every database."""
    if request.param == "sqlite":
        return str(tmp_path / "gradebook.sqlite")
    import psycopg

    server = request.getfixturevalue("postgresql")
    name = f"gradebook{next(_DATABASES)}"
    with psycopg.connect(server % "postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return str(server % name)
