"""A student's picture drawn anew for a page: decoded within bounds, upright, made small, nothing else kept.

What is in the page are pixels that we have encoded ourselves: no metadata (where a photograph was taken, say)
and no byte of the student's file.
"""

import binascii
import io
import warnings
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from PIL import Image

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_MOST_BYTES = 16_000_000
_AREA = {"JPEG": 120_000_000}
"""Pixels of a file: a JPEG is decoded at a fraction of its size, any other whole."""
_AREA_OTHERWISE = 40_000_000
_MOST_SCANS = 60
"""A JPEG may say its pixels again and again, in no time to write and a long time to read."""
_TRIES = ((1600, 82), (1600, 65), (1200, 60), (900, 50))
"""Longest side in pixels, and quality."""
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a photograph upright, by what its camera noted of how it was held."""


class PictureError(Exception):
    """A picture that cannot be drawn; its text says why, as a part of a sentence."""


@dataclass(frozen=True, slots=True)
class RedrawnPicture:
    """A picture of ours: base64 of a PNG or JPEG, and its size in pixels."""

    base64: str
    kind: str
    """`png` or `jpeg`."""
    width: int
    height: int


def redraw(base64: str, *, most: int) -> RedrawnPicture:
    """A picture given as base64, drawn anew in about `most` bytes or fewer. Raises PictureError."""
    if len(base64) > _MOST_BYTES * 4 // 3:
        raise PictureError(f"is larger than {_MOST_BYTES // 1_000_000} MB")
    try:
        content = binascii.a2b_base64(base64.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        raise PictureError("is damaged") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow's, about sizes that are judged here
            drawn, lossless = _decode(content)
            return _encode(drawn, most, as_png=lossless and len(content) <= most // 2)
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise PictureError("has too many pixels") from None
    except Exception:  # noqa: BLE001 - a student's file meets a decoder
        raise PictureError("is damaged, or no PNG, JPEG, GIF or WebP picture") from None


def _decode(content: bytes) -> tuple[Image.Image, bool]:
    """The first frame, upright, on white, no larger than what is shown; whether no detail was lost in it."""
    picture: Image.Image = Image.open(io.BytesIO(content), formats=_FORMATS)
    name, (width, height), side = picture.format or "", picture.size, _TRIES[0][0]
    if width * height > _AREA.get(name, _AREA_OTHERWISE):
        raise PictureError(f"has too many pixels ({width} x {height})")
    if name == "JPEG":
        if content.count(b"\xff\xda") > _MOST_SCANS:
            raise PictureError("is damaged")
        picture.draft("RGB", (side, side))
    turn = _UPRIGHT.get(_orientation(picture))
    picture.load()
    if picture.mode.startswith("I"):  # 16 bits a pixel
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    transparent = picture.mode in ("LA", "PA", "RGBA") or "transparency" in picture.info
    picture = picture.convert("RGBA" if transparent else "L" if picture.mode in ("1", "L") else "RGB")
    picture.thumbnail((side, side))
    drawn = Image.new("L" if picture.mode == "L" else "RGB", picture.size, "white")
    drawn.paste(picture, mask=picture.getchannel("A") if transparent else None)
    return (drawn if turn is None else drawn.transpose(turn)), name in ("PNG", "GIF")


def _orientation(picture: Image.Image) -> Any:
    try:
        return picture.getexif().get(0x0112)
    except Exception:  # noqa: BLE001 - notes of whatever camera
        return None


def _encode(drawn: Image.Image, most: int, *, as_png: bool) -> RedrawnPicture:
    """As PNG where that is small (a screenshot), else as JPEG of less and less detail."""
    if as_png:
        content = _save(drawn, "PNG")
        if len(content) <= most:
            return RedrawnPicture(b64encode(content).decode(), "png", *drawn.size)
    content = b""
    for side, quality in _TRIES:
        drawn.thumbnail((side, side))
        content = _save(drawn, "JPEG", quality=quality)
        if len(content) <= most:
            break
    return RedrawnPicture(b64encode(content).decode(), "jpeg", *drawn.size)


def _save(drawn: Image.Image, name: str, **options: Any) -> bytes:
    out = io.BytesIO()
    drawn.save(out, name, **options)
    return out.getvalue()
