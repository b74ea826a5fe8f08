"""A PostgreSQL server of our own, in a folder of its own, for as long as it is needed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def find_server() -> Path | None:
    """Where the programs of a server lie on this machine, or None."""
    found = shutil.which("initdb")
    places = (
        [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    )
    return next((place for place in places if (place / "initdb").exists()), None)


@contextmanager
def run_server(binaries: Path, *, durable: bool = False) -> Iterator[str]:
    """The address of a server on a socket in its folder, with `%s` for the name of a database.

    With `durable` it waits for the disk as it would for a course.
    """
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
        settings = f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
        settings += "" if durable else " -c fsync=off"
        run(f"{binaries}/pg_ctl", "-D", data, "-l", log, "-w", "-o", settings, "start")
        try:
            yield f"postgresql://tester@/%s?host={folder}"
        finally:
            run(f"{binaries}/pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)
