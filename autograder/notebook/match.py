"""A submitted notebook beside the released one -> the cells to run, and what was recovered.

The notebook runs top to bottom as submitted. Metadata, ids, order and tags play no role. Three things are
mended, each of them said: a stub copied below its answer does not undo it, a released cell of imports or data
that was deleted runs first, a function that was renamed, cut in two or whose cell became text is found again.

Names are found statically here, for these decisions only: whether a function exists is asked of the process
that ran the notebook.
"""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from autograder.domain.notebook import Cell, CellKind, Notebook
from autograder.domain.sentences import Sentence, say, say_count
from autograder.notebook.code import CellDefinition, Code, understand
from autograder.notebook.misplaced import find_python
from autograder.notebook.newer_python import GRADING, NewerSyntax
from autograder.notebook.obstacles import parse_or_none
from autograder.notebook.read import MAX_CODE
from autograder.notebook.rebinding import find_still_valid
from autograder.notebook.released import Released
from autograder.notebook.written import find_unseen_pictures, written_answers

_MOST_NOTES = 20
_MOST_CANDIDATES = 100
_LONGEST_NAME = 60
_SIMILAR = 0.85


@dataclass(frozen=True, slots=True)
class Matched:
    """A submission, ready to be run."""

    notebook: Notebook
    """The code cells to run, in order; the number of a cell that we added is 0."""
    notes: tuple[Sentence, ...]
    """All that was mended while reading and while matching, in sentences for the student."""
    source: str
    """Plain Python of all cells to run that parse, magics blanked: for static scans."""
    stubs: frozenset[str]
    """Questions whose last definition is still the stub."""
    skipped: tuple[Cell, ...] = ()
    """Code cells that are not run: repeated stubs."""
    found: tuple[str, ...] = ()
    """Questions that some cell defines, the stub included, in the order of the released notebook."""
    broken: Mapping[str, int] = field(default_factory=dict)
    """Questions that no readable cell answers, but a cell that is not Python seems to: its number."""
    unwritten: frozenset[str] = frozenset()
    """Keys of the parts marked by hand in which nothing was written."""
    still_valid: frozenset[str] = frozenset()
    """Sources of the cells below which nothing is defined anew."""
    newer: Mapping[int, NewerSyntax] = field(default_factory=dict)
    """What a newer Python would read in cells that are no Python here, by their number."""
    submitted: tuple[Cell, ...] = ()
    """All cells as they were handed in."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A cell that is to run, and what its Python says."""

    cell: Cell
    code: Code


def match(submitted: Notebook, released: Released) -> Matched:
    """What to run of a submission, and what its student should know about that."""
    cells, retyped = _with_retyped(submitted.cells, released)
    cells, skipped, repeated = _without_repeated_stubs(cells, released)
    broken = _broken(cells, released)
    answers = written_answers(submitted, released.text.statements, released.places)
    unseen = [
        say("picture", cell=cell, why=why, how=how)
        for cell, why, how in dict.fromkeys(find_unseen_pictures(answers.values()))
    ]
    cells, renamed = _with_renamed(cells, released, leave=broken.keys())
    cells, restored = _with_missing_support(cells, released)
    stubs, defined = _stubs(cells, released), _names(cells)
    notes = [*restored, *retyped, *repeated, *renamed, *_notes_on_broken(cells), *unseen]
    more = len(notes) - _MOST_NOTES
    return Matched(
        Notebook(tuple(read.cell for read in cells)),
        (
            *submitted.notes,
            *notes[:_MOST_NOTES],
            *([say_count("match.more", more, count=more)] if more > 0 else []),
        ),
        "\n\n".join(read.code.python for read in cells if not read.code.trouble),
        stubs,
        skipped,
        tuple(name for name in released.questions if name in defined),
        {name: number for name, number in broken.items() if name in stubs or name not in defined},
        frozenset(key for key, answer in answers.items() if answer.empty),
        find_still_valid([(read.cell.source, read.code) for read in cells]),
        {read.cell.number: read.code.newer for read in cells if read.code.newer is not None},
        submitted.cells,
    )


