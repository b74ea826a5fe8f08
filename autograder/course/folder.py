"""Where a course keeps things, and the secret from which its hidden cases are drawn."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError, Flaw

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class CourseFolder:
    """The folders of a course. Nothing is made before it is needed."""

    path: Path
    store: str = ""
    """The address of a PostgreSQL database for the gradebook; empty for a file among the course's own."""

    @property
    def assignments(self) -> Path:
        """What students receive."""
        return self.path / "assignments"

    @property
    def solutions(self) -> Path:
        """Hidden references."""
        return self.path / "solutions"

    @property
    def quiz(self) -> Path:
        """Quizzes with their keys."""
        return self.path / "quiz"

    @property
    def state(self) -> Path:
        """What the course accumulates: never in git, and for the instructor's eyes only."""
        return self.path / ".autograder"

    @property
    def store_url(self) -> str:
        """Where the gradebook is: an address, or the path of a file."""
        return self.store or str(self.state / "gradebook.sqlite")

    @property
    def head(self) -> Path:
        """Where the gradebook ends, by which it is checked (gradebook/custody.py)."""
        return self.state / "head"

    def secret(self) -> bytes:
        """The course's own 32 random bytes, made when they are first asked for and never changed.

        Raises CourseError where they cannot be kept, or what is kept is damaged, or is lost though there is
        a gradebook: other bytes would draw other cases, so they are never made anew silently.
        """
        path = self.state / "secret"
        try:
            self.state.mkdir(mode=0o700, exist_ok=True)
            _for_owner_only(self.state)
            if not path.exists():
                self._refuse_lost(path)
                _create_once(path, secrets.token_hex(_SECRET_BYTES).encode())
            _for_owner_only(path)
            return _read_secret(path)
        except OSError as error:
            what = f"the course's secret cannot be kept ({error.strerror})"
            raise CourseError(
                [Flaw(str(path), what, "make the folder readable and writable for you")]
            ) from error

    def _refuse_lost(self, path: Path) -> None:
        store = Path(self.store_url)
        if self.head.exists() or (not self.store and store.exists() and store.stat().st_size):
            what = "the course's secret is lost, and there is a gradebook that was written with it"
            allowed = (
                "bring it back from a backup; without it everybody would get other cases: to begin anew with "
                "nothing graded, put .autograder aside"
            )
            raise CourseError([Flaw(str(path), what, allowed)])


def _read_secret(path: Path) -> bytes:
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        secret = b""
    if len(secret) != _SECRET_BYTES:
        allowed = "bring it back from a backup; without it, all graded assignments have other cases"
        raise CourseError([Flaw(str(path), f"is not a secret of {_SECRET_BYTES} bytes", allowed)])
    return secret


def _for_owner_only(path: Path) -> None:
    status = path.stat()
    if status.st_mode & 0o077 and status.st_uid == os.geteuid():
        path.chmod(status.st_mode & 0o700)


def _create_once(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; where another run is faster, its file stays."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    _write_new(draft, content)
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    except OSError:  # a file system without hard links
        with suppress(FileExistsError):
            _write_new(path, content)
    finally:
        draft.unlink()


def _write_new(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor has no path
        file.write(content)
        file.flush()
        os.fsync(descriptor)
