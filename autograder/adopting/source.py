"""What a path holds: an nbgrader course, a master of Otter's, an autograder.zip, or none of them."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from autograder.adopting.document import SourceNotebook, read_notebook
from autograder.adopting.nbgrader_cells import is_of_nbgrader, is_tested_by_nbgrader, list_marked_by_hand
from autograder.adopting.nbgrader_course import (
    NoAssignmentError,
    holds_course,
    read_nbgrader_course,
    read_single_notebook,
)
from autograder.adopting.otter_course import read_master, read_student_version, read_zip
from autograder.adopting.otter_notebook import is_master, is_student_version
from autograder.adopting.reading import CourseReading, ReadAssignment, RefusedAssignment, make_name
from autograder.adopting.their_tools import TheirPython
from autograder.errors import CourseError, Flaw
from autograder.foreign.model import Tool

_ALLOWED = "name the folder of an nbgrader course, a master notebook of Otter's, or its autograder.zip"
_MADE = ("dist", "release", "submitted", "autograded", "feedback", "node_modules")
"""Folders that their tools write: what stands there was made from something else, or by students."""
_NO_SOURCE = {
    ".db": "is a gradebook alone; name the folder in which it lies",
    ".pkl": "is a pickle: reading one runs what stands in it, so none is ever read",
    ".rmd": "is a document in R, and only Python can be judged here",
    ".qmd": "is a Quarto document, and only notebooks can be judged here",
}


def read_source(source: Path, python: TheirPython) -> CourseReading:
    """Everything that can be adopted from a path, read without changing anything there.

    A folder that is no nbgrader course is looked through for what can be adopted by itself.

    Raises:
        CourseError: it holds nothing to adopt, or what belongs to the whole of it cannot be read.
    """
    if not source.exists():
        raise CourseError([Flaw(str(source), "there is no such file or folder", _ALLOWED)])
    if (source / "course.toml").is_file():
        what = "is a course of this program already"
        raise CourseError(
            [Flaw(str(source), what, "use it as it is: `autograder grade NAME` in that folder")]
        )
    if source.is_dir():
        return _read_course(source, python) if holds_course(source) else _read_folder(source, python)
    if source.suffix.lower() == ".zip":
        return read_zip(source)
    if source.suffix.lower() == ".ipynb":
        return _read_notebook_file(source, python)
    what = _NO_SOURCE.get(source.suffix.lower(), "is nothing to adopt")
    raise CourseError([Flaw(str(source), what, _ALLOWED)])


def _read_course(folder: Path, python: TheirPython) -> CourseReading:
    """An nbgrader course; where it has settings and no folder of sources, its notebooks, each by itself."""
    try:
        return read_nbgrader_course(folder, python)
    except NoAssignmentError:
        with suppress(CourseError):
            return _read_folder(folder, python)
        raise


def _read_notebook_file(path: Path, python: TheirPython) -> CourseReading:
    """A notebook by itself: a master of Otter's, what its students receive, or one of nbgrader's."""
    notebook = read_notebook(path)
    if not is_tested_by_nbgrader(notebook.cells):
        if is_master(notebook):
            return _tell_of_nbgraders_points(read_master(notebook, python), notebook)
        if is_student_version(notebook):
            return _tell_of_nbgraders_points(read_student_version(notebook), notebook)
    if is_of_nbgrader(notebook.cells):
        return read_single_notebook(notebook)
    what = "is a notebook without anything of nbgrader's or Otter's"
    raise CourseError([Flaw(str(path), what, _ALLOWED)])


def _tell_of_nbgraders_points(reading: CourseReading, notebook: SourceNotebook) -> CourseReading:
    """A notebook of Otter's that was nbgrader's once has its metadata still, and it may hold points."""
    names = list_marked_by_hand(notebook.cells)
    if not names:
        return reading
    told = (
        f"it holds points of nbgrader's that a person gives, to {', '.join(names)}: Otter has none for them"
    )
    read = tuple(
        replace(each, assignment=replace(each.assignment, notices=(*each.assignment.notices, told)))
        for each in reading.read
    )
    return replace(reading, read=read)


def _read_folder(folder: Path, python: TheirPython) -> CourseReading:
    """What can be adopted of all notebooks in a folder and those below, each by itself."""
    read: list[ReadAssignment] = []
    refused: list[RefusedAssignment] = []
    found_in: list[Path] = []
    for path in sorted(folder.rglob("*.ipynb")):
        inner = path.relative_to(folder)
        if any(part.startswith(".") or part in _MADE for part in inner.parts[:-1]):
            continue
        try:
            found = _read_notebook_file(path, python).read
        except CourseError as error:
            if _is_theirs(path):
                refused.append(RefusedAssignment(str(inner), error.flaws))
            continue
        for each in found:
            if not each.assignment.questions:
                continue  # a lecture, with metadata of nbgrader's
            if each.assignment.tool is Tool.NBGRADER:
                found_in.append(path)
            name = make_name(each.assignment.name, [other.assignment.name for other in read])
            read.append(replace(each, assignment=replace(each.assignment, name=name)))
    if not read and not refused:
        raise CourseError([Flaw(str(folder), "holds nothing to adopt", _ALLOWED)])
    notices = tuple(_tell_of_courses(folder, [path.parent for path in found_in]))
    return CourseReading(tuple(read), tuple(refused), folder.resolve().name, notices=notices)


def _tell_of_courses(folder: Path, holders: Iterable[Path]) -> Iterator[str]:
    """That notebooks of nbgrader's stand in courses of it below a folder, which are more than these."""
    above = dict.fromkeys(each for place in holders for each in place.parents if each.is_relative_to(folder))
    for each in above:
        if each != folder and holds_course(each):
            yield (
                f"{each.relative_to(folder)} is a course of nbgrader's, and each notebook of it was taken by "
                "itself: adopt that folder, and its assignments, students and due dates are taken over"
            )


def _is_theirs(path: Path) -> bool:
    """Whether a notebook that is refused is one of nbgrader's or Otter's, and not somebody's lecture."""
    try:
        notebook = read_notebook(path)
    except CourseError:
        return False
    return is_of_nbgrader(notebook.cells) or is_master(notebook) or is_student_version(notebook)
