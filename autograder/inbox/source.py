"""Read what submissions come in, a folder, a zip or a tar, recognised by its bytes and not by its name."""

import os
import stat
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO

from autograder.inbox.archive_entry import ArchiveEntry, no_bytes, reject_source
from autograder.inbox.bounds import SourceBounds
from autograder.inbox.files import is_folder, read_bounded, walk
from autograder.inbox.notice import Rejected
from autograder.inbox.times import convert_file_time

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
    try:
        for count, (path, rejection) in enumerate(walk(source), 1):
            if count > bounds.entries:
                todo = "take out what is no submission"
                what = f"holds more than the {bounds.entries} files that are looked at"
                reject_source(source, what, todo)
            name = path.relative_to(source).as_posix()
            if rejection is not None:
                yield ArchiveEntry(name, None, no_bytes, rejection)
            elif not is_folder(path):
                yield _make_entry(path, name, bounds, zone)
    except Rejected as rejection:
        reject_source(source, rejection.what, rejection.todo)


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
