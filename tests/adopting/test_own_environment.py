"""Adopted courses are proven and graded in an environment of their own, with its libraries."""

import json
from pathlib import Path
from typing import Any

import nbgrader_course as sample
import pytest
from click.testing import CliRunner, Result
from second_environment import OTHER, make_light, make_other

from autograder.cli.main import group
from autograder.errors import CourseError

SEEN = "import numpy as np\nimport pandas as pd\nseen = [np.__version__, pd.__version__]"
FRAME = (
    "### BEGIN SOLUTION\n"
    "table = pd.DataFrame({'a': [1.5, 2.5], 'b': ['x', 'y']}, index=pd.Index([3, 4], name='k'))\n"
    "### END SOLUTION"
)
CHECKS = {
    "numbers": "assert np.array_equal(square(np.arange(4.0)), [0, 1, 4, 9])\nassert square(3) == 9",
    "views": "a = np.asfortranarray(np.arange(6.0).reshape(2, 3))\n"
    "assert np.array_equal(square(a)[:, ::-1], (a * a)[:, ::-1])",
    "frame": "pd.testing.assert_frame_equal(table, pd.DataFrame({'a': [1.5, 2.5], 'b': ['x', 'y']},"
    " index=pd.Index([3, 4], name='k')))\nassert table['a'].dtype == np.float64 and table.index.name == 'k'",
}


def write_theirs(folder: Path, expected: list[str]) -> list[sample.Cell]:
    """A course whose last test says with what versions it, and the notebook, are run."""
    says = (
        f"expected = {expected!r}\nassert seen == expected and [np.__version__, pd.__version__] == expected"
    )
    cells = [
        sample.cell(SEEN, locked=True, grade_id="imports"),
        sample.answer("square"),
        sample.check("numbers", CHECKS["numbers"]),
        sample.check("views", CHECKS["views"]),
        sample.answer("table", FRAME),
        sample.check("frame", CHECKS["frame"]),
        sample.check("versions", says),
    ]
    sample.write_notebook(folder / "source/ps1/nb.ipynb", cells)
    return cells


def hand_in(ours: Path, cells: list[sample.Cell], student: str, square: str, table: str) -> None:
    given = [dict(cell) for cell in cells]
    given[1]["source"], given[4]["source"] = square, table
    sample.write_notebook(ours / "submissions/ps1" / student / "nb.ipynb", given)


def run(ours: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.chdir(ours)
    return CliRunner().invoke(group, arguments)


def graded(ours: Path, student: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What each question earned, and the versions of the report."""
    report = json.loads((ours / "reports/ps1" / student / "report.json").read_text())
    marks = {each["name"]: each["tests"][0]["earned"] for each in report["questions"]}
    return marks, {each["name"]: each["version"] for each in report["versions"]}


def grade_two(
    theirs: Path, ours: Path, python: Path, monkeypatch: pytest.MonkeyPatch, versions: list[str]
) -> None:
    """Adopt into an environment, and grade a right and a wrong submission there."""
    cells = write_theirs(theirs, versions)
    arguments = ("adopt", str(theirs), "--to", str(ours), "--environment", str(python))
    told = CliRunner().invoke(group, arguments)
    assert told.exit_code == 0, told.output
    assert "4 outside" in told.output
    assert f"numpy {versions[0]}" in told.output
    assert f'python = "{python}"' in (ours / "course.toml").read_text()
    hand_in(ours, cells, "ada", "def square(x):\n    return x ** 2", FRAME.partition("\n")[2])
    hand_in(ours, cells, "bob", "def square(x):\n    return x + x", "table = pd.DataFrame({'a': [1.5, 2.5]})")
    assert run(ours, monkeypatch, "grade", "ps1", "-j", "1").exit_code == 0
    right, wrong = graded(ours, "ada"), graded(ours, "bob")
    assert right[0] == {"numbers": 2, "views": 2, "frame": 2, "versions": 2}
    assert wrong[0] == {"numbers": 0, "views": 0, "frame": 0, "versions": 2}
    assert right[1]["numpy"] == versions[0]
    assert f"numpy {versions[0]}" in (ours / "reports/ps1/ada/report.html").read_text()


def test_a_course_is_graded_in_its_own_environment(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Report and table name it; where it is not there, grading says so and marks stay shown."""
    import numpy
    import pandas

    folder = tmp_path_factory.mktemp("own")
    python, ours = make_light(folder / "environment"), folder / "ours"
    grade_two(folder / "theirs", ours, python, monkeypatch, [numpy.__version__, pandas.__version__])
    assert f"Student code is run with numpy {numpy.__version__}" in run(ours, monkeypatch, "grades").stdout
    text = (ours / "course.toml").read_text()
    (ours / "course.toml").write_text(
        text.replace("# packages =", "packages =").replace("pandas<3", "pandas<1")
    )
    told = run(ours, monkeypatch, "grade", "ps1")
    assert isinstance(told.exception, CourseError)
    assert "course.toml asks for pandas<1" in str(told.exception)
    (ours / "course.toml").write_text(text.replace("/bin/python", "/bin/none"))
    shown = run(ours, monkeypatch, "grades")
    assert shown.exit_code == 0
    assert "there is no interpreter" in shown.stderr and "ada" in shown.stdout


@pytest.mark.soak
def test_other_versions_of_the_libraries_see_a_notebook_and_its_tests(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("other")
    python = make_other(folder / "environment")
    versions = [OTHER["numpy"], OTHER["pandas"]]
    ours = folder / "ours"
    grade_two(folder / "theirs", ours, python, monkeypatch, versions)
    told = json.loads(run(ours, monkeypatch, "doctor", "--json").stdout)
    assert told["environment"]["python"] == str(python)
    assert told["environment"]["versions"]["numpy"] == versions[0]
    assert told["level"] == told["level_by_the_kernel"] >= 2
