"""The way of an instructor in a real browser, with JavaScript and without: see the class, mark, publish."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import PATIENCE, serve_pages
from whole_course import WholeCourse

from autograder.web.links import login_link


@pytest.fixture
def served(whole: WholeCourse, tmp_path: Path) -> Iterator[tuple[WholeCourse, str]]:
    """A copy of the course at a real address."""
    course = whole.copy(tmp_path / "course")
    with serve_pages(course.app) as at:
        yield course, at
    course.close()


def log_in(
    course: WholeCourse, browser: Any, at: str, who: str, complaints: list[str], **options: Any
) -> Any:
    """A page of somebody who has followed a link; what the browser complains of is collected."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(PATIENCE)
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda sent: None if sent.url.startswith((at, "data:")) else complaints.append(sent.url)
    )
    page.goto(login_link(course.site.course, who, now=course.clock(), url=at))
    page.get_by_role("button", name="Log in as").click()
    return page


@pytest.mark.parametrize(
    "script", [True, pytest.param(False, marks=pytest.mark.soak)], ids=["with JavaScript", "without"]
)
def test_an_instructor_marks_by_hand_and_publishes_and_a_student_sees_it(
    served: tuple[WholeCourse, str], browser: Any, *, script: bool
) -> None:
    course, at = served
    complaints: list[str] = []
    page = log_in(course, browser, at, "ina", complaints, java_script_enabled=script)
    assert page.inner_text("h1") == "Class"
    page.get_by_role("link", name="to mark by hand").first.click()
    page.get_by_role("link", name="Losses of random starts").first.click()
    if "answers are marked" in page.inner_text("main"):
        page.get_by_role("link", name="Go on").click()
    for _ in range(2):
        for criterion in page.locator("fieldset.criterion").all():
            criterion.locator("input[type=radio]").last.check()
        with page.expect_navigation():
            page.get_by_role("button", name="Save and next").click()
    assert "All 2 answers are marked" in page.inner_text("main")
    course.clock.pass_by(minutes=1)
    page.get_by_role("navigation", name="This work").get_by_role("link", name="Publish").click()
    assert "Ada Lovelace" in page.inner_text("main")
    page.get_by_role("button", name="Publish this").click()
    assert "Published last on" in page.inner_text("main")
    page.get_by_role("link", name="Class").first.click()
    assert "10 Dec 2025 10:01:00" in page.locator("tr", has_text="Figures").inner_text()
    student = log_in(course, browser, at, "ada", complaints, java_script_enabled=script)
    student.get_by_role("link", name="Figures").first.click()
    student.get_by_role("link", name="File 1").click()
    assert "4 of 4" in student.inner_text("main")
    assert complaints == []
