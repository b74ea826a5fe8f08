"""A submitted notebook as its tool rebuilds it before it runs: locked cells put back, tests in their places.

nbgrader's rules: of cells that carry one name the last one counts, the source of a locked cell is replaced,
and a graded cell that is missing comes back behind the one it followed. No copied, split or lost cell ends
it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5

from autograder.domain.bundle import unbundle
from autograder.domain.sentences import Sentence, say
from autograder.errors import SubmissionError
from autograder.foreign.model import (
    AdoptedAssignment,
    CellType,
    ForeignCell,
    ForeignNotebook,
    ForeignQuestion,
    ForeignRole,
    ForeignTest,
    Tool,
)
from autograder.notebook.read import cells_of, notebook_of, read_document


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is run, in its turn: a cell of the notebook, a test, or a check of Otter's."""

    source: str
    number: int = 0
    """Of the cell in the file, from 1; 0 for one that was put back, and for a case of Otter's."""
    test: ForeignTest | None = None
    question: str = ""
    """Otter's: whose test it is, which runs when it is asked for, at the latest in its turn; without a test,
    whose tests are asked for here."""

    @property
    def is_cell(self) -> bool:
        """Whether it is a cell of the notebook."""
        return self.test is None and not self.question


@dataclass(frozen=True, slots=True)
class RebuiltNotebook:
    """What is run of a submission, and what was found in it."""

    steps: tuple[Step, ...]
    notes: tuple[Sentence, ...] = ()
    unanswered: frozenset[str] = frozenset()
    """The cells marked by hand that are as they were given out."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A cell of the submission, as it counts."""

    number: int
    type: CellType
    source: str
    known: ForeignCell | None = None


def rebuild(
    content: bytes, notebook: ForeignNotebook, assignment: AdoptedAssignment, *, limit_mb: float
) -> RebuiltNotebook:
    """What is run of a submitted file.

    Raises:
        SubmissionError: it is no notebook.
    """
    document, mended = read_document(content, limit_mb=limit_mb)
    submitted = notebook_of(document, mended)
    raw_cells = cells_of(document)
    tags = {number: _metadata(raw) for number, raw in enumerate(raw_cells, 1)}
    cells = [_Found(cell.number, CellType(cell.kind.value), cell.source) for cell in submitted.cells]
    if assignment.tool is Tool.OTTER:
        return RebuiltNotebook(tuple(_otter_steps(cells, tags, notebook, assignment)), submitted.notes)
    known = {cell.id: cell for cell in notebook.cells if cell.graded}
    names = {number: _grade_id(raw) for number, raw in enumerate(raw_cells, 1)}
    placed = _count_last(cells, names, known)
    there = {cell.known.id for cell in placed if cell.known is not None}
    missing = [cell.id for cell in notebook.cells if cell.graded and cell.id not in there and cell.points]
    if assignment.rules.add_missing:
        placed = _put_back(placed, notebook)
    kind = "put_back" if assignment.rules.add_missing else "missing"
    notes = (say(f"foreign.{kind}", cells=tuple(missing)),) if missing else ()
    return RebuiltNotebook(
        tuple(_nbgrader_steps(placed, notebook, assignment)),
        submitted.notes + notes,
        frozenset(cell.known.id for cell in placed if cell.known is not None and _is_unanswered(cell)),
    )


def find_grade_ids(content: bytes, *, limit_mb: float) -> dict[int, str]:
    """What nbgrader calls the cells of a submitted file, by their numbers; empty where it has no name.

    Raises:
        SubmissionError: it is no notebook.
    """
    document, _ = read_document(content, limit_mb=limit_mb)
    return {number: _grade_id(raw) for number, raw in enumerate(cells_of(document), 1)}


def split_submission(content: bytes, assignment: AdoptedAssignment, *, most: int) -> dict[str, bytes]:
    """The notebooks of a submission by their names; one that is called otherwise is known by its cells.

    What cannot be read and has no name of one stands for one that is missing. `most` bytes of each are read.
    """
    if len(assignment.notebooks) == 1:
        return {assignment.notebooks[0].name: content}
    found = unbundle(content, most=most) or {"": content}
    known = {one.name: found.pop(one.name) for one in assignment.notebooks if one.name in found}
    unread = []
    for own in found.values():
        try:
            ids = {*find_grade_ids(own, limit_mb=most / 1e6).values()} - {""}
        except SubmissionError:
            unread.append(own)
            continue
        left = [one for one in assignment.notebooks if one.name not in known]
        shared = {one.name: len(ids & {cell.id for cell in one.cells}) for one in left}
        likest = max(shared, key=lambda name: shared[name], default="")
        if shared.get(likest):
            known[likest] = own
    missing = [one.name for one in assignment.notebooks if one.name not in known]
    return known | dict(zip(missing, unread, strict=False))


def rebuild_own(
    cells: Sequence[ForeignCell], notebook: ForeignNotebook, assignment: AdoptedAssignment
) -> RebuiltNotebook:
    """What is run of the instructor's own notebook: the solution, or what students receive."""
    found = [_Found(number, cell.type, cell.source, cell) for number, cell in enumerate(cells, 1)]
    if assignment.tool is Tool.OTTER:
        tags = {
            number: {"ignore": cell.ignored, "checks": cell.checks} for number, cell in enumerate(cells, 1)
        }
        return RebuiltNotebook(tuple(_otter_steps(found, tags, notebook, assignment)))
    known = {cell.id: cell for cell in notebook.cells}
    found = [
        _Found(one.number, one.type, known[one.known.id].source, known[one.known.id])
        if one.known is not None and one.known.id in known and known[one.known.id].locked
        else one
        for one in found
    ]
    return RebuiltNotebook(tuple(_nbgrader_steps(found, notebook, assignment)))


