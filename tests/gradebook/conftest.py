"""Places for a gradebook: a SQLite file, and a database of a real PostgreSQL server where there is one."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from databases import create_database, run_postgresql

_DATABASES = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a server of our own, on a socket in its folder, without the name of a database."""
    with run_postgresql() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty gradebook can be made: the tests that ask for it run on every database."""
    if request.param == "sqlite":
        return str(tmp_path / "gradebook.sqlite")
    return create_database(request.getfixturevalue("postgresql"), f"gradebook{next(_DATABASES)}")
