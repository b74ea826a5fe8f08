"""Archives that somebody made to do harm."""

import io
import os
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable

import pytest
from packing import entry, tarred, zipped

HONEST = ("ada/gd.ipynb", b"ada's")
ADA = {"ada": b"ada's"}
BOB = "bob/gd.ipynb"


def with_honest(*entries: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    """A zip in which ada's notebook stands before what is odd."""
    return zipped([(entry(HONEST[0]), HONEST[1]), *entries])


def with_honest_tar(*entries: tuple[tarfile.TarInfo, bytes], packing: str = "") -> bytes:
    return tarred([(tarfile.TarInfo(HONEST[0]), HONEST[1]), *entries], packing)


def odd(
    kind: bytes, *, name: str = BOB, link: str = "/etc/passwd", size: int = 0
) -> tuple[tarfile.TarInfo, bytes]:
    """An entry of a tar that is no plain file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size, info.mode = kind, link, size, 0o6777
    return info, b""


def patched(data: bytes, find: bytes, put_there: bytes, *, which: int = 0) -> bytes:
    """The bytes with one occurrence of something replaced by as many others."""
    at = -1
    for _ in range(which + 1):
        at = data.index(find, at + 1)
    return data[:at] + put_there + data[at + len(put_there) :]


def in_table(data: bytes, name: str, offset: int, value: bytes) -> bytes:
    """A zip with a field of one entry of its table of contents changed."""
    at = data.rindex(name.encode()) - 46 + offset
    assert data[at - offset : at - offset + 4] == b"PK\x01\x02"
    return data[:at] + value + data[at + len(value) :]


def in_localheader(data: bytes, name: str, offset: int, value: bytes) -> bytes:
    at = data.index(name.encode()) - 30 + offset
    return data[:at] + value + data[at + len(value) :]


def bomb() -> bytes:
    """A notebook of the largest size that is read, made of nothing."""
    return b" " * 999_999 + b"{}" * 2_000


def encrypted() -> bytes:
    data = with_honest((entry(BOB), b"{}"))
    return in_localheader(in_table(data, BOB, 8, b"\x01\x00"), BOB, 6, b"\x01\x00")


def announcing(size: int) -> bytes:
    """Bob's entry says that it has another size."""
    return in_table(with_honest((entry(BOB), b"{} " * 9)), BOB, 24, struct.pack("<I", size))


def wrong_checksum() -> bytes:
    return in_table(with_honest((entry(BOB), b"{} " * 9)), BOB, 16, b"\0\0\0\0")


def other_name_inside() -> bytes:
    """The table says bob, the entry itself says ada."""
    return patched(with_honest((entry(BOB), b"{}")), BOB.encode(), b"eve/gd.ipynb")


def method(number: int) -> bytes:
    return in_table(with_honest((entry(BOB), b"{}")), BOB, 10, struct.pack("<H", number))


def twice() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return with_honest((entry(BOB), b"1"), (entry(BOB), b"2"))


def holding(name: str, *, content: bytes = b"{}", mode: int = 0) -> Callable[[], bytes]:
    """Makes a zip with ada's notebook and one thing more."""
    return lambda: with_honest((entry(name, mode=mode), content))


def holding_odd(kind: bytes, *, link: str = "/etc/passwd") -> Callable[[], bytes]:
    """Makes a tar with ada's notebook and what is no plain file."""
    return lambda: with_honest_tar(odd(kind, link=link))


def in_both_forms(name: str) -> bytes:
    """A zip with a name in composed and in decomposed form, which look the same."""
    forms = [unicodedata.normalize(form, name) for form in ("NFC", "NFD")]
    return with_honest(*((entry(form), form.encode()) for form in forms))


def overlapping() -> bytes:
    """Every entry of the table leads to the same bytes."""
    data = zipped({f"{n:03}/gd.ipynb": b"{}" * 1000 for n in range(100)})
    for n in range(100):
        data = in_table(data, f"{n:03}/gd.ipynb", 42, b"\0\0\0\0")
    return data


def half_overlapping() -> bytes:
    """An entry that begins inside of another."""
    inner = zipped({BOB: b"{}"})
    data = zipped([(_stored(HONEST[0]), inner), (entry(BOB), b"{}")])
    return in_table(data, BOB, 42, struct.pack("<I", data.index(inner)))


def _stored(name: str) -> zipfile.ZipInfo:
    info = entry(name)
    info.compress_type = zipfile.ZIP_STORED
    return info


def too_many() -> bytes:
    return zipped({f"ada/{n}": b"" for n in range(20_001)})


def huge_table() -> bytes:
    """A table of contents of 100 MB, of which the end of the file tells."""
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, 100_000_000, 0, 0)
    return b"PK\x03\x04" + b"\0" * 99_999_996 + end


