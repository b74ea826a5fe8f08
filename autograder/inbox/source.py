"""Read what submissions come in, a folder, a zip or a tar, recognised by its bytes and not by its name."""

import os
import stat
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO

from autograder.inbox.archive_entry import ArchiveEntry, no_bytes, reject_source
from autograder.inbox.bounds import SourceBounds
from autograder.inbox.files import is_folder, list_folder, read_bounded, require_regular
from autograder.inbox.notice import Rejected
from autograder.inbox.times import convert_file_time

_DEEPEST = 30
_HEAD = 512
_PACKINGS = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gz",
    b"BZh": "bz2",
    b"\xfd7zXZ\0": "xz",
    b"Rar!": "rar",
    b"7z\xbc\xaf\x27\x1c": "7z",
}
_EXPECTED = "give a folder, a zip, or a tar that may be compressed by gzip, bzip2 or xz"


def read_entries(source: Path, *, bounds: SourceBounds, zone: tzinfo) -> Iterator[ArchiveEntry]:
    """Every file of a source, in one pass. Raises CourseError if the source as a whole cannot be trusted.

    `zone` is the zone of times that name none, such as those of a zip.
    """
    if source.is_dir():
        yield from _read_folder(source, bounds, zone)
        return
    with _open(source) as file:
        packing = _detect_packing(file)
        if packing == "zip":
            from autograder.inbox.zipped import read_zip

            yield from read_zip(source, file, bounds=bounds, zone=zone)
        elif packing in ("tar", "gz", "bz2", "xz"):
            from autograder.inbox.tarred import read_tar

            yield from read_tar(source, file, packing=packing, bounds=bounds, zone=zone)
        else:
            what = (
                f"is a {packing} archive, which is not read"
                if packing
                else "is no archive that is known here"
            )
            reject_source(source, what, _EXPECTED)


def _open(source: Path) -> BinaryIO:
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        reject_source(source, f"cannot be read ({error.strerror})", _EXPECTED)
    file = open(descriptor, "rb")  # noqa: PTH123, SIM115 - a descriptor has no path; the caller closes it
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        reject_source(source, "is a pipe or a device", _EXPECTED)
    return file


def _detect_packing(file: BinaryIO) -> str:
    head = file.read(_HEAD)
    file.seek(0)
    for magic, packing in _PACKINGS.items():
        if head.startswith(magic):
            return packing
    return "tar" if head[257:262] == b"ustar" else ""


def _read_folder(source: Path, bounds: SourceBounds, zone: tzinfo) -> Iterator[ArchiveEntry]:
    for count, (path, rejection) in enumerate(_walk(source, 0), 1):
        if count > bounds.entries:
            todo = "take out what is no submission"
            reject_source(source, f"holds more than the {bounds.entries} files that are looked at", todo)
        name = path.relative_to(source).as_posix()
        if rejection is None:
            yield _make_entry(path, name, bounds, zone)
        else:
            yield ArchiveEntry(name, None, no_bytes, rejection)


def _walk(folder: Path, depth: int) -> Iterator[tuple[Path, Rejected | None]]:
    """The files of a folder and of those in it; links and the like with the reason why they are not read."""
    try:
        inside = list_folder(folder)
    except Rejected as rejection:
        if not depth:
            reject_source(folder, rejection.what, rejection.todo)
        yield folder, rejection
        return
    for path in inside:
        if not is_folder(path):
            yield path, _find_rejection(path)
        elif depth < _DEEPEST:
            yield from _walk(path, depth + 1)


def _find_rejection(path: Path) -> Rejected | None:
    try:
        require_regular(path)
    except Rejected as rejection:
        return rejection
    return None


def _make_entry(path: Path, name: str, bounds: SourceBounds, zone: tzinfo) -> ArchiveEntry:
    def chunks() -> Iterator[bytes]:
        yield read_bounded(path, most=bounds.file)[0]

    try:
        modified = path.lstat().st_mtime
    except OSError as error:
        rejection = Rejected(
            f"cannot be read ({error.strerror})", "start again when nobody changes the folder"
        )
        return ArchiveEntry(name, None, no_bytes, rejection)
    return ArchiveEntry(name, convert_file_time(modified, zone=zone), chunks)
