"""What a student reads without asking: more time, an answer to a request, and where a file belongs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from class_course import RIGHT, notebook
from test_second_looks import answer, ask, publish
from web_course import WebCourse
from whole_course import WholeCourse

from autograder.domain.course_events import CourseEvent, Whom
from autograder.domain.events import Extension


@pytest.fixture
def course(whole: WholeCourse, tmp_path: Path) -> Iterator[WholeCourse]:
    copied = whole.copy(tmp_path / "course")
    yield copied
    copied.close()


def test_a_file_of_another_homework_is_handed_in_there_by_one_press(course: WholeCourse) -> None:
    """As it was sent, when it is pressed; what was received stays where it was sent."""
    ben = course.visitor("ben")
    sent = notebook(**RIGHT) + b" "
    page = ben.hand_in(sent, work="figures").headers["location"]
    course.grade_waiting()
    assert "notebook of another homework" in ben.text(page)
    course.clock.pass_by(minutes=1)
    there = ben.press(f"{page}/instead", ben.get(page).text).headers["location"]
    assert there.startswith("/work/small/")
    assert ben.get(f"{there}/file").content == sent
    event = course.site.gradebook.history("ben")[-1]
    assert (event.assignment, event.filename, event.received) == ("small", "small.ipynb", course.clock())
    course.grade_waiting()
    assert "another homework" not in ben.text(there)
    # Pressed again it is the same file, and nothing else can be moved.
    assert ben.press(f"{page}/instead", ben.get(page).text).headers["location"] == f"{there}?again=1"
    assert ben.post(f"{there}/instead").status_code == 404


def test_the_list_of_work_tells_of_more_time_while_it_lasts(web: WebCourse) -> None:
    what = Extension(0, "small", None, minutes=24 * 60, why="The <b>trains</b> stood still.")
    web.site.gradebook.events.add([CourseEvent(what, Whom("ada"), web.clock(), "ina")])
    told = "you have more time. The <b>trains</b> stood still."
    assert told in web.visitor("ada").text("/")
    assert told not in web.visitor("ben").text("/")
    web.clock.pass_by(days=20)
    assert told not in web.visitor("ada").text("/")


def test_the_list_of_work_tells_of_an_answer_and_leads_to_it(taught: WebCourse) -> None:
    taught.clock.pass_by(days=5)
    publish(taught)
    ask(taught)
    ada = taught.visitor("ada")
    assert "what you asked" not in taught.visitor("ada").text("/")
    answer(taught, outcome="kept")
    assert "what you asked about grad was answered" in ada.text("/")
    address = ada.get("/").text.partition("was <a href=")[2].split('"')[1]
    assert "the mark stays" in ada.text(address)
    assert "what you asked" not in taught.visitor("ben").text("/")
    taught.clock.pass_by(days=15)
    assert "what you asked" not in taught.visitor("ada").text("/")
