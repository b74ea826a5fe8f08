"""Read a tar that anybody may have made, from its beginning to its end, in one pass."""

import bz2
import gzip
import lzma
import os
import tarfile
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

from autograder.inbox.archive_entry import CHUNK, ArchiveEntry, limit_size, no_bytes, reject_source
from autograder.inbox.bounds import SourceBounds
from autograder.inbox.notice import Rejected
from autograder.inbox.times import convert_file_time

_MOST_HEADER = 1 << 16
"""Bytes of everything that stands before one file: long names and attributes."""
_MOST_HEADERS = 1 << 26
_MEMORY_OF_XZ = 1 << 28
_AGAIN = "get it once more from where it came; a folder with its content can be collected too"
_UNPACK = "unpack it, take out what is no submission, collect the folder"
_T = TypeVar("_T")
_LINK = "it is not followed; ask for the file itself"
_SPARSE = Rejected("holds a sparse file, which is not read", "pack it without --sparse")


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read_tar(
    source: Path, file: BinaryIO, *, packing: str, bounds: SourceBounds, zone: tzinfo
) -> Iterator[ArchiveEntry]:
    """The files of a tar, compressed or not. Raises CourseError if it cannot be read to its end."""
    meter = _Meter(_UNPACKERS[packing](file), most=bounds.limit_stream(os.fstat(file.fileno()).st_size))
    tar = _TarReader(source, meter)
    for count, entry in enumerate(tar.entries(), 1):
        if count > bounds.entries:
            reject_source(source, f"holds more than the {bounds.entries} entries that are looked at", _UNPACK)
        if entry.isdir():
            continue
        content = no_bytes() if entry.issym() or entry.islnk() else tar.content(entry)
        yield _make_entry(entry, content, bounds, zone)
        for _ in content:
            pass  # the stream must be read up to the next entry, wanted or not


def _make_entry(
    entry: tarfile.TarInfo, content: Iterator[bytes], bounds: SourceBounds, zone: tzinfo
) -> ArchiveEntry:
    rejection = _find_rejection(entry)
    if rejection is not None:
        return ArchiveEntry(entry.name, None, no_bytes, rejection)
    return ArchiveEntry(entry.name, _read_time(entry, zone), lambda: limit_size(content, bounds.file))


class _TarReader:
    """A tar being read. If tarfile stumbles over anything, nothing of the tar is taken."""

    def __init__(self, source: Path, meter: "_Meter") -> None:
        self._source = source
        self._meter = meter
        self._headers = 0
        meter.allow(_MOST_HEADER)
        self._tar = self._guard(lambda: tarfile.open(fileobj=meter, mode="r|", tarinfo=_Entry))  # type: ignore[call-overload] # a stream needs `read` alone  # noqa: SIM115 - a stream of ours, closed by who opened it

    def entries(self) -> Iterator[tarfile.TarInfo]:
        """The entries, in order; the content of one must be read before the next is asked for."""
        while (entry := self._next()) is not None:
            # tarfile remembers every entry with its attributes, without a bound.
            self._tar.members.clear()
            if entry.issparse():
                reject_source(self._source, _SPARSE.what, _SPARSE.todo)
            yield entry

    def content(self, entry: tarfile.TarInfo) -> Iterator[bytes]:
        """The bytes of a plain file."""
        content = self._tar.extractfile(entry)
        while content is not None:
            self._meter.allow(2 * CHUNK)
            chunk = self._guard(lambda: content.read(CHUNK))
            if not chunk:
                return
            yield chunk

    def _next(self) -> tarfile.TarInfo | None:
        before = self._meter.total
        self._meter.allow(_MOST_HEADER)
        entry: tarfile.TarInfo | None = self._guard(self._tar.next)
        self._headers += self._meter.total - before
        if self._headers > _MOST_HEADERS:
            reject_source(self._source, "says more of its files than there is in them", _UNPACK)
        return entry

    def _guard(self, step: Callable[[], _T]) -> _T:
        try:
            return step()
        except Rejected as rejection:
            reject_source(self._source, rejection.what, rejection.todo)
        except Exception as error:  # noqa: BLE001 - whatever tarfile makes of bytes that anybody may have made
            reject_source(self._source, f"is a damaged or incomplete tar ({type(error).__name__})", _AGAIN)


class _Entry(tarfile.TarInfo):
    """Treats as damage what tarfile would take for the end of the tar, or would follow backwards."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_Entry":
        try:
            entry = super().frombuf(buf, encoding, errors)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined] # the end as it should be
            raise
        except tarfile.HeaderError as error:
            raise Rejected(f"is a damaged or incomplete tar ({error})", _AGAIN) from error
        if entry.size < 0:
            raise Rejected("is a tar with a file of negative size", _AGAIN)
        if entry.type == tarfile.GNUTYPE_SPARSE:
            raise _SPARSE
        return entry


class _Meter:
    """Counts what comes out of a stream, and ends it when that is too much."""

    def __init__(self, stream: _Readable, *, most: int) -> None:
        self._stream = stream
        self._most = most
        self._allowed = 0
        self.total = 0

    def allow(self, size: int) -> None:
        """Let the next step read so many bytes, beside what tarfile reads ahead."""
        self._allowed = self.total + size + tarfile.RECORDSIZE

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; raises Rejected if there are more than any honest tar has."""
        data = self._stream.read(size)
        self.total += len(data)
        if self.total > self._most:
            raise Rejected(f"unpacks to more than {self._most / 1e6:.0f} MB, as a bomb does", _UNPACK)
        if self.total > self._allowed:
            raise Rejected("says more of a file than the file can need", _UNPACK)
        return data


class _Xz:
    """LZMAFile with a bound on memory: the header of an xz may ask for gigabytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decompressor = self._new_decompressor()

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, none at the end."""
        while True:
            if self._decompressor.eof:
                rest = self._decompressor.unused_data.lstrip(b"\0") or self._file.read(CHUNK).lstrip(b"\0")
                if not rest:
                    return b""
                self._decompressor = self._new_decompressor()
                data = self._decompressor.decompress(rest, size)
            else:
                more = self._file.read(CHUNK) if self._decompressor.needs_input else b""
                if not more and self._decompressor.needs_input:
                    raise EOFError("the xz ends early")
                data = self._decompressor.decompress(more, size)
            if data:
                return data

    @staticmethod
    def _new_decompressor() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_MEMORY_OF_XZ)


_UNPACKERS: dict[str, Callable[[BinaryIO], _Readable]] = {
    "tar": lambda file: file,
    "gz": lambda file: gzip.GzipFile(fileobj=file),
    "bz2": bz2.BZ2File,
    "xz": _Xz,
}


def _read_time(entry: tarfile.TarInfo, zone: tzinfo) -> datetime | None:
    try:
        return convert_file_time(float(entry.mtime), zone=zone)
    except (ValueError, OverflowError):  # an attribute may say nan
        return None


def _find_rejection(entry: tarfile.TarInfo) -> Rejected | None:
    if entry.issym():
        return Rejected("is a symbolic link", _LINK)
    if entry.islnk():
        return Rejected("is a hard link", _LINK)
    if not entry.isreg():
        return Rejected("is a pipe, a device or no plain file", "ask for the notebook itself")
    return None
