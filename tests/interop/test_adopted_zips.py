"""Adopted assignments for Otter and for Gradescope: zips by which they are graded there as here."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbgrader_course as sample
import otter_course
import pytest
from handed_in import hand_in
from marking_course import Course
from real_tools import needs, run
from test_gradescope import Gradescope

from autograder.adopting.adopt import adopt
from autograder.adopting.otter_tests import read_test_file
from autograder.adopting.source import read_source
from autograder.adopting.their_tools import TheirPython
from autograder.errors import CourseError
from autograder.foreign.marks import score_whole
from autograder.foreign.model import AdoptedAssignment, read_assignment_file
from autograder.interop.adopted_otter import list_otter_tests

NO_OTTER = TheirPython(Path("/usr/bin/false"))
ANSWERS = {
    "right": ("x * x", "x ** 3", "np.random.rand(), random.random(), default_rng(rng_seed).random()"),
    "visible": ("4", "8", "np.random.rand(), 0.5, 0.5"),
    "half": ("x * x", "8", "0.5, random.random(), 0.5"),
    "raises": ("1 / 0", "x ** 3", "0.5, 0.5, default_rng(rng_seed).random()"),
}
DRAWN = """from otter.test_files import test_case
import random
import numpy as np

OK_FORMAT = False
name = "q3"
points = [1, 2, 0.5]


@test_case(hidden=True)
def check_numpy(drawn):
    np.random.seed(SEED)
    assert drawn[0] == np.random.rand(), "not the seeded one"


@test_case(name="of the library", hidden=True)
def check_library(drawn):
    random.seed(SEED)
    assert drawn[1] == random.random()


@test_case()
def check_variable(env):
    assert env["drawn"][2] == np.random.default_rng(VARIABLE).random()
"""
SEEDS = {"seeds": {"seed": 7}, "a variable": {"seed": 8, "seed_variable": "rng_seed"}}
THREE = """OK_FORMAT = True
test = {"name": "q 3/a", "points": 1, "all_or_nothing": False, "suites": [{"cases": [
    {"code": ">>> 1\\n1"}, {"code": ">>> 2\\n2", "hidden": False}, {"code": ">>> 3\\n3"}
]}]}
"""


def write_zip(folder: Path, settings: dict[str, Any] = SEEDS["seeds"]) -> Path:
    """A zip with a question in each format and one on seeds, beside its notebooks."""
    start = "import random\nimport numpy as np\nfrom numpy.random import default_rng\nrng_seed = 3"
    cells = [
        sample.cell(f'import otter\n{start}\ngrader = otter.Notebook("squares.ipynb")'),
        sample.cell("def square(x):\n    ..."),
        sample.cell('grader.check("q1")'),
        sample.cell("def cube(x):\n    ..."),
        sample.cell('grader.check("q2")'),
        sample.cell("drawn = ..."),
    ]
    sample.write_notebook(folder / "dist/student/squares.ipynb", cells)
    cells[1]["source"], cells[3]["source"], cells[5]["source"] = spell(*ANSWERS["right"])
    sample.write_notebook(folder / "dist/autograder/squares.ipynb", cells)
    path = folder / "dist/autograder/squares-autograder.zip"
    last = DRAWN.replace("SEED", str(settings["seed"]))
    last = last.replace("VARIABLE", str(settings["seed"]) if "seed_variable" in settings else "3")
    tests = {"q1.py": otter_course.OK_TEST, "q2.py": otter_course.EXCEPTION_TEST, "q3.py": last}
    return otter_course.write_zip(path, tests, config=settings, files={"data.csv": "1,2\n"})


@pytest.fixture(scope="module", params=SEEDS)
def adopted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    folder = tmp_path_factory.mktemp("adopted")
    adopt(write_zip(folder, SEEDS[request.param]), folder / "ours", python=NO_OTTER)
    course = Course.__new__(Course)
    course.folder = folder / "ours"
    yield course


def spell(square: str, cube: str, drawn: str) -> tuple[str, str, str]:
    head = "def {}(x):\n    return {}"
    return head.format("square", square), head.format("cube", cube), f"drawn = {drawn}"


def assignment_of(course: Course) -> AdoptedAssignment:
    return read_assignment_file(course.folder / "adopted/squares")


def submit(course: Course, path: Path, student: str) -> Path:
    [notebook] = assignment_of(course).notebooks
    ids = [cell.id for cell in notebook.cells if cell.source.startswith(("def", "drawn"))]
    return hand_in(path, notebook, dict(zip(ids, spell(*ANSWERS[student]), strict=True)))


def test_tests_read_again_have_the_points_that_they_had(tmp_path: Path) -> None:
    """In both formats, thirds too; a name that is none of a file's is one in the file alone."""
    [own] = read_source(write_zip(tmp_path), NO_OTTER).read
    assignment = own.assignment
    (tmp_path / "files").mkdir()
    (tmp_path / "files/data.csv").write_text("1,2\n")
    third = read_test_file(THREE, "q3.py", notebook="squares")
    assignment = replace(assignment, questions=(*assignment.questions, third))
    tests = list_otter_tests(assignment, tmp_path)
    read = [read_test_file(text, name, notebook="squares") for name, text in tests.files.items()]
    assert read == [replace(question, file="") for question in assignment.questions]
    assert [test.points for test in read[3].tests] == [Fraction(1, 3)] * 3
    assert list(tests.files) == ["q1", "q2", "q3", "q_3_a_4"], "as the notebook checks them"
    assert (tests.config, tests.support) == ({"seed": 7}, {"data.csv": b"1,2\n"})


