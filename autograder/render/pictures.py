"""Figures of students, as data a page may hold: only what is truly a PNG of a sensible size."""

import binascii
from dataclasses import dataclass

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER_END = 33
"""Bytes of the signature and of the header chunk, which gives width and height."""
_LONGEST = 4_000_000
"""Characters of base64 a page takes of one figure."""
_SIDE, _AREA = 20_000, 40_000_000
"""Pixels a browser is asked to draw, at most: a small file may unpack to a very large picture."""


@dataclass(frozen=True, slots=True)
class CheckedPicture:
    """A checked PNG: its base64 text and its size in pixels."""

    base64: str
    width: int
    height: int


def check_picture(png: str) -> CheckedPicture | None:
    """The PNG if it is one, or None: strict base64, with the signature, header and end of the format."""
    text = "".join(png.split()) if len(png) <= _LONGEST else ""
    try:
        content = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    if not content.startswith(_SIGNATURE) or content[12:16] != b"IHDR" or b"IEND" not in content[-12:]:
        return None
    width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
    if (
        len(content) < _HEADER_END
        or not 0 < width <= _SIDE
        or not 0 < height <= _SIDE
        or width * height > _AREA
    ):
        return None
    return CheckedPicture(text, width, height)
