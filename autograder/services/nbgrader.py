"""An assignment of a course beside the same one in an nbgrader course: marks there, hand marks back."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from autograder.course.graded import read_graded_class
from autograder.course.opened import OpenCourse
from autograder.domain.course import Limits
from autograder.domain.language import speaking
from autograder.errors import CourseError, Flaw
from autograder.foreign.model import read_assignment_file
from autograder.gradebook.store import Gradebook
from autograder.grading.conditions import tell_conditions
from autograder.interop.handout import Handout, hand_out
from autograder.interop.nbgrader import CellUse, list_marked_cells
from autograder.interop.nbgrader_gradebook import (
    NbgraderReconciliation,
    read_formgrader_marks,
    write_marks,
)
from autograder.marking.adopted import find_adopted_places, list_adopted_parts
from autograder.marking.answers import PartAnswers, gather, parts_of
from autograder.marking.formgrader import CellPlace, GradedCell, MarkingState, read_marks
from autograder.marking.record import record_marks
from autograder.publishing.adopted_marks import adopted_marks
from autograder.publishing.counting import counted_reports, find_works
from autograder.publishing.nbgrader_marks import nbgrader_marks
from autograder.publishing.proposals import GradeChange, preview


@dataclass(frozen=True, slots=True)
class TakenMarks:
    """What became of the marks that people gave in formgrader."""

    by_hand: int
    """Marks of written parts that are new."""
    decisions: int
    """Decisions on questions that are new."""
    unchanged: int
    changes: tuple[GradeChange, ...]
    """What the decisions change."""
    notes: tuple[str, ...]
    """What was not taken, and why."""


def released_handout(course: OpenCourse, name: str) -> Handout:
    """The notebook of an assignment as students receive it.

    Raises:
        CourseError: with all its mistakes.
    """
    settings = course.course.settings(name)
    with speaking(course.course.language):
        conditions = tell_conditions(settings.limits if settings else Limits(), course.versions())
    return hand_out(
        course.released_source(name),
        name=name,
        path=course.shown(course.notebook(name)),
        conditions=conditions,
    )


def export_to_nbgrader(
    course: OpenCourse,
    name: str,
    into: Path,
    now: datetime,
    *,
    python: Path | None = None,
    add_students: bool = False,
) -> NbgraderReconciliation:
    """Write the marks of an assignment into the nbgrader course in `into`: all of them or none.

    Raises:
        CourseError: the assignment cannot be read, or nbgrader is not installed.
        StoreError: the gradebook here cannot be read.
    """
    course.settings(name)
    with course.gradebook(read_only=True) as gradebook:
        graded = read_graded_class(course, gradebook, now)
        works = find_works(graded.grades(), name)
        adopted, language = course.adopted_folder(name), course.course.language
        if adopted is not None:
            assignment = read_assignment_file(adopted)
            theirs = adopted_marks(assignment, works, gradebook, course.course.roster, language=language)
            if forgeable := course.forgeable(name):
                theirs = replace(theirs, remarks=(*theirs.remarks, forgeable))
            return write_marks(theirs, into, python=python, add_students=add_students)
        handout = released_handout(course, name)
        export = nbgrader_marks(handout, works, gradebook, course.course.roster, language=language)
        return write_marks(export, into, python=python, add_students=add_students)


def take_from_formgrader(
    course: OpenCourse,
    name: str,
    folder: Path,
    now: datetime,
    *,
    marker: str,
    reports: Path | None = None,
    python: Path | None = None,
) -> TakenMarks:
    """Record the marks that people gave in formgrader, and write the reports of those who were marked.

    Raises:
        CourseError: nbgrader's course cannot be read.
        OvertakenError: somebody recorded something else meanwhile.
    """
    adopted = course.adopted_folder(name)
    theirs = read_assignment_file(adopted).source.assignment if adopted else name
    given = read_formgrader_marks(theirs, folder, python=python)
    if given.refusal:
        raise CourseError([Flaw(str(folder), given.refusal)])
    places = _find_places(course, name)
    with course.gradebook() as gradebook:
        graded = read_graded_class(course, gradebook, now)
        parts = _find_parts(course, name, gradebook)
        works = find_works(graded.grades(), name)
        counted = {each.report.student: each.report for each in counted_reports(name, works, gradebook)}
        state = MarkingState(name, places, parts, counted, graded.history.events)
        read = read_marks(given, state, marker=marker, now=now)
        changes = preview(graded.history, graded.policy, read.decisions, now)
        if read.decisions:
            gradebook.events.add(read.decisions, after=graded.history.last_event)
        done = record_marks(read.by_hand, gradebook, course.report_files(name, reports))
    unchanged = done.unchanged + read.unchanged
    return TakenMarks(len(done.new), len(read.decisions), unchanged, changes, read.notes)


def _find_places(course: OpenCourse, name: str) -> dict[GradedCell, CellPlace]:
    """What the graded cells of nbgrader are here. Raises CourseError."""
    folder = course.adopted_folder(name)
    if folder is not None:
        return find_adopted_places(read_assignment_file(folder))
    handout = released_handout(course, name)
    cells = list(list_marked_cells(handout.document, handout.text))
    homes = {each.question: each.id for each in cells if each.use is not CellUse.TESTS}
    return {
        (name, each.id): CellPlace(each.question, each.points, (name, homes[each.question]))
        for each in cells
        if each.points is not None
    }


def _find_parts(course: OpenCourse, name: str, gradebook: Gradebook) -> list[PartAnswers]:
    """The parts that a person marks, with all answers; none where there is none."""
    secret, folder = course.folder.secret(), course.adopted_folder(name)
    if folder is None:
        assignment = course.assignment(name)
        return [gather(assignment, gradebook, part, secret=secret) for part in parts_of(assignment)]
    adopted, limits = read_assignment_file(folder), course.settings(name).limits
    return list_adopted_parts(adopted, gradebook, secret=secret, limits=limits)
