"""submissions/NAME, to which whole attempts are added and from which nothing is removed.

A notebook is first written beside the students' folders, under a hidden name, and then moved into place
by a single rename. A run that is killed leaves whole attempts and hidden leftovers, and the next run
clears those.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from autograder.access import Access, write_whole
from autograder.domain.bundle import bundle
from autograder.domain.student_id import normal
from autograder.domain.submission import ReceivedBy
from autograder.errors import CourseError, Flaw
from autograder.inbox.confusables import skeleton
from autograder.inbox.files import is_folder, list_folder, read_bounded
from autograder.inbox.notice import Rejected, escape
from autograder.inbox.times import format_folder_name, read_folder_name

_LEFTOVER = ".collect-"
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class HandedInAttempt:
    """A notebook that was collected before."""

    place: Path
    received: datetime
    received_by: ReceivedBy


class Destination:
    """The attempts at one assignment. A context manager: one run at a time writes there."""

    def __init__(self, folder: Path, assignment: str, access: Access | None = None) -> None:
        self._folder = folder
        self._access = access or Access()
        self._assignment = assignment
        self._made: list[Path] = []
        self._lock = -1
        self._work = folder
        self._count = 0
        self.kept = 0
        """Bytes that `keep` has written and `drop` has not removed."""
        self._homes: dict[str, Path] = {}

    def __enter__(self) -> "Destination":
        try:
            missing = [path for path in (self._folder, *self._folder.parents) if not path.exists()]
            self._access.make_folder(self._folder)
            self._made = missing
            self._lock_folder()
            for path in self._folder.glob(f"{_LEFTOVER}*"):
                if is_folder(path):
                    shutil.rmtree(path)
            self._homes = {skeleton(normal(path.name)): path for path in list_folder(self._folder)}
            self._work = Path(tempfile.mkdtemp(prefix=_LEFTOVER, dir=self._folder))
        except OSError as error:
            self._close()
            raise self._explain(error) from error
        except Rejected as rejection:
            self._close()
            raise CourseError([Flaw(escape(self._folder), rejection.what, rejection.todo)]) from rejection
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
        """Write bytes to a file of ours that is nobody's yet. What `chunks` raises is passed on."""
        self._count += 1
        path = self._work / f"{self._count}"
        try:
            with open(self._access.create(path), "wb") as file:  # noqa: PTH123 - a descriptor has no path
                for chunk in chunks:
                    file.write(chunk)
                self.kept += file.tell()
        except OSError as error:
            raise self._explain(error) from error
        except BaseException:
            path.unlink()
            raise
        return path

    def drop(self, kept: Path) -> None:
        """Remove what was kept and is not needed."""
        self.kept -= kept.stat().st_size
        kept.unlink()

    def find_home(self, student: str) -> Path:
        """The student's folder; raises Rejected if something else is there, or a name that looks the same."""
        home = self._homes.get(skeleton(student), self._folder / student)
        if normal(home.name) != student:
            what = f"looks like {escape(home.name)}, which has handed in before"
            raise Rejected(what, "keep one way of writing the id")
        if home.is_symlink() or (home.exists() and not home.is_dir()):
            what = f"cannot be collected: {escape(home)} is a link or a file"
            raise Rejected(what, "put a folder in its place")
        return home

    def read_attempts(self, home: Path, *, most: int) -> list[tuple[HandedInAttempt, bytes]]:
        """What the student has handed in so far, the latest last; unreadable files are passed over."""
        found: list[tuple[HandedInAttempt, bytes]] = []
        for place in list_folder(home) if home.is_dir() else ():
            receipt = read_folder_name(place.name) if is_folder(place) else None
            parts: dict[str, bytes] = {}
            for path in list_folder(place) if receipt else ():
                with suppress(Rejected):
                    if path.suffix == ".ipynb":
                        parts[path.stem] = read_bounded(path, most=most)[0]
            if receipt and parts:
                attempt = HandedInAttempt(place, *receipt)
                together = [bundle(parts)] if parts.keys() != {self._assignment} else []
                found += [(attempt, content) for content in (*parts.values(), *together)]
        return sorted(found, key=lambda pair: (pair[0].received, pair[0].place.name))

    def add_attempt(
        self, kept: Mapping[str, Path], home: Path, received: datetime, received_by: ReceivedBy
    ) -> Path:
        """Make kept notebooks, by their names, an attempt, whole or not at all; return its folder."""
        while (home / format_folder_name(received, received_by)).exists():
            received += _INSTANT
        name = format_folder_name(received, received_by)
        self._count += 1
        staged = self._work / f"{self._count}"
        try:
            self._access.make_folder(staged / name)
            for notebook, file in kept.items():
                file.rename(staged / name / f"{notebook}.ipynb")
            if home.exists():
                (staged / name).rename(home / name)
            else:
                staged.rename(home)
        except OSError as error:
            raise self._explain(error) from error
        return home / name

    def date_anew(self, place: Path, received: datetime, received_by: ReceivedBy) -> Path:
        """Name an attempt after the time that is known of it only now; return its place."""
        while (new := place.with_name(format_folder_name(received, received_by))).exists():
            received += _INSTANT
        try:
            place.rename(new)
        except OSError as error:
            raise self._explain(error) from error
        return new

    def write_beside(self, place: Path, name: str, text: str) -> None:
        """Keep a word on an attempt in its folder, whole or not at all."""
        try:
            if (place / name).is_symlink() or not (place / name).exists():
                write_whole(place / name, text.encode(), self._access)
        except OSError as error:
            raise self._explain(error) from error

    def _lock_folder(self) -> None:
        self._lock = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            flaw = Flaw(escape(self._folder), "another run collects into it", "start again when it has ended")
            raise CourseError([flaw]) from error
        except OSError:
            pass  # a file system without locks, as some that are shared over a network

    def _close(self) -> None:
        """Release the lock, and remove the folders that were made for nothing."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
        for path in self._made:
            with suppress(OSError):
                path.rmdir()

    def _explain(self, error: OSError) -> CourseError:
        what = f"cannot be written ({error.strerror})"
        todo = "make room or make it writable, and start again: what was collected so far is whole"
        return CourseError([Flaw(escape(self._folder), what, todo)])
