"""What a student wrote below the headings of the parts that a person marks.

A part is found by its heading, renumbered or retyped as it may be; where there is none like it, by the ids
of the released cells. All that stands between this heading and the next released one belongs to the answer;
headings of the student's own do not end it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from hashlib import sha256
from itertools import groupby

from autograder.domain.notebook import Cell, CellKind, Notebook
from autograder.domain.sentences import Sentence
from autograder.notebook.assignment import AssignmentText, Statement
from autograder.notebook.ids import ids_of
from autograder.notebook.pictures import explain_unseen, find_pictures

_HEADING = re.compile(r"[ \t]*(?:#{1,6}(?P<marked>[^#].*)|\*\*(?P<bold>[^*]+)\*\*)\s*")
_BEFORE = re.compile(r"^\s*(?:(?:question|exercise|part)\s+)?(?:\d{1,4}\s*[.):-]\s*)?", re.IGNORECASE)
_AFTER = re.compile(r"\([^()]*\)[\s*#]*$")
_DEFINES = re.compile(r"^def[ \t]+(\w+)", re.MULTILINE)
_SIMILAR = 0.8
_LONGEST = 160
_MOST_COMPARED = 300


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """What stands in a submission for one written part."""

    cells: tuple[Cell, ...]
    """In order: text that is not as it was released, and all code; cut where another part begins."""
    empty: bool
    """Whether all of it is as it was released, or gone."""
    found: bool
    """Whether the part was found at all."""

    @property
    def digest(self) -> str:
        """By it an answer is known to be the same in another file."""
        told = repr([(cell.kind.value, cell.source) for cell in self.cells])
        attached = [kept.digest for cell in self.cells for kept in cell.attachments]
        told += repr(attached) if attached else ""
        return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A cell, or a part of one, and the number of the question it stands in (0 for none)."""

    question: int
    cell: Cell
    text: str
    """What it says in plain words, without the heading of its question."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a released notebook begin and what stands in them, prepared once."""

    headings: Mapping[str, int] = field(default_factory=dict)
    """Number of the question below a heading, 0 for none; by the heading's plain words."""
    others: Mapping[str, int | None] = field(default_factory=dict)
    """What the released notebook's other headings are like: most of a submission's stand there already.

    Saves 5 % of what a submission to an assignment with a written part costs.
    """
    texts: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """What stands in each question, in plain words."""
    owners: Mapping[str, int] = field(default_factory=dict)
    """The question to which a text belongs that stands in one question alone."""
    functions: Mapping[str, int] = field(default_factory=dict)
    ids: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, text: AssignmentText) -> "Places":
        """The places of a released notebook."""
        headings = {_plain(text.title): 0}
        for part in text.parts:
            if not _is_code(part.cell):
                lines = (line for line in part.cell.source.split("\n") if re.match("##?[^#]", line))
                headings |= {_plain(_heading(line)): 0 for line in lines}
        headings |= {_plain(statement.title): statement.number for statement in text.statements}
        named = {s.name: s.number for s in text.statements if s.name}
        places = cls(headings, functions=named)
        firsts = {
            source.partition("\n")[0]
            for part in text.parts
            if not _is_code(part.cell)
            for source in _divided(part.cell.source)
        }
        known = {_plain(each): _nearest(each, places, fuzzy=True) for each in map(_heading, firsts) if each}
        places = replace(places, others=known)
        texts: dict[int, set[str]] = {}
        for piece in _walk((part.cell for part in text.parts), places):
            texts.setdefault(piece.question, set()).add(piece.text)
        often = Counter(text for each in texts.values() for text in each)
        single = {text: n for n, each in texts.items() for text in each if text and often[text] == 1}
        numbers = (part.question for part in text.parts)
        ids = dict(zip(ids_of(text), numbers, strict=True))
        held = {n: frozenset(each) for n, each in texts.items()}
        return replace(places, texts=held, owners=single, ids=ids)


def written_answers(
    submitted: Notebook, statements: Iterable[Statement], places: Places
) -> dict[str, WrittenAnswer]:
    """The answers to the written ones of `statements`, by their keys."""
    wanted = [statement for statement in statements if statement.written]
    if not wanted:
        return {}
    pieces = list(_walk(submitted.cells, places))
    found = {piece.question for piece in pieces}
    if any(statement.number not in found for statement in wanted):
        by_id = _walk_by_id(submitted.cells, places)
        pieces += [piece for piece in by_id if piece.question not in found]
    return {
        statement.key: _answer(
            [piece for piece in pieces if piece.question == statement.number],
            places.texts.get(statement.number, frozenset()),
        )
        for statement in wanted
    }


