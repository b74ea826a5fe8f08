"""Files that an instructor sent and has not confirmed: kept for a day, each under a name nobody can guess."""

import os
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from autograder.access import Access, write_whole
from autograder.course.opened import OpenCourse

_LASTS = timedelta(days=1)
_KEY = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Uploads:
    """The folder of these files, a folder each."""

    folder: Path
    access: Access

    def keep(self, filename: str, content: bytes, *, now: datetime) -> str:
        """Keep a file, and return the name that finds it again. What is older than a day goes."""
        self.forget_old(now)
        key = secrets.token_urlsafe(16)
        # How a file is read is told by how its name ends; nothing else of the name is needed.
        name = re.sub(r"[^A-Za-z0-9._-]+", "_", filename).lstrip("._-")[-80:] or "list.csv"
        place = self.folder / key
        self.access.make_folder(place)
        write_whole(place / name, content, self.access)
        os.utime(place, (now.timestamp(), now.timestamp()))
        return key

    def forget_old(self, now: datetime) -> None:
        """Delete what was sent more than a day ago."""
        for place in self.folder.glob("*"):
            if now.timestamp() - place.stat().st_mtime > _LASTS.total_seconds():
                shutil.rmtree(place, ignore_errors=True)

    def forget_all(self) -> None:
        """Delete everything: it may hold files of anybody."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def find(self, key: str) -> Path | None:
        """The file that is kept under a name, or None."""
        if not _KEY.fullmatch(key) or not (self.folder / key).is_dir():
            return None
        return next(iter(sorted((self.folder / key).iterdir())), None)

    def forget(self, key: str) -> None:
        """Delete a file that was used, or is not wanted."""
        if self.find(key) is not None:
            shutil.rmtree(self.folder / key)


def course_uploads(course: OpenCourse) -> Uploads:
    """Where a course keeps them."""
    return Uploads(course.folder.state / "uploads", course.folder.access)
