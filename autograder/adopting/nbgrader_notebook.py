"""One notebook of nbgrader's: the cells that grading starts from, the solution, and what its tests ask."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from autograder.adopting.document import SourceCell, SourceNotebook
from autograder.adopting.magics import find_own_magics, find_script
from autograder.adopting.nbgrader_cells import NbgraderMark, read_marks
from autograder.adopting.nbgrader_config import NbgraderConfig
from autograder.adopting.nbgrader_gradebook import StoredCell
from autograder.adopting.nbgrader_regions import find_wrong_regions, take_out_hidden, take_out_solution
from autograder.errors import CourseError, Flaw
from autograder.foreign.model import (
    CellType,
    ForeignCell,
    ForeignNotebook,
    ForeignQuestion,
    ForeignRole,
    ForeignTest,
    TestStyle,
)
from autograder.interop.nbgrader import compute_checksum

ANSWERS = (ForeignRole.STUDENT, ForeignRole.BY_HAND)
_POINTS = (ForeignRole.TEST, ForeignRole.BY_HAND, ForeignRole.TASK)


@dataclass(frozen=True, slots=True)
class NbgraderNotebook:
    """A notebook that is understood, and what had to be decided, a sentence each."""

    notebook: ForeignNotebook
    notices: tuple[str, ...] = ()


@dataclass(slots=True)
class _Draft:
    cells: list[ForeignCell] = field(default_factory=list)
    solved: list[ForeignCell] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    differing: list[str] = field(default_factory=list)
    """Cells whose text in the file is not what the gradebook keeps."""

    def name(self, id_: str) -> str:
        """An id that no cell has yet."""
        unique, number = id_, 1
        while unique in self.ids:
            number += 1
            unique = f"{id_}-{number}"
        self.ids.add(unique)
        return unique


def understand(
    source: SourceNotebook,
    config: NbgraderConfig,
    *,
    stored: Sequence[StoredCell] = (),
    released: SourceNotebook | None = None,
    solutions: bool,
    any_id: bool = False,
) -> NbgraderNotebook:
    """A notebook as nbgrader grades by it.

    Args:
        source: the file.
        config: of its course.
        stored: what the gradebook keeps of it, which nbgrader goes by.
        released: the version that students received, where there is a file of it.
        solutions: whether the file is the author's, with solutions and hidden tests; else it is what students
            received.
        any_id: whether grade_ids may hold characters that nbgrader's check refuses.

    Raises:
        CourseError: with all that nbgrader refuses in it, and what is not Python.
    """
    flaws = []
    if source.language != "python":
        what, allowed = f"is written in {source.language}", "only Python can be judged here"
        flaws.append(Flaw(str(source.path), what, allowed))
    marks, wrong = read_marks(source, any_id=any_id)
    flaws += wrong
    if solutions:
        flaws += find_wrong_regions(source, marks, config, refused={flaw.where for flaw in flaws})
    if flaws:
        raise CourseError(flaws)
    kept = {cell.name: cell for cell in stored}
    handed_out: dict[str, str] = {}
    if released:
        theirs, _ = read_marks(released, any_id=True)
        handed_out = {theirs[c.number].grade_id: c.source for c in released.cells if c.number in theirs}
    draft = _Draft()
    draft.ids |= {mark.grade_id for mark in marks.values()} | kept.keys()
    for cell in source.cells:
        mark = marks.get(cell.number)
        if mark is None:
            _add_plain(draft, cell, config, solutions=solutions)
        else:
            _add_marked(
                draft, cell, mark, kept.pop(mark.grade_id, None), handed_out, config, solutions=solutions
            )
    notices = [
        f"gradebook.db has another text for {name}, by which nbgrader grades" for name in draft.differing
    ]
    for left in kept.values():
        notices.append(f"{left.name} is in gradebook.db and not in {source.path.name}: it is put at the end")
        draft.cells.append(keep_stored(left, config))
        draft.solved.append(draft.cells[-1])
    solved = tuple(draft.solved) if solutions else ()
    return NbgraderNotebook(ForeignNotebook(source.path.stem, tuple(draft.cells), solved), tuple(notices))


def _add_plain(draft: _Draft, cell: SourceCell, config: NbgraderConfig, *, solutions: bool) -> None:
    """A cell of no concern to nbgrader: everybody has it, and may change it; it may have regions."""
    text = take_out_hidden(take_out_solution(cell, None, config), config) if solutions else cell.source
    role = ForeignRole.PROVIDED if text == cell.source else ForeignRole.STUDENT
    plain = ForeignCell(draft.name(cell.id), role, cell.type, text)
    draft.cells.append(plain)
    draft.solved.append(replace(plain, source=cell.source))


def _add_marked(
    draft: _Draft,
    cell: SourceCell,
    mark: NbgraderMark,
    kept: StoredCell | None,
    handed_out: Mapping[str, str],
    config: NbgraderConfig,
    *,
    solutions: bool,
) -> None:
    text = take_out_solution(cell, mark, config) if solutions else cell.source
    if kept is not None:
        if solutions and kept.source != text and config.autotest not in text:
            draft.differing.append(mark.grade_id)
        ours = keep_stored(kept, config)
        if mark.grade_id in handed_out or not solutions:
            released = handed_out.get(mark.grade_id, cell.source)
            ours = replace(ours, released=None if released == ours.source else released)
    else:
        ours = _keep(cell, mark, text, config)
    draft.cells.append(ours)
    # The solution's own text of an answer; elsewhere nbgrader puts back what it keeps.
    is_answer = ours.role in ANSWERS
    draft.solved.append(replace(ours, source=cell.source, released=None) if is_answer else ours)


def _keep(cell: SourceCell, mark: NbgraderMark, text: str, config: NbgraderConfig) -> ForeignCell:
    """A cell as nbgrader would keep it."""
    released = take_out_hidden(text, config)
    ours = ForeignCell(
        mark.grade_id,
        mark.role,
        cell.type,
        text,
        released=None if released == text else released,
        points=mark.points,
        locked=mark.locked,
        graded=True,
    )
    return replace(ours, checksum=checksum_of(ours))


def checksum_of(cell: ForeignCell) -> str:
    """Nbgrader's checksum of a cell, by which it knows an answer that was left as it was."""
    marks = {
        **cell.nbgrader,
        "cell_type": str(cell.type),
        "grade_id": cell.id,
        "points": float(cell.points),
    }
    return compute_checksum(cell.source, marks)


