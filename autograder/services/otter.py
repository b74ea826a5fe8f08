"""An assignment of a course for Otter: the zip by which it grades, the table that it would write."""

from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from autograder.course.graded import read_graded_class
from autograder.course.opened import OpenCourse
from autograder.foreign.model import read_assignment_file
from autograder.interop.adopted_otter import list_otter_tests
from autograder.interop.otter_zip import OtterTests, make_autograder_zip, write_ok_test
from autograder.publishing.counting import find_works
from autograder.publishing.otter_marks import OtterTable, otter_marks
from autograder.services.nbgrader import released_handout

_LIBRARIES = ("numpy", "scipy", "matplotlib")


def export_to_otter(course: OpenCourse, name: str, now: datetime) -> OtterTable:
    """The marks of an assignment as `otter grade` writes them.

    Raises:
        CourseError: there is no such assignment.
        StoreError: the gradebook cannot be read.
    """
    course.settings(name)
    with course.gradebook(read_only=True) as gradebook:
        graded = read_graded_class(course, gradebook, now)
        table = otter_marks(name, find_works(graded.grades(), name), gradebook)
        forgeable = course.forgeable(name)
        return replace(table, remarks=(*table.remarks, forgeable)) if forgeable else table


def release_to_otter(course: OpenCourse, name: str, *, python: Path | None = None) -> bytes:
    """An autograder.zip of an assignment: its public examples, and nothing hidden.

    Of one that was adopted from Otter: its own tests, hidden ones too.

    Raises:
        CourseError: with all that is wrong with the notebook, or Otter is not installed.
    """
    folder = course.adopted_folder(name)
    if folder is not None:
        return make_autograder_zip(list_otter_tests(read_assignment_file(folder), folder), python=python)
    tests = released_handout(course, name).document["metadata"].get("otter", {}).get("tests", {})
    return make_autograder_zip(
        OtterTests(
            files={question: write_ok_test(test) for question, test in tests.items()},
            config={"assignment_name": name},
            requirements=[f"{each}=={version(each)}" for each in _LIBRARIES],
        ),
        python=python,
    )