def _names(cells: Iterable[_Read]) -> frozenset[str]:
    return frozenset().union(*(read.code.names for read in cells))


# answers in cells that do not run, or keep nothing


def _with_retyped(cells: Sequence[Cell], released: Released) -> tuple[list[_Read], tuple[Sentence, ...]]:
    """The code cells, and of all others the Python that defines what no code cell does."""
    code = {
        position: _Read(cell, released.known.get(cell.source) or understand(cell.source))
        for position, cell in enumerate(cells)
        if cell.kind is CellKind.CODE
    }
    code |= {position: _without_fences(read) for position, read in code.items() if read.code.trouble}
    fences = [
        say("match.fences", cell=read.cell.number)
        for position, read in code.items()
        if read.cell is not cells[position]
    ]
    code, joined = _with_joined(code)
    lost = released.questions.keys() - _names(code.values())
    unanswered = released.questions.keys() - _answered(code.values())
    found = _retyped(cells, lost, unanswered, released) if unanswered else {}
    both = code | found
    notes = [*fences, *joined]
    for position, read in found.items():
        key = "match.timeit" if cells[position].kind is CellKind.CODE else "match.text_cell"
        notes.append(say(key, cell=read.cell.number, names=tuple(sorted(read.code.names & unanswered))))
    return [both[position] for position in sorted(both)], tuple(notes)


_MOST_PIECES = 4
_INDENTED = re.compile(r"(?:[ \t]*\n)*[ \t]+\S")


def _with_joined(code: Mapping[int, _Read]) -> tuple[dict[int, _Read], list[Sentence]]:
    """The code cells, those that go on with the function above them joined to the cell that begins it."""
    kept, notes, waiting = dict[int, _Read](), list[Sentence](), list(code)
    while waiting:
        start = waiting[0]
        kept[start], pieces = code[start], 1
        for count in range(_MOST_PIECES, 1, -1):
            positions = waiting[:count]
            if positions != list(range(start, start + count)):  # text stands between them
                continue
            whole, names = _join([code[position] for position in positions])
            if whole is not None:
                kept[start], pieces = whole, count
                notes += names
                break
        waiting = waiting[pieces:]
    return kept, notes


def _join(pieces: Sequence[_Read]) -> tuple[_Read | None, list[Sentence]]:
    """Cells as one where "split cell" of an editor cut functions between them, and what is said of each.

    Cut off is what cannot stand alone: an indented cell that returns from nothing, that is the rest of a stub
    or of what is no Python, and any two that are Python only together.
    """
    broken = [bool(piece.code.trouble) for piece in pieces]
    if not all(broken) and not all(_INDENTED.match(piece.cell.source) for piece in pieces[1:]):
        return None, []
    source = "\n".join(piece.cell.source for piece in pieces)
    whole, seam, notes, rest = understand(source), 0, list[Sentence](), False
    for above, below in pairwise(pieces):
        seam += above.cell.source.count("\n") + 1
        across = [one for one in whole.definitions if one.first <= seam < one.last]
        if not across:
            return None, []
        rest = bool(above.code.trouble or below.code.trouble) or below.code.returns or across[0].stub
        cells = {"cell": pieces[0].cell.number, "next": below.cell.number, "line": seam + 1}
        notes.append(say("match.joined", question=across[0].name, **cells))
    return (_Read(replace(pieces[0].cell, source=source), whole), notes) if rest else (None, [])


def _answered(cells: Iterable[_Read]) -> AbstractSet[str]:
    """The names that some cell defines, and not as a stub."""
    answered: set[str] = set()
    for read in cells:
        stubs = {definition.name for definition in read.code.definitions if definition.stub}
        answered |= read.code.names - stubs
        if stubs:
            answered |= {definition.name for definition in read.code.definitions if not definition.stub}
    return answered


