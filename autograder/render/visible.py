"""Hostile text made harmless and visible: what it says stays, what it would do to a reader's screen goes.

Used for everything that is shown, on a page as well as in a terminal; escaping HTML is the template's part.
"""

import re

from autograder.domain.phrases import count_phrase

_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor moves
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # window titles, links
    r"|\x1b[PX^_][^\x1b]*\x1b\\"  # device strings
    r"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"  # two-character sequences
)
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters; tab and newline are welcome
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of reading
    "\u2028\u2029\ud800-\udfff\ufffe\uffff]"
)
_REACH = 2_000_000
"""Characters of one text that are looked at, at most."""


def clean(text: str) -> str:
    r"""The text without terminal escapes, its control characters shown as pictures, encodable as UTF-8.

    >>> clean("\x1b[31mred\x1b[0m, a NUL: \x00, a turn: \u202e")
    'red, a NUL: ␀, a turn: ⟨U+202E⟩'
    """
    if not _ODD.search(text):
        return text
    return _ODD.sub(_picture, _ESCAPE_SEQUENCE.sub("", text).replace("\r\n", "\n"))


def one_line(text: str, *, width: int = 80, passing_over: str = "") -> str:
    """The first line that says anything, cleaned and cut to `width` characters.

    A line that begins with `passing_over` is taken only where there is no other.
    """
    lines = [line.strip() for line in text[: 100 * width].split("\n") if line.strip()]
    telling = (line for line in lines if not passing_over or not line.startswith(passing_over))
    first = clean(next(telling, lines[0] if lines else "")[: 4 * width]).replace("\n", " ")
    return first if len(first) <= width else first[: width - 1] + "…"


def excerpt(text: str, *, lines: int = 120, columns: int = 500, characters: int = 20_000) -> str:
    """The text within bounds: its first and its last lines, long lines cut, and what is left out said.

    A line rewritten by carriage returns (a progress bar) is kept as it stood at last.
    """
    if len(text) <= columns and "\r" not in text and text.count("\n") < lines:
        return clean(text.rstrip("\n"))
    beyond = len(text) - _REACH
    rows = _middle_out(text[:_REACH].rstrip("\n").split("\n"), lines)
    rows = [row.rstrip("\r").rsplit("\r", 1)[-1] for row in rows]
    rows = [
        row if len(row) <= columns else count_phrase("cut.characters", len(row) - columns, row=row[:columns])
        for row in rows
    ]
    shown = clean("\n".join(rows))
    if len(shown) > characters:
        beyond = max(beyond, 0) + len(shown) - characters
        shown = shown[:characters]
    return shown if beyond <= 0 else f"{shown}\n{count_phrase('cut.rest', beyond)}"


def _middle_out(rows: list[str], lines: int) -> list[str]:
    if len(rows) <= lines:
        return rows
    head, tail = lines * 2 // 3, lines // 3
    return [*rows[:head], count_phrase("cut.lines", len(rows) - head - tail), *rows[-tail:]]


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"⟨U+{code:04X}⟩"
