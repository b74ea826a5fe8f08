"""Which server holds a course: a file beside its gradebook, locked for as long as the server runs."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from autograder.access import Access
from autograder.errors import StoreError

_NAME = "served"


@dataclass(frozen=True, slots=True)
class HoldingServer:
    """A server that is running."""

    process: int
    url: str
    since: str

    def __str__(self) -> str:
        return f"the server at {self.url} (process {self.process}, since {self.since})"


@contextmanager
def hold_course(state: Path, url: str, now: datetime, access: Access) -> Iterator[None]:
    """Be the one server of a course, whose state lies in a folder.

    Raises:
        StoreError: another one is.
    """
    access.make_folder(state)
    file = state / _NAME
    with suppress(FileExistsError):
        os.close(access.create(file))
    descriptor = os.open(file, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        # The lock goes with the program, however that ends; what the file says then holds no more.
        with suppress(OSError):  # a file system without locks, as some that are shared over a network
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                who = find_server(state) or "another server"
                raise StoreError(f"{state.parent}: {who} serves this course already; end that one") from None
        said = asdict(HoldingServer(os.getpid(), url, now.isoformat(timespec="seconds")))
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(said).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def find_server(state: Path) -> HoldingServer | None:
    """The server that holds a course, or None."""
    try:
        descriptor = os.open(state / _NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        with suppress(ValueError, TypeError, OSError):
            return HoldingServer(**json.loads(os.pread(descriptor, 4096, 0)))
        return HoldingServer(0, "an unknown address", "a moment ago")
    except OSError:
        return None
    else:
        return None
    finally:
        os.close(descriptor)
