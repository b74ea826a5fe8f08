"""What a course keeps outside of its store, to check it by: a key, where the chain ended, that it began.

`.autograder/head` holds which store it is, how long its chain was and its last link, signed with the key. It
is written after each commit: a program that was killed in between has left it one commit behind. A second
line in the file of the secret says that a gradebook was begun with it, so that store and head cannot be lost
together unnoticed.
"""

import fcntl
import hmac
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any

from autograder.access import Access, replace_file
from autograder.errors import StoreError
from autograder.gradebook.faults import LOCKED

# No name of an assignment, of a question or of a copy is spelt like this: their keys are others.
_PURPOSE = b"chain/of the gradebook"
_PAUSE, _WAIT = 0.005, 30.0
_SIZE = 512
"""Bytes of the file, filled up with blanks: always the same, so that it is overwritten whole."""


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """Where a chain ends: which store, how many links and transactions, and the last link."""

    store: str = ""
    """The store's own number; empty where nothing is recorded so far."""
    length: int = 0
    batch: int = 0
    link: str = ""
    genuine: bool = True
    """Whether it is signed with the course's key."""


class Custody:
    """The key and the head of one course's store.

    Args:
        secret: tells the course's secret, when it is first needed.
        head: the file in which the end of the chain is kept.
        access: who may read it, and the store where that is a file.
        secret_file: whose second line says that a gradebook was begun; without, nothing does.
    """

    def __init__(
        self,
        secret: Callable[[], bytes],
        head: Path,
        access: Access = Access(),  # noqa: B008 - frozen
        *,
        secret_file: Path | None = None,
    ) -> None:
        self._secret = secret
        self._secret_file = secret_file
        self.file = head
        """The file in which the end of the chain is kept."""
        self.access = access
        """Who may read it, and the store where that is a file."""
        self.store = ""
        """The number of the store whose beginning was checked, once it was."""
        self._threads = RLock()
        self._depth, self._descriptor = 0, -1

    @cached_property
    def key(self) -> bytes:
        """The key of the chain: it follows from the secret, and does not tell it."""
        return hmac.digest(self._secret(), _PURPOSE, "sha256")

    def of_copy(self, head: Path) -> "Custody":
        """What checks a copy of the store, whose head lies elsewhere."""
        return Custody(self._secret, head, self.access)

    @property
    def has_begun(self) -> bool:
        """Whether a gradebook was begun with the secret, by the secret's own file."""
        file = self._secret_file
        return file is not None and file.is_file() and b"\n" in file.read_bytes().strip()

    def remember(self, now: datetime) -> None:
        """Say beside the secret that a gradebook was begun with it, unless that is said."""
        file = self._secret_file
        if file is None or self.has_begun:
            return
        with self.lock(_WAIT), self._writes(file):
            said = (
                f"\nA gradebook was begun with it, as is known since {now.isoformat(timespec='seconds')}.\n"
            )
            replace_file(file, file.read_bytes().strip() + said.encode(), self.access, flush=True)

    def read(self) -> ChainEnd | None:
        """What the file says, or None where there is none; what cannot be read is not genuine."""
        try:
            content = self.file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(
                f"{self.file}: cannot be read ({error.strerror}); make it readable for you"
            ) from error
        with suppress(ValueError, TypeError, KeyError):
            said = json.loads(content)
            head = ChainEnd(str(said["store"]), int(said["length"]), int(said["batch"]), str(said["link"]))
            if hmac.compare_digest(str(said["signature"]), self._sign(head)):
                return head
        return ChainEnd(genuine=False)

    def write(self, head: ChainEnd) -> None:
        """Say where the chain ends. The caller holds the lock, unless nothing else writes so far."""
        said: dict[str, Any] = {
            "store": head.store,
            "length": head.length,
            "batch": head.batch,
            "link": head.link,
            "signature": self._sign(head),
        }
        content = json.dumps(said).encode().ljust(_SIZE)
        with self._writes(self.file):
            if self.file.exists():
                self._overwrite(content)
            else:
                with self.lock(_WAIT):
                    replace_file(self.file, content, self.access)

    def _overwrite(self, content: bytes) -> None:
        # In place: putting another file there makes the file system flush it, five milliseconds for each
        # submission. One small write is whole or not begun when the program is killed; and it is not flushed
        # either, as SQLite flushes no commit.
        descriptor = os.open(self.file, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.pwrite(descriptor, content, 0)
            if os.fstat(descriptor).st_size != _SIZE:
                os.ftruncate(descriptor, _SIZE)
        finally:
            os.close(descriptor)

    @contextmanager
    def _writes(self, file: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"{file}: cannot be made here ({error.strerror}); make room and the folder writable, "
                "and start again: what is recorded is kept"
            ) from error

    @contextmanager
    def lock(self, patience: float) -> Iterator[None]:
        """Keep others from writing: the store and its head change together for whoever waits for this.

        The lock is that of the head's folder, and goes with the program that holds it.
        """
        self.key  # noqa: B018 - a secret that is made in the same folder locks it too
        if not self._threads.acquire(timeout=patience):
            raise StoreError(f"{self.file.parent}: {LOCKED}")
        try:
            if self._depth == 0:
                self._descriptor = self._lock_folder(patience)
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    os.close(self._descriptor)
        finally:
            self._threads.release()

    def _lock_folder(self, patience: float) -> int:
        try:
            self.access.make_folder(self.file.parent)
            descriptor = os.open(self.file.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise StoreError(
                f"{self.file.parent}: cannot be opened ({error.strerror}); make it a folder of yours"
            ) from error
        end = time.monotonic() + patience
        try:
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if time.monotonic() > end:
                        raise StoreError(f"{self.file.parent}: {LOCKED}") from None
                    time.sleep(_PAUSE)
                except OSError:
                    # A file system without locks, as some that are shared over a network: the database's
                    # own lock still lets one writer in at a time.
                    return descriptor
                else:
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise

    def _sign(self, head: ChainEnd) -> str:
        text = json.dumps(["head", head.store, head.length, head.batch, head.link])
        return hmac.digest(self.key, text.encode(), "sha256").hex()
