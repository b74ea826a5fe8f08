"""Two commands that write at once lose nothing: as processes, on every database."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from marking_course import Course, notebook

from autograder.course.opened import open_course

RIGHT, WRONG = "def double(x):\n    return 2 * x", "def double(x):\n    return -2 * x"
STUDENTS = ("ada", "bob", "cy", "dan")
GRADE = ("grade", "small", "-j", "1", "--accept-isolation", "1")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])
def course(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Course]:
    """A course with four students, graded and handed in anew, in a file or a database."""
    if request.param == "postgresql":
        import psycopg

        server, name = request.getfixturevalue("postgresql"), f"side_{os.urandom(4).hex()}"
        with psycopg.connect(server % "postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        monkeypatch.setenv("AUTOGRADER_STORE", server % name)
    course = Course(tmp_path / "course")
    course.ask_for_no_figure()
    toml = course.folder / "course.toml"
    shares = toml.read_text().replace('"100 %"\nexam = "0 %"', '"50 %"\nexam = "50 %"')
    toml.write_text(shares)
    (course.folder / "students.csv").write_text("id,name\n" + "".join(f"{s},{s} x\n" for s in STUDENTS))
    for student in STUDENTS:
        course.hand_in(student, notebook(answer=WRONG))
    assert course.grade().exit_code == 0
    for student in STUDENTS:
        course.hand_in(student, notebook(answer=RIGHT))
    yield course


def run(course: Course, *sequences: Sequence[Sequence[str]]) -> list[list[subprocess.CompletedProcess[str]]]:
    """Each sequence of commands one after the other, and the sequences side by side."""
    together = Barrier(len(sequences))

    def follow(commands: Sequence[Sequence[str]]) -> list[subprocess.CompletedProcess[str]]:
        together.wait()
        return [
            subprocess.run(
                [sys.executable, "-m", "autograder", *command],
                cwd=course.folder,
                capture_output=True,
                text=True,
                check=False,
            )
            for command in commands
        ]

    with ThreadPoolExecutor(len(sequences)) as threads:
        done = list(threads.map(follow, sequences))
    for each in (one for many in done for one in many):
        assert each.returncode == 0, (each.args, each.stdout, each.stderr)
    return done


def whole(course: Course) -> None:
    told = course.run("doctor", "--store")
    assert told.exit_code == 0, told.output


def test_grading_and_deciding(course: Course) -> None:
    decide = [("override", who, "small", "--adjust", "-1/2", "--why", "w", "--yes") for who in STUDENTS[:3]]
    run(course, [GRADE], decide)
    with open_course(course.folder).gradebook(read_only=True) as book:
        assert sorted(event.whom.student for event in book.events.all()) == ["ada", "bob", "cy"]
        assert [len(book.history(who)) for who in STUDENTS] == [2] * 4
        assert [report.score_so_far for report in book.latest_reports("small")] == [2] * 4
    assert all(course.report(who)["score_so_far"] == 2 for who in STUDENTS)
    whole(course)


@pytest.mark.soak
def test_publishing_and_the_exam(course: Course) -> None:
    """What is published is what was recorded before or after: one moment, not two."""
    assert course.grade().exit_code == 0
    for number, mark in enumerate((10, 12)):
        (course.folder / f"exam{number}.csv").write_text(
            "id,exam (/20)\n" + "".join(f"{who},{mark}\n" for who in STUDENTS)
        )
    exams = [("exam", f"exam{number}.csv", "--yes") for number in (0, 1)]
    decide = ("override", "ada", "small", "--mark", "1/2", "--why", "w", "--yes")
    published = [("publish", "small", "--yes"), decide, ("publish", "small", "--yes")]
    run(course, exams, published)
    with open_course(course.folder).gradebook(read_only=True) as book:
        events = book.events.all()
        assert [event.number for event in events] == list(range(1, len(events) + 1))
        assert len([event for event in events if event.kind.value == "exam mark"]) == 8
        assert len([event for event in events if event.kind.value == "override"]) == 1
    assert course.run("publish", "--final", "--yes").exit_code in (0, 2)
    whole(course)


@pytest.mark.soak
def test_erasing_and_grading(course: Course) -> None:
    run(course, [GRADE], [("erase", "--person", "ada", "--yes")])
    with open_course(course.folder).gradebook(read_only=True) as book:
        assert book.students() == ("bob", "cy", "dan")
        assert [len(book.history(who)) for who in STUDENTS] == [0, 2, 2, 2]
    assert not (course.folder / "reports/small/ada").exists()
    assert "ada" not in (course.folder / "students.csv").read_text()
    whole(course)


@pytest.mark.soak
def test_a_backup_and_grading(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a backup holds is what stood between two entries."""
    backups = [("backup", str(tmp_path / f"{number}.zip")) for number in range(3)]
    run(course, [GRADE], backups)
    whole(course)
    with open_course(course.folder).gradebook(read_only=True) as book:
        assert len(list(book.reports("small"))) == 8
    monkeypatch.delenv("AUTOGRADER_STORE", raising=False)
    for number in range(3):
        folder = tmp_path / f"restored{number}"
        assert course.run("restore", str(tmp_path / f"{number}.zip"), str(folder)).exit_code == 0
        restored = Course.__new__(Course)
        restored.folder = folder
        whole(restored)
        assert restored.grade().exit_code == 0
        with open_course(folder).gradebook(read_only=True) as book:
            assert [report.score_so_far for report in book.latest_reports("small")] == [2] * 4


@pytest.mark.soak
def test_collecting_and_giving_more_time(course: Course, tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for who in STUDENTS:
            packed.writestr(f"{who}/small.ipynb", notebook(answer=RIGHT, comment="anew"))
    toml = course.folder / "course.toml"
    toml.write_text(toml.read_text() + "deadline = 2026-12-13T23:59:00\n")
    extend = [("extend", who, "small", "2026-12-20", "--why", "w", "--yes") for who in STUDENTS]
    collect = [("collect", "small", str(archive)), ("collect", "small", str(archive))]
    run(course, collect, extend)
    with open_course(course.folder).gradebook(read_only=True) as book:
        assert [event.whom.student for event in book.events.all()] == list(STUDENTS)
    for who in STUDENTS:
        handed_in = [p.read_bytes() for p in (course.folder / "submissions/small" / who).rglob("*.ipynb")]
        assert [b"anew" in content for content in handed_in].count(True) == 1
    assert course.grade().exit_code == 0
    whole(course)
