"""A whole course from its beginning: what is personal or secret is for its owner or the group."""

import grp
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from marking_course import STUB, Course, notebook
from quiz_course import QUIZ

from autograder import access
from autograder.cli.main import group

GROUP = grp.getgrgid(os.getegid()).gr_name
PUBLIC = ("release",)
"""Folders of what is made to be given away: others may read it, and write nothing."""
WITH_QUIZ = '[quizzes.weekly]\ntitle = "Week 3"\nweight = "0 %"\n'


@pytest.fixture(autouse=True)
def umask() -> Iterator[Callable[[int], int]]:
    """Sets one, which is taken back."""
    before = os.umask(0)
    yield os.umask
    os.umask(before)


def do(folder: Path, *arguments: str, typed: str = "") -> None:
    """Run a command in a course; it must not be refused."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        done = CliRunner().invoke(group, arguments, input=typed, catch_exceptions=False)
    finally:
        os.chdir(before)
    assert done.exit_code in (0, 1), (arguments, done.output)


def walk(folder: Path, download: Path, *, shared: bool) -> None:
    """Everything that writes, once."""
    do(folder, "release", "small")
    do(folder, "release", "small", "--to", "zip")
    do(folder, "release", "small", "--to", "nbgrader")
    do(folder, "collect", "small", str(download))
    do(folder, "grade", "small", "-j", "1", "--accept-isolation", "1")
    do(folder, "mark", "small")
    table = folder / "marking/small/written-2.csv"
    filled = table.read_text(encoding="utf-8-sig").replace(",,,", ",0.5,3/2,", 1)
    access.write_whole(table, filled, access.Access(GROUP if shared else ""))
    do(folder, "mark", "small", "--csv", str(table))
    do(folder, "mark", "small")
    do(folder, "explain", "small", "ada")
    do(folder, "feedback", "small")
    do(folder, "solution", "small")
    do(folder, "grades")
    do(folder, "quiz", "take", "weekly", "--student", "ada", typed="2 A w\nBecause.\n.\nyes\nyes\nyes\n")
    do(folder, "quiz", "mark", "weekly")
    do(folder, "quiz", "report", "weekly")
    for other in ("moodle", "qti", "jupyterquiz", "html"):
        do(folder, "quiz", "export", "weekly", "--to", other)
    do(folder, "doctor", "--store")


def rights(folder: Path, given: set[Path]) -> dict[str, int]:
    """The rights of whatever was not given, by its place."""
    made = (path for path in folder.rglob("*") if path not in given)
    return {str(path.relative_to(folder)): stat.S_IMODE(path.lstat().st_mode) for path in made}


@pytest.mark.parametrize(
    ("mask", "shared"),
    [
        (0, False),
        (0o077, True),
        *(
            pytest.param(*each, marks=pytest.mark.soak)
            for each in [(0, True), (0o022, False), (0o077, False)]
        ),
    ],
)
def test_a_course_from_release_to_exports(
    tmp_path: Path, umask: Callable[[int], int], mask: int, *, shared: bool
) -> None:
    """And released notebooks are readable for whom the umask lets read, and written by the group alone."""
    umask(mask)
    course = Course(tmp_path / "course")
    folder = course.folder
    with (folder / "course.toml").open("a") as file:
        file.write(WITH_QUIZ + (f'[privacy]\ngroup = "{GROUP}"\n' if shared else ""))
    (folder / "quiz").mkdir()
    (folder / "quiz/weekly.quiz.md").write_text(QUIZ)
    (folder / "students.csv").write_text("id,name,email,group\nada,Ada,,\nbob,Bob,,\n")
    for student in ("ada", "bob"):
        (tmp_path / "download" / student).mkdir(parents=True)
        (tmp_path / "download" / student / "small.ipynb").write_bytes(notebook(answer=STUB, comment="Well."))
    given = set(folder.rglob("*"))

    walk(folder, tmp_path / "download", shared=shared)

    found = rights(folder, given)
    own = {path: mode for path, mode in found.items() if not path.startswith(PUBLIC)}
    expected = dict.fromkeys(own, (1528 if shared else 448, 432 if shared else 384))
    wrong = {
        path: oct(mode) for path, mode in own.items() if mode != expected[path][not (folder / path).is_dir()]
    }
    assert wrong == {}
    places = ("secret", "gradebook.sqlite", "head", "expected")
    assert {f".autograder/{name}" for name in places} < own.keys()
    assert {
        "weekly-report.html",
        "weekly.moodle.xml",
        "small-solution.ipynb",
        "marking/weekly/why.csv",
    } < own.keys()
    given_away = {path: mode for path, mode in found.items() if path not in own}
    assert {mode & 0o022 for mode in given_away.values()} == {0o020 if shared else 0}


def test_a_new_course_hides_its_solutions(tmp_path: Path) -> None:
    """And its keys and students; the rest others may read at most."""
    do(tmp_path, "init", "course")
    found = rights(tmp_path / "course", set())
    hidden = ("solutions", "quiz", "submissions", "students.csv")
    for path, mode in found.items():
        assert mode & (0o077 if path.startswith(hidden) else 0o022) == 0, (path, oct(mode))
    assert {"solutions/gradients.py", "students.csv"} < found.keys()


def test_a_demo_is_like_any_course(tmp_path: Path) -> None:
    do(tmp_path, "demo", "class", "--size", "2", "-j", "1")
    found = rights(tmp_path / "class", set())
    public = ("assignments", "release", "course.toml", ".gitignore", ".demo")
    for path, mode in found.items():
        assert mode & (0o022 if path.startswith(public) else 0o077) == 0, (path, oct(mode))
