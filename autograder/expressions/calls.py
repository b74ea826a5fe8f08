"""Matrices as programs write them: `np.array([[2, 1], [1, 0]])`, `matrix(c(2, 1, 1, 0), 2)`, `diag(2, 1)`."""

import re
from collections.abc import Sequence

CELL = "\x1f"
"""Stands between the entries of a row that are told apart already; their commas may be decimal ones."""

_CALL = re.compile(
    r"(?<![\w.{\\])(?:\\(?:mathrm|operatorname|text)\s*\{\s*(?=diag\s*\}))?\\?(?:(?:np|numpy|sp|sympy|torch|tf|jnp)\.)?"
    r"(?P<name>array|asarray|matrix|mat|Matrix|tensor|vector|Vector|c|rbind|cbind|diag|diagm|DiagonalMatrix|Diagonal)"
    r"\s*\}?\s*(?P<opening>[(\[{])"
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_OPTION = re.compile(r",\s*(?P<name>dtype|byrow|nrow|ncol|order)\s*=\s*(?P<value>[\w.]+)")
_DIAGONALS = ("diag", "diagm", "DiagonalMatrix", "Diagonal")


def unwrap_calls(text: str, *, declared: frozenset[str] = frozenset()) -> str:
    """The text with every call that makes a vector or a matrix as the matrix in brackets.

    What is `declared` is a name of the question, and no function of a program.
    """
    start = 0
    while call := _CALL.search(text, start):
        end = _end_of(text, call.end() - 1)
        if end is None:
            return text
        if call["name"] in declared:
            start = call.end()
            continue
        inside = unwrap_calls(text[call.end() : end], declared=declared)
        made = _made_by(call["name"], inside)
        text, start = f"{text[: call.start()]}{made}{text[end + 1 :]}", call.start() + len(made)
    return text


def _end_of(text: str, opening: int) -> int | None:
    """Where the bracket closes that opens here, or None."""
    waiting: list[str] = []
    for place in range(opening, len(text)):
        if text[place] in _CLOSING:
            waiting.append(_CLOSING[text[place]])
        elif text[place] in ")]}":
            if waiting.pop() != text[place]:
                return None
            if not waiting:
                return place
    return None


def _made_by(name: str, inside: str) -> str:
    """What a call makes of its arguments, in brackets."""
    options = {option["name"]: option["value"] for option in _OPTION.finditer(inside)}
    plain = _OPTION.sub("", inside).strip()
    if plain[:1] in ("'", '"') and plain[-1:] == plain[:1]:  # np.matrix('2 1; 1 0')
        return f"[{plain[1:-1]}]"
    if name in _DIAGONALS:
        return _diagonal(plain) or f"{name}({inside})"
    if name == "cbind":
        return f"({plain})^T"
    return (_shaped(plain, options) if name in ("matrix", "Matrix") else "") or f"({plain})"


def _shaped(plain: str, options: dict[str, str]) -> str:
    """R's `matrix(c(2, 1, 1, 0), 2)`, column by column, and SymPy's `Matrix(2, 2, [2, 1, 1, 0])` by rows."""
    of_r = re.fullmatch(r"[(]([^()]*)[)]\s*(?:,\s*(\d)\s*)?(?:,\s*(\d)\s*)?", plain)
    of_sympy = re.fullmatch(r"(\d)\s*,\s*(\d)\s*,\s*\[([^\[\]]*)\]", plain)
    if of_sympy:
        return _in_rows(of_sympy[3].split(","), int(of_sympy[1]), by_row=True)
    if of_r is None or not (of_r[2] or "nrow" in options or "ncol" in options):
        return ""
    entries = of_r[1].split(",")
    rows = of_r[2] or options.get("nrow") or str(len(entries) // int(options["ncol"]))
    return _in_rows(entries, int(rows), by_row=options.get("byrow") in ("TRUE", "T"))


def _in_rows(entries: Sequence[str], count: int, *, by_row: bool) -> str:
    """Entries that are listed one after the other as so many rows, or nothing where they make none."""
    if not count or len(entries) % count:
        return ""
    width = len(entries) // count
    rows = [entries[k * width : (k + 1) * width] if by_row else entries[k::count] for k in range(count)]
    return "[" + ";".join(CELL.join(row) for row in rows) + "]"


def _diagonal(plain: str) -> str:
    """The diagonal matrix of several entries, or nothing."""
    listed = re.sub(r"^[(\[{](.*)[)\]}]$", r"\1", plain)
    parts = re.split(r";", listed) if ";" in listed else re.split(r",(?![^()]*\))", listed)
    if len(parts) == 1 and plain != listed:
        parts = listed.split()
    if len(parts) < 2 or re.search(r"[\[\]]", listed):
        return ""
    places = range(len(parts))
    return _in_rows(
        [parts[row].strip() if row == column else "0" for row in places for column in places],
        len(parts),
        by_row=True,
    )
