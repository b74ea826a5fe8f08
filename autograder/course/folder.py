"""Where a course keeps things, and the secret from which its hidden cases are drawn."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.access import Access, locked, partial_of
from autograder.errors import CourseError, Flaw

if TYPE_CHECKING:
    from autograder.gradebook.custody import Custody

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class CourseFolder:
    """The folders of a course. Nothing is made before it is needed."""

    path: Path
    store: str = ""
    """The address of a PostgreSQL database for the gradebook; empty for a file among the course's own."""
    access: Access = field(default_factory=Access)
    """Who may read what the course accumulates."""

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
    def transient_url(self) -> str:
        """Where sessions, links and claims are kept: beside the gradebook, or a file of their own."""
        return self.store or str(self.state / "transient.sqlite")

    @property
    def head(self) -> Path:
        """Where the gradebook ends, by which it is checked (gradebook/custody.py)."""
        return self.state / "head"

    def custody(self) -> "Custody":
        """What the gradebook is checked by."""
        from autograder.gradebook.custody import Custody

        return Custody(self.secret, self.head, self.access, secret_file=self.secret_file)

    @property
    def secret_file(self) -> Path:
        """The secret in its first line, and in a second one that a gradebook was begun with it."""
        return self.state / "secret"

    def secret(self) -> bytes:
        """The course's own 32 random bytes, made when they are first asked for and never changed.

        Raises CourseError where they cannot be kept, or what is kept is damaged, or is lost though there is
        a gradebook: other bytes would draw other cases, so they are never made anew silently.
        """
        path = self.secret_file
        try:
            self.access.make_folder(self.state)
            if not path.exists():
                self._refuse_lost(path)
                self._make(path)
            elif partial_of(path).exists():
                with locked(path.parent):  # of a run that was killed
                    partial_of(path).unlink(missing_ok=True)
            for each in self.access.find_wide([self.state]):
                if each in (self.state, path):
                    self.access.set(each)
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

    def _make(self, path: Path) -> None:
        """Write the secret whole or not at all; where another run is faster, its file stays."""
        draft = partial_of(path)
        with locked(path.parent):
            draft.unlink(missing_ok=True)
            with open(self.access.create(draft), "wb") as file:  # noqa: PTH123 - a descriptor has no path
                file.write(secrets.token_hex(_SECRET_BYTES).encode())
                file.flush()
                os.fsync(file.fileno())
            # Never in the place of another, also where the folder cannot be locked.
            try:
                with suppress(FileExistsError):
                    os.link(draft, path)
            except OSError:  # a file system without hard links
                if not path.exists():
                    draft.rename(path)
            draft.unlink(missing_ok=True)


def _read_secret(path: Path) -> bytes:
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").partition("\n")[0])
    except ValueError:
        secret = b""
    if len(secret) != _SECRET_BYTES:
        allowed = "bring it back from a backup; without it, all graded assignments have other cases"
        raise CourseError([Flaw(str(path), f"is not a secret of {_SECRET_BYTES} bytes", allowed)])
    return secret
