"""What the report of an assignment says of its student's grade, from all that is recorded of a class."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from autograder.domain.language import speaking
from autograder.errors import CourseError

if TYPE_CHECKING:
    from autograder.course.opened import OpenCourse
    from autograder.gradebook.store import Gradebook


def read_grade_sections(course: "OpenCourse", gradebook: "Gradebook", name: str) -> Callable[[str], str]:
    """The section of each student's page, as it stands; empty where no grade can be worked out."""
    from autograder.course.graded import read_graded_class
    from autograder.publishing.student_derivation import derive_for_students
    from autograder.render.grade_section import render_grade_section

    try:
        graded = read_graded_class(course, gradebook, datetime.now(UTC))
    except CourseError:
        # A quiz that cannot be read keeps no report from being written; who asks for grades is told.
        return lambda _student: ""
    zone = ZoneInfo(course.course.timezone)
    with speaking(course.course.language):
        derive_for = derive_for_students(
            graded.history,
            graded.policy,
            graded.now,
            gradebook,
            own=name,
            title=course.course.title,
            zone=zone,
        )

    asked = [each for each in gradebook.second_looks.all() if each.asked.work == name]

    def section_of(student: str) -> str:
        own = [each for each in asked if each.asked.student == student]
        with speaking(course.course.language):
            derivation = derive_for(student)
            return "" if derivation is None else render_grade_section(derivation, own, zone)

    return section_of
