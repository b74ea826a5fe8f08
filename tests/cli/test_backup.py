"""A backup is the whole course in a file: brought back into an empty folder, everything goes on."""

import json
import re
import shutil
import sqlite3
import stat
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from marking_course import Course, notebook

from autograder.course.opened import open_course
from autograder.errors import CourseError, StoreError
from autograder.services import backups

RIGHT = "def double(x):\n    return 2 * x"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = Course(tmp_path_factory.mktemp("graded"))
    course.hand_in("ada", notebook(answer=RIGHT))
    course.hand_in("bob", notebook(answer="def double(x):\n    return -2 * x"))
    assert course.grade().exit_code == 0
    return course


def back_up(course: Course, to: Path) -> Path:
    told = course.run("backup", str(to))
    assert told.exit_code == 0, (told.output, told.exception)
    return to


def tables(course: Course) -> dict[str, list[object]]:
    """Everything that is recorded, but the links."""
    with closing(sqlite3.connect(course.folder / ".autograder/gradebook.sqlite")) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = [name for (name,) in found if name not in ("chain", "sqlite_sequence")]
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in names}


class Restored(Course):
    """A course that is there already."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder


def test_a_course_comes_back_whole_and_goes_on(course: Course, tmp_path: Path) -> None:
    """Entry for entry and file for file, for its owner alone; and its chain tells where it came from."""
    (course.folder / "staff.csv").write_text("id,role\nina,instructor\n")
    backup = back_up(course, tmp_path / "b.zip")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    told = course.run("restore", str(backup), str(tmp_path / "new"))
    assert told.exit_code == 0, (told.output, told.exception)
    assert re.search(r"as it was on \d{1,2} \w{3} \d{4} \d{2}:\d{2}:\d{2}\n", told.stdout), "as elsewhere"
    new = Restored(tmp_path / "new")
    assert tables(new) == tables(course)
    files = ("course.toml", "staff.csv", "assignments/small/small.ipynb", "solutions/small.py")
    for part in (*files, ".autograder/secret"):
        assert (new.folder / part).read_bytes() == (course.folder / part).read_bytes()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in new.folder.rglob("*")}
    assert modes == {0o600, 0o700}
    checked = new.run("doctor", "--store")
    assert (checked.exit_code, "from b.zip (SHA-256" in checked.output) == (0, True)
    assert new.run("feedback", "small").exit_code == 0
    assert new.report("ada") == course.report("ada")
    new.hand_in("cy", notebook(answer=RIGHT))
    assert "1 graded" in new.grade().output
    assert course.run("doctor", "--store").exit_code == 0


def test_a_backup_is_tried(course: Course, tmp_path: Path) -> None:
    """In a folder that is thrown away; what is judged again must come out as it was recorded."""
    told = course.run("backup", str(tmp_path), "--try", "--accept-isolation", "1")
    assert told.exit_code == 0, (told.output, told.exception)
    assert "2 of 2 scores came out as recorded" in told.output
    [backup] = tmp_path.glob("small-*.zip")
    (course.folder / "solutions/small.py").write_text("raise SystemExit")
    told = course.run("backup", str(backup), "--try", "--accept-isolation", "1", "--json")
    assert json.loads(told.output)["try"] == {"tried": 2, "differing": 0}


def test_a_score_that_comes_out_differently_is_named(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder.services import backups

    backup = back_up(course, tmp_path / "b.zip")
    real = backups.grade_unrecorded

    def swapped(*arguments: object, **options: object) -> object:
        batch = real(*arguments, **options)
        ada, bob = batch.reports
        from dataclasses import replace

        return replace(batch, reports=(replace(ada, score_so_far=bob.score_so_far), bob))

    monkeypatch.setattr(backups, "grade_unrecorded", swapped)
    told = course.run("backup", str(backup), "--try", "--accept-isolation", "1")
    assert told.exit_code == 1
    assert "look at small, ada: 2 was recorded, 0 came out" in told.output


def test_no_backup_is_made_of_a_damaged_gradebook(course: Course, tmp_path: Path) -> None:
    """An edit in the middle, which opening does not see, is found before anything is written."""
    with closing(sqlite3.connect(course.folder / ".autograder/gradebook.sqlite")) as connection:
        connection.execute("UPDATE reports SET body = replace(body, 'wrong', 'right')")
        connection.commit()
    told = course.run("backup", str(tmp_path / "b.zip"))
    assert isinstance(told.exception, StoreError)
    assert "no backup is made of a damaged gradebook" in str(told.exception)
    assert not [*tmp_path.glob("*b.zip*")]
    assert not [*(course.folder / ".autograder").glob("backup-*")]


def test_nothing_is_overwritten(course: Course, tmp_path: Path) -> None:
    backup = back_up(course, tmp_path / "b.zip")
    assert "no backup is replaced" in str(course.run("backup", str(backup)).exception)
    for folder in (course.folder, tmp_path):
        told = course.run("restore", str(backup), str(folder))
        assert isinstance(told.exception, CourseError)
        assert "is not an empty folder" in str(told.exception)
    (tmp_path / "empty").mkdir()
    assert course.run("restore", str(backup), str(tmp_path / "empty")).exit_code == 0


DAMAGES = {
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "another file": lambda content: b"not a zip file" * 50,
    "a byte": lambda content: content[:900] + bytes([content[900] ^ 1]) + content[901:],
    "a byte near the end": lambda content: content[:-300] + bytes([content[-300] ^ 1]) + content[-299:],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_backup_is_one_sentence(course: Course, tmp_path: Path, damage) -> None:
    """And the folder stays empty."""
    backup = back_up(course, tmp_path / "b.zip")
    backup.write_bytes(damage(backup.read_bytes()))
    told = course.run("restore", str(backup), str(tmp_path / "new"))
    assert isinstance(told.exception, CourseError), told.exception
    assert "damaged" in str(told.exception)
    assert len(str(told.exception).splitlines()) == 1
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["../out", "/tmp/out", "a/../../out", "a\\b"])
def test_no_file_of_a_backup_leaves_its_folder(course: Course, tmp_path: Path, name: str) -> None:
    backup = back_up(course, tmp_path / "b.zip")
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(forged, "w") as target:
        contents = json.loads(source.read("backup.json"))
        contents["files"][name] = contents["files"]["course.toml"]
        for each in source.namelist():
            target.writestr(each, json.dumps(contents) if each == "backup.json" else source.read(each))
        target.writestr(zipfile.ZipInfo(name), source.read("course.toml"))
    told = course.run("restore", str(forged), str(tmp_path / "new"))
    assert isinstance(told.exception, CourseError), told.output
    assert not (tmp_path / "new").exists() and not (tmp_path / "out").exists()


def test_a_backup_of_a_broken_course_is_named(course: Course, tmp_path: Path) -> None:
    """And no folder is left of what could not be brought back."""
    broken = tmp_path / "broken.zip"
    (course.folder / "students.csv").write_text("id\nada\n")
    backup = back_up(course, tmp_path / "b.zip")
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(broken, "w") as target:
        contents = json.loads(source.read("backup.json"))
        contents["files"]["students.csv"] = sha256(b"id\nada\nada\n").hexdigest()
        for each in source.namelist():
            made = {"backup.json": json.dumps(contents).encode(), "students.csv": b"id\nada\nada\n"}
            target.writestr(each, made.get(each) or source.read(each))
    for arguments in (("restore", str(broken), str(tmp_path / "new")), ("backup", str(broken), "--try")):
        told = course.run(*arguments)
        assert isinstance(told.exception, CourseError), told.exception
        assert str(told.exception).startswith(f"{broken}, students.csv, line 3: the id 'ada'")
        assert not (tmp_path / "new").exists()


def test_a_killed_writer_and_a_backup_get_along(course: Course, tmp_path: Path) -> None:
    """The head that goes with the copy is that of the copy."""
    head = course.folder / ".autograder/head"
    behind = head.read_bytes()
    with open_course(course.folder).gradebook() as book:
        book.note_restored("a test")
    head.write_bytes(behind)
    backup = back_up(course, tmp_path / "b.zip")
    assert course.run("restore", str(backup), str(tmp_path / "new")).exit_code == 0
    assert Restored(tmp_path / "new").run("doctor", "--store").exit_code == 0


def test_after_damage_a_backup_is_what_the_sentence_says(course: Course, tmp_path: Path) -> None:
    backup = back_up(course, tmp_path / "b.zip")
    shutil.rmtree(course.folder / ".autograder/expected")
    (course.folder / ".autograder/gradebook.sqlite").write_bytes(b"")
    told = course.run("grades")
    assert "`autograder restore BACKUP FOLDER`" in str(told.exception)
    assert course.run("restore", str(backup), str(tmp_path / "new")).exit_code == 0
    assert '"ada"' in Restored(tmp_path / "new").run("grades", "--json").output


def test_what_an_adopted_assignment_is_graded_by_is_in_it(course: Course, tmp_path: Path) -> None:
    """And the versions of quizzes that somebody may be taking."""
    toml = course.folder / "course.toml"
    adopted = '[assignments.old]\ntitle = "Old"\nweight = "50 %"\nadopted = "adopted/ps1"\n'
    toml.write_text(toml.read_text().replace('weight = "100 %"', 'weight = "50 %"') + adopted)
    for name in ("adopted/ps1/assignment.json", ".autograder/quizzes/0.quiz.md"):
        file = course.folder / name
        file.parent.mkdir(parents=True)
        file.write_text("x")
    made = backups.back_up(open_course(course.folder), tmp_path / "b.zip", now=datetime.now(UTC))
    assert {"adopted/ps1/assignment.json", ".autograder/quizzes/0.quiz.md"} <= made.contents.files.keys()
