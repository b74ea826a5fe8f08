"""A new course: what is known of it stands in it, and a course without assignments is one."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.cli.main import group
from autograder.course import read_course
from autograder.errors import CourseError


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def autograder(*arguments: str) -> Result:
    return CliRunner().invoke(group, arguments)


def test_options_say_what_the_course_is(tmp_path: Path) -> None:
    """Whatever stands in a title; the list of students is taken as it is."""
    title = 'Numerics "2027": \\alpha, été'
    Path("class.csv").write_text("id;name\nada;Ada Lovelace\n", encoding="utf-8")

    made = autograder(
        "init", "it", "--name", "num", "--title", title, "--timezone", "UTC", "--students", "class.csv"
    )
    course = read_course(tmp_path / "it")

    assert made.exit_code == 0
    assert "Write students.csv" not in made.output
    assert (course.name, course.title, course.timezone) == ("num", title, "UTC")
    assert [student.name for student in course.roster] == ["Ada Lovelace"]
    assert "gradients" in [each.name for each in course.assignments]


def test_all_that_cannot_be_used_is_told_at_once_and_nothing_is_made() -> None:
    """Each with the option, or the line of the list."""
    Path("class.csv").write_text("id,name\nada,Ada\nada,Ada\n", encoding="utf-8")

    made = autograder(
        "init", "it", "--name", "1 x", "--timezone", "Mars/Base", "--students", "class.csv", "--empty"
    )

    assert isinstance(made.exception, CourseError)
    assert [flaw.where for flaw in made.exception.flaws] == ["--name", "--timezone", "class.csv, line 3"]
    assert not Path("it").exists()


def test_an_empty_course_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And `init` says the next command; whoever names an assignment reads how one comes to be."""
    made = autograder("init", "2027 numerics!", "--empty")
    course = read_course(tmp_path / "2027 numerics!")

    assert "cd '2027 numerics!'\n  autograder doctor\n" in made.output
    assert (course.name, course.title, course.works) == ("numerics", "numerics", ())
    assert list((tmp_path / "2027 numerics!").glob("*/*")) == []

    monkeypatch.chdir("2027 numerics!")
    for command in ("check", "grade", "release"):
        told = repr(autograder(command, "first").exception)
        assert (
            "there is no assignment 'first' (there is none yet: write assignments/first/first.ipynb, "
            "solutions/first.py and a table [assignments.first] in course.toml)"
        ) in told
    policy = autograder("policy")
    assert (policy.exit_code, "Work that is not written yet: weight 100 %." in policy.output) == (0, True)


def test_on_a_terminal_it_asks(tmp_path: Path) -> None:
    """With what it would take; what an option says is not asked."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "autograder", "init", "it", "--timezone", "UTC", "--empty"]
    os.write(ours, b"\nNumerics\n\n")
    subprocess.run(command, stdin=theirs, stdout=subprocess.PIPE, check=True)
    os.close(theirs)
    os.close(ours)

    course = read_course(tmp_path / "it")
    assert (course.name, course.title, course.timezone, course.roster) == ("it", "Numerics", "UTC", ())
