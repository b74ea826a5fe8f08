"""What nbgrader's metadata says of a cell, in its schemas 0 to 3, and what it refuses."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from autograder.adopting.document import SourceCell, SourceNotebook
from autograder.errors import Flaw
from autograder.foreign.model import CellType, ForeignRole
from autograder.interop.nbgrader import SCHEMA

_ID = re.compile(r"[A-Za-z0-9_-]+")
_ANY_ID = re.compile(r"[^\n]{1,200}")
_MOST_POINTS = 1e6
_KEYS = ("grade", "solution", "locked", "task")


@dataclass(frozen=True, slots=True)
class NbgraderMark:
    """What a cell is to nbgrader."""

    grade_id: str
    role: ForeignRole
    locked: bool
    """As nbgrader reckons it: a test is, an answer is not."""
    points: Fraction = Fraction(0)


def read_marks(
    notebook: SourceNotebook, *, any_id: bool = False
) -> tuple[dict[int, NbgraderMark], list[Flaw]]:
    """What cells are to nbgrader, by their number, and what it would refuse in them.

    Cells of no concern to it are left out. With `any_id`, grade_ids may hold any characters, as in courses
    that do without its check of metadata.
    """
    marks: dict[int, NbgraderMark] = {}
    flaws: list[Flaw] = []
    for cell in notebook.cells:
        mark = _read_mark(cell, _ANY_ID if any_id else _ID)
        if isinstance(mark, NbgraderMark):
            marks[cell.number] = mark
        elif mark is not None:
            flaws.append(Flaw(notebook.place(cell), *mark))
    flaws += _find_double_ids(notebook, marks)
    return marks, flaws


def is_of_nbgrader(cells: Iterable[SourceCell]) -> bool:
    """Whether any cell carries nbgrader's metadata."""
    return any(_metadata(cell) for cell in cells)


def is_tested_by_nbgrader(cells: Iterable[SourceCell]) -> bool:
    """Whether any cell is a test of nbgrader's."""
    return any(each.get("grade") and not each.get("solution") for each in map(_metadata, cells))


def list_marked_by_hand(cells: Iterable[SourceCell]) -> list[str]:
    """The grade_ids of the cells to which a person gives points in nbgrader."""
    every = map(_metadata, cells)
    return [
        str(each.get("grade_id"))
        for each in every
        if each.get("task") or (each.get("grade") and each.get("solution"))
    ]


def _metadata(cell: SourceCell) -> dict[str, Any]:
    metadata = cell.metadata.get("nbgrader")
    return metadata if isinstance(metadata, dict) else {}


_Refusal = tuple[str, str]


def _read_mark(cell: SourceCell, ids: re.Pattern[str]) -> NbgraderMark | _Refusal | None:
    metadata = _metadata(cell)
    version = metadata.get("schema_version", 0)
    if type(version) is not int or not 0 <= version <= SCHEMA:
        what = f"its nbgrader metadata is of schema {version!r}, and 0 to {SCHEMA} are known here"
        return what, "adopt it with the nbgrader that wrote it, by its gradebook.db and release/"
    for key in _KEYS:
        if not isinstance(metadata.get(key, False), bool):
            return f"{key} is {metadata[key]!r} in its nbgrader metadata", "true or false"
    grade, solution, locked, task = (metadata.get(key, False) for key in _KEYS)
    if not (grade or solution or locked or task):
        return None
    grade_id = metadata.get("grade_id")
    if not isinstance(grade_id, str) or not ids.fullmatch(grade_id):
        what = "has no grade_id" if grade_id in (None, "") else f"its grade_id is {grade_id!r}"
        return what, "letters, digits, _ and -; formgrader and the toolbar of nbgrader set it"
    wrong = _find_wrong_type(cell.type, grade=grade, solution=solution, task=task)
    if wrong:
        return wrong
    role, points = _role(grade=grade, solution=solution, task=task), Fraction(0)
    if grade or task:
        read = _read_points(metadata, lenient=version == 0)
        if read is None:
            return f"its points are {metadata.get('points')!r}", f"a number, 0 to {_MOST_POINTS:g}"
        points = read
    return NbgraderMark(grade_id, role, not solution and (grade or locked), points)


def _role(*, grade: bool, solution: bool, task: bool) -> ForeignRole:
    if task:
        return ForeignRole.TASK
    if grade:
        return ForeignRole.BY_HAND if solution else ForeignRole.TEST
    return ForeignRole.STUDENT if solution else ForeignRole.PROVIDED


def _find_wrong_type(kind: CellType, *, grade: bool, solution: bool, task: bool) -> _Refusal | None:
    """Nbgrader refuses these as well."""
    if task:
        if kind is not CellType.MARKDOWN:
            return f"is a manually graded task and a {kind} cell", "make it a markdown cell"
    elif kind is CellType.MARKDOWN and grade and not solution:
        return "is a test and a markdown cell", "make it a code cell, or a manually graded answer"
    elif kind is CellType.MARKDOWN and solution and not grade:
        return "is an autograded answer and a markdown cell", "make it a manually graded answer"
    elif kind is CellType.RAW and (grade or solution):
        return "has points or an answer and is a raw cell", "make it a code or markdown cell"
    return None


def _read_points(metadata: dict[str, Any], *, lenient: bool) -> Fraction | None:
    """Of a graded cell; in schema 0 they may be text, nothing, or less than none, which counts as none."""
    written = metadata.get("points")
    if lenient and (written is None or written == ""):
        return Fraction(0)
    if isinstance(written, bool) or not isinstance(written, int | float | str):
        return None
    if isinstance(written, str) and not lenient:
        return None
    try:
        if not float(written) <= _MOST_POINTS:  # NaN and infinities as well, and what would take for ever
            return None
        points = Fraction(str(written).strip())
    except (ValueError, OverflowError):
        return None
    return max(points, Fraction(0)) if lenient or points >= 0 else None


def _find_double_ids(notebook: SourceNotebook, marks: dict[int, NbgraderMark]) -> Iterator[Flaw]:
    numbers: dict[str, list[int]] = {}
    for number, mark in marks.items():
        numbers.setdefault(mark.grade_id, []).append(number)
    for grade_id, found in numbers.items():
        if len(found) > 1:
            cells = f"{', '.join(map(str, found[:-1]))} and {found[-1]}"
            what = f"have one grade_id, {grade_id!r}, and nbgrader keeps one cell of a name"
            yield Flaw(f"{notebook.path}, cells {cells}", what, "give each a grade_id of its own")