def _without_fences(read: _Read) -> _Read:
    """A code cell copied with the ``` around it, without these; the cell itself where that is no Python."""
    python = find_python(read.cell.source)
    code = understand(python) if python else read.code
    return _Read(replace(read.cell, source=python), code) if not code.trouble else read


def _retyped(
    cells: Sequence[Cell], lost: AbstractSet[str], unanswered: AbstractSet[str], released: Released
) -> dict[int, _Read]:
    """By position, the cells that define a name which is lost, or answer one of which there is but the stub.

    For each name, the last that is no stub, else the first.
    """
    read: dict[int, _Read] = {}
    chosen: dict[str, int] = {}
    left = MAX_CODE
    for position, cell in enumerate(cells):
        if "def " not in cell.source or not any(f"def {name}" in cell.source for name in unanswered):
            continue
        python = find_python(cell.source) or (cell.source if cell.kind is not CellKind.CODE else "")
        if not python or any(part.cell.source == cell.source for part in released.text.parts):
            continue
        left -= len(python)
        if left < 0:
            break
        read[position] = _Read(replace(cell, kind=CellKind.CODE, source=python), understand(python))
        code = read[position].code
        wanted = code.names & lost | (code.names - code.stubs) & unanswered
        chosen |= {name: position for name in wanted if name not in code.stubs & chosen.keys()}
    return {position: read[position] for position in sorted(chosen.values())}


# stubs repeated below their answers


def _without_repeated_stubs(
    cells: Iterable[_Read], released: Released
) -> tuple[list[_Read], tuple[Cell, ...], tuple[Sentence, ...]]:
    """The cells without stubs of names that are defined already, those skipped whole, and the notes."""
    kept: list[_Read] = []
    skipped: list[Cell] = []
    notes: list[Sentence] = []
    where: dict[str, int] = {}
    for read in cells:
        number = read.cell.number
        repeated = _repeated(read.code, released.questions.keys(), where.keys())
        notes += [
            say(
                "match.repeated_stub",
                cell=number,
                question=stub.name,
                defined=where.get(stub.name, number),
            )
            for stub in repeated
        ]
        if repeated and read.code.only_definitions and len(repeated) == len(read.code.definitions):
            skipped.append(read.cell)
            continue
        remaining = _without(read, repeated) if repeated else read
        kept.append(remaining)
        where |= dict.fromkeys(remaining.code.names, number)
    return kept, tuple(skipped), tuple(notes)


def _repeated(code: Code, questions: AbstractSet[str], defined: AbstractSet[str]) -> list[CellDefinition]:
    """The stubs in a cell whose names are defined already, in an earlier cell or above them."""
    known = set(questions & defined)
    repeated = []
    for definition in code.definitions:
        if definition.stub and definition.alone and definition.name in known:
            repeated.append(definition)
        if definition.name in questions:
            known.add(definition.name)
    return repeated


def _without(read: _Read, definitions: Iterable[CellDefinition]) -> _Read:
    """The cell with the lines of these definitions emptied, so that line numbers stay."""
    lines = read.cell.source.split("\n")
    for definition in definitions:
        lines[definition.first - 1 : definition.last] = [""] * (definition.last - definition.first + 1)
    source = "\n".join(lines)
    return _Read(replace(read.cell, source=source), understand(source))


# cells that are not Python


_DEFINES = re.compile(r"^[ \t]*(?:async )?def[ \t]+(\w+)", re.MULTILINE)


def _broken(cells: Iterable[_Read], released: Released) -> dict[str, int]:
    """The questions that cells which are not Python seem to define, with the number of the last such cell."""
    return {
        name: read.cell.number
        for read in cells
        if read.code.trouble
        for name in _DEFINES.findall(read.cell.source)
        if name in released.questions
    }


def _notes_on_broken(cells: Iterable[_Read]) -> list[Sentence]:
    return [
        say("match.newer_python", **tell_newer(read.cell.number, read.code.newer))
        if read.code.newer is not None
        else say("match.not_python", cell=read.cell.number, why=read.code.trouble)
        for read in cells
        if read.code.trouble
    ]


