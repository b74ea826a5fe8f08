"""Another interpreter is asked what it is, and refused in a sentence where it cannot run student code."""

import stat
import sys
from pathlib import Path

import pytest
from confined import confined_runner
from second_environment import make_light

from autograder.domain.course import Limits
from autograder.domain.notebook import Cell, CellKind
from autograder.errors import CourseError
from autograder.sandbox.interpreter import can_import, find_interpreter, this_interpreter


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_light(tmp_path_factory.mktemp("second") / "environment")


def program(path: Path, text: str) -> Path:
    """A program that answers what it likes."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_student_code_runs_in_the_other_interpreter_and_is_sealed_there(light: Path) -> None:
    """Libraries that are there alone can be imported; the level is that of this one."""
    source = "import sys, only_there\nwhere, answer = sys.prefix, only_there.answer"
    with confined_runner(interpreter=find_interpreter(light)) as there, confined_runner() as here:
        assert there.isolation.level == here.isolation.level
        with there.start([Cell(CellKind.CODE, source, 1)], Limits()) as student:
            assert not student.cells[0].exception
            assert student.variable("where").value == str(light.parents[1])
            assert student.variable("answer").value == 42
        with here.start([Cell(CellKind.CODE, source, 1)], Limits()) as student:
            assert student.cells[0].exception == "ModuleNotFoundError"


def test_an_interpreter_says_its_versions_and_where_it_lies(light: Path) -> None:
    found = find_interpreter(light, ("numpy>1", "packaging"))
    assert str(light.parents[1]) in found.roots
    assert dict(found.versions).items() >= dict(this_interpreter().versions).items()
    assert "packaging" in dict(found.versions)
    assert not found.is_ours and this_interpreter().is_ours


@pytest.mark.parametrize(
    "answer, sentence",
    [
        ("printf 'linux 3.9.2'", r"is Python 3\.9\.2, and student code is run by 3\.11 or newer"),
        ("printf 'linux2 2.7.18'", r"is Python 2\.7\.18"),
        ("echo hello", "does not answer as a Python does"),
        ("echo 'cannot find it' >&2; exit 3", "does not answer as a Python does: cannot find it"),
    ],
)
def test_what_cannot_run_student_code_is_refused(tmp_path: Path, answer: str, sentence: str) -> None:
    with pytest.raises(CourseError, match=sentence):
        find_interpreter(program(tmp_path / "python", answer))


def test_a_path_that_is_no_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "python").write_text("no program")
    with pytest.raises(CourseError, match="is no program that can be run"):
        find_interpreter(tmp_path / "python")
    with pytest.raises(CourseError, match="there is no interpreter"):
        find_interpreter(tmp_path / "none")


def test_packages_that_are_missing_are_all_named(light: Path) -> None:
    """Each with what is there, and the command that installs them."""
    with pytest.raises(CourseError) as told:
        find_interpreter(light, ("numpy<1", "no-such-package", "matplotlib"))
    message = str(told.value)
    assert (
        f"has numpy {dict(this_interpreter().versions)['numpy']}, and course.toml asks for numpy<1" in message
    )
    assert "has no no-such-package" in message
    assert f"{light} -m pip install 'numpy<1' 'no-such-package'" in message
    assert len(told.value.flaws) == 2


def test_an_environment_without_numpy_or_ipython_says_that_they_are_needed(tmp_path: Path) -> None:
    light = make_light(tmp_path / "bare")
    (there,) = light.parents[1].glob("lib/*/site-packages/shared.pth")
    there.unlink()
    with pytest.raises(CourseError, match=r"has no numpy, without which no student code can be run") as told:
        find_interpreter(light)
    assert "has no ipython" in str(told.value)
    assert Path(sys.executable) != light


def test_an_interpreter_tells_whether_it_has_a_module_that_works(light: Path) -> None:
    """nose is there with many a Python, and raises where it is imported."""
    [beside] = light.parents[1].rglob("only_there.py")
    beside.with_name("old_module.py").write_text("from collections import Callable\n")
    there = find_interpreter(light)
    found = {name: can_import(there, name) for name in ("only_there", "json.tool", "old_module", "json.none")}
    assert found == {"only_there": True, "json.tool": True, "old_module": False, "json.none": False}
