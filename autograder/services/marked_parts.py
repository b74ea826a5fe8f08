"""The parts of an assignment that a person marks, whoever wrote it."""

from autograder.course.opened import OpenCourse
from autograder.foreign.model import read_assignment_file
from autograder.gradebook.store import Gradebook
from autograder.marking.adopted import open_adopted_parts
from autograder.marking.answers import PartAnswers
from autograder.marking.record import open_parts


def open_marked_parts(course: OpenCourse, name: str, gradebook: Gradebook) -> tuple[list[PartAnswers], str]:
    """The parts with all answers, and the title of the assignment.

    Raises:
        CourseError: the assignment cannot be opened, or has no such part.
    """
    secret, folder = course.folder.secret(), course.adopted_folder(name)
    if folder is not None:
        adopted, limits = read_assignment_file(folder), course.settings(name).limits
        return open_adopted_parts(adopted, gradebook, secret=secret, limits=limits), adopted.title
    assignment = course.assignment(name)
    return open_parts(assignment, gradebook, secret=secret), assignment.released.text.title
