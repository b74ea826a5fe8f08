"""The table a marker fills in: written for a spreadsheet, and read back with all its mistakes told at once.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, which is taken
away again. Commas, semicolons or tabs may part the columns, and a comma may stand in a decimal number.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from autograder.domain.counts import describe_count
from autograder.domain.handmark import Criterion, HandMark
from autograder.domain.report import CriterionMark
from autograder.errors import CourseError, Flaw
from autograder.marking.copies import MarkedCopy, PartCopies

_FIRST, _LAST = ("student", "part"), ("comment", "shown")
_FORMULA = "=+-@\t\r'"
_QUOTED = re.compile(rf"^'(?=[{re.escape(_FORMULA)}])")
"""The apostrophe before what a spreadsheet would take for a formula."""
_NUMBER = re.compile(r"\d{1,4}(?:[.,]\d{1,6})?|\d{1,4}/[1-9]\d{0,3}")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_RANGE = re.compile(r"\s*\(0 to [^()]*\)\s*$")
LONGEST_COMMENT = 10_000
TAKEN_BACK = "-"
"""What stands for each criterion in the line of a mark that is taken back."""
Blobs = Callable[[str], Sequence[str]]
"""The hashes of all files that a student handed in."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What a table says: marks, and what its marker should know."""

    marks: tuple[HandMark, ...]
    notes: tuple[str, ...] = ()


def write_table(gathered: PartCopies, *, names: bool) -> str:
    """The table of a part as CSV, with the marks that are given already."""
    part = gathered.part
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    rubric = part.rubric
    columns = [f"{criterion.sentence} (0 to {write_points(criterion.points)})" for criterion in rubric]
    writer.writerow(map(_escaped, (*_FIRST, *columns, *_LAST)))
    for answer in gathered.answers:
        who = answer.label if names else str(answer.number)
        mark = None if answer.outdated else answer.mark
        earned = {line.criterion: line.earned for line in mark.rubric} if mark else {}
        given = [write_points(earned[c.sentence]) if c.sentence in earned else "" for c in rubric]
        row = (who, part.title, *given, mark.comment if mark and any(given) else "", answer.shown)
        writer.writerow(map(_escaped, row))
    return out.getvalue()


def read_points(text: str, most: Fraction) -> Fraction | None:
    """The points that were written, as `0.5`, `0,5` or `1/2`; None where they are none, or too many."""
    if not _NUMBER.fullmatch(text):
        return None
    found = Fraction(text.replace(",", "."))
    return found if found <= most else None


def write_points(value: Fraction) -> str:
    """`0.5`, not `1/2`, which a spreadsheet takes for a date; thirds stay fractions."""
    decimal = f"{float(value):g}"
    return decimal if Fraction(decimal) == value else str(value)


def _escaped(cell: str) -> str:
    return f"'{cell}" if cell[:1] in _FORMULA and cell else cell


def read_table(
    content: bytes,
    parts: Sequence[PartCopies],
    blobs: Blobs,
    *,
    file: str,
    marker: str,
    now: datetime,
) -> Marked:
    """The marks in a table; lines without any are passed over.

    Args:
        content: of the file.
        parts: the answers of every written part.
        blobs: tells which files a student has handed in.
        file: its name, for the messages.
        marker: who marked.
        now: the time of the marks.

    Raises:
        CourseError: every mistake at once, with line and column.
    """
    reading = _Reading(file, blobs, marker, now)
    rows = list(reading.rows(content))
    gathered = reading.find_part(rows, parts)
    marks = [mark for line, row in rows if gathered and (mark := reading.mark(line, row, gathered))]
    if reading.flaws:
        raise CourseError(reading.flaws)
    return Marked(tuple(marks), tuple(reading.notes))


