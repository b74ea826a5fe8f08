"""Settings as authors write them in YAML: tables, lists and single values, by indent; no more of YAML."""

import re
from typing import Any

_KEY = re.compile(r"([A-Za-z_][\w-]*)\s*:(?:\s+(.*))?$")
_WORDS = {"true": True, "yes": True, "false": False, "no": False, "null": None, "~": None, "": None}
Line = tuple[int, str]


def read_settings(text: str) -> Any:
    r"""The settings in a text.

    Raises:
        ValueError: it uses more of YAML than is known here, or is no YAML.

    >>> read_settings("# of hw1\nname: hw 1\nseed:\n  value: 7\nfiles:\n- a.csv\n- 'b c'  # both\n")
    {'name': 'hw 1', 'seed': {'value': 7}, 'files': ['a.csv', 'b c']}
    """
    lines: list[Line] = []
    for raw in text.splitlines():
        line = _without_remark(raw).rstrip()
        if line.strip() and line.strip() != "---":
            lines.append((len(line) - len(line.lstrip()), line.strip()))
    value, rest = _read_block(lines)
    if rest:
        raise ValueError(f"cannot be read at {rest[0][1]!r}")
    return value


def _without_remark(line: str) -> str:
    """A line up to its remark, which begins outside of quotes after a blank."""
    quote = ""
    for place, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "#" and (place == 0 or line[place - 1].isspace()):
            return line[:place]
    return line


def _read_block(lines: list[Line]) -> tuple[Any, list[Line]]:
    """The table or list that begins the lines, and what comes after it."""
    if not lines:
        return {}, []
    if lines[0][1].startswith("- "):
        return _read_list(lines, lines[0][0])
    return _read_table(lines, lines[0][0])


def _read_list(lines: list[Line], indent: int) -> tuple[list[Any], list[Line]]:
    items: list[Any] = []
    while lines and lines[0][0] == indent and lines[0][1].startswith("- "):
        text = lines[0][1][2:].strip()
        if _KEY.match(text):  # a table in a list: its first line stands behind the dash
            inner = [(indent + 2, text)]
            lines = lines[1:]
            while lines and lines[0][0] > indent:
                inner.append(lines[0])
                lines = lines[1:]
            table, rest = _read_block(inner)
            items.append(table)
            lines = rest + lines
        else:
            items.append(_read_value(text))
            lines = lines[1:]
    return items, lines


def _read_table(lines: list[Line], indent: int) -> tuple[dict[str, Any], list[Line]]:
    table: dict[str, Any] = {}
    while lines and lines[0][0] == indent and (match := _KEY.match(lines[0][1])):
        lines = lines[1:]
        key, text = match[1], (match[2] or "").strip()
        # A list may stand at the indent of its key.
        deeper = bool(lines) and (
            lines[0][0] > indent or (lines[0][0] == indent and lines[0][1].startswith("- "))
        )
        if not text and deeper:
            table[key], lines = _read_block(lines)
        else:
            table[key] = _read_value(text)
    return table, lines


def _read_value(text: str) -> Any:
    if text[:1] in "|>&*!{%@`" and text:
        raise ValueError(f"use what is not read here: {text!r}")
    if text.startswith("["):
        if not text.endswith("]") or "[" in text[1:]:
            raise ValueError(f"use what is not read here: {text!r}")
        return [_read_value(part.strip()) for part in text[1:-1].split(",") if part.strip()]
    if text[:1] in ("'", '"'):
        if len(text) < 2 or text[-1] != text[0]:
            raise ValueError(f"have a quote that is not closed: {text!r}")
        return text[1:-1]
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