def tell_newer(cell: int, newer: NewerSyntax) -> dict[str, Any]:
    """The variables of a sentence about a cell that needs a newer Python."""
    what = say(newer.what)
    return {"cell": cell, "python": newer.python, "line": newer.line, "what": what, "grading": GRADING}


# functions that were renamed


def _with_renamed(
    cells: list[_Read], released: Released, *, leave: AbstractSet[str]
) -> tuple[list[_Read], tuple[Sentence, ...]]:
    """The cells, and after a function that is a question's under another name, a cell that says so."""
    defined = _names(cells) | leave
    lost = [q for name, q in released.questions.items() if name not in defined and not q.variable]
    candidates = _candidates(cells, released) if lost else {}
    notes = []
    for question in lost:
        names = [name for name, (_, parameters) in candidates.items() if parameters == question.parameters]
        name = _most_similar(question.name, names)
        if name is None:
            continue
        read, _ = candidates.pop(name)
        source = f"{question.name} = {name}"
        position = cells.index(read) + 1
        cells = [*cells[:position], _Read(Cell(CellKind.CODE, source), understand(source)), *cells[position:]]
        notes.append(say("match.renamed", cell=read.cell.number, question=question.name, name=name))
    return cells, tuple(notes)


def _candidates(cells: Iterable[_Read], released: Released) -> dict[str, tuple[_Read, tuple[str, ...]]]:
    """Functions that are neither a question's nor ours: the cell of the last definition, the parameters."""
    ours = released.questions.keys() | frozenset().union(*(support.names for support in released.support))
    found = {
        definition.name: (read, definition.parameters)
        for read in cells
        for definition in read.code.definitions
        if definition.name not in ours and not definition.stub and len(definition.name) <= _LONGEST_NAME
    }
    return dict(list(found.items())[:_MOST_CANDIDATES])


def _most_similar(name: str, others: Iterable[str]) -> str | None:
    """The one name that is nearly the same, if there is exactly one: `quadGrad`, `quad_gradd`, `qad_grad`."""

    def plain(word: str) -> str:
        return word.lower().replace("_", "")

    same = [other for other in others if plain(other) == plain(name)]
    near = same or [
        other for other in others if SequenceMatcher(None, plain(name), plain(other)).ratio() >= _SIMILAR
    ]
    return near[0] if len(near) == 1 else None


# released cells that are missing


def _with_missing_support(cells: list[_Read], released: Released) -> tuple[list[_Read], tuple[Sentence, ...]]:
    """The cells, after those released cells of imports and data that define what no cell defines.

    What is imported from another library (`import jax.numpy as np`) may be missing where it is graded.
    """
    ours = _imports(released.known[support.cell.source].python for support in released.support)
    theirs = _imports(read.code.python for read in cells)
    otherwise = {name for name in ours.keys() & theirs.keys() if not ours[name] & theirs[name]}
    defined = _names(cells) - otherwise
    missing = [support for support in released.support if not support.names <= defined]
    first = {cell.number: cell for support in missing for cell in (*support.needs, support.cell)}
    restored = [_Read(replace(first[n], number=0), released.known[first[n].source]) for n in sorted(first)]
    notes = tuple(say("match.restored", names=tuple(sorted(support.names - defined))) for support in missing)
    return [*restored, *cells], notes


def _imports(sources: Iterable[str]) -> dict[str, set[str]]:
    """The names that are imported, each with the modules that it may stand for."""
    found = dict[str, set[str]]()
    for source in sources:
        tree = parse_or_none(source) if "import" in source else None
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Import | ast.ImportFrom):
                within = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                for alias in node.names:
                    found.setdefault(alias.asname or alias.name, set()).add(within + alias.name)
    return found


def _stubs(cells: Iterable[_Read], released: Released) -> frozenset[str]:
    stubs: frozenset[str] = frozenset()
    for read in cells:
        stubs = (stubs - read.code.names) | (read.code.stubs & released.questions.keys())
    return stubs
