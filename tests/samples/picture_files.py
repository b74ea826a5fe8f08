"""Pictures as students hand them in, small ones."""

import base64
import io
import struct
import zlib
from typing import Any

from PIL import Image

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


def encode(name: str = "PNG", size: tuple[int, int] = (8, 4), mode: str = "RGB", **options: Any) -> str:
    """A picture as base64: its left half black, its right half white."""
    picture = Image.new(mode, size, "white")
    picture.paste(Image.new(mode, (size[0] // 2, size[1]), "black"))
    out = io.BytesIO()
    picture.save(out, name, **options)
    return base64.b64encode(out.getvalue()).decode()


def decode(content: str) -> Image.Image:
    """The picture that base64 holds."""
    picture: Image.Image = Image.open(io.BytesIO(base64.b64decode(content)))
    picture.load()
    return picture


def heic() -> str:
    """The first bytes of a photograph of an iPhone."""
    return base64.b64encode(b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic" + bytes(100)).decode()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(width: int, height: int) -> str:
    """A PNG that says to be so large and holds next to nothing."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    png = b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", zlib.compress(bytes(1000))) + _chunk(b"IEND", b"")
    return base64.b64encode(png).decode()
