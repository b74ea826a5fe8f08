"""The pictures kept beside the text of a cell: their names when a notebook is read, their content later."""

import binascii
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256

from autograder.domain.notebook import Attachment

_MOST = 200
"""Attachments of one cell that are listed."""
_LONGEST_NAME = 300


def list_attachments(raw: Mapping[str, object]) -> tuple[Attachment, ...]:
    """What is attached to a raw cell. Never raises."""
    return tuple(
        Attachment(
            name, sha256(content.encode("ascii", "replace")).hexdigest()[:16], recognise_format(content)
        )
        for name, content in _contents(raw)
    )


def read_attachment(raw: object, name: str) -> str:
    """The base64 of the attachment of that name, without spaces; empty where there is none."""
    return dict(_contents(raw)).get(name, "") if isinstance(raw, Mapping) else ""


def _contents(raw: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    attached = raw.get("attachments")
    if not isinstance(attached, dict):
        return
    for name, bundle in list(attached.items())[:_MOST]:
        for content in bundle.values() if isinstance(bundle, dict) else ():
            if isinstance(content, list):  # long texts may be kept line by line
                content = "".join(line for line in content if isinstance(line, str))
            if isinstance(content, str) and len(name) <= _LONGEST_NAME:
                yield name, "".join(content.split())
                break


_SIGNATURES: tuple[tuple[str, str], ...] = (
    ("PNG", r"\x89PNG\r\n"),
    ("JPEG", r"\xff\xd8\xff"),
    ("GIF", r"GIF8[79]a"),
    ("WebP", r"RIFF....WEBP"),
    ("HEIC", r"....ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)"),
    ("AVIF", r"....ftypavi[fs]"),
    ("TIFF", r"(?:II\*\x00|MM\x00\*)"),
    ("BMP", r"BM"),
    ("PDF", r"%PDF"),
    ("SVG", r"\s*<(?:\?xml|svg|!DOCTYPE svg|!--)"),
)
_FORMATS = tuple((name, re.compile(start.encode("latin-1"), re.DOTALL)) for name, start in _SIGNATURES)


def recognise_format(base64: str) -> str:
    """What the first bytes of a file say it is; empty where they say nothing we know."""
    try:
        first = binascii.a2b_base64(base64[:64].encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        return ""
    return next((name for name, start in _FORMATS if start.match(first)), "")
