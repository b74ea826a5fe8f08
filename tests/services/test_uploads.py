"""What instructors sent and did not confirm: found by its name alone, and kept for a day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from class_course import ClassCourse

from autograder.course.opened import OpenCourse, open_course
from autograder.services.persons import erase
from autograder.services.uploads import course_uploads

NOW = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def course(tmp_path: Path) -> OpenCourse:
    return open_course(ClassCourse(tmp_path).folder)


@pytest.mark.parametrize(
    "name", ["../../x.zip", "a/b\\c.csv", "", ".hidden", "ü.csv", "n" * 400 + ".zip", "\x00"]
)
def test_a_file_is_found_by_its_key_whatever_it_is_called(course: OpenCourse, name: str) -> None:
    uploads = course_uploads(course)
    key = uploads.keep(name, b"content", now=NOW)
    file = uploads.find(key)
    assert file is not None
    assert file.read_bytes() == b"content"
    assert file.parent.parent == uploads.folder
    assert not file.name.startswith(".")
    for other in ("", "..", key[:-1], f"../uploads/{key}", key + "/x"):
        assert uploads.find(other) is None
    uploads.forget(key)
    assert uploads.find(key) is None


def test_it_is_gone_after_a_day_and_when_anybody_is_erased(course: OpenCourse) -> None:
    uploads = course_uploads(course)
    old = uploads.keep("old.zip", b"1", now=NOW)
    young = uploads.keep("young.zip", b"2", now=NOW + timedelta(hours=23))
    uploads.forget_old(NOW + timedelta(hours=25))
    assert uploads.find(old) is None
    assert uploads.find(young) is not None
    roster = course.folder.path / "students.csv"
    roster.write_text("id\nada\n")
    with course.gradebook():
        pass
    erase(open_course(course.folder.path), "ada")
    assert uploads.find(young) is None
