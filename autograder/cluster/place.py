"""Where a cluster is, as `--on` names it, and a client of it.

Whoever reaches a Dask scheduler can run what they like on its workers, and read what these hold: references
and hidden cases. So what is beyond this machine is spoken to by TLS alone, unless somebody says otherwise
aloud, and a cluster of this machine's own speaks TLS too, since other users reach its ports.

Source: distributed's documentation, sections "TLS/SSL" and "Setup".
"""

import ipaddress
import json
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from autograder.errors import ClusterError

_FORMS = "dask:local=N, dask:tls://HOST:PORT, dask:scheduler-file=FILE"
_PATIENCE = 60.0
"""Seconds for a scheduler to answer, and for its first worker to come."""
_MOST_LOCAL = 64
_MESSAGES_KEPT = 10


@dataclass(frozen=True, slots=True)
class ClusterPlace:
    """A cluster: so many workers of this machine's own, or whoever listens at an address."""

    local: int = 0
    address: str = ""

    @property
    def name(self) -> str:
        """As a message names it."""
        return self.address or f"local={self.local}"


@dataclass(frozen=True, slots=True)
class Trust:
    """By what both sides know each other."""

    folder: Path | None = None
    """Holds ca.pem, cert.pem and key.pem. Where it is None, Dask's own configuration says what is used."""
    plain: bool = False
    """Whether plain tcp is allowed beyond this machine."""


def read_place(text: str) -> ClusterPlace:
    """The place that `--on` names.

    Raises:
        ClusterError: it names none, or its scheduler file cannot be read.
    """
    engine, _, where = text.partition(":")
    if engine != "dask" or not where:
        raise ClusterError(f"--on {text}: is no place that is known (write {_FORMS})")
    if where.startswith("local="):
        number = where.removeprefix("local=")
        if not number.isdecimal() or not 1 <= int(number) <= _MOST_LOCAL:
            raise ClusterError(f"--on {text}: {number!r} is no number of workers (1 to {_MOST_LOCAL})")
        return ClusterPlace(local=int(number))
    if where.startswith("scheduler-file="):
        return ClusterPlace(address=_read_scheduler_file(Path(where.removeprefix("scheduler-file="))))
    return ClusterPlace(address=_checked_address(where))


def _read_scheduler_file(file: Path) -> str:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return _checked_address(str(told["address"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = "there is no such file" if isinstance(error, FileNotFoundError) else "is no scheduler file"
        advice = f"`dask scheduler --scheduler-file {file}` writes it"
        raise ClusterError(f"{file}: {what} ({advice})") from error


def _checked_address(address: str) -> str:
    parts = urlsplit(address)
    try:
        known = parts.scheme in ("tls", "tcp") and parts.hostname and parts.port
    except ValueError:
        known = False
    if not known:
        raise ClusterError(f"--on dask:{address}: is no address of a scheduler (write {_FORMS})")
    return address


def _is_here(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def require_dask() -> Any:
    """The module `distributed`. Raises ClusterError where it is not installed."""
    try:
        import distributed
    except ImportError as error:
        advice = "install autograder with its extra dask, as `autograder help install` says"
        raise ClusterError(f"--on: Dask is not installed here ({advice})") from error
    return distributed


def open_client(place: ClusterPlace, trust: Trust, stack: ExitStack) -> Any:
    """A client of the cluster, whose own parts are closed with the stack.

    Returns:
        A `distributed.Client`.

    Raises:
        ClusterError: the library is missing, the place may not be spoken to, or nobody answers there.
    """
    distributed = require_dask()
    import dask.config

    # Dask keeps the last thousand messages to each side, notebooks in them: gigabytes of those with pictures.
    stack.enter_context(dask.config.set({"distributed.admin.low-level-log-length": _MESSAGES_KEPT}))
    if place.local:
        return _open_own(distributed, place.local, stack)
    if place.address.startswith("tcp:") and not _is_here(place.address) and not trust.plain:
        what = (
            "plain tcp shows references and hidden cases to whoever listens, and lets anybody run code there"
        )
        raise ClusterError(f"{place.address}: {what} (use tls://, or say --plain-tcp)")
    security = None
    if place.address.startswith("tls:"):
        security = _read_security(distributed, trust.folder)
    try:
        client: Any = distributed.Client(
            place.address, security=security, timeout=_PATIENCE, set_as_default=False
        )
    except (OSError, ValueError, TypeError) as error:  # a timeout is one of them
        raise _unspoken(place, error) from error
    stack.callback(client.close)
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        what = f"no worker has come within {_PATIENCE:g} s (start `dask worker {place.address}`)"
        raise ClusterError(f"{place.address}: {what}") from error
    except OSError as error:
        raise _unspoken(place, error) from error
    return client


def _unspoken(place: ClusterPlace, error: Exception) -> ClusterError:
    return ClusterError(f"{place.address}: no scheduler can be spoken to there ({error})")


def _read_security(distributed: Any, folder: Path | None) -> Any:
    if folder is None:
        security = distributed.Security()
        if not security.tls_client_cert:
            advice = "give --tls FOLDER with ca.pem, cert.pem and key.pem, or set distributed.comm.tls"
            raise ClusterError(f"--on: no certificate is known here ({advice})")
        return security
    files = {name: folder / f"{name}.pem" for name in ("ca", "cert", "key")}
    missing = [str(file) for file in files.values() if not file.is_file()]
    if missing:
        raise ClusterError(f"--tls {folder}: {', '.join(missing)} is missing")
    return distributed.Security(
        tls_ca_file=str(files["ca"]),
        tls_client_cert=str(files["cert"]),
        tls_client_key=str(files["key"]),
        require_encryption=True,
    )


def _open_own(distributed: Any, number: int, stack: ExitStack) -> Any:
    """A cluster on this machine, for this run."""
    import dask.config

    scratch = tempfile.mkdtemp(prefix="autograder-dask-")  # readable by its owner alone
    stack.callback(shutil.rmtree, scratch, ignore_errors=True)
    settings = {
        # A worker that is being started anew when it is looked for is not given up: else none is left.
        "distributed.deploy.lost-worker-timeout": "1h",
        "distributed.scheduler.allowed-failures": 2,
        "distributed.worker.daemon": False,
        # Pages on what the cluster does are plain HTTP, for whoever is on this machine: nobody reads them.
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
        # Nobody reads either what Dask watches of itself, in every process of the cluster: the stacks of
        # workers a hundred times a second, clocks fifty times, memory ten times, disks and networks twice.
        "distributed.worker.profile.enabled": False,
        "distributed.admin.tick.interval": "1s",
        "distributed.worker.memory.monitor-interval": "1s",
        "distributed.admin.system-monitor.interval": "10s",
        "distributed.admin.system-monitor.disk": False,
    }
    stack.enter_context(dask.config.set(settings))
    cluster = stack.enter_context(
        distributed.LocalCluster(
            n_workers=number,
            threads_per_worker=1,
            host="127.0.0.1",
            security=distributed.Security.temporary(),
            dashboard_address=None,
            # Any port: that of Dask's own choice may be taken, of which it would warn whoever grades.
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            local_directory=scratch,
            silence_logs="CRITICAL",
        )
    )
    # Results come straight from the workers, which are on this machine, and not by the scheduler.
    client = distributed.Client(cluster, set_as_default=False, direct_to_workers=True)
    stack.callback(client.close)
    return client
