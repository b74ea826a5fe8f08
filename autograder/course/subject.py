"""An assignment opened to be proven: its released notebook, and its hidden side drawn several times."""

from fractions import Fraction

from autograder.check.subject import AssignmentUnderTest
from autograder.course.opened import OpenCourse
from autograder.errors import CourseError, Flaw
from autograder.notebook.assignment import read_assignment

_PUBLIC = b"public"
"""Draws the cases where a course has no secret yet, and none is to be made."""


def open_under_test(
    course: OpenCourse, name: str, *, draws: int, leave_alone: bool = False
) -> AssignmentUnderTest:
    """An assignment to be proven, whose cases are drawn `draws` times: as students get them, then anew.

    Args:
        course: whose it is.
        name: of the assignment; it need not stand in course.toml yet.
        draws: at least 1.
        leave_alone: write nothing into the course, even if it has no secret yet.

    Raises:
        CourseError: with all the mistakes that keep it from being opened.
    """
    module = course.module(name)
    fresh = leave_alone and not course.folder.secret_file.is_file()
    secrets = [
        _PUBLIC if fresh else course.folder.secret(),
        *(f"draw {k}".encode() for k in range(2, draws + 1)),
    ]
    course.source(name)  # where nothing is called so, that is all there is to say
    flaws = list[Flaw]()
    try:
        quizzes = course.quizzes_of(name)
    except CourseError as error:
        flaws += error.flaws
    try:
        source = course.source(name) if flaws else course.released_source(name)
        text = read_assignment(source, path=course.shown(course.notebook(name)))
    except CourseError as error:
        flaws += error.flaws
    try:
        own, *others = [course.solutions(name, secret, keep=not fresh, proof=True) for secret in secrets]
    except CourseError as error:  # whatever is wrong with either side is told at once
        flaws += error.flaws
    if flaws:
        raise CourseError(flaws)
    return AssignmentUnderTest.of(
        text,
        own,
        others,
        notebook=course.shown(course.notebook(name)),
        module=course.shown(module),
        quiz_points=sum((quiz.points for quiz in quizzes), Fraction(0)),
    )
