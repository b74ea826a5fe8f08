"""Sources of submissions, packed as their makers pack them, and collected."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from autograder.domain.course import Limits, Student
from autograder.domain.submission import Submission
from autograder.inbox.collect import collect
from autograder.inbox.collector import Collected, CollectRequest
from autograder.inbox.folder import read_submissions
from autograder.inbox.notice import Notice

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 12, 14, 9, 0, tzinfo=UTC)
DOWNLOADED = (2026, 12, 14, 8, 30, 0)
CLASS = (
    Student("ada", "Ada Lovelace"),
    Student("bob", "Bob Jones"),
    Student("siobhan", "Siobhán O'Neill"),
    Student("li.wei", "Li Wei"),
    Student("wei.li", "Wei Li"),
    Student("sam1", "Sam Lee"),
    Student("sam2", "Sam Lee"),
    Student("zoé", "Zoë Müller-Garcia"),
)


def entry(name: str, *, when: tuple[int, ...] = DOWNLOADED, mode: int = 0) -> zipfile.ZipInfo:
    """An entry of a zip whose name is not made harmless, as ZipInfo would."""
    info = zipfile.ZipInfo("x", when)
    info.filename = info.orig_filename = name
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = mode << 16
    return info


def zipped(files: Mapping[str, bytes] | list[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    """A zip of files."""
    listed = [(entry(name), data) for name, data in files.items()] if isinstance(files, Mapping) else files
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for info, data in listed:
            archive.writestr(info, data)
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes] | list[tuple[tarfile.TarInfo, bytes]], packing: str = "") -> bytes:
    """A tar of files, compressed as `packing` says."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{packing}") as archive:
        if isinstance(files, Mapping):
            files = [(_tar_entry(name), data) for name, data in files.items()]
        for info, data in files:
            info.size = len(data) if info.isreg() else info.size
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def _tar_entry(name: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.mtime = int(NOW.timestamp()) - 3600
    return info


def put(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A folder of files."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def read_all_submissions(
    folder: Path, assignment: str, **options: Any
) -> tuple[tuple[Submission, ...], tuple[Notice, ...]]:
    """All submissions of a folder at once, and its notices; the options are those of `read_submissions`."""
    found = list(read_submissions(folder, assignment, **options))
    submissions = tuple(one for one in found if isinstance(one, Submission))
    return submissions, tuple(one for one in found if isinstance(one, Notice))


@dataclass
class Inbox:
    """A submissions folder into which sources are collected."""

    root: Path
    people: tuple[Student, ...] = CLASS

    @property
    def into(self) -> Path:
        return self.root / "course" / "submissions" / "gradients"

    def collect(
        self,
        content: bytes | Path,
        *,
        name: str = "download.zip",
        now: datetime = NOW,
        limits: Limits | None = None,
        dry: bool = False,
    ) -> tuple[list[Collected], list[Notice]]:
        """What came of collecting an archive, given as bytes, or a path."""
        source = content if isinstance(content, Path) else self.root / name
        if isinstance(content, bytes):
            source.write_bytes(content)
        request = CollectRequest(
            source, "gradients", self.into, self.people, limits or Limits(notebook_mb=1), PARIS, now, dry
        )
        found = list(collect(request))
        return (
            [one for one in found if isinstance(one, Collected)],
            [one for one in found if isinstance(one, Notice)],
        )

    def files(self) -> dict[str, bytes]:
        """Everything there is beside the source, hidden files too: student and bytes of each notebook."""
        return {
            f"{path.relative_to(self.into)}".partition("/")[0]: path.read_bytes()
            for path in sorted((self.root / "course").rglob("*"))
            if not path.is_dir()
        }
