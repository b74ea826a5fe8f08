"""Reads vectors and matrices as they are typed: `[[1, 2], [3, 4]]`, `1 2; 3 4`, LaTeX, `np.array(...)`."""

import re
from fractions import Fraction
from itertools import chain

from autograder.quiz.arithmetic import NoValueError, evaluate_number
from autograder.quiz.numbers import Quantity, Unread, format_number, read_number

MOST_BRACKETS = 4
"""Pairs of brackets that may stand around a matrix or a row."""
Rows = tuple[tuple[Fraction, ...], ...]


def read_entry(text: str) -> Fraction | Unread:
    """One number, or arithmetic such as `sqrt(2)/2`, without a unit."""
    quantity = read_number(text)
    if isinstance(quantity, Quantity):
        bare = not quantity.unit.name
        return quantity.value if bare else Unread(f"{text.strip()!r} has a unit; only a number is asked.")
    if quantity.code != "ambiguous" and re.search(r"[0-9a-z]", text) and len(text) <= 80:
        try:
            return evaluate_number(text, {})
        except NoValueError:
            pass
    return quantity


def read_rows(text: str, shape: tuple[int, ...]) -> Rows | Unread:
    """A matrix of this shape, row by row; a number is one row of one, a vector one row of d.

    Commas separate entries; where that gives too many, and spaces separate them too, commas are decimal.
    """
    height, width = (1, *shape)[-2:] if shape else (1, 1)
    if not shape:
        entry = read_entry(text)
        return entry if isinstance(entry, Unread) else ((entry,),)
    rows = _split(text, width)
    if len(shape) == 1 and len(rows) == width and all(len(row) == 1 for row in rows):
        rows = [[row[0] for row in rows]]
    if len(rows) != height or any(len(row) != width for row in rows):
        return Unread(_describe_shape(shape), "shape")
    read = [[read_entry(entry) for entry in row] for row in rows]
    unread = next((entry for entry in chain.from_iterable(read) if isinstance(entry, Unread)), None)
    if unread is not None:
        return unread
    return tuple(tuple(entry for entry in row if isinstance(entry, Fraction)) for row in read)


def split_rows(text: str) -> list[list[str]]:
    """The entries of a matrix as the author of a quiz writes it: commas between entries."""
    return [_split_by_commas(row) for row in _row_texts(text)]


def _describe_shape(shape: tuple[int, ...]) -> str:
    if len(shape) == 1:
        return f"I need a vector of {shape[0]} numbers, such as ({', '.join('1' * shape[0])})."
    rows = "; ".join([" ".join("1" * shape[1])] * shape[0])
    return f"I need {shape[0]} rows of {shape[1]} numbers, such as {rows}."


def _split(text: str, width: int) -> list[list[str]]:
    rows = _row_texts(text)
    commas = [_split_by_commas(row) for row in rows]
    spaces = [row.split() for row in rows]
    good = all(len(row) == width for row in commas)
    return spaces if not good and all(len(row) == width for row in spaces) else commas


def _row_texts(text: str) -> list[str]:
    """The text of each row, without brackets of the matrix."""
    plain = re.sub(r"^\s*(?:np\.|numpy\.)?array\s*\((.*)\)\s*$", r"\1", text, flags=re.S)
    plain = re.sub(r"\\(?:begin|end)\{[bpvV]?(?:small)?matrix\}|\\left|\\right|\$", " ", plain)
    plain = plain.replace("&", ",").replace("\\\\", ";").strip()
    plain = re.sub(r"([\])])\s*,?\s*([\[(])(?=[^()\[\]]*[\])])", r"\1;\2", plain)
    rows = [_strip_brackets(row) for row in re.split(r"[;\n]", _strip_brackets(plain))]
    return [row for row in rows if row]


def _strip_brackets(text: str) -> str:
    """The text without a pair of brackets that encloses all of it."""
    text = text.strip()
    for _ in range(MOST_BRACKETS):
        if len(text) > 1 and text[0] + text[-1] in ("[]", "()", "{}") and _encloses(text):
            text = text[1:-1].strip()
    return text.strip("[] ") if text.count("[") != text.count("]") else text


def _encloses(text: str) -> bool:
    depth = 0
    for index, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0:
            return index == len(text) - 1
    return False


def _split_by_commas(row: str) -> list[str]:
    """The entries between commas that stand in no brackets; without any, those between spaces."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(row):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            parts.append(row[start:index].strip())
            start = index + 1
    parts.append(row[start:].strip())
    parts = [part for part in parts if part]
    return row.split() if len(parts) == 1 else parts


def format_rows(rows: Rows) -> str:
    """`[[1, 2], [3, 4]]`; a vector as `[1, 2]`."""
    lines = ["[" + ", ".join(format_number(entry) for entry in row) + "]" for row in rows]
    return lines[0] if len(lines) == 1 else "[" + ", ".join(lines) + "]"


def shape_of(rows: Rows) -> tuple[int, ...]:
    """(d,) for one row, (r, c) for several."""
    return (len(rows[0]),) if len(rows) == 1 else (len(rows), len(rows[0]))
