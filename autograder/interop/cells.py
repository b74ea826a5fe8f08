"""A table as text, of which single cells are replaced: every other byte stays what it was.

The file is another program's (Moodle, Canvas, Apogée), which has its own ideas of encoding, byte order mark,
line ends and quotes, and takes back what it wrote. So the text is never written anew from values: each cell
knows where it stands, and a new value takes the place of the old one alone.
"""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from autograder.errors import CourseError, Flaw

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx, .ods and .xls begin."""
_LINE_END = re.compile(r"\r\n|\n|\r")
SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell: its value, and where it stands in the text, quotes included."""

    value: str
    begin: int
    end: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row, which a text in quotes may spread over several lines."""

    line: int
    """The number of the line at which it begins."""
    cells: tuple[TableCell, ...]

    def value(self, column: int | None) -> str:
        """What stands in a column, without blanks around it; nothing where the row ends before."""
        return self.cells[column].value.strip() if column is not None and column < len(self.cells) else ""

    @property
    def is_empty(self) -> bool:
        """Whether no cell holds anything."""
        return not any(cell.value.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class TableText:
    """A file of separated cells, as another program wrote it."""

    name: str
    """As messages call it."""
    text: str
    encoding: str
    mark: bytes
    """The byte order mark before the text, or nothing."""
    separator: str
    quotes: bool
    """Whether a quotation mark begins a quoted cell."""
    rows: tuple[TableRow, ...]

    @property
    def content(self) -> bytes:
        """The file."""
        return self.mark + self.text.encode(self.encoding)

    def replace(self, values: Mapping[tuple[int, int], str]) -> "TableText":
        """The table with other values in some cells, by their row and column, counted from 0.

        A row that ends before the column is made longer. The file is read back: whatever else would have
        changed is our fault, and raises CourseError, as does a text that its encoding cannot hold.
        """
        pieces, at = list[str](), 0
        for (row, column), value in sorted(values.items()):
            cells = self.rows[row].cells
            begin, end, before = cells[-1].end, cells[-1].end, ""
            if column < len(cells):
                begin, end = cells[column].begin, cells[column].end
            else:
                reached = max(len(cells), *(c + 1 for r, c in values if r == row and c < column), 0)
                before = self.separator * (column - reached + 1)
            old = cells[column] if column < len(cells) else None
            pieces += [self.text[at:begin], before, self._spell(value, quoted=old is not None and old.quoted)]
            at = end
        text = "".join((*pieces, self.text[at:]))
        try:
            content = self.mark + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            what = f"its encoding ({self.encoding}) has no sign {error.object[error.start]!r}"
            raise CourseError([Flaw(self.name, what, "save the file as UTF-8")]) from error
        # Not guessed anew: what was replaced may have been all that spoke for this encoding.
        text = content[len(self.mark) :].decode(self.encoding)
        rows = _split(text, self.name, self.separator, quotes=self.quotes)
        made = replace(self, text=text, rows=rows)
        self._compare(made, values)
        return made

    def _spell(self, value: str, *, quoted: bool) -> str:
        if not self.quotes:
            return re.sub(r"[\t\r\n]+", " ", value)
        if quoted or any(sign in value for sign in (self.separator, '"', "\r", "\n")):
            doubled = value.replace('"', '""')
            return f'"{doubled}"'
        return value

    def _compare(self, made: "TableText", values: Mapping[tuple[int, int], str]) -> None:
        """Raise CourseError unless what was made differs from this in these cells alone."""
        same = len(made.rows) == len(self.rows)
        for index, (old, new) in enumerate(zip(self.rows, made.rows, strict=False)):
            for column, cell in enumerate(new.cells):
                wanted = values.get((index, column))
                if wanted is not None:
                    same = same and cell.value == (
                        wanted if self.quotes else self._spell(wanted, quoted=False)
                    )
                else:
                    kept = old.cells[column] if column < len(old.cells) else TableCell("", 0, 0)
                    same = same and (
                        made.text[cell.begin : cell.end] == self.text[kept.begin : kept.end]
                        if kept.end
                        else not cell.value
                    )
            same = same and len(new.cells) >= len(old.cells)
            same = same and self._after(index) == made._after(index)
        if not same:
            what = "was not read back as it was written: this is a fault of autograder, nothing was kept"
            raise CourseError([Flaw(self.name, what)])

    def _after(self, row: int) -> str:
        """What stands between a row and the next one."""
        end = self.rows[row + 1].cells[0].begin if row + 1 < len(self.rows) else len(self.text)
        return self.text[self.rows[row].cells[-1].end : end]


def read_cells(content: bytes, name: str, *, separator: str = "", quotes: bool = True) -> TableText:
    """Read a file of separated cells.

    Args:
        content: the file; UTF-8, UTF-16 with its mark, or else Windows' Latin letters.
        name: of the file, for messages.
        separator: between cells; the one that the first line has most of, where it is not given.
        quotes: whether cells may be quoted; a file of tabulators that knows no quotes has names with them.

    Raises:
        CourseError: it is no text, or a quotation mark is not closed.
    """
    if content.startswith(_SPREADSHEETS):
        what = "is a file of a spreadsheet program, not CSV"
        raise CourseError([Flaw(name, what, "give the file as the platform made it, as CSV")])
    mark, encoding = next(((m, e) for m, e in _MARKS if content.startswith(m)), (b"", ""))
    body = content[len(mark) :]
    encoding = encoding or _guess_encoding(body)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise CourseError([Flaw(name, f"is not text in {encoding}", "download the file again")]) from error
    if "\0" in text:
        raise CourseError([Flaw(name, "is not text", "give the file as the platform made it, as CSV")])
    separator = separator or _guess_separator(text)
    return TableText(
        name, text, encoding, mark, separator, quotes, _split(text, name, separator, quotes=quotes)
    )


def _guess_encoding(body: bytes) -> str:
    """The first encoding in which the bytes are text and come back as they were."""
    for encoding in ("utf-8", "cp1252"):
        try:
            body.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"


def _guess_separator(text: str) -> str:
    told = re.match(r"sep=(.)\r?\n", text)  # for spreadsheets, and taken for a row of its own
    if told and told[1] in SEPARATORS:
        return told[1]
    first = next((line for line in _LINE_END.split(text) if line.strip(" ,;\t")), "")
    outside = re.sub(r'"(?:[^"]|"")*"', "", first)
    return max(SEPARATORS, key=outside.count)


def _split(text: str, name: str, separator: str, *, quotes: bool) -> tuple[TableRow, ...]:
    bare = rf"[^{re.escape(separator)}\r\n]*"
    quoted = rf'"(?:[^"]|"")*"(?={re.escape(separator)}|\r|\n|\Z)'
    cell = re.compile(f"{quoted}|{bare}" if quotes else bare)
    rows, cells = list[TableRow](), list[TableCell]()
    at, line, begun_at = 0, 1, 1
    while True:
        found = cell.match(text, at)
        raw = found[0] if found else ""  # a bare cell may be empty: there is always a match
        is_quoted = quotes and raw.startswith('"')
        if is_quoted and not re.fullmatch(quoted, raw):
            what = "a quotation mark is not closed, or something stands behind it"
            raise CourseError([Flaw(f"{name}, line {line}", what, "download the file again")])
        value = raw[1:-1].replace('""', '"') if is_quoted else raw
        cells.append(TableCell(value, at, at + len(raw), is_quoted))
        line += len(_LINE_END.findall(raw))
        at += len(raw)
        if text.startswith(separator, at):
            at += 1
            continue
        rows.append(TableRow(begun_at, tuple(cells)))
        end = _LINE_END.match(text, at)
        if end is None:
            break
        at, line, cells = end.end(), line + 1, []
        begun_at = line
        if at == len(text):
            break
    return tuple(rows)
