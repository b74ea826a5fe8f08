"""Reads vectors and matrices as they are typed: `[[1, 2], [3, 4]]`, `1 2; 3 4`, LaTeX, `np.array(...)`."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from fractions import Fraction

from autograder.domain.sentences import Sentence, say
from autograder.expressions.calls import CELL, unwrap_calls
from autograder.expressions.lexer import MAX_LENGTH
from autograder.expressions.words import without_words
from autograder.quiz.numbers import Quantity, Unread, format_number, read_number
from autograder.quiz.stated import read_stated

Rows = tuple[tuple[Fraction, ...], ...]
_DRAWN = str.maketrans(dict.fromkeys("⎡⎤⎢⎥⎣⎦⎛⎞⎜⎟⎝⎠", " "))
"""Brackets that are drawn over several lines."""
LONGEST_ROWS = 4000
"""Characters of a matrix that is read; what takes longer to read than it takes to type is no answer."""
_NOUN = re.compile(
    r"^\s*(?:the|le|la|a|un|une)?\s*(?:vector|vecteur|matrix|matrice|point)\s+(?=\W|\w\s*=)", re.I
)
_LABEL = re.compile(r"^\s*∇?\s*\\?[^\W\d][\w\\^{}*'’() ]{0,20}?(?:\([\w\s,;.]{0,20}\))?\s*:?=\s*(?!=)")
_IDENTITY = re.compile(
    r"(?P<scale>[^A-Za-z\[\](){},;\n]*?)\s*(?:[*·]|\\cdot)?\s*"
    r"(?:\\(?:mathrm|mathbf|operatorname)\{(?:I|Id)\}|Id?(?:_\{?\d\}?)?|(?:np\.|numpy\.)?(?:eye|identity)\(\d\))"
)
"""A multiple of the identity: `-I`, `2 I_2`, `-np.eye(2)`."""
_NAMED = re.compile(
    r"\s*\$?\s*(?:(?:\\[dt]?frac\s*\{)?(?:∂|\\partial|d)[^=,;]{0,20}?(?:(?:∂|\\partial|(?<=[/{])d)\s*|_\{?))?"
    r"(?P<name>[a-z])(?:_?\{?(?P<index>[\d₀-₉]{1,2}))?\}*(?:\s*[a-z])?(?:\([\w\s,;.]{0,20}\))?\s*[=:]\s*"
    r"(?P<value>[^=:]+?)\s*\$?\s*"
)
"""`∂f/∂x = 2`, `\\partial_x f = 2`, `x_1 = 2`."""
_TRANSPOSED = re.compile(
    r"(?:\^\s*\{?\s*(?:T|t|\\top|\\mathsf\{T\}|\\intercal)\s*\}?|\.T|ᵀ|ᵗ|⊤|'|’|\.transpose\(\))\s*$"
)
_BEFORE = re.compile(r"^\s*(?:\{\})?\s*(?:\^\s*\{?\s*t\s*\}?|ᵗ|transpose(?=\s*[(\[]))\s*(?=[\[({])")
_SEPARATED = re.compile(rf"[\w)\]}}]\s*[,;{CELL}\n]|[\w)\]}}]\s+[-\w(\[{{]")
"""Something that separates entries."""
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def read_entry(text: str) -> Fraction | Unread:
    """One number, or arithmetic such as `sqrt(2)/2`, without a unit."""
    return _without_unit(read_number(text), text)


def _without_unit(quantity: Quantity | Unread, text: str) -> Fraction | Unread:
    """The bare number; a percentage is one."""
    if isinstance(quantity, Quantity):
        bare = quantity.unit.name in ("", "%")
        return quantity.size if bare else Unread(say("typed.has_a_unit_only_a", text=repr(text.strip())))
    return quantity


def read_rows(text: str, shape: tuple[int, ...]) -> Rows | Unread:
    """A matrix of this shape, row by row; a number is one row of one, a vector one row of d.

    Commas, spaces or semicolons separate entries: whichever gives a matrix of this shape in which every entry
    is a number. `[0,5 0]` is (0.5, 0); what may be two matrices is asked back.
    """
    if len(text) > LONGEST_ROWS:
        return Unread(say("typed.the_answer_is_too_long", most=LONGEST_ROWS))
    if not shape:
        entry = _without_unit(read_stated(text), text)
        return entry if isinstance(entry, Unread) else ((entry,),)
    plain = _plain(_in_order(text) if len(shape) == 1 else text)
    if not _is_balanced(plain):
        return Unread(say("typed.a_bracket_is_not_closed"))
    if len(shape) == 2 and shape[0] == shape[1] and (multiple := _IDENTITY.fullmatch(plain)):
        written = multiple["scale"].strip()
        factor = read_entry(f"{written}1" if written in ("", "-", "+") else written)
        if isinstance(factor, Unread):
            return factor
        places = range(shape[0])
        return tuple(tuple(factor if row == column else Fraction(0) for column in places) for row in places)
    turned = False
    if (ending := _TRANSPOSED.search(plain)) and plain[: ending.start()].rstrip()[-1:] in ")]}":
        plain, turned = plain[: ending.start()], True
    elif beginning := _BEFORE.match(plain):
        plain, turned = plain[beginning.end() :], True
    plain, scale = _take_factor(plain.strip())
    if isinstance(scale, Unread):
        return scale
    found = dict.fromkeys(_matrices(plain, shape, turned=turned))
    a_row = CELL in plain or re.match(r"[(\[{]\s*[(\[{]", plain)  # `1 & 2` and `[[1, 2]]` say so
    if not found and _is_column(shape) and not turned and not a_row:
        listed = _matrices(plain, shape[:1], turned=False)
        found = dict.fromkeys(tuple((entry,) for entry in row) for (row,) in listed)
    if len(found) > 1:
        return Unread(say("typed.i_can_read_this_as"), "ambiguous")
    if not found:
        return _complaint(plain, shape)
    return tuple(tuple(scale * entry for entry in row) for row in next(iter(found)))


def _is_column(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and shape[1] == 1 < shape[0]


def split_rows(text: str) -> list[list[str]]:
    """The entries of a matrix as the author of a quiz writes it: commas between entries."""
    return [_split_at_commas(row) for row in _row_texts(_plain(text))]


def _plain(text: str) -> str:
    """The text without what stands around a matrix; environments and calls of programs as brackets."""
    plain = text.replace("$", " ").translate(_DRAWN)
    plain = without_words(plain) if len(plain) <= MAX_LENGTH else plain
    plain = _LABEL.sub("", _NOUN.sub("", plain)).strip().removesuffix(".").removesuffix(";").strip()
    plain = re.sub(r"^(?:<|⟨|\\langle)(.*?)(?:>|⟩|\\rangle)$", r"(\1)", plain, flags=re.S)
    plain = re.sub(r"^\(([^()|]+(?:\|[^()|]+)+)\)$", lambda row: f"({row[1].replace('|', ';')})", plain)
    plain = re.sub(r"^[ \t]*\|(.*)\|[ \t]*$", r"\1", plain, flags=re.M)  # bars on both sides of a line
    plain = unwrap_calls(_from_tex(plain))
    plain = re.sub(r"(?<=[\d)\]}])\s+(?:et|and)\s+(?=[-+\d(])", ", ", plain)
    return plain.replace("&", CELL).replace("\\\\", ";").replace("\\{", "{").replace("\\}", "}").strip()


def _in_order(text: str) -> str:
    """Entries with names, `∂f/∂y = 3, ∂f/∂x = 2` or `y = 3, x = 2`, in the order of their names."""
    pieces = [_NAMED.fullmatch(piece) for piece in re.split(r",(?!\d)|;|\n|\bet\b|\band\b", text)]
    found = [
        ((piece["name"], int(unicodedata.normalize("NFKC", piece["index"] or "0"))), piece["value"])
        for piece in pieces
        if piece is not None
    ]
    if len(found) < len(pieces) or len({name for name, _ in found}) < max(len(found), 2):
        return text
    return f"({'; '.join(value for _, value in sorted(found))})"


def _from_tex(text: str) -> str:
    """Environments of LaTeX and matrices of plain TeX as brackets."""
    plain = re.sub(
        r"\\cr(?![A-Za-z])|\\\\\s*\[\s*-?[\d.]+\s*[a-z]{2}\s*\]", r"\\\\", text.replace("&amp;", "&")
    )
    plain = re.sub(r"\\\\\s*(?=\\end\{|\}\s*$)|\\left|\\right|\\[bB]igg?[lr]?(?![A-Za-z])", " ", plain)
    plain = re.sub(r"\\[dt]?binom\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"[\1; \2]", plain)
    plain = re.sub(r"\{([^{}]*)\\choose([^{}]*)\}", r"[\1; \2]", plain)
    plain = re.sub(r"\\[bpvV]?matrix\s*(?=\{)", "", plain)
    plain = re.sub(
        r"\\begin\{[bpvV]?(?:small)?matrix\*?\}(?:\[[lcr]\])?|\\begin\{array\}\s*\{[lcr|]*\}", "[", plain
    )
    return re.sub(r"\\end\{[bpvV]?(?:small)?matrix\*?\}|\\end\{array\}", "]", plain)


def _is_balanced(text: str) -> bool:
    waiting: list[str] = []
    for character in text:
        if character in _PAIRS:
            waiting.append(_PAIRS[character])
        elif character in ")]}" and (not waiting or waiting.pop() != character):
            return False
    return not waiting


def _take_factor(text: str) -> tuple[str, Fraction | Unread]:
    """The matrix and the number before or behind it, as in `1/4 [[2, 1], [1, 0]]` and `[1, 2]/sqrt(5)`."""
    matrices = [(start, end) for start, end in _groups(text) if _SEPARATED.search(text[start:end])]
    if len(matrices) != 1:
        return text, Fraction(1)
    start, end = matrices[0]
    before, behind = text[:start].strip(), text[end:].strip()
    if re.search(r"[;\n]", text[:start] + text[end:]) or re.search(r",(?!\d)", _outside(text)):
        return text, Fraction(1)  # another row or entry
    scale: Fraction | Unread = Fraction(1)
    if before:
        written = re.sub(r"\s*(?:[*·]|\\cdot|\\times)\s*$", "", before)
        scale = Fraction(-1) if before == "-" else read_entry(written)
        if isinstance(scale, Unread):
            return text, Fraction(1)  # exp(…): no factor
    if behind:
        if behind[0] not in "/*·":
            return text, Unread(say("typed.i_do_not_know_what_3"))
        number = read_entry(behind[1:])
        if isinstance(number, Unread) or (behind[0] == "/" and not number):
            return text, number if isinstance(number, Unread) else Unread(say("typed.you_divide_by_zero"))
        assert isinstance(scale, Fraction)  # noqa: S101 -- an unread factor has returned above
        scale = scale / number if behind[0] == "/" else scale * number
    return text[start:end], scale


def _groups(text: str) -> list[tuple[int, int]]:
    """Where the brackets begin and end that stand in no others."""
    found, depth, start = [], 0, 0
    for place, character in enumerate(text):
        if character in "([{":
            start = place if depth == 0 else start
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth == 0:
                found.append((start, place + 1))
    return found


def _outside(text: str) -> str:
    """The text without what stands in brackets."""
    for start, end in reversed(_groups(text)):
        text = text[:start] + text[end:]
    return text


def _matrices(text: str, shape: tuple[int, ...], *, turned: bool) -> Iterator[Rows]:
    """Every matrix of numbers of this shape that the text can be read as."""
    height, width = (1, *shape)[-2:]
    rows = _row_texts(text)
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) == height > 1 and all(";" in line for line in lines):  # 2;1 above 1;0
        rows = [_strip_brackets(line) for line in lines]
    for split in (_by_cells, _by_commas, _by_spaces, _by_semicolons, _alone):
        cells = [split(row) for row in rows]
        if any(cell is None for cell in cells):
            continue
        read = [[read_entry(cell) for cell in row] for row in cells if row is not None]
        if len({len(row) for row in read}) != 1 or any(
            isinstance(entry, Unread) for row in read for entry in row
        ):
            continue
        matrix = tuple(tuple(entry for entry in row if isinstance(entry, Fraction)) for row in read)
        if turned and len(shape) == 2:
            matrix = tuple(zip(*matrix, strict=True))
        if len(shape) == 1 and len(matrix) == width and len(matrix[0]) == 1:
            matrix = (tuple(row[0] for row in matrix),)
        if len(matrix) == height and len(matrix[0]) == width:
            yield matrix


def _by_cells(row: str) -> list[str] | None:
    return row.split(CELL) if CELL in row else None


def _by_commas(row: str) -> list[str] | None:
    return None if CELL in row else [part for part in _split_at_commas(row) if part]


def _by_spaces(row: str) -> list[str] | None:
    return None if CELL in row else [part.rstrip(",") for part in row.split()]


def _by_semicolons(row: str) -> list[str] | None:
    return None if CELL in row or ";" not in row else [part.strip() for part in row.split(";")]


def _alone(row: str) -> list[str] | None:
    return None if CELL in row else [row]


def _complaint(text: str, shape: tuple[int, ...]) -> Unread:
    """What is wrong: an entry of a matrix of the right shape, or the shape."""
    height, width = (1, *shape)[-2:]
    rows = [_by_cells(row) or _by_commas(row) or [] for row in _row_texts(text)]
    if len(rows) == height and all(len(row) == width for row in rows):
        read = (read_entry(cell) for row in rows for cell in row)
        return next(
            (entry for entry in read if isinstance(entry, Unread)), Unread(say("typed.i_cannot_read_this"))
        )
    return Unread(_describe_shape(shape), "shape")


def _describe_shape(shape: tuple[int, ...]) -> Sentence:
    if len(shape) == 1 or _is_column(shape):
        example = ", ".join("1" * shape[0])
        return say("typed.i_need_a_vector_of", size=shape[0], example=example)
    example = "; ".join([" ".join("1" * shape[1])] * shape[0])
    rows, columns = shape
    return say("typed.i_need_rows_of_numbers", rows=rows, columns=columns, example=example)


def _row_texts(text: str) -> list[str]:
    """The text of each row, without brackets of the matrix."""
    inside = _strip_brackets(text)
    groups = _groups(inside)
    if groups and not _outside(inside).strip(" ,;\n") and all(inside[start] in "[{(" for start, _ in groups):
        return [_strip_brackets(inside[start:end]) for start, end in groups]
    return [row for row in (_strip_brackets(part) for part in re.split(r"[;\n]", inside)) if row]


def _strip_brackets(text: str) -> str:
    """The text without the brackets that enclose all of it."""
    text = text.strip()
    while len(text) > 1 and text[0] in _PAIRS and _groups(text)[:1] == [(0, len(text))]:
        inside = text[1:-1].strip()
        # (1/2) alone is a number, and sqrt(2) no row.
        text = inside
    return text


def _split_at_commas(row: str) -> list[str]:
    """The parts between commas that stand in no brackets; without any, those between spaces."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(row):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            parts.append(row[start:index].strip())
            start = index + 1
    parts.append(row[start:].strip())
    parts = [part for part in parts if part]
    return row.split() if len(parts) == 1 else parts


def format_rows(rows: Sequence[Sequence[Fraction]]) -> str:
    """`[[1, 2], [3, 4]]`; a vector as `[1, 2]`."""
    lines = ["[" + ", ".join(format_number(entry) for entry in row) + "]" for row in rows]
    return lines[0] if len(lines) == 1 else "[" + ", ".join(lines) + "]"


def shape_of(rows: Rows) -> tuple[int, ...]:
    """(d,) for one row, (r, c) for several."""
    return (len(rows[0]),) if len(rows) == 1 else (len(rows), len(rows[0]))
