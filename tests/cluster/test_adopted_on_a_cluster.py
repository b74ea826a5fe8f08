"""Adopted assignments travel to the workers of a cluster like others: by content, with the recipe."""

import json
import pickle
from contextlib import closing
from dataclasses import replace

import nbgrader_course as sample
import pytest

from autograder.adopting.adopt import adopt
from autograder.adopting.their_tools import TheirPython
from autograder.cluster.carried import CarriedCourse, grade_carried
from autograder.cluster.place import ClusterPlace
from autograder.cluster.workers import DaskWorkers
from autograder.course.opened import OpenCourse, open_course
from autograder.course.recipe import recipe_of
from autograder.domain.report import Report
from autograder.domain.submission import Submission
from autograder.grading.batch import grade_batch
from autograder.grading.lanes import LanePiece
from autograder.grading.workers import ThisProcess
from autograder.sandbox.isolation import LIMITS_ONLY


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> OpenCourse:
    """A course adopted from nbgrader, whose test reads a file that lies beside the notebook."""
    folder = tmp_path_factory.mktemp("adopted")
    check = "assert square(2) == 4\nassert open('data/points.csv').read() == '1,2\\n'\nassert two == 2"
    cells = [*sample.usual_cells()[:3], sample.check("square_test", check)]
    sample.write_course(folder / "theirs")
    sample.write_notebook(folder / "theirs/source/ps1/squares.ipynb", cells)
    adopt(folder / "theirs", folder / "ours", python=TheirPython())
    for student, answer in {"ada": "return x ** 2", "bob": "return 3 * x"}.items():
        given = [dict(cell) for cell in cells]
        given[2]["source"] = f"def square(x):\n    {answer}\nsquare(3)"
        sample.write_notebook(folder / "ours/submissions/ps1" / student / "squares.ipynb", given)
    return open_course(folder / "ours")


def submissions(course: OpenCourse) -> list[Submission]:
    return [one for one in course.arrivals("ps1") if isinstance(one, Submission)]


def marks(report: Report) -> list[tuple[object, ...]]:
    """What a cluster must not change."""
    return [(each.question, each.outcome, each.mark, each.tests) for each in report.verdicts]


def test_an_adopted_assignment_is_carried_with_its_files(course: OpenCourse) -> None:
    """What the worker holds is enough: the folder of the course is not looked into there."""
    recipe = recipe_of(course, "ps1", accept_level=LIMITS_ONLY)
    local = {
        graded.report.student: marks(graded.report)
        for graded in grade_batch(submissions(course), recipe, ThisProcess())
    }
    assert [mark[0][2] for _, mark in sorted(local.items())] == [1, 0]
    carried = pickle.loads(pickle.dumps(CarriedCourse.of(recipe)))
    assert str(course.folder.path) not in repr(carried._recipe)
    carried.setup(None)
    try:
        batches = [pickle.dumps([LanePiece(one, None)]) for one in submissions(course)]
        came = [one for batch in batches for one in grade_carried(carried.name, batch)]
        far = [pickle.loads(one).report for one in came]
        folder = carried.unpack(recipe.files)
        assert (folder / "adopted/ps1/assignment.json").stat().st_mode & 0o077 == 0
    finally:
        carried.teardown(None)
    assert {report.student: marks(report) for report in far} == local
    assert {report.revision for report in far} == {course.revision("ps1")}


def test_what_is_carried_has_another_name_where_a_profile_is_another(course: OpenCourse) -> None:
    recipe = recipe_of(course, "ps1", accept_level=LIMITS_ONLY)
    (place,) = [at for at, file in enumerate(recipe.files) if file.path.endswith("profiles.json")]
    files = (*recipe.files[:place], replace(recipe.files[place], sha256="0" * 64), *recipe.files[place + 1 :])
    content = {file.sha256: b"" for file in files}
    assert CarriedCourse(replace(recipe, files=files), content).name != CarriedCourse.of(recipe).name


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore")
def test_an_adopted_assignment_is_graded_on_a_cluster(course: OpenCourse) -> None:
    recipe = recipe_of(course, "ps1", accept_level=LIMITS_ONLY)
    with closing(grade_batch(submissions(course), recipe, DaskWorkers(ClusterPlace(2)))) as done:
        reports = {one.report.student: one.report for one in done}
    assert [float(reports[name].verdicts[0].mark or 0) for name in ("ada", "bob")] == [1.0, 0.0]
    assert json.dumps([test.where for test in reports["ada"].verdicts[0].tests]) == '["outside"]'