def test_tests_of_nbgrader_are_not_given_to_otter(tmp_path: Path) -> None:
    """They run in their places there, on names that others bind: their marks would be others."""
    [read] = read_source(sample.write_course(tmp_path), NO_OTTER).read
    with pytest.raises(CourseError, match=r"adopted from nbgrader.*--to gradescope"):
        list_otter_tests(read.assignment, tmp_path)


@pytest.mark.soak
@needs("otter")
def test_the_real_otter_run_grades_by_both_zips_as_we_do(adopted: Course, tmp_path: Path) -> None:
    """By theirs and by ours: cases with points of their own, all or nothing, seeds; both styles."""
    done = adopted.run("release", "squares", "--to", "otter")
    assert done.exit_code == 0, done.output
    assert "holds hidden tests: never hand it to students" in done.output
    zipped = adopted.folder / "release/squares/autograder.zip"
    assert zipped.stat().st_mode & 0o077 == 0
    theirs, own = dict[str, dict[str, float]](), dict[str, dict[str, float]]()
    for student in ANSWERS:
        path = submit(adopted, tmp_path / f"in/{student}/squares.ipynb", student)
        for number, (by, told) in enumerate(((assignment_of(adopted).source.path, theirs), (zipped, own))):
            place = tmp_path / f"{student}{number}"
            place.mkdir()
            run("otter", "run", str(path), "-a", str(by), "-o", str(place), at=tmp_path)
            results = json.loads((place / "results.json").read_text())["tests"]
            told[student] = {each["name"]: each["score"] for each in results if "score" in each}
    graded = adopted.run("grade", "squares", str(tmp_path / "in"), "-j", "1", "--accept-isolation", "1")
    assert graded.exit_code == 0, graded.output
    ours = {}
    for student in ANSWERS:
        questions = json.loads((adopted.folder / f"reports/squares/{student}/report.json").read_text())
        ours[student] = {each["name"]: each["mark"] * each["points"] for each in questions["questions"]}
    assert ours == theirs == own
    assert [theirs["half"][name] for name in ("q1", "q2")] == [2, 0], "the second is all or nothing"
    assert len({tuple(each.values()) for each in theirs.values()}) == len(ANSWERS)


