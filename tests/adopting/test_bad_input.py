"""What cannot be adopted is refused with its place and the way out, once for each mistake."""

import json
import pickle
import shutil
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbgrader_course as sample
import otter_course
import pytest

from autograder.adopting.source import read_source
from autograder.adopting.their_tools import TheirPython
from autograder.errors import CourseError
from autograder.foreign.marks import earn, partial_credit
from autograder.foreign.model import ForeignTest, Profile, TestStyle, Tool, Where
from autograder.foreign.session import TestRun
from autograder.sandbox.messages import RanTest

PYTHON = TheirPython()


def refusals(folder: Path, *cells: sample.Cell) -> list[str]:
    """Why the only assignment of these cells is refused; nothing where it is not."""
    sample.write_notebook(folder / "source/ps1/nb.ipynb", cells)
    return [str(flaw) for refused in read_source(folder, PYTHON).refused for flaw in refused.flaws]


@pytest.mark.parametrize("version", [0, 1, 2, 3])
def test_metadata_of_every_schema_of_nbgrader_is_read(tmp_path: Path, version: int) -> None:
    cells = [sample.answer("a"), sample.check("t")]
    for cell in cells:
        cell["metadata"]["nbgrader"]["schema_version"] = version
    assert not refusals(tmp_path, *cells)


@pytest.mark.parametrize("version", [4, -1, "3", True, 3.0, None])
def test_metadata_of_another_schema_is_refused_with_each_cell(tmp_path: Path, version: Any) -> None:
    """Once for each: that its regions stand in no test follows, and is not said."""
    cells = [sample.answer("a"), sample.check("t")]
    for cell in cells:
        cell["metadata"]["nbgrader"]["schema_version"] = version
    told = refusals(tmp_path, *cells)
    assert len(told) == 2
    assert all(f"is of schema {version!r}, and 0 to 3 are known here" in line for line in told)


@pytest.mark.parametrize("points", [-1, "2", "x", None, [1], float("inf"), float("nan"), 1e7])
def test_points_that_are_no_number_or_too_many_are_refused(tmp_path: Path, points: Any) -> None:
    [told] = refusals(tmp_path, sample.answer("a"), sample.check("t", sample.TEST, points))
    assert "cell 2: its points are" in told
    assert "a number, 0 to 1e+06" in told


@pytest.mark.parametrize("kind", ["markdown", "raw", "heading", "nonsense", 7, None])
def test_a_test_in_a_cell_of_the_wrong_type_is_refused_once(tmp_path: Path, kind: Any) -> None:
    cells = [sample.answer("a"), sample.check("t")]
    cells[1]["cell_type"] = kind
    [told] = refusals(tmp_path, *cells)
    assert "cell 2: " in told


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_settings_of_otter_that_are_no_number_are_refused(tmp_path: Path, number: str) -> None:
    path = otter_course.write_zip(tmp_path / "hw.zip", config=f'{{"points_possible": {number}}}')
    with pytest.raises(CourseError, match=r"otter_config\.json: points_possible is .* \(a number\)"):
        read_source(path, PYTHON)


class Marks:
    """Whoever reads a pickle of this makes a file."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (str(self.place), "w")


@pytest.mark.parametrize("name", ["results.pkl", "results.pickle", ".OTTER_LOG", "files/results.pkl"])
def test_a_pickle_of_results_is_never_read(tmp_path: Path, name: str) -> None:
    """It would run what whoever wrote it likes."""
    made = tmp_path / "made"
    pickled = pickle.dumps(Marks(made))
    path = otter_course.write_zip(tmp_path / "hw.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, pickled)
    [read] = read_source(path, PYTHON).read
    assert [question.name for question in read.assignment.questions] == ["q1", "q2"]
    assert not made.exists()
    pickle.loads(pickled).close()
    assert made.exists(), "it would have been seen"


def test_what_students_export_is_no_autograder(tmp_path: Path) -> None:
    path = tmp_path / "hw_2026.zip"
    notebook = sample.write_notebook(tmp_path / "hw.ipynb", [sample.cell("x = 1")])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hw.ipynb", notebook.read_bytes())
        archive.writestr(".OTTER_LOG", b"\x80\x05.")
    with pytest.raises(CourseError, match=r"hw_2026\.zip: is no autograder\.zip of Otter's: it"):
        read_source(path, PYTHON)


def test_a_gradebook_that_is_written_to_all_the_time_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy during which something changed is none: half of one state and half of another are no course."""
    sample.write_course(tmp_path)
    database = tmp_path / "gradebook.db"
    database.write_bytes(b"")
    copy = shutil.copyfile

    def write_meanwhile(source: Path, target: Path) -> None:
        copy(source, target)
        database.write_bytes(database.read_bytes() + b"x")

    monkeypatch.setattr("autograder.adopting.nbgrader_gradebook.shutil.copyfile", write_meanwhile)
    monkeypatch.setattr("autograder.adopting.nbgrader_gradebook.time.sleep", lambda _: None)
    with pytest.raises(CourseError, match=r"gradebook\.db: is being written to.*stop what writes to it"):
        read_source(tmp_path, PYTHON)


def test_a_master_whose_points_have_a_long_exponent_does_not_hang(tmp_path: Path) -> None:
    cells = json.loads(json.dumps(otter_course.master_cells()).replace("points: 3 ", "points: 1e999999999 "))
    master = otter_course.write_master(tmp_path, cells)
    (read,) = read_source(master, TheirPython(Path("/usr/bin/false"))).read
    assert read.assignment.questions[-1].points == 0


@pytest.mark.parametrize(
    ("shown", "least", "most"),
    [
        *(("1e-999999999", 0, 0), ("0." + "1" * 9000, 0.11, 0.12), ("1." + "9" * 9000, 2, 2)),
        *(("-1", 2, 2), ("-inf", 2, 2), ("nan", 2, 2), ("[1]", 2, 2)),
    ],
)
def test_what_a_test_shows_is_no_number_that_takes_for_ever(shown: str, least: float, most: float) -> None:
    """It may be the student's own text: the one who grades must not work it out exactly."""
    earned = partial_credit(shown, Fraction(2))
    assert earned is not None and least <= earned <= most


@pytest.mark.parametrize("shown", ["2.5", "1e999999999", "inf", " 3 "])
def test_a_number_that_is_more_than_the_points_of_a_test_earns_nothing_and_a_person_looks(shown: str) -> None:
    """Nbgrader ends there with an error, and the student's notebook has no marks at all."""
    test = ForeignTest("t", TestStyle.CELL, "f(3)", Fraction(2))
    run = TestRun(passed=True, told=RanTest(passed=True, shown=shown))
    profile = Profile("t", Where.OUTSIDE, "")
    earned = earn(test, run, profile, tool=Tool.NBGRADER)
    assert (earned.points, earned.passed, earned.where) == (None, None, Where.NOT_JUDGED)
    assert f"it shows {shown.strip()}, which is more than its points" in earned.reason
    assert earn(test, run, profile, tool=Tool.OTTER).points == 2


def test_a_short_number_that_a_test_shows_is_taken_exactly() -> None:
    assert partial_credit("0.1", Fraction(2)) == Fraction(1, 10)
    assert partial_credit("1e-5", Fraction(2)) == Fraction(1, 100_000)