def _answer(pieces: Sequence[_Piece], released: frozenset[str]) -> WrittenAnswer:
    said = [piece for piece in pieces if piece.text]
    shown = (piece.cell for piece in said if _is_code(piece.cell) or piece.text not in released)
    empty = all(piece.text in released for piece in said)
    # The parts of one cell are put together again.
    same = (list(parts) for _, parts in groupby(shown, lambda cell: cell.number))
    joined = (replace(parts[0], source="\n".join(part.source for part in parts)) for parts in same)
    return WrittenAnswer(tuple(joined), empty=empty, found=bool(pieces))


def find_unseen_pictures(answers: Iterable[WrittenAnswer]) -> Iterator[tuple[int, Sentence, Sentence]]:
    """Pictures in the texts of answers that whoever marks them does not see: cell, why, what helps."""
    for cell in (cell for answer in answers for cell in answer.cells if not _is_code(cell)):
        for picture in find_pictures(cell)[1]:
            why, how = explain_unseen(picture)
            if why:
                yield cell.number, why, how


def _walk(cells: Iterable[Cell], places: Places) -> Iterator[_Piece]:
    """Every cell in order, text divided at its headings."""
    current, compared = 0, 0
    for cell in cells:
        if _is_code(cell):
            current = _question_of_code(cell, places) or current
            yield _Piece(current, cell, _squeezed(cell.source))
            continue
        for source in _divided(cell.source):
            first, _, below = source.partition("\n")
            heading = _heading(first)
            compared += bool(heading)
            near = _nearest(heading, places, fuzzy=compared <= _MOST_COMPARED) if heading else None
            text = _squeezed(source if near is None else below)
            current = places.owners.get(text, current) if near is None else near
            yield _Piece(current, replace(cell, source=source), text)


def _walk_by_id(cells: Iterable[Cell], places: Places) -> Iterator[_Piece]:
    current = 0
    for cell in cells:
        current = places.ids.get(cell.id, current)
        yield _Piece(current, cell, _squeezed(cell.source))


def _is_code(cell: Cell) -> bool:
    return cell.kind is CellKind.CODE


def _question_of_code(cell: Cell, places: Places) -> int:
    """The question that a cell of code answers or was released for, 0 for none or unknown."""
    for name in _DEFINES.findall(cell.source):
        if name in places.functions:
            return places.functions[name]
    return places.owners.get(_squeezed(cell.source), 0)


def _nearest(heading: str, places: Places, *, fuzzy: bool) -> int | None:
    """The question of the released heading that is most like this one, if any is like it."""
    plain = _plain(heading)
    if plain in places.headings:
        return places.headings[plain]
    if plain in places.others:
        return places.others[plain]
    if not fuzzy or not plain:
        return None
    matcher = SequenceMatcher(b=plain, autojunk=False)
    best, at = _SIMILAR, None
    for other, number in places.headings.items():
        matcher.set_seq1(other)
        if matcher.real_quick_ratio() >= best and matcher.ratio() >= best:
            best, at = matcher.ratio(), number
    return at


def _divided(source: str) -> Iterator[str]:
    """A text, divided above each of its headings."""
    lines: list[str] = []
    fenced = False
    for line in source.split("\n"):
        if not fenced and _heading(line) and any(kept.strip() for kept in lines):
            yield "\n".join(lines)
            lines = []
        fenced ^= line.lstrip().startswith("```")
        lines.append(line)
    yield "\n".join(lines)


def _heading(line: str) -> str:
    """The words of a heading, or of a line in bold, as which it may have been retyped; else empty."""
    found = _HEADING.fullmatch(line[: 4 * _LONGEST])
    return (found["marked"] or found["bold"] or "").strip() if found else ""


def _plain(heading: str) -> str:
    """A heading without number, points, case and punctuation."""
    bare = _AFTER.sub("", _BEFORE.sub("", heading[:_LONGEST], count=1))
    return " ".join(re.findall(r"\w+", (bare or heading).casefold()))


def _squeezed(text: str) -> str:
    return " ".join(text.split())