def pack(course: Course, root: Path) -> Gradescope:
    done = course.run("release", "squares", "--to", "gradescope", "--accept-isolation", "1")
    assert done.exit_code == 0, done.output
    return Gradescope(root, (course.folder / "release/squares/gradescope.zip").read_bytes())


@pytest.mark.soak
def test_gradescope_grades_by_our_engine_and_shows_what_is_not_hidden(
    adopted: Course, tmp_path: Path
) -> None:
    gradescope = pack(adopted, tmp_path / "autograder")
    assert not list((gradescope.root / "source/course").rglob("students.csv"))
    gradescope.submit(anything=submit(adopted, tmp_path / "half.ipynb", "half").read_bytes())
    results = gradescope.results()
    assert results["score"] == sum(each.get("score", 0) for each in results["tests"]) >= 2
    shown: dict[str, dict[str, Any]] = {each["name"]: each for each in results["tests"]}
    assert (shown["q1"]["score"], shown["q1"]["max_score"]) == (2, 2)
    assert shown["q1"]["visibility"] == shown["q2"]["visibility"] == "after_published"
    assert shown["q2, public examples"] == {
        "name": "q2, public examples",
        "number": "3",
        "output": "All public examples pass.",
        "output_format": "text",
        "status": "passed",
        "visibility": "visible",
    }
    assert results["stdout_visibility"] == "hidden"
    assert results["output"] == "", "what earned how much stands after publication only"
    told = json.dumps([each["output"] for each in results["tests"]])
    assert "-1" not in told and "-3" not in told


@pytest.mark.parametrize(
    ("settings", "score"),
    [
        ({}, 3),
        ({"points_possible": 20}, 12),
        ({"score_threshold": 0.6}, 5),
        ({"score_threshold": 0.7}, 0),
        ({"points_possible": 20, "score_threshold": 0.5}, 20),
        ({"points_possible": 0}, 0),
    ],
)
def test_the_score_on_gradescope_is_what_otter_makes_of_it(
    settings: dict[str, Any], score: int, tmp_path: Path
) -> None:
    """3 of 5 points, scaled, or by a threshold all or nothing; the real Otter says the same."""
    zipped = otter_course.write_zip(tmp_path / "hw.zip", config=settings)
    [read] = read_source(zipped, NO_OTTER).read
    assert score_whole(read.assignment, Fraction(3)) == score
    config = pytest.importorskip("otter.run.run_autograder.autograder_config").AutograderConfig(settings)

    class ThreeOfFive(pytest.importorskip("otter.test_files").GradingResults):  # type: ignore[misc]
        total, possible = 3, 5

    assert ThreeOfFive([]).to_gradescope_dict(config).get("score", 3) == score


@pytest.mark.soak
def test_gradescope_takes_several_notebooks_by_their_names(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    cells = {"one": [sample.answer("square"), sample.check("square_test")], "two": [sample.essay("why")]}
    for name, each in cells.items():
        sample.write_notebook(theirs / f"source/squares/{name}.ipynb", each)
    adopt(theirs, ours, python=TheirPython())
    course = Course.__new__(Course)
    course.folder = ours
    gradescope = pack(course, tmp_path / "autograder")
    with zipfile.ZipFile(io.BytesIO((ours / "release/squares/gradescope.zip").read_bytes())) as archive:
        assert b"ipython" in archive.read("constraints.txt")
    files = {name: (theirs / f"source/squares/{name}.ipynb").read_bytes() for name in cells}
    gradescope.submit(**files)
    examples, square, why = gradescope.results()["tests"]
    assert (examples["visibility"], examples["status"]) == ("visible", "passed")
    assert (square["name"], square["score"], square["visibility"]) == ("square_test", 2, "after_published")
    assert "score" not in why and why["visibility"] == "visible"
    gradescope.submit(other=files["one"])
    assert "Submit one.ipynb and two.ipynb." in gradescope.results()["output"]
    gradescope.submit(one=files["one"])
    assert gradescope.results()["score"] == 2
