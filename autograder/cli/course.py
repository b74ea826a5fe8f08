"""Where a command works: the course folder around the current one, and its assignments by name."""

from pathlib import Path

from autograder.config import CourseFolder, OpenCourse, open_course
from autograder.errors import CourseError, Flaw


def course_here() -> OpenCourse:
    """The course whose folder, or one above, is the current one.

    Raises:
        CourseError: there is none, or it is written wrongly.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "course.toml").is_file():
            return open_course(CourseFolder(folder))
    raise CourseError(
        [
            Flaw(
                str(here),
                "there is no course.toml here or above",
                "run `autograder init DIR` or go to a course",
            )
        ]
    )
