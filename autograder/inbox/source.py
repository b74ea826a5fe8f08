"""What submissions come in: a folder, a zip or a tar, told apart by their bytes and not by their names."""

import os
import stat
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO

from autograder.inbox.archive_entry import Member, nothing, refuse_all
from autograder.inbox.bounds import Bounds
from autograder.inbox.files import entries, is_folder, read_bounded, require_regular
from autograder.inbox.notice import Refused
from autograder.inbox.times import file_time

_DEEPEST = 30
_HEAD = 512
_KINDS = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gz",
    b"BZh": "bz2",
    b"\xfd7zXZ\0": "xz",
    b"Rar!": "rar",
    b"7z\xbc\xaf\x27\x1c": "7z",
}
_EXPECTED = "give a folder, a zip, or a tar that may be compressed by gzip, bzip2 or xz"


def members(source: Path, *, bounds: Bounds, zone: tzinfo) -> Iterator[Member]:
    """Every file of a source, in one pass. Raises CourseError where the source cannot be trusted as a whole.

    `zone` is that of times which have none, as those of a zip.
    """
    if source.is_dir():
        yield from _folder_members(source, bounds, zone)
        return
    with _opened(source) as file:
        kind = _kind(file)
        if kind == "zip":
            from autograder.inbox.zipped import zip_members

            yield from zip_members(source, file, bounds=bounds, zone=zone)
        elif kind in ("tar", "gz", "bz2", "xz"):
            from autograder.inbox.tarred import tar_members

            yield from tar_members(source, file, packing=kind, bounds=bounds, zone=zone)
        else:
            what = f"is a {kind} archive, which is not read" if kind else "is no archive that is known here"
            refuse_all(source, what, _EXPECTED)


def _opened(source: Path) -> BinaryIO:
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        refuse_all(source, f"cannot be read ({error.strerror})", _EXPECTED)
    file = open(descriptor, "rb")  # noqa: PTH123, SIM115 - a descriptor has no path; the caller closes it
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        refuse_all(source, "is a pipe or a device", _EXPECTED)
    return file


def _kind(file: BinaryIO) -> str:
    head = file.read(_HEAD)
    file.seek(0)
    for magic, kind in _KINDS.items():
        if head.startswith(magic):
            return kind
    return "tar" if head[257:262] == b"ustar" else ""


def _folder_members(source: Path, bounds: Bounds, zone: tzinfo) -> Iterator[Member]:
    for count, (path, refusal) in enumerate(_files(source, 0), 1):
        if count > bounds.entries:
            todo = "take out what is no submission"
            refuse_all(source, f"holds more than the {bounds.entries} files that are looked at", todo)
        name = path.relative_to(source).as_posix()
        if refusal is None:
            yield _member(path, name, bounds, zone)
        else:
            yield Member(name, None, nothing, refusal)


def _files(folder: Path, depth: int) -> Iterator[tuple[Path, Refused | None]]:
    """Files of a folder and of those in it, links and the like with the reason why they are not read."""
    try:
        inside = entries(folder)
    except Refused as refusal:
        if not depth:
            refuse_all(folder, refusal.what, refusal.todo)
        yield folder, refusal
        return
    for path in inside:
        if not is_folder(path):
            yield path, _why_not(path)
        elif depth < _DEEPEST:
            yield from _files(path, depth + 1)


def _why_not(path: Path) -> Refused | None:
    try:
        require_regular(path)
    except Refused as refusal:
        return refusal
    return None


def _member(path: Path, name: str, bounds: Bounds, zone: tzinfo) -> Member:
    def chunks() -> Iterator[bytes]:
        yield read_bounded(path, most=bounds.file)[0]

    try:
        modified = path.lstat().st_mtime
    except OSError as error:
        return _gone(name, error)
    return Member(name, file_time(modified, zone=zone), chunks)


def _gone(name: str, error: OSError) -> Member:
    refusal = Refused(f"cannot be read ({error.strerror})", "start again when nobody changes the folder")
    return Member(name, None, nothing, refusal)
