"""Places for a gradebook: a SQLite file, and a database of a real PostgreSQL server where there is one."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

_DATABASES = count(1)


def _server_binaries() -> Path | None:
    found = shutil.which("initdb")
    places = (
        [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    )
    return next((place for place in places if (place / "initdb").exists()), None)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a server of our own, on a socket in its folder, without the name of a database."""
    pytest.importorskip(
        "psycopg", reason="PostgreSQL is not tested: psycopg is missing (pip install 'psycopg[binary]')"
    )
    binaries = _server_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not tested: there is no server (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    owner: dict[str, str] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "nobody", "nogroup")
        owner = {"user": "nobody", "group": "nogroup"}

    def run(*command: str) -> None:
        subprocess.run(
            command,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            extra_groups=[] if owner else None,
            **owner,
        )

    data, log = str(folder / "data"), str(folder / "log")
    try:
        run(f"{binaries}/initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync")
        settings = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        run(f"{binaries}/pg_ctl", "-D", data, "-l", log, "-w", "-o", settings, "start")
        try:
            yield f"postgresql://tester@/%s?host={folder}"
        finally:
            run(f"{binaries}/pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


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
