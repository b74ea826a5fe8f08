"""`backup --try` works published grades out again, from the backup alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from marking_course import Course, notebook

RIGHT, WRONG = "def double(x):\n    return 2 * x", "def double(x):\n    return -2 * x"
STUDENTS = tuple(f"s{number:02}" for number in range(13))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Marks and final grades of a class were published; then much was recorded that changes them."""
    course = Course(tmp_path_factory.mktemp("published") / "course")
    course.ask_for_no_figure()
    for number, student in enumerate(STUDENTS):
        course.hand_in(student, notebook(answer=RIGHT if number % 3 else WRONG))
    for arguments in (
        ("grade", "small", "-j", "1", "--accept-isolation", "1"),
        ("override", "s01", "small", "--adjust", "-1/2", "--why", "late", "--yes"),
        ("publish", "small", "--yes"),
        ("publish", "--final", "--yes"),
        ("override", "s02", "small", "--mark", "0/2", "--why", "copied", "--yes"),
    ):
        told = course.run(*arguments)
        assert told.exit_code == 0, (arguments, told.output, told.exception)
    course.hand_in("s03", notebook(answer=RIGHT))
    assert course.grade().exit_code == 0
    return course


def trial(course: Course, folder: Path, *more: str) -> tuple[int, str]:
    told = course.run("backup", str(folder / "b.zip"), "--try", "--accept-isolation", "1", *more)
    return told.exit_code, told.output


def test_grades_come_out_as_they_were_published(made: Course, tmp_path: Path) -> None:
    """Whatever was recorded afterwards: a decision, a later file with another mark."""
    code, output = trial(made, tmp_path)
    assert code == 0, output
    assert "10 of 10 published grades came out as published" in output
    code, output = trial(made, tmp_path / "again", "--json")
    told = json.loads(output)
    assert (code, told["published"]) == (0, {"tried": 10, "differing": [], "other_policy": []})
    assert told["try"]["differing"] == 0


def test_the_backup_alone_is_asked(made: Course, tmp_path: Path) -> None:
    """Also where nothing is left of the course."""
    assert made.run("backup", str(tmp_path / "b.zip")).exit_code == 0
    elsewhere = Course(tmp_path / "elsewhere")
    told = elsewhere.run("backup", str(tmp_path / "b.zip"), "--try", "--accept-isolation", "1")
    assert (told.exit_code, "10 of 10 published grades" in told.output) == (0, True), told.output


def test_a_grade_that_comes_out_differently_is_named(
    made: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that reckons otherwise, say."""
    from autograder.services import backups

    real = backups.snapshot

    def otherwise(*arguments: Any) -> dict[str, dict[str, Any]]:
        grades: dict[str, dict[str, Any]] = real(*arguments)
        return {**grades, "s00": grades["s01"]}

    assert made.run("backup", str(tmp_path / "b.zip")).exit_code == 0
    monkeypatch.setattr(backups, "snapshot", otherwise)
    told = made.run("backup", str(tmp_path / "b.zip"), "--try", "--accept-isolation", "1")
    assert told.exit_code == 1
    assert "8 of 10 published grades" in told.output, told.output
    assert "look at small, s00: 0 was published, 3/4 came out" in told.output
    assert "look at final grade, s00: 0.00 (0) was published, 15.00 (15) came out" in told.output


def test_a_publication_by_another_policy_is_said_not_judged(made: Course, tmp_path: Path) -> None:
    course = made.folder / "course.toml"
    before = course.read_text()
    course.write_text(before.replace('exam = "0 %"', 'exam = "0 %"\nstep = "0.5"'))
    try:
        code, output = trial(made, tmp_path)
    finally:
        course.write_text(before)
    assert code == 0, output
    assert "final grades: published by another policy than course.toml has; not tried" in output


def test_where_nothing_was_published_nothing_is_said_of_it(tmp_path: Path) -> None:
    course = Course(tmp_path / "course")
    course.hand_in("ada", notebook(answer=RIGHT))
    assert course.grade().exit_code == 0
    code, output = trial(course, tmp_path)
    assert (code, "published" in output) == (0, False), output


def test_who_was_erased_since_is_not_asked_for(made: Course, tmp_path: Path) -> None:
    assert made.run("backup", str(tmp_path / "b.zip")).exit_code == 0
    assert made.run("restore", str(tmp_path / "b.zip"), str(tmp_path / "new")).exit_code == 0

    class Restored(Course):
        def __init__(self) -> None:
            self.folder = tmp_path / "new"

    restored = Restored()
    for student in STUDENTS[4:]:
        assert restored.run("erase", "--person", student, "--yes").exit_code == 0
    code, output = trial(restored, tmp_path / "more")
    assert (code, "8 of 8 published grades" in output) == (0, True), output