def _grade_id(raw: object) -> str:
    metadata = raw.get("metadata") if isinstance(raw, dict) else None
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return name if isinstance(name, str) else ""


def _metadata(raw: object) -> Mapping[str, object]:
    """What Otter reads of a cell's metadata."""
    metadata = raw.get("metadata") if isinstance(raw, dict) else None
    if not isinstance(metadata, dict):
        return {}
    tags, otter = metadata.get("tags"), metadata.get("otter")
    otter = otter if isinstance(otter, dict) else {}
    ignore = (isinstance(tags, list) and "otter_ignore" in tags) or bool(otter.get("ignore"))
    tests = otter.get("tests")
    return {"ignore": ignore, "checks": tuple(map(str, tests)) if isinstance(tests, list) else ()}


def _count_last(
    cells: Sequence[_Found], names: Mapping[int, str], known: Mapping[str, ForeignCell]
) -> list[_Found]:
    """Give each cell what is known of its name; of several of one name, the last has it."""
    seen: set[str] = set()
    found = []
    for cell in reversed(cells):
        name = names.get(cell.number, "")
        theirs = known.get(name)
        if theirs is None or name in seen:
            found.append(cell)
            continue
        seen.add(name)
        source = theirs.source if theirs.locked else cell.source
        found.append(_Found(cell.number, theirs.type, source, theirs))
    return found[::-1]


def _put_back(cells: Sequence[_Found], notebook: ForeignNotebook) -> list[_Found]:
    """Add the graded cells that are missing, each behind the cell that it followed."""
    placed = list(cells)
    there = {cell.known.id for cell in placed if cell.known is not None}
    before: list[str] = []
    for theirs in notebook.cells:
        if not theirs.graded:
            continue
        if theirs.id not in there and theirs.role in (ForeignRole.TEST, ForeignRole.BY_HAND):
            at = max((place(placed, name) for name in before), default=-1)
            placed.insert(at + 1, _Found(0, theirs.type, theirs.source, theirs))
        before.append(theirs.id)
    return placed


def place(cells: Sequence[_Found], name: str) -> int:
    """Where the cell of a name stands; -1 where it does not."""
    return next((at for at, cell in enumerate(cells) if cell.known is not None and cell.known.id == name), -1)


def _nbgrader_steps(
    cells: Iterable[_Found], notebook: ForeignNotebook, assignment: AdoptedAssignment
) -> Iterator[Step]:
    tests = {
        question.cell or question.name: test
        for question in questions_of(assignment, notebook)
        for test in question.tests
    }
    for cell in cells:
        if cell.type is not CellType.CODE:
            continue
        test = tests.get(cell.known.id) if cell.known is not None else None
        yield Step(cell.source if test is None else test.text, cell.number, test)


def _is_unanswered(cell: _Found) -> bool:
    known = cell.known
    if known is None or known.role is not ForeignRole.BY_HAND or not known.checksum:
        return False
    return compute_checksum(known, cell.source) == known.checksum


def compute_checksum(cell: ForeignCell, source: str) -> str:
    """Nbgrader's checksum of a cell, by which an answer is known that was left as it was."""
    flags = cell.nbgrader
    locked = not flags["solution"] and (flags["grade"] or flags["locked"])
    said = (source, cell.type.value, str(flags["grade"]), str(flags["solution"]), str(locked), cell.id)
    points = (str(float(cell.points)),) if flags["grade"] else ()
    text = "".join((*said, *points))
    return md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def questions_of(assignment: AdoptedAssignment, notebook: ForeignNotebook) -> list[ForeignQuestion]:
    """The questions that stand in a notebook."""
    return [question for question in assignment.questions if question.notebook == notebook.name]


def _otter_steps(
    cells: Sequence[_Found],
    tags: Mapping[int, Mapping[str, object]],
    notebook: ForeignNotebook,
    assignment: AdoptedAssignment,
) -> Iterator[Step]:
    """The cells, each followed by the checks in its metadata; at the end, all tests."""
    seed = assignment.seed
    for cell in cells:
        about = tags.get(cell.number, {})
        if about.get("ignore") or cell.type is not CellType.CODE:
            continue
        source = cell.source
        if seed is not None and not source.startswith("%%"):
            plant = (
                f"{seed.variable} = {seed.value}"
                if seed.variable
                else (
                    f"__import__('numpy').random.seed({seed.value}); __import__('random').seed({seed.value})"
                )
            )
            source = f"{plant}\n{source}"
        yield Step(source, cell.number)
        yield from (Step("", question=name) for name in names(about.get("checks")))
    for question in questions_of(assignment, notebook):
        yield from (Step(test.text, 0, test, question.checked_as) for test in question.tests)


def names(value: object) -> tuple[str, ...]:
    """A list of names, whatever was found."""
    return tuple(map(str, value)) if isinstance(value, tuple | list) else ()
