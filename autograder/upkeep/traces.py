"""What files of a course say of one person: their line is taken out of tables, what else names them goes.

All of these files but tables can be made again by the command that made them; a table may hold what somebody
typed into it, so that only lines go.
"""

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from html import escape
from itertools import permutations
from pathlib import Path
from shutil import rmtree

from autograder.access import Access, partial_of, write_whole

TABLES = frozenset((".csv", ".tsv", ".txt"))
"""How the names of tables end."""
_READ_AT_MOST = 1 << 28
"""Bytes of a packed file that is looked into; a larger one is taken for one that names everybody."""


@dataclass(frozen=True, slots=True)
class Person:
    """By what a person is known in files."""

    student: str
    name: str = ""
    email: str = ""
    copies: frozenset[str] = frozenset()
    """The numbers under which their answers stand where names are left out."""
    others: frozenset[str] = frozenset()
    """The ids of everybody else, by which the column of ids is known."""

    def by_number(self, *, copies: bool) -> "Person":
        """The same known by id (and by the numbers of copies) alone: another may have their name."""
        return replace(self, name="", email="", copies=self.copies if copies else frozenset())

    def is_in(self, content: bytes) -> bool:
        """Whether a file names them: in UTF-8, in what spreadsheets write, or as pages spell letters."""
        texts = [content.decode(each, "replace") for each in ("utf-8", "cp1252")]
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            texts = [content.decode("utf-16", "replace")]
        anywhere = _pattern((self.student, *self._names, *self.copies))
        return any(anywhere.search(_folded(text)) for text in texts)

    def has_line(self, cells: list[str], ids: int | None) -> bool:
        """Whether a line of a table is theirs, in which ids stand in the column of that number.

        An id is looked for there alone: it may be a mark of somebody else in another column.
        """
        plain = [cell.strip().lstrip("'") for cell in cells]
        # Who took a quiz more than once stands there as ada/1.
        if ids is not None and ids < len(plain) and plain[ids].partition("/")[0] == self.student:
            return True
        told = (*self._names, *self.copies)
        return bool(told and _pattern(told).search(_folded("\t".join(plain))))

    @property
    def _names(self) -> tuple[str, ...]:
        """Address and name; a name of one word is none that could be looked for."""
        parts = self.name.split()
        orders = (" ".join(each) for each in permutations(parts)) if 1 < len(parts) < 5 else (self.name,)
        return tuple(each for each in (self.email.strip(), *orders) if len(each) > 5)


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Finds one of some texts as a whole word; what parts the words of a name may be other than blanks."""
    spelt = {each for word in words for each in (word, json.dumps(word)[1:-1], escape(word)) if word}
    parts = (r"[\s,;\"_]+".join(re.escape(part) for part in _folded(each).split()) for each in sorted(spelt))
    # Moodle writes an underscore behind a name.
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(parts)})(?![^\W_])")


def _folded(text: str) -> str:
    """A text without accents and capitals, as registrars write names."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).casefold()


def column_of_ids(rows: list[list[str]], known: Collection[str]) -> int | None:
    """The column that is called id, or else the one in which most ids stand; None where none does."""
    heading = [cell.strip("\ufeff ").casefold() for cell in rows[0]] if rows else []
    if "id" in heading:
        return heading.index("id")
    counts: dict[int, int] = {}
    for cells in rows:
        for column, cell in enumerate(cells):
            if cell.strip().lstrip("'").partition("/")[0] in known:
                counts[column] = counts.get(column, 0) + 1
    return max(counts, key=lambda column: (counts[column], -column)) if counts else None


def find_traces(folders: tuple[Path, ...], person: Person) -> Iterator[Path]:
    """Files below some folders that name a person or are called after them, and folders of theirs."""
    for top in folders:
        for path in sorted(top.rglob("*")):
            named = path.name == person.student or path.stem == person.student
            if path.is_symlink() or any(part == person.student for part in path.relative_to(top).parts[:-1]):
                continue
            if named or (path.is_file() and _names(path, person)):
                yield path


def remove_trace(path: Path, person: Person, access: Access, *, keep_tables: bool) -> None:
    """Take a person's lines out of a table; a file or folder of another kind goes.

    With `keep_tables`, one that names them still is kept: somebody has typed into it.
    """
    if path.is_dir():
        rmtree(path)
        return
    if path.suffix.lower() in TABLES and path.stem != person.student:
        drop_lines(path, person, access)
        if keep_tables or not _names(path, person):
            return
    path.unlink()


def drop_lines(table: Path, person: Person, access: Access) -> None:
    """Take a person's records out of a table; all else stays, byte for byte."""
    content = table.read_bytes()
    coding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = content.decode(coding, "surrogateescape")
    lines = text.splitlines(keepends=True)
    separator = max(",;\t", key=lines[0].count) if lines else ","
    records = list(_records(lines))
    rows = [_cells(record, separator) for record in records]
    ids = column_of_ids(rows, {person.student, *person.others})
    kept = [
        record
        for place, (record, cells) in enumerate(zip(records, rows, strict=True))
        if place == 0 or not person.has_line(cells, ids)
    ]
    if len(kept) < len(records):
        write_whole(table, "".join(kept).encode(coding, "surrogateescape"), access)


def _records(lines: list[str]) -> Iterator[str]:
    """The lines of a table; a quoted cell may hold line ends."""
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and "".join(lines[at:end]).count('"') % 2:
            end += 1
        yield "".join(lines[at:end])
        at = end


def _cells(record: str, separator: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(record, newline=""), delimiter=separator), [])
    except csv.Error:
        return []


def drop_json_lines(file: Path, access: Access, is_theirs: Callable[[list[object]], bool]) -> None:
    """Take lines out of a file with a JSON list a line; a line that cannot be read goes as well."""
    kept = []
    for line in file.read_text(encoding="utf-8", errors="replace").split("\n"):
        with suppress(ValueError):
            said = json.loads(line)
            if isinstance(said, list) and not is_theirs(said):
                kept.append(line + "\n")
    write_whole(file, "".join(kept), access)


def _names(path: Path, person: Person) -> bool:
    if partial_of(path).exists() or path.name.endswith(".partial"):
        return True  # of a run that was killed
    if not zipfile.is_zipfile(path):
        return person.is_in(path.read_bytes())
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _READ_AT_MOST:
                return True
            named = any(person.is_in(name.encode(errors="replace")) for name in archive.namelist())
            return named or any(person.is_in(archive.read(name)) for name in archive.namelist())
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
        return True
