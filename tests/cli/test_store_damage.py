"""A damaged gradebook ends a command with one sentence and exit code 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from marking_course import Course


def run(course: Course, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "autograder", *arguments]
    environment = {k: v for k, v in os.environ.items() if k != "AUTOGRADER_STORE"}
    return subprocess.run(command, cwd=course.folder, capture_output=True, text=True, env=environment)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = Course(tmp_path)
    course.hand_in("ada", b"{}")
    assert course.run("grade", "small", "--dry-run").exit_code == 0
    return course


def cut(state: Path) -> None:
    (state / "gradebook.sqlite").write_bytes((state / "gradebook.sqlite").read_bytes()[:20_000])


def empty(state: Path) -> None:
    (state / "gradebook.sqlite").write_bytes(b"")


def delete(state: Path) -> None:
    (state / "gradebook.sqlite").unlink()


def lose_secret(state: Path) -> None:
    (state / "secret").unlink()


def change_secret(state: Path) -> None:
    (state / "secret").write_text("00" * 32)


def lose_head(state: Path) -> None:
    (state / "head").unlink()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut, "bring back a backup"),
        (empty, "the gradebook is empty or gone"),
        (delete, "the gradebook is empty or gone"),
        (lose_secret, "the course's secret is lost"),
        (change_secret, "not written with the course's secret as it is today"),
        (lose_head, "the file that says where the gradebook ends is lost"),
    ],
)
def test_it_is_one_sentence_and_never_a_new_beginning(course: Course, damage, said: str) -> None:
    """Whichever command comes first."""
    damage(course.folder / ".autograder")
    for command in (["grade", "small", "--dry-run"], ["grades"], ["grade", "small", "--dry-run"]):
        done = run(course, *command)
        assert done.returncode == 2, done.stdout + done.stderr
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_the_doctor_checks_the_whole_store(course: Course) -> None:
    told = run(course, "doctor", "--store")
    assert (told.returncode, told.stderr) == (0, "")
    assert "0 entries, all as they were recorded" in told.stdout
    lose_head(course.folder / ".autograder")
    told = run(course, "doctor", "--store")
    assert told.returncode == 2
    assert "is lost" in told.stderr
    told = run(course, "doctor", "--store", "--accept")
    assert told.returncode == 0, told.stderr
    assert "kept knowingly" in told.stdout
    assert run(course, "grade", "small", "--dry-run").returncode == 0
