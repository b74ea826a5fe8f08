"""An assignment that opens by itself at a time: before it nobody finds its notebook, after it everybody."""

import pytest
from class_course import RIGHT, notebook
from web_course import LATE, WebCourse, words_of

from autograder.course.opened import open_course
from autograder.errors import CourseError

OPENS = LATE.replace("deadline =", "opens = 2026-12-11T08:00:00\ndeadline =")
OPENS_QUIZ = """---
id: first
title: First quiz
opens: 2026-12-12T08:00+01:00
---

## pick {single 1}
Which is convex?

- (x) $x \\mapsto x^2$
- ( ) $x \\mapsto x^3$
"""


@pytest.fixture
def course(web: WebCourse) -> WebCourse:
    """Released on Thursday, opens on Friday; the quiz opens on Saturday."""
    settings = web.folder / "course.toml"
    table = '\n[quizzes.first]\ntitle = "First quiz"\nweight = "5 %"\nbonus = true\n'
    settings.write_text(settings.read_text(encoding="utf-8").replace(LATE, OPENS) + table, encoding="utf-8")
    (web.folder / "quiz").mkdir()
    (web.folder / "quiz" / "first.quiz.md").write_text(OPENS_QUIZ, encoding="utf-8")
    assert web.run("release", "small").exit_code == 0
    return web


def test_it_opens_at_its_time_and_nobody_has_the_notebook_before(course: WebCourse) -> None:
    ada = course.visitor("ada")
    home = ada.text("/")
    assert "Nothing is open so far." in home
    assert home.index("To come") < home.index("Small homework opens Friday 11 Dec 2026, 08:00:00 , in 22 h")
    assert home.index("Small homework") < home.index("First quiz opens Saturday 12 Dec 2026, 08:00:00")
    page = ada.text("/work/small")
    assert "Opens Friday 11 Dec 2026, 08:00:00 , in 22 h; due Sunday 13 Dec 2026" in page
    assert "It is not open so far" in page
    assert "small.ipynb" not in page
    assert ada.get("/work/small/notebook").status_code == 404
    course.clock.now = course.clock.now.replace(day=11, hour=6, minute=59, second=59)
    ada = course.visitor("ada")  # a night is longer than a session
    assert ada.get("/work/small/notebook").status_code == 404
    course.clock.pass_by(seconds=1)
    assert ada.get("/work/small/notebook").status_code == 200
    assert "If you hand in now: in time." in ada.text("/work/small")
    home = ada.text("/")
    assert home.index("To do") < home.index("Small homework") < home.index("To come")


def test_what_comes_before_is_received_all_the_same(course: WebCourse) -> None:
    """A class that was given the notebook elsewhere loses nothing."""
    ada = course.visitor("ada")
    answer = ada.hand_in(notebook(**RIGHT))
    assert answer.headers["location"] == "/work/small/1"
    assert "File 1" in ada.text("/work/small")
    assert "received, being judged" in ada.text("/")


def test_staff_read_when_it_opens(course: WebCourse) -> None:
    ina = course.visitor("ina")
    assert "opens Friday 11 Dec 2026, 08:00:00, due Sunday" in ina.text("/class")
    assert "Opens Friday 11 Dec 2026, 08:00:00. Due Sunday" in ina.text("/class/work/small")
    course.clock.pass_by(days=1)
    assert "opens Friday" not in course.visitor("ina").text("/class")


def test_before_it_is_released_staff_read_until_when_no_student_finds_it(course: WebCourse) -> None:
    (course.folder / "release" / "small" / "small.ipynb").unlink()
    told = words_of(course.visitor("ina").get("/class/work/small/release").text)
    assert "It opens Friday 11 Dec 2026, 08:00:00: until then no student finds it on their page." in told


def test_what_is_due_before_it_opens_is_refused(course: WebCourse) -> None:
    settings = course.folder / "course.toml"
    settings.write_text(settings.read_text().replace("opens = 2026-12-11", "opens = 2026-12-14"))
    with pytest.raises(CourseError, match="opens: it is due before it opens"):
        open_course(course.folder)
