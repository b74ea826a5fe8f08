"""Notebooks of Otter's: as students receive them, as they are solved, and masters."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import inf

from autograder.adopting.document import SourceCell, SourceNotebook
from autograder.adopting.otter_master import split_fenced
from autograder.adopting.otter_tests import in_file, read_ok_test, read_test_file
from autograder.adopting.otter_zip import find_double_names
from autograder.errors import CourseError, Flaw
from autograder.foreign.model import (
    CellType,
    ForeignCell,
    ForeignNotebook,
    ForeignQuestion,
    ForeignRole,
)

_MASTER = re.compile(r"^\s*#\s*(?:BEGIN QUESTION|ASSIGNMENT CONFIG|BEGIN TESTS)\b", re.IGNORECASE)
_OLD_MASTER = re.compile(
    r"^\s*(?:```|\"\"\"|''')\s*(?:BEGIN (?:QUESTION|ASSIGNMENT)|OTTER ASSIGN)", re.IGNORECASE
)
_CHECK = re.compile(r"\b\w+\.check\(\s*[\"']([^\"']+)[\"']")
_PLUGIN = re.compile(r"^#\s*BEGIN PLUGIN|\.(?:run_plugin|add_plugin_files)\(", re.MULTILINE)
_QUESTION = re.compile(r"^\s*#?\s*BEGIN QUESTION\b", re.IGNORECASE)
_KEY = re.compile(r"^\s*#?\s*(name|points|manual)\s*:\s*(.*?)\s*$")


def is_master(notebook: SourceNotebook) -> bool:
    """Whether a notebook is what `otter assign` takes."""
    cells = split_fenced(notebook.cells)
    return any(_MASTER.match(cell.source) or _OLD_MASTER.match(cell.source) for cell in cells)


def find_plugins(notebook: SourceNotebook) -> Iterator[Flaw]:
    """Cells that have plugins of Otter's run: they may change marks, and none is run here."""
    for cell in notebook.cells:
        if _PLUGIN.search(cell.source):
            what = "runs a plugin of Otter's, which may change marks, and none is run here"
            yield Flaw(notebook.place(cell), what, "take it out, or go on with Otter")


def is_student_version(notebook: SourceNotebook) -> bool:
    """Whether a notebook brings tests of Otter's, in its metadata or in a folder tests/ beside it."""
    otter = notebook.metadata.get("otter")
    if isinstance(otter, dict) and otter.get("tests"):
        return True
    asks = any(_CHECK.search(cell.source) for cell in notebook.cells if cell.type is CellType.CODE)
    return asks and any((notebook.path.parent / "tests").glob("*.py"))


def understand_otter(released: SourceNotebook, solved: SourceNotebook | None = None) -> ForeignNotebook:
    """A notebook of Otter's: its cells as students receive them, and as they are solved where that is known.

    A cell that stands in one version alone is an answer.
    """
    theirs = {cell.source for cell in solved.cells} if solved else set()
    given = {cell.source for cell in released.cells}
    return ForeignNotebook(
        released.path.stem,
        tuple(_make_cells(released.cells, theirs if solved else given)),
        tuple(_make_cells(solved.cells, given)) if solved else (),
    )


def _make_cells(cells: Sequence[SourceCell], others: set[str]) -> Iterator[ForeignCell]:
    ids: set[str] = set()
    for cell in cells:
        id_ = cell.id if cell.id not in ids else f"{cell.id}-{cell.number}"
        ids.add(id_)
        otter, tags = cell.metadata.get("otter"), cell.metadata.get("tags")
        otter = otter if isinstance(otter, dict) else {}
        checks = otter.get("tests")
        yield ForeignCell(
            id_,
            ForeignRole.PROVIDED if cell.source in others else ForeignRole.STUDENT,
            cell.type,
            cell.source,
            checks=tuple(map(str, checks)) if isinstance(checks, list) else (),
            ignored=(isinstance(tags, list) and "otter_ignore" in tags) or bool(otter.get("ignore")),
        )


def read_own_tests(notebook: SourceNotebook) -> list[ForeignQuestion]:
    """The tests that stand in a notebook's metadata, or in a folder tests/ beside it.

    Raises:
        CourseError: with all that is wrong with them.
    """
    otter = notebook.metadata.get("otter")
    kept = otter.get("tests") if isinstance(otter, dict) else None
    found: list[tuple[str, ForeignQuestion]] = []
    flaws: list[Flaw] = []
    for name, spec in kept.items() if isinstance(kept, dict) else ():
        place = f"{notebook.path}, test {name}"
        try:
            read_spec = read_test_file if isinstance(spec, str) else read_ok_test
            question = read_spec(spec, place, notebook=notebook.path.stem)
            found.append((place, in_file(question, str(name))))
        except CourseError as error:
            flaws += error.flaws
    # A folder tests/ may serve several notebooks: of it, what this one checks.
    text = "\n".join(cell.source for cell in notebook.cells)
    asked = set(_CHECK.findall(text))
    for file in sorted((notebook.path.parent / "tests").glob("*.py")) if not kept else ():
        of_others = asked and file.stem not in asked and "check_all" not in text
        if file.name == "__init__.py" or of_others:
            continue
        try:
            content = file.read_text(encoding="utf-8-sig", errors="replace")
            question = read_test_file(content, str(file), notebook=notebook.path.stem)
            found.append((str(file), in_file(question, file.stem)))
        except CourseError as error:
            flaws += error.flaws
    flaws += find_double_names(found)
    if flaws:
        raise CourseError(flaws)
    return [question for _, question in found]


def list_question_names(master: SourceNotebook) -> list[str]:
    """The names of a master's questions, in order."""
    return [said["name"] for said in _read_questions(master)]


def list_manual_questions(master: SourceNotebook) -> Iterator[ForeignQuestion]:
    """The questions of a master that a person marks, with their points."""
    for said in _read_questions(master):
        if said.get("manual", "").lower() in ("true", "yes", "on"):
            points = _points(said.get("points", ""))
            yield ForeignQuestion(said["name"], points, master.path.stem, by_hand=True)


def _read_questions(master: SourceNotebook) -> Iterator[dict[str, str]]:
    """The simple lines of each question's settings, which are YAML."""
    for cell in split_fenced(master.cells):
        if _QUESTION.match(cell.source):
            lines = (line.partition(" #")[0] for line in cell.source.splitlines()[1:])
            said = {match[1]: match[2].strip("\"'") for line in lines if (match := _KEY.match(line))}
            if said.get("name"):
                yield said


def _points(written: str) -> Fraction:
    """Otter counts a question that a person marks as 0 where nothing is said."""
    try:
        # Asked for as a float first: a long exponent would be worked out for ever.
        return Fraction(written) if 0 < float(written) < inf else Fraction(0)
    except ValueError:
        return Fraction(0)


def list_checks(notebook: ForeignNotebook) -> list[str]:
    """The questions that a notebook checks, in order."""
    return [name for cell in notebook.cells for name in (*_CHECK.findall(cell.source), *cell.checks)]