def zip64(*, entries: int = 1, size: int = 1 << 62, offset: int = 1 << 62) -> bytes:
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, size, offset)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 4, 1)
    return (
        b"PK\x03\x04"
        + record
        + locator
        + struct.pack("<4s4H2IH", b"PK\x05\x06", *[0xFFFF] * 4, *[0xFFFFFFFF] * 2, 0)
    )


def damaged(data: bytes, *, at: float) -> bytes:
    middle = int(len(data) * at)
    return data[:middle] + b"\xff" * 40 + data[middle + 40 :]


def header(name: str, kind: bytes, size: bytes) -> bytes:
    """A block of a tar that says what we want it to say."""
    block = bytearray(tarfile.TarInfo(name).tobuf(tarfile.GNU_FORMAT))
    block[156:157], block[124:136] = kind, size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def base256(size: int) -> bytes:
    return (
        b"\x80" + size.to_bytes(11, "big")
        if size >= 0
        else b"\xff" * 4 + size.to_bytes(8, "big", signed=True)
    )


def pax(**said: str) -> bytes:
    info = tarfile.TarInfo(BOB)
    info.pax_headers = {key.replace("_", "."): value for key, value in said.items()}
    return info.tobuf(tarfile.PAX_FORMAT) + tarred({HONEST[0]: b""})


def deep_pax() -> bytes:
    """Attributes of attributes of attributes."""
    return header("x", b"x", b"%011o\0" % 512) * 5000


def sparse() -> bytes:
    return header(BOB, tarfile.GNUTYPE_SPARSE, b"%011o\0" % 0) + b"\0" * 1024


def garbage_between() -> bytes:
    """What tarfile would take for the end: those behind it would be lost without a word."""
    one = tarred({HONEST[0]: b"{}"})[:1024]
    return one + b"\xff" * 512 + tarred({BOB: b"{}"})


def xz_with_a_large_dictionary() -> bytes:
    """A header that asks for 4 GB before the first byte comes out."""
    data = bytearray(tarred({HONEST[0]: b"{}"}, "xz"))
    at = data.index(b"\x21\x01", 12) + 2
    data[at] = 40
    data[20:24] = struct.pack("<I", zlib.crc32(bytes(data[12:20])))
    return bytes(data)


def zeros(packing: str) -> bytes:
    """More than what comes out of any honest tar, packed to almost nothing."""
    info = tarfile.TarInfo("ada/data.bin")
    info.size = 120_000_000
    buffer = io.BytesIO()
    with tarfile.open(
        fileobj=buffer, mode=f"w:{packing}", **({"compresslevel": 1} if packing != "xz" else {"preset": 0})
    ) as archive:
        archive.addfile(info, _Zeros())
    return buffer.getvalue()


class _Zeros:
    def read(self, size: int) -> bytes:
        return b"\0" * size


def random_tar(packing: str) -> bytes:
    """A tar that cannot be made smaller."""
    return tarred({HONEST[0]: os.urandom(9000)}, packing)


def many() -> bytes:
    """A zip of which the table is the larger part."""
    return zipped({f"{n}/gd.ipynb": b"" for n in range(50)})
