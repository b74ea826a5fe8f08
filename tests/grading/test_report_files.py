"""What stands in reports/ is that of the report that counts, or it is written again."""

from pathlib import Path

import pytest
from marking_course import Course, notebook

RIGHT = "def double(x):\n    return 2 * x"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = Course(tmp_path)
    for student, answer in (("ada", RIGHT), ("bob", RIGHT.replace("2", "3"))):
        course.hand_in(student, notebook(answer=answer))
    assert course.grade().exit_code == 0
    return course


def contents(course: Course) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in (course.folder / "reports").rglob("*") if p.is_file()}


def test_nothing_is_written_that_stands(course: Course) -> None:
    reports = course.folder / "reports" / "small"
    before = {path: path.stat().st_mtime_ns for path in reports.rglob("*")}
    assert course.grade().exit_code == 0
    assert {path: path.stat().st_mtime_ns for path in reports.rglob("*")} == before


def test_whatever_else_stands_there_is_written_again(course: Course) -> None:
    """Missing, edited, cut, emptied, somebody else's, or of a run that was killed in between."""
    ada, bob = (course.folder / "reports" / "small" / student for student in ("ada", "bob"))
    before = contents(course)
    for name in ("report.html", "report.json"):
        mine = (ada / name).read_bytes()
        for damage in (
            None,
            b"",
            mine[:-1],
            mine + b" ",
            mine.replace(b"2", b"3"),
            (bob / name).read_bytes(),
        ):
            (ada / name).unlink()
            if damage is not None:
                (ada / name).write_bytes(damage)
            assert course.grade().exit_code == 0
            assert contents(course) == before
    for name in ("report.html", "report.json"):
        (ada / name).write_bytes((bob / name).read_bytes())
    (ada / ".report.html.partial").write_bytes(b"half")
    assert course.grade().exit_code == 0
    assert contents(course) == before
