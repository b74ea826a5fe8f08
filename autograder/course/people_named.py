"""The students that somebody names to a command: each is known, or the command ends before it begins."""

from collections.abc import Iterable

from autograder.course.opened import OpenCourse
from autograder.domain.nearest import did_you_mean
from autograder.errors import CourseError, Flaw
from autograder.gradebook.store import Gradebook


def require_students(
    course: OpenCourse, gradebook: Gradebook, named: Iterable[str], *, arrived: Iterable[str] = ()
) -> None:
    """Refuse students of whom nothing is known.

    Args:
        course: whose class list is looked at.
        gradebook: of whom something is recorded; somebody may have left the list since.
        named: ids, as they were typed.
        arrived: who stands on no list, but handed something in just now.

    Raises:
        CourseError: with everybody who is not known.
    """
    wanted = list(named)
    if not wanted:
        return
    listed = [each.id for each in course.course.roster]
    known = dict.fromkeys((*listed, *gradebook.students(), *arrived))
    flaws = []
    for student in (each for each in wanted if each not in known):
        advice = did_you_mean(student, known) or "write the id as in students.csv"
        what = "is the id of no student of this course, and of nobody who handed in"
        flaws.append(Flaw(student, what, advice))
    if flaws:
        raise CourseError(flaws)
