"""Schedulers, workers and commands as processes that end with a test."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from distributed import Security


@contextmanager
def started(
    command: list[str], folder: Path, log: str, environment: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that works in a folder and writes its log there."""
    with (
        (folder / log).open("wb") as out,
        subprocess.Popen(command, cwd=folder, stdout=out, stderr=out, env=environment) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def write_certificates(folder: Path) -> list[str]:
    """Make ca.pem, cert.pem and key.pem; the options by which Dask's commands take them."""
    folder.mkdir(mode=0o700)
    made = Security.temporary()
    texts = {"ca": made.tls_ca_file, "cert": made.tls_client_cert, "key": made.tls_client_key}
    for name, text in texts.items():
        (folder / f"{name}.pem").write_text(text, encoding="utf-8")
    files = {"--tls-ca-file": "ca", "--tls-cert": "cert", "--tls-key": "key"}
    return [word for option, name in files.items() for word in (option, str(folder / f"{name}.pem"))]


def wait_for(seen: Callable[[], bool]) -> None:
    """Wait until this is seen. Raises TimeoutError after four minutes."""
    for _ in range(1200):
        if seen():
            return
        time.sleep(0.2)
    raise TimeoutError
