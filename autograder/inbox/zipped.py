"""Read a zip that anybody may have made: its table of contents is bounded, and checked before use."""

import os
import stat
from collections.abc import Iterator
from datetime import datetime, tzinfo
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from autograder.domain.counts import describe_count
from autograder.inbox.archive_entry import CHUNK, ArchiveEntry, limit_size, no_bytes, reject_source
from autograder.inbox.bounds import SourceBounds
from autograder.inbox.notice import Rejected

_BYTES_OF_AN_ENTRY = 400
"""Of the table of contents, on average; 46 are the least."""
_LOCAL_HEADER = 30
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800
_AGAIN = "get it once more from where it came; a folder with its content can be collected too"
_ASK = "ask for the notebook itself"


def read_zip(source: Path, file: BinaryIO, *, bounds: SourceBounds, zone: tzinfo) -> Iterator[ArchiveEntry]:
    """The files of a zip. Raises CourseError if the zip as a whole cannot be trusted."""
    size = os.fstat(file.fileno()).st_size
    try:
        archive = ZipFile(_BoundedReads(file, most=bounds.entries * _BYTES_OF_AN_ENTRY))
    except Rejected as rejection:
        reject_source(source, rejection.what, rejection.todo)
    except Exception as error:  # noqa: BLE001 - whatever zipfile makes of bytes that anybody may have made
        reject_source(source, f"is a damaged zip ({type(error).__name__})", _AGAIN)
    with archive:
        entries = archive.infolist()
        if len(entries) > bounds.entries:
            what = f"holds {len(entries)} entries, more than the {bounds.entries} that are looked at"
            reject_source(source, what, "unpack it, take out what is no submission, collect the folder")
        _require_apart(source, entries, size)
        for entry in entries:
            if not entry.orig_filename.endswith("/"):
                yield _make_entry(archive, entry, bounds, zone)


class _BoundedReads:
    """A file of which nothing large is read at once: zipfile trusts the size that a zip gives its table."""

    def __init__(self, file: BinaryIO, *, most: int) -> None:
        self._file = file
        self._most = most
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; raises Rejected if that is more than any honest zip has in one piece."""
        data = self._file.read(min(size, self._most + 1) if size >= 0 else self._most + 1)
        if len(data) > self._most:
            raise Rejected("has a table of contents that is too large", _AGAIN)
        return data

    def seekable(self) -> bool:
        """True: zipfile asks."""
        return True


def _require_apart(source: Path, entries: list[ZipInfo], size: int) -> None:
    """Reject a zip whose entries share bytes or lie outside of the file: so a small zip holds terabytes."""
    # Where an entry ends is the least it can be: names and attributes of its header come on top.
    spans = sorted(
        (entry.header_offset, entry.header_offset + _LOCAL_HEADER + entry.compress_size) for entry in entries
    )
    if any(begin < 0 or end > size for begin, end in spans):
        reject_source(source, "is a zip whose table names entries that are not in it", _AGAIN)
    if any(following < end for (_, end), (following, _) in pairwise(spans)):
        reject_source(source, "is a zip whose entries overlap, as in a bomb", _AGAIN)


def _make_entry(archive: ZipFile, entry: ZipInfo, bounds: SourceBounds, zone: tzinfo) -> ArchiveEntry:
    rejection = _find_rejection(entry)
    if rejection is not None:
        return ArchiveEntry(_decode_name(entry), None, no_bytes, rejection)
    return ArchiveEntry(
        _decode_name(entry), _read_time(entry, zone), lambda: _read_checked(archive, entry, bounds)
    )


def _decode_name(entry: ZipInfo) -> str:
    """The name as written: with zero bytes, where zipfile cuts it, and as the UTF-8 some do not declare."""
    name: str = entry.orig_filename
    if entry.flag_bits & _UTF8:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _find_rejection(entry: ZipInfo) -> Rejected | None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if stat.S_ISLNK(kind):
        return Rejected("is a symbolic link", "it is not followed; ask for the file itself")
    if kind not in (0, stat.S_IFREG):
        return Rejected("is a pipe, a device or a folder, although it is named like a file", _ASK)
    if entry.flag_bits & _ENCRYPTED:
        return Rejected("is encrypted", "ask for the notebook without a password")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return Rejected(f"is compressed by method {entry.compress_type}, which is not read", _ASK)
    return None


def _read_time(entry: ZipInfo, zone: tzinfo) -> datetime | None:
    try:
        return datetime(*entry.date_time, tzinfo=zone)
    except ValueError:
        return None


def _read_checked(archive: ZipFile, entry: ZipInfo, bounds: SourceBounds) -> Iterator[bytes]:
    if bounds.is_bomb(entry.file_size, entry.compress_size):
        times = entry.file_size // max(entry.compress_size, 1)
        raise Rejected(f"would unpack to {times} times its size, as a bomb does", _ASK)
    # The size in the header is only a claim: the bytes are counted as they come.
    total = 0
    for chunk in limit_size(_unpack(archive, entry), bounds.file):
        total += len(chunk)
        yield chunk
    if total != entry.file_size:
        raise Rejected(f"has {describe_count(total, 'byte')} where {entry.file_size} are announced", _AGAIN)


def _unpack(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(entry) as content:
            while chunk := content.read(CHUNK):
                yield chunk
    except Exception as error:  # whatever zipfile makes of bytes that anybody may have made
        raise Rejected(f"is damaged in the zip ({type(error).__name__})", _AGAIN) from error
