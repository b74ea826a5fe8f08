"""Until when nothing but the clock changes what reports say of grades."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.course.opened import OpenCourse, open_course
from autograder.course.run_stamps import make_run_stamp
from autograder.domain.course_events import CourseEvent, Whom
from autograder.domain.events import Extension

DUE = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
SETTINGS = """
name = "small"
title = "Small"
timezone = "UTC"
[grade]
homework = "50 %"
exam = "50 %"
[assignments.small]
title = "Small"
deadline = 2026-11-30T22:00:00
grace = "10 min"
weight = "100 %"
"""
QUIZ = """
[quizzes.first]
title = "First"
weight = "5 %"
bonus = true
"""


def opened(folder: Path, settings: str = SETTINGS) -> OpenCourse:
    (folder / "course.toml").write_text(settings)
    return open_course(folder)


def until(course: OpenCourse, now: datetime) -> datetime:
    with course.gradebook() as book:
        return make_run_stamp(course, "small", course.report_files("small")).holds_until(book, now)


@pytest.mark.parametrize(
    ("hours", "holds"),
    [
        (-5, timedelta(minutes=10)),
        (1, timedelta(days=1, minutes=10)),
        (25, timedelta(days=2, minutes=10)),
        (-50, timedelta(hours=-26)),
    ],
    ids=["to the deadline", "to the second day late", "to the third", "a day and no longer"],
)
def test_a_stamp_holds_until_work_is_a_day_later(tmp_path: Path, hours: int, holds: timedelta) -> None:
    assert until(opened(tmp_path), DUE + timedelta(hours=hours)) == DUE + holds


def test_one_students_extension_ends_it_too(tmp_path: Path) -> None:
    course, longer = opened(tmp_path), Extension(0, "small", DUE + timedelta(hours=3))
    with course.gradebook() as book:
        book.events.add([CourseEvent(longer, Whom("ada"), DUE, "ina")])
    assert until(course, DUE + timedelta(hours=1)) == DUE + timedelta(hours=3, minutes=10)


def test_beside_a_quiz_that_cannot_be_read_no_stamp_holds(tmp_path: Path) -> None:
    """It keeps no report from being written, so no run fails by it."""
    (tmp_path / "quiz").mkdir()
    (tmp_path / "quiz" / "first.quiz.md").write_text("no quiz")
    assert until(opened(tmp_path, SETTINGS + QUIZ), DUE) == DUE
