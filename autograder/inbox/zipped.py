"""Reading a zip that anybody may have made: the table of contents is bounded and checked before use."""

import os
import stat
from collections.abc import Iterator
from datetime import datetime, tzinfo
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from autograder.inbox.archive_entry import CHUNK, Member, nothing, refuse_all, up_to
from autograder.inbox.bounds import Bounds
from autograder.inbox.notice import Refused

_BYTES_OF_AN_ENTRY = 400
"""Of the table of contents, on average; 46 are the least."""
_LOCAL_HEADER = 30
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800
_AGAIN = "get it once more from where it came; a folder with its content can be collected too"
_ASK = "ask for the notebook itself"


def zip_members(source: Path, file: BinaryIO, *, bounds: Bounds, zone: tzinfo) -> Iterator[Member]:
    """The files of a zip. Raises CourseError where the zip as a whole cannot be trusted."""
    size = os.fstat(file.fileno()).st_size
    try:
        archive = ZipFile(_Careful(file, most=bounds.entries * _BYTES_OF_AN_ENTRY))
    except Refused as refusal:
        refuse_all(source, refusal.what, refusal.todo)
    except Exception as error:  # noqa: BLE001 - whatever zipfile makes of bytes that anybody may have made
        refuse_all(source, f"is a damaged zip ({type(error).__name__})", _AGAIN)
    with archive:
        entries = archive.infolist()
        if len(entries) > bounds.entries:
            what = f"holds {len(entries)} entries, more than the {bounds.entries} that are looked at"
            refuse_all(source, what, "unpack it, take out what is no submission, collect the folder")
        _must_lie_apart(source, entries, size)
        for entry in entries:
            if not entry.orig_filename.endswith("/"):
                yield _member(archive, entry, bounds, zone)


class _Careful:
    """A file of which nothing large is read at once: zipfile takes the size of the table on trust."""

    def __init__(self, file: BinaryIO, *, most: int) -> None:
        self._file = file
        self._most = most
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; Refused where there are more than any honest zip has in one piece."""
        data = self._file.read(min(size, self._most + 1) if size >= 0 else self._most + 1)
        if len(data) > self._most:
            raise Refused("has a table of contents that is too large", _AGAIN)
        return data

    def seekable(self) -> bool:
        """Asked by zipfile."""
        return True


def _must_lie_apart(source: Path, entries: list[ZipInfo], size: int) -> None:
    """Entries that share bytes, or lie outside of the file, are how a small zip holds terabytes."""
    spans = sorted((entry.header_offset, _end(entry)) for entry in entries)
    if any(begin < 0 or end > size for begin, end in spans):
        refuse_all(source, "is a zip whose table names entries that are not in it", _AGAIN)
    if any(following < end for (_, end), (following, _) in pairwise(spans)):
        refuse_all(source, "is a zip whose entries overlap, as in a bomb", _AGAIN)


def _end(entry: ZipInfo) -> int:
    """The byte before which the next entry cannot begin."""
    return entry.header_offset + _LOCAL_HEADER + entry.compress_size


def _member(archive: ZipFile, entry: ZipInfo, bounds: Bounds, zone: tzinfo) -> Member:
    refusal = _refusal(entry)
    if refusal is not None:
        return Member(_name(entry), None, nothing, refusal)
    return Member(_name(entry), _modified(entry, zone), lambda: _chunks(archive, entry, bounds))


def _name(entry: ZipInfo) -> str:
    """The name with its zero bytes, which zipfile hides; in UTF-8, which Canvas and macOS do not declare."""
    name: str = entry.orig_filename
    if entry.flag_bits & _UTF8:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _refusal(entry: ZipInfo) -> Refused | None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if stat.S_ISLNK(kind):
        return Refused("is a symbolic link", "it is not followed; ask for the file itself")
    if kind not in (0, stat.S_IFREG):
        return Refused("is a pipe, a device or a folder, although it is named like a file", _ASK)
    if entry.flag_bits & _ENCRYPTED:
        return Refused("is encrypted", "ask for the notebook without a password")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return Refused(f"is compressed by method {entry.compress_type}, which is not read", _ASK)
    return None


def _modified(entry: ZipInfo, zone: tzinfo) -> datetime | None:
    try:
        return datetime(*entry.date_time, tzinfo=zone)
    except ValueError:
        return None


def _chunks(archive: ZipFile, entry: ZipInfo, bounds: Bounds) -> Iterator[bytes]:
    if bounds.is_bomb(entry.file_size, entry.compress_size):
        times = entry.file_size // max(entry.compress_size, 1)
        raise Refused(f"would unpack to {times} times its size, as a bomb does", _ASK)
    # What the header says is a claim: the bytes are counted as they come.
    total = 0
    for chunk in up_to(_unpacked(archive, entry), bounds.file):
        total += len(chunk)
        yield chunk
    if total != entry.file_size:
        raise Refused(f"has {total} bytes where {entry.file_size} are announced", _AGAIN)


def _unpacked(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(entry) as content:
            while chunk := content.read(CHUNK):
                yield chunk
    except Exception as error:  # whatever zipfile makes of bytes that anybody may have made
        raise Refused(f"is damaged in the zip ({type(error).__name__})", _AGAIN) from error
