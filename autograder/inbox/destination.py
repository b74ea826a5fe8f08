"""submissions/NAME, to which whole attempts are added and from which nothing is taken away.

A notebook is written beside the students' folders first, under a hidden name, and moved into place by
one renaming; killed at any moment, a run leaves whole attempts and hidden leftovers, and the next run
clears those.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from autograder.domain.student_id import normal
from autograder.domain.submission import ReceivedBy
from autograder.errors import CourseError, Flaw
from autograder.inbox.confusables import outline
from autograder.inbox.files import entries, is_folder, read_bounded
from autograder.inbox.notice import Refused, shown
from autograder.inbox.times import folder_name, read_folder_name

_LEFTOVER = ".collect-"
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A notebook that lies on the shelf."""

    place: Path
    received: datetime
    received_by: ReceivedBy


class Shelf:
    """The attempts at one assignment. A context manager: one run at a time writes there."""

    def __init__(self, folder: Path, assignment: str) -> None:
        self._folder = folder
        self._assignment = assignment
        self._made: list[Path] = []
        self._lock = -1
        self._work = folder
        self._count = 0
        self.kept = 0
        """Bytes that `keep` has written."""
        self._homes: dict[str, Path] = {}

    def __enter__(self) -> "Shelf":
        try:
            self._make_folder()
            self._lock_folder()
            for path in self._folder.glob(f"{_LEFTOVER}*"):
                if is_folder(path):
                    shutil.rmtree(path)
            self._homes = {outline(normal(path.name)): path for path in entries(self._folder)}
            self._work = Path(tempfile.mkdtemp(prefix=_LEFTOVER, dir=self._folder))
        except OSError as error:
            self._close()
            raise self._unwritable(error) from error
        except Refused as refusal:
            self._close()
            raise CourseError([Flaw(shown(self._folder), refusal.what, refusal.todo)]) from refusal
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._work, ignore_errors=True)
        self._close()

    def keep(self, chunks: Iterable[bytes]) -> Path:
        """Write bytes to a file of our own naming, not yet anybody's. What `chunks` raises goes through."""
        self._count += 1
        path = self._work / f"{self._count}"
        try:
            with path.open("xb") as file:
                for chunk in chunks:
                    file.write(chunk)
                self.kept += file.tell()
        except OSError as error:
            raise self._unwritable(error) from error
        except BaseException:
            path.unlink()
            raise
        return path

    def drop(self, path: Path) -> None:
        """Forget what `keep` has written."""
        path.unlink()

    def home(self, student: str) -> Path:
        """The student's folder. Refused where something else stands there, or a name that looks the same."""
        home = self._homes.get(outline(student), self._folder / student)
        if normal(home.name) != student:
            what = f"looks like {shown(home.name)}, which has handed in before"
            raise Refused(what, "keep one way of writing the id")
        if home.is_symlink() or (home.exists() and not home.is_dir()):
            what = f"cannot be collected: {shown(home)} is a link or a file"
            raise Refused(what, "put a folder in its place")
        return home

    def attempts(self, home: Path, *, most: int) -> list[tuple[Attempt, bytes]]:
        """What the student has handed in so far, the latest last; what cannot be read is passed over."""
        found: list[tuple[Attempt, bytes]] = []
        for place in entries(home) if home.is_dir() else ():
            told = read_folder_name(place.name) if is_folder(place) else None
            for path in entries(place) if told else ():
                with suppress(Refused):
                    if path.suffix == ".ipynb" and told:
                        found.append((Attempt(place, *told), read_bounded(path, most=most)[0]))
        return sorted(found, key=lambda pair: (pair[0].received, pair[0].place.name))

    def place(self, kept: Path, home: Path, received: datetime, received_by: ReceivedBy) -> Path:
        """Make a kept file an attempt, whole or not at all; nothing that is there is replaced."""
        while (home / folder_name(received, received_by)).exists():
            received += _INSTANT
        name = folder_name(received, received_by)
        self._count += 1
        draft = self._work / f"{self._count}"
        try:
            (draft / name).mkdir(parents=True)
            kept.rename(draft / name / f"{self._assignment}.ipynb")
            if home.exists():
                (draft / name).rename(home / name)
            else:
                draft.rename(home)
        except OSError as error:
            raise self._unwritable(error) from error
        return home / name / f"{self._assignment}.ipynb"

    def _make_folder(self) -> None:
        missing = [path for path in (self._folder, *self._folder.parents) if not path.exists()]
        self._folder.mkdir(parents=True, exist_ok=True)
        self._made = missing

    def _lock_folder(self) -> None:
        self._lock = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            flaw = Flaw(shown(self._folder), "another run collects into it", "start again when it has ended")
            raise CourseError([flaw]) from error
        except OSError:
            pass  # a file system without locks, as some that are shared over a network

    def _close(self) -> None:
        """Let others collect; a folder that was made for nothing goes."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
        for path in self._made:
            with suppress(OSError):
                path.rmdir()

    def _unwritable(self, error: OSError) -> CourseError:
        what = f"cannot be written ({error.strerror})"
        todo = "make room or make it writable, and start again: what was collected so far is whole"
        return CourseError([Flaw(shown(self._folder), what, todo)])
