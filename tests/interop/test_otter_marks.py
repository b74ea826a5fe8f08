"""Marks as Otter's table has them, and a zip by which the real Otter grades."""

import csv
import io
import json
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest
from course_files import COURSE, handed_out, solved
from exported_to_nbgrader import RIGHT, WRONG, with_examples
from real_tools import needs, python, run

from autograder.course.opened import open_course
from autograder.interop.otter_grades import OtterLine, write_otter_grades
from autograder.services.otter import release_to_otter
from tests.samples.marking_course import Course

OTTERS = """
import json, sys
from otter.grade.utils import merge_scores_to_df
from otter.test_files import GradingResults, TestFile
from otter.test_files.ok_test import OKTestFile
from otter.test_files.abstract_test import TestCase, TestCaseResult

def results(name, passed):
    files = []
    for question, points in (("q2", 3), ("q1", 2)):
        case = TestCase(name=question, body="", hidden=False, points=points, success_message=None,
                        failure_message=None)
        made = OKTestFile(name=question, path=None, test_cases=[case])
        made.test_case_results = [TestCaseResult(test_case=case, message="", passed=question in passed)]
        files.append(made)
    made = GradingResults(files)
    made.file = name
    return made

table = merge_scores_to_df([results("bob.ipynb", {"q1"}), results("ada.ipynb", {"q1", "q2"})])
print(json.dumps(table.to_csv(index=False)))
"""
"""The table that Otter's own code makes of two submissions."""


@needs("otter", "pandas")
@pytest.mark.soak
def test_the_table_is_that_of_otters_own_code(tmp_path: Path) -> None:
    """The same columns in the same order, the same lines, the same numbers."""
    theirs = list(csv.DictReader(io.StringIO(python(OTTERS, at=tmp_path))))
    lines = [
        OtterLine("bob.ipynb", {"q1": Fraction(2), "q2": Fraction(0)}),
        OtterLine("ada.ipynb", {"q1": Fraction(2), "q2": Fraction(3)}),
    ]
    points = {"q2": Fraction(3), "q1": Fraction(2)}
    ours = list(csv.DictReader(io.StringIO(write_otter_grades(points, lines).decode())))
    assert list(ours[0]) == list(theirs[0])
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        for column in mine:
            if column in ("file", "grading_status"):
                assert mine[column] == other[column]
            else:
                assert float(mine[column]) == pytest.approx(float(other[column]))


@pytest.fixture
def graded(tmp_path: Path) -> Course:
    course = Course(tmp_path)
    (tmp_path / "assignments/small/small.ipynb").write_bytes(with_examples())
    course.hand_in("ada", with_examples(RIGHT, comment="Why."))
    course.hand_in("bob", with_examples(WRONG))
    course.hand_in("eve", b"no notebook")
    course.grade()
    return course


def test_every_submission_has_a_line_and_what_is_open_is_said(graded: Course) -> None:
    done = graded.run("export", "small", "--to", "otter")
    assert done.exit_code == 1, done.output  # nobody could judge what Eve handed in
    assert "could not be judged whole: look at them: 1\n  eve" in done.output
    written = graded.folder / "exports" / "small" / "final_grades.csv"
    lines = {line["file"]: line for line in csv.DictReader(io.StringIO(written.read_text()))}
    assert lines["points-per-question"]["total_points_earned"] == "4"
    ada, bob, eve = (lines[f"{who}/small.ipynb"] for who in ("ada", "bob", "eve"))
    assert (ada["double"], ada["written-2"], ada["total_points_earned"]) == ("2", "", "2")
    assert (ada["percent_correct"], ada["grading_status"]) == ("0.5", "Open: written-2")
    assert (bob["double"], bob["total_points_earned"]) == ("0", "0")
    assert eve["grading_status"] not in ("Completed", "")
    assert graded.run("export", "small", "--to", "otter").exit_code == 1  # the same table, no complaint
    written.write_text("another file")
    again = graded.run("export", "small", "--to", "otter")
    assert isinstance(again.exception, Exception)
    assert "--yes overwrites it" in str(again.exception)


def test_other_options_of_other_platforms_are_refused(graded: Course) -> None:
    done = graded.run("export", "--final", "--to", "otter")
    assert done.exit_code == 2
    assert "name one" in done.output
    done = graded.run("export", "small", "--to", "moodle", "--into", str(graded.folder))
    assert done.exit_code == 2
    assert "is a folder, and moodle gives a file" in done.output


@pytest.fixture(scope="module")
def zipped() -> bytes:
    return release_to_otter(open_course(COURSE), "gradients")


@pytest.mark.soak
@needs("otter", "nbclient", "ipykernel")
def test_the_real_otter_grades_by_the_zip(zipped: bytes, tmp_path: Path) -> None:
    """All points for the solved notebook, none for the untouched one."""
    (tmp_path / "autograder.zip").write_bytes(zipped)
    totals = {}
    for name, content in (("solved", solved("gradients")), ("untouched", handed_out("gradients").content)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "gradients.ipynb").write_bytes(content)
        run("otter", "run", "gradients.ipynb", "-a", "../autograder.zip", "--no-logo", at=folder)
        results = json.loads((folder / "results.json").read_text())
        scored = [test for test in results["tests"] if "max_score" in test]
        totals[name] = sum(t["score"] for t in scored), sum(t["max_score"] for t in scored)
    points = sum(s.points for s in handed_out("gradients").text.statements if s.examples)
    assert totals["solved"] == (pytest.approx(float(points)), pytest.approx(float(points)))
    assert totals["untouched"] == (0, pytest.approx(float(points)))


@pytest.mark.soak
@needs("otter")
def test_the_zip_holds_nothing_hidden(zipped: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        text = "\n".join(archive.read(name).decode() for name in archive.namelist())
        assert {"run_autograder", "setup.sh", "otter_config.json", "tests/quad_grad.py"} <= set(
            archive.namelist()
        )
    assert "takes_A_symmetric" not in text
    assert "from autograder import" not in text
