"""The tests of an assignment that was adopted from Otter, as the files by which Otter grades it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, Flaw
from autograder.foreign.model import FILES_FOLDER, AdoptedAssignment, ForeignQuestion, TestStyle, Tool
from autograder.foreign.session import read_files
from autograder.interop.otter import write_points
from autograder.interop.otter_zip import OtterTests, write_ok_test
from autograder.interop.pins import pin_imports


def list_otter_tests(assignment: AdoptedAssignment, folder: Path) -> OtterTests:
    """What Otter grades an assignment by, hidden tests too; `folder` is where the assignment lies.

    Raises:
        CourseError: its tests are another tool's.
    """
    if assignment.tool is not Tool.OTTER:
        what = (
            f"was adopted from {assignment.tool.value}, whose tests run in their places in the notebook: "
            "Otter would run each on a copy of the names"
        )
        how = "`--to gradescope` grades it there as here, `autograder export --to otter` writes Otter's table"
        raise CourseError([Flaw(assignment.name, what, how)])
    judged = [question for question in assignment.questions if question.tests]
    return OtterTests(
        files={
            _name_file(question, number): _write_tests(question) for number, question in enumerate(judged, 1)
        },
        config=_list_settings(assignment),
        requirements=pin_imports(assignment.environment.imports),
        support=dict(read_files(folder / FILES_FOLDER, [file.path for file in assignment.files])),
    )


def _name_file(question: ForeignQuestion, number: int) -> str:
    """The name by which the notebook has it checked; of one that no file can have, another."""
    name = question.checked_as
    return (
        name if "/" not in name and "\0" not in name else f"{re.sub(r'[^A-Za-z0-9_.-]', '_', name)}_{number}"
    )


def _write_tests(question: ForeignQuestion) -> str:
    """The test file of a question. In the exception style it is kept whole; what it says of points holds."""
    first = question.tests[0]
    if first.style is TestStyle.EXCEPTION:
        return first.text
    cases: list[dict[str, Any]] = []
    points = [test.points for test in question.tests]
    alike = len(set(points)) == 1
    for test in question.tests:
        case: dict[str, Any] = {"name": test.name, "code": test.text, "hidden": test.hidden, "locked": False}
        if not alike:
            case["points"] = write_points(test.points)
        case |= {"success_message": test.success} if test.success else {}
        case |= {"failure_message": test.failure} if test.failure else {}
        cases.append(case)
    suite = {"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    spec: dict[str, Any] = {"name": question.name, "suites": [suite]}
    if alike:
        # Shared by Otter itself: thirds that were written out would be more than their sum.
        spec["points"] = write_points(sum(points))
    return write_ok_test(spec | {"all_or_nothing": question.all_or_nothing})


def _list_settings(assignment: AdoptedAssignment) -> Mapping[str, Any]:
    """What of otter_config.json decides marks."""
    settings: dict[str, Any] = {}
    if assignment.seed is not None:
        settings["seed"] = assignment.seed.value
        if assignment.seed.variable:
            settings["seed_variable"] = assignment.seed.variable
    if assignment.points_possible is not None:
        settings["points_possible"] = write_points(assignment.points_possible)
    if assignment.score_threshold is not None:
        settings["score_threshold"] = write_points(assignment.score_threshold)
    shown = {"show_hidden": assignment.show_hidden, "show_stdout": assignment.show_stdout}
    return settings | {name: True for name, wanted in shown.items() if wanted}
