"""Long texts, packed where they are stored: the reports of a class take a fifth of the room.

As text and not as bytes: the column stays one of text on every database. Short ones stand as they are.
"""

import zlib
from base64 import b64decode, b64encode
from functools import lru_cache

_PACKED = "zlib "
"""What a packed text begins with; none that is stored here does so by itself."""
_LONG = 8_000


@lru_cache(maxsize=1)  # what is stored is sealed next, by the same text
def pack(text: str) -> str:
    """The text as it is stored."""
    if len(text) < _LONG:
        return text
    return _PACKED + b64encode(zlib.compress(text.encode("utf-8", "surrogatepass"), level=1)).decode()


def unpack(stored: str) -> str:
    """The text that was stored; what is damaged comes as it stands, and is no report to whoever reads it."""
    if not stored.startswith(_PACKED):
        return stored
    try:
        packed = b64decode(stored.removeprefix(_PACKED), validate=True)
        return zlib.decompress(packed).decode("utf-8", "surrogatepass")
    except (ValueError, zlib.error):
        return stored
