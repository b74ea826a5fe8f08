"""Whether bytes are a notebook, whatever their file is called: read with bounds, for anybody wrote them."""

import codecs
import json
import re

_MOST_CONTAINERS = 500_000
"""Lists and objects: they take up to 30 times the memory they take in the file."""
_STRINGS = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def may_be_notebook(head: bytes) -> bool:
    """Whether bytes begin as an object of JSON does: the first look, at the first bytes only."""
    return _decode(head[:1024]).lstrip("\ufeff \t\r\n")[:1] == "{"


def is_notebook_content(content: bytes) -> bool:
    """Whether bytes parse as a notebook: an object of JSON that holds cells, or worksheets as before 2015."""
    text = _decode(content).lstrip("\ufeff").rstrip("\0")
    if text.count("[") + text.count("{") > _MOST_CONTAINERS:
        bare = _STRINGS.sub("", text)
        if bare.count("[") + bare.count("{") > _MOST_CONTAINERS:
            return False
    try:
        document = json.loads(text, parse_int=_forget, parse_float=_forget)
    except (ValueError, RecursionError):
        return False
    if not isinstance(document, dict):
        return False
    cells, sheets = document.get("cells"), document.get("worksheets")
    if isinstance(cells, list):
        cells_of_ours = (isinstance(cell, dict) and "cell_type" in cell for cell in cells[:20])
        return "nbformat" in document or (bool(cells) and all(cells_of_ours))
    return isinstance(sheets, list) and "nbformat" in document


def _forget(digits: str) -> int:
    """No number matters here, and millions of them would fill the memory."""
    return 0


def _decode(content: bytes) -> str:
    return content.decode(_WIDE.get(content[:2], "utf-8"), "replace")
