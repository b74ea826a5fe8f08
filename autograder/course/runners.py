"""Runners of a course: what runs student code sealed, where the hidden files of the course cannot be read.

The judging and the sandbox are loaded where they are first used.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

from autograder.course.opened import OpenCourse
from autograder.domain.course import Limits
from autograder.domain.notebook import Cell, CellKind

if TYPE_CHECKING:
    from autograder.grading.adopted import OpenAdopted
    from autograder.grading.assignment import OpenAssignment
    from autograder.sandbox.run import Run
    from autograder.sandbox.runner import Runner


def runner_of(course: OpenCourse, accept_level: int, assignment: "OpenAssignment | None" = None) -> "Runner":
    """A runner for this course with nothing running yet, made ready for an assignment where one is given.

    The course's hidden folders must lie where student code cannot read.
    """
    from autograder.grading.examples import list_recipes

    preload, given = course.course.preload, []
    if assignment is not None:
        preload = (*preload, *assignment.settings.preload)
        cells = [part.cell for part in assignment.released.text.parts]
        given = [cell.source for cell in cells if cell.kind is CellKind.CODE]
        given += list_recipes(assignment)
    return _runner(course, preload, accept_level, given)


def runner_of_adopted(course: OpenCourse, accept_level: int, adopted: "OpenAdopted") -> "Runner":
    """A runner for this course with nothing running yet, made ready for an adopted assignment."""
    from autograder.foreign.terms import find_modules, list_given

    modules = find_modules(adopted.assignment)
    given = list_given(adopted.assignment)
    stand_ins = {terms.surroundings.setup for terms in adopted.terms.values()} - {""}
    files = {path: each for terms in adopted.terms.values() for path, each in terms.surroundings.files}
    preload = (*course.course.preload, *modules)
    # Saves a class of 60 that draws nothing some 15 % of its processor time.
    figures = any(terms.base.figures for terms in adopted.terms.values())
    return _runner(
        course, preload, accept_level, given, stand_ins=sorted(stand_ins), files=files, figures=figures
    )


@contextmanager
def run_sealed(course: OpenCourse, source: str) -> Iterator["Run"]:
    """Run a piece of code that a student typed, sealed, to be asked for values."""
    from autograder.sandbox.isolation import CONFINED

    cells = [Cell(CellKind.CODE, source, 1)]
    with runner_of(course, CONFINED) as runner, runner.start(cells, Limits()) as run:
        yield run


def _runner(
    course: OpenCourse,
    preload: tuple[str, ...],
    accept_level: int,
    given: Sequence[str],
    *,
    stand_ins: Sequence[str] = (),
    files: Mapping[str, bytes] = MappingProxyType({}),
    figures: bool = True,
) -> "Runner":
    from autograder.sandbox.runner import Runner

    adopted = {each.adopted.folder for each in course.course.assignments if each.adopted}
    hidden = [course.folder.solutions, course.folder.quiz, course.folder.state]
    hidden += [course.folder.path / folder for folder in sorted(adopted)]
    return Runner(
        preload=preload,
        figures=figures,
        accept_level=accept_level,
        forbidden=hidden,
        given=given,
        stand_ins=stand_ins,
        files=files,
        interpreter=course.interpreter(),
    )
