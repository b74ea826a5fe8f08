"""What is known of an adopted assignment is written as JSON and read back the same."""

from fractions import Fraction
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.foreign.model import (
    ASSIGNMENT_FILE,
    PROFILES_FILE,
    AdoptedAssignment,
    CellType,
    ForeignCell,
    ForeignEnvironment,
    ForeignFile,
    ForeignNotebook,
    ForeignQuestion,
    ForeignRole,
    ForeignSeed,
    ForeignSource,
    ForeignTest,
    Profile,
    SourceKind,
    TestStyle,
    Tool,
    Where,
    read_assignment_file,
    read_profiles,
    write_assignment,
    write_profiles,
)

TEST = ForeignTest("q1 - 1", TestStyle.OK, ">>> x\n3", Fraction(1, 3), hidden=True, failure="look again")
CELLS = (
    ForeignCell("a", ForeignRole.STUDENT, CellType.CODE, "x = 1", graded=True, checksum="0" * 32),
    ForeignCell("t", ForeignRole.TEST, CellType.CODE, "assert x", "", Fraction(2), locked=True, graded=True),
)
ASSIGNMENT = AdoptedAssignment(
    name="ps1",
    title="Problem set 1",
    tool=Tool.OTTER,
    source=ForeignSource(SourceKind.MASTER, "/course/ps1.ipynb", "ps1", files=(ForeignFile("a.csv", "1"),)),
    notebooks=(ForeignNotebook("ps1", CELLS, CELLS),),
    questions=(ForeignQuestion("q1", Fraction(1, 3), "ps1", tests=(TEST,), all_or_nothing=True),),
    environment=ForeignEnvironment("3.11", ("numpy<3",), ("numpy",)),
    seed=ForeignSeed(42, "rng_seed"),
    score_threshold=Fraction(4, 5),
)


def test_an_assignment_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / ASSIGNMENT_FILE).write_text(write_assignment(ASSIGNMENT))
    assert read_assignment_file(tmp_path) == ASSIGNMENT


def test_profiles_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    profiles = (Profile("q1 - 1", Where.INSIDE, "it shares a file", ("np",), ("==",), shares_files=True),)
    (tmp_path / PROFILES_FILE).write_text(write_profiles(profiles))
    assert read_profiles(tmp_path) == profiles


def test_a_released_text_that_is_empty_is_not_the_source() -> None:
    assert [cell.as_released for cell in CELLS] == ["x = 1", ""]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "assignment": {"name": 3}}']
)
def test_a_damaged_file_is_told_with_its_path(tmp_path: Path, text: str) -> None:
    (tmp_path / ASSIGNMENT_FILE).write_text(text)
    with pytest.raises(CourseError, match=r"assignment\.json"):
        read_assignment_file(tmp_path)
    with pytest.raises(CourseError, match=r"profiles\.json: cannot be read"):
        read_profiles(tmp_path)