def is_released(source: SourceNotebook) -> bool:
    """Whether a notebook is what students receive: nbgrader then has written the checksums of its tests."""
    marks, _ = read_marks(source, any_id=True)
    tests = [cell for cell in source.cells if cell.number in marks and marks[cell.number].locked]
    written = [cell for cell in tests if _has_checksum(cell, marks[cell.number])]
    return bool(written) and 2 * len(written) >= len(tests)


def is_answered(source: SourceNotebook) -> bool:
    """Whether an answer of a notebook that students received is not as nbgrader handed it out."""
    marks, _ = read_marks(source, any_id=True)
    answers = [cell for cell in source.cells if cell.number in marks and marks[cell.number].role in ANSWERS]
    return any(not _has_checksum(cell, marks[cell.number]) for cell in answers)


def _has_checksum(cell: SourceCell, mark: NbgraderMark) -> bool:
    kept = ForeignCell(
        mark.grade_id, mark.role, cell.type, cell.source, points=mark.points, locked=mark.locked
    )
    return bool(cell.metadata["nbgrader"].get("checksum") == checksum_of(kept))


def keep_stored(stored: StoredCell, config: NbgraderConfig) -> ForeignCell:
    """A cell as the gradebook keeps it."""
    released = take_out_hidden(stored.source, config)
    return ForeignCell(
        stored.name,
        stored.role,
        stored.type,
        stored.source,
        released=None if released == stored.source else released,
        points=stored.points,
        locked=stored.locked,
        checksum=stored.checksum,
        graded=True,
    )


def list_questions(notebooks: Sequence[ForeignNotebook], *, autotest: str) -> Iterator[ForeignQuestion]:
    """What has points, in order. A grade_id that several notebooks use is told apart by the notebook's name.

    A test that holds `autotest` still is none yet: nbgrader writes it by running the solution.
    """
    homes: dict[str, int] = {}
    for notebook in notebooks:
        for cell in notebook.cells:
            homes[cell.id] = homes.get(cell.id, 0) + (cell.role in _POINTS)
    for notebook in notebooks:
        for cell in notebook.cells:
            if cell.role in _POINTS:
                name = cell.id if homes[cell.id] == 1 else f"{notebook.name}/{cell.id}"
                yield _make_question(name, notebook.name, cell, autotest)


def _make_question(name: str, notebook: str, cell: ForeignCell, autotest: str) -> ForeignQuestion:
    if cell.role is not ForeignRole.TEST:
        return ForeignQuestion(name, cell.points, notebook, cell.id, by_hand=True)
    test = ForeignTest(
        name,
        TestStyle.CELL,
        cell.source,
        cell.points,
        hidden=cell.released is not None,
        obstacle=_find_obstacle(cell, autotest),
    )
    return ForeignQuestion(name, cell.points, notebook, cell.id, tests=(test,))


def _find_obstacle(cell: ForeignCell, autotest: str) -> str:
    if any(autotest in line for line in cell.source.splitlines() if line.lstrip().startswith("#")):
        return (
            f"it is an {autotest} that nbgrader has not written yet: run `nbgrader generate_assignment` first"
        )
    own = sorted(set(find_own_magics(cell.source)))
    if own and cell.type is CellType.CODE:
        return f"it uses {', '.join(own)}, which IPython does not have"
    script = find_script(cell.source)
    if script and cell.type is CellType.CODE:  # it fails as its program says, and none runs
        return f"it is a script ({script}), and no command of the operating system runs here"
    return ""
