"""Several notebooks that are handed in together, as the bytes of one submission: a zip that anybody opens.

The same notebooks give the same bytes, so that a submission is known by its hash.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import PurePosixPath

NOT_TAKEN = b"This notebook was handed in, and could not be taken when the submissions were collected.\n"
"""What stands for one of several notebooks that is there and was not taken: it is too large, say."""
BEYOND = 100_000
"""Bytes that are read of a file beyond the most that it may have: by them it is known to be too large."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MOST = 100
_PART = 1 << 16
_FULL = 10
"""How many notebooks of full size are unpacked: a hundred would fill the memory of a small machine."""
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError)
"""The last one: for what is encrypted, or packed in a way that nobody knows here."""


def bundle(notebooks: Mapping[str, bytes]) -> bytes:
    """The bytes of these notebooks, by their names without `.ipynb`."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(notebooks.items()):
            entry = zipfile.ZipInfo(f"{name}.ipynb", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return whole.getvalue()


def unbundle(content: bytes, *, most: int) -> dict[str, bytes]:
    """The notebooks in such bytes, in whatever folders, whole or as far as they can be read.

    Of one that is larger than `most` bytes there is a little more than that many, by which it is known to be
    too large; in all no more than ten such are unpacked. Empty where the bytes are no bundle.
    """
    found: dict[str, bytes] = {}
    left = _FULL * (most + BEYOND)
    if not content.startswith(b"PK"):
        return found
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist()[:_MOST]:
                path = PurePosixPath(entry.filename)
                if path.suffix == ".ipynb" and path.stem not in found:
                    found[path.stem] = _read_some(archive, entry, min(most + BEYOND, left))
                    left -= len(found[path.stem])
    except _BROKEN:
        return {}
    return found


def _read_some(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """So many bytes of a file, fewer where it has not more or they cannot be unpacked."""
    parts = list[bytes]()
    with suppress(*_BROKEN), archive.open(entry) as file:
        while most > 0 and (part := file.read(min(most, _PART))):
            parts.append(part)
            most -= len(part)
    return b"".join(parts)