class _Reading:
    """Goes through a table and keeps every mistake."""

    def __init__(self, file: str, blobs: Blobs, marker: str, now: datetime) -> None:
        self.flaws: list[Flaw] = []
        self.notes: list[str] = []
        self._file, self._blobs, self._marker, self._now = file, blobs, marker, now
        self._seen: dict[str, int] = {}

    def _flaw(self, line: int, column: str, what: str, allowed: str = "") -> None:
        where = f"{self._file}, line {line}" + (f", column “{column}”" if column else "")
        self.flaws.append(Flaw(where, what, allowed))

    def rows(self, content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
        """Every line with its number, by the names of its columns."""
        text = _decoded(content)
        if b"\0" in content and not content.startswith(_UTF16):
            allowed = "fill in the table that `autograder mark` writes, and save it as CSV"
            raise CourseError([Flaw(self._file, "is no table, but another kind of file", allowed)])
        # What stands behind the first heading separates.
        found = re.match(r"\s*\"?student\"?\s*([,;\t])", text, re.IGNORECASE)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=found[1] if found else ",")
        header: list[str] = []
        line = 1
        try:
            for cells in reader:
                row = [_QUOTED.sub("", cell.strip()) for cell in cells]
                if not header:
                    header = [_RANGE.sub("", cell).casefold() for cell in row]
                elif any(row):
                    if any(row[len(header) :]):
                        headings = describe_count(len(header), "heading")
                        what = f"has {describe_count(len(row), 'cell')} under {headings}"
                        self._flaw(line, "", what, "quote a cell with commas")
                    yield line, dict(zip(header, row, strict=False))
                line = reader.line_num + 1
        except csv.Error as problem:
            self._flaw(line, "", f"cannot be read as CSV: {problem}", "save it as CSV again")

    def find_part(
        self, rows: Sequence[tuple[int, dict[str, str]]], parts: Sequence[PartCopies]
    ) -> PartCopies | None:
        """The part that the table is about; None where that cannot be told."""
        if not rows:
            self._flaw(1, "", "holds no line to read", "fill in the table that `autograder mark` writes")
            return None
        known = {gathered.part.title.casefold(): gathered for gathered in parts}
        titles = ", ".join(f"“{gathered.part.title}”" for gathered in parts)
        line, row = rows[0]
        gathered = known.get(row.get("part", "").casefold())
        if gathered is None:
            self._flaw(line, "part", f"“{row.get('part', '')}” is no part that is marked by hand", titles)
            return None
        for line, row in rows[1:]:
            if known.get(row.get("part", "").casefold()) is not gathered:
                self._flaw(line, "part", f"“{row.get('part', '')}”, where line {rows[0][0]} has another part")
        return gathered if self._columns_are_there(rows[0][1], gathered) else None

    def _columns_are_there(self, row: dict[str, str], gathered: PartCopies) -> bool:
        criteria = [criterion.sentence.casefold() for criterion in gathered.part.rubric]
        missing = [name for name in (*_FIRST, *criteria) if name not in row]
        odd = [name for name in row if name and name not in (*_FIRST, *criteria, *_LAST)]
        for name in missing:
            self._flaw(1, name, "is missing", "keep the headings as they were written")
        for name in odd:
            self._flaw(1, name, "is no column of this part", "keep the headings as they were written")
        return not missing

    def mark(self, line: int, row: dict[str, str], gathered: PartCopies) -> HandMark | None:
        """The mark in a line; None where there is none, or a mistake."""
        rubric = gathered.part.rubric
        given = [row.get(criterion.sentence.casefold(), "") for criterion in rubric]
        comment = row.get("comment", "")
        if not any((*given, comment)):  # a comment alone is a line whose marks were forgotten
            return None
        before = len(self.flaws)
        answer = self._answer(line, row["student"], gathered)
        back = set(given) == {TAKEN_BACK}
        pairs = () if back else zip(rubric, given, strict=True)
        lines = [self._criterion(line, criterion, said) for criterion, said in pairs]
        if len(comment) > LONGEST_COMMENT:
            self._flaw(line, "comment", f"has {len(comment)} characters", f"at most {LONGEST_COMMENT}")
        blob = self._blob(line, row.get("shown", ""), answer) if answer else ""
        if answer is None or len(self.flaws) > before:
            return None
        return HandMark(
            answer.student,
            answer.assignment,
            gathered.part.title,
            blob,
            tuple(filter(None, lines)),
            "" if back else comment,
            self._marker,
            self._now,
            row.get("shown", "").rpartition("-")[2] or answer.digest,
        )

    def _answer(self, line: int, who: str, gathered: PartCopies) -> MarkedCopy | None:
        digits = who.replace(" ", "").removeprefix("Copy")
        found = (
            [a for a in gathered.answers if who == a.label]
            or [a for a in gathered.answers if who == a.student]
            or [a for a in gathered.answers if digits == str(a.number)]
        )
        if len(found) != 1:
            missing = dict(gathered.missing).get(who)
            what = f"{who} {missing}" if missing else f"“{who}” is no copy of this part"
            self._flaw(
                line, "student", what if not found else f"“{who}” stands for several students: name one"
            )
            return None
        [answer] = found
        if answer.label in self._seen:
            self._flaw(line, "student", f"“{who}” is in line {self._seen[answer.label]} already")
        self._seen.setdefault(answer.label, line)
        return answer

    def _criterion(self, line: int, criterion: Criterion, said: str) -> CriterionMark | None:
        allowed = f"a number from 0 to {write_points(criterion.points)}"
        if not said:
            self._flaw(line, criterion.sentence, "is empty, while the line has other marks", allowed)
            return None
        earned = read_points(said, criterion.points)
        if earned is None:
            self._flaw(line, criterion.sentence, f"“{said[:40]}”", allowed)
            return None
        return CriterionMark(criterion.sentence, criterion.points, earned)

    def _blob(self, line: int, shown: str, answer: MarkedCopy) -> str:
        """The file that was marked: the one whose answer the line was written for."""
        prefix = shown.removeprefix("f").partition("-")[0]
        if not shown or answer.blob.startswith(prefix):
            return answer.blob
        earlier = [blob for blob in self._blobs(answer.student) if prefix and blob.startswith(prefix)]
        if not earlier:
            self._flaw(
                line,
                "shown",
                f"“{shown[:40]}” is nothing that this student handed in",
                "leave this column as it is",
            )
            return ""
        self.notes.append(
            f"{self._file}, line {line}: another file was handed in since this was written; the mark is kept "
            "for the earlier one (`autograder mark` shows the new one)"
        )
        return earlier[0]


def _decoded(content: bytes) -> str:
    """The text, in the encodings that spreadsheets write."""
    if content.startswith(_UTF16):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
