"""The sample class for the web pages: with people who teach, and a quiz that counts."""

from pathlib import Path

from autograder.access import write_whole
from autograder.course.opened import OpenCourse, open_course
from autograder.demo.course import NAME, make_demo
from autograder.grading.batch import receive

_STAFF = """\
id,name,email,role,groups,assignments
assistant,Alex Assistant,assistant@example.org,assistant,G1,
instructor,Iris Instructor,instructor@example.org,instructor,,
"""
_QUIZ = """
[quizzes.first-quiz]
title = "What you know / don't know yet"
weight = "5 %"
bonus = true
"""
STUDENT = "student"
PEOPLE = (STUDENT, "assistant", "instructor")
"""Whose links are shown: a student who has handed in nothing so far, and who teaches."""


def make_served_demo(folder: Path, *, size: int = 24) -> OpenCourse:
    """Make the course and its class, and receive what the class has handed in; nothing is graded yet.

    Raises:
        CourseError: the folder exists and was not made by a demo.
    """
    course, _ = make_demo(folder, size=size)
    access = course.folder.access
    roster = folder / "students.csv"
    write_whole(roster, roster.read_text(encoding="utf-8") + f"{STUDENT},Sam Student,,G1\n", access)
    write_whole(folder / "staff.csv", _STAFF, access)
    settings = folder / "course.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + _QUIZ, encoding="utf-8")
    course = open_course(folder)
    with course.gradebook() as gradebook:
        receive(course.arrivals(NAME), gradebook)
    return course
