"""The way of an instructor in a real browser, with JavaScript and without: from collecting to publishing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import PATIENCE, serve_pages
from class_course import RIGHT, notebook
from errands_here import do_what_waits, zipped
from whole_course import WRONG, WholeCourse

from autograder.web.links import login_link

pytestmark = pytest.mark.soak  # the pages alone are tried every day


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


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
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


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_an_instructor_collects_a_download_grades_it_and_judges_again(
    served: tuple[WholeCourse, str], browser: Any, *, script: bool
) -> None:
    course, at = served
    complaints: list[str] = []
    page = log_in(course, browser, at, "ina", complaints, java_script_enabled=script)
    page.get_by_role("link", name="Small homework").click()
    tabs = page.get_by_role("navigation", name="This work")

    def follow(button: str) -> None:
        """Press a button, let it be done beside the pages, and wait until the page sees that by itself."""
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_selector("text=Waits to be begun.")
        assert do_what_waits(course) == 1
        page.wait_for_selector("button[value=stop]", state="detached")

    tabs.get_by_role("link", name="Collect").click()
    download = zipped(tess=notebook(before="x = 1", **{**RIGHT, "root": WRONG["root"]}), nobody=notebook())
    file = {"name": "moodle.zip", "mimeType": "application/zip", "buffer": download}
    page.locator("#field-file").set_input_files(file)
    follow("Look at it")
    assert "1 new, 0 there already, 1 not matched" in page.inner_text("main")
    follow("Collect this")
    assert "Collected on" in page.inner_text("main")
    tabs.get_by_role("link", name="Grade").click()
    assert "wait to be judged" in page.inner_text("main").replace("waits", "wait")
    page.get_by_role("button", name="Stop judging this").click()
    assert "Nothing of this is judged for now" in page.inner_text("main")
    page.get_by_role("button", name="Go on").click()
    course.grade_waiting()
    do_what_waits(course)
    page.reload()
    assert "Every file that was received has its report." in page.inner_text("main")
    text = course.solutions.read_text(encoding="utf-8").replace("credit=0.25", "credit=0.5")
    course.solutions.write_text(text, encoding="utf-8")
    tabs.get_by_role("link", name="Judge again").click()
    assert "made by an older version" in page.inner_text("main")
    follow("Judge again")
    assert "Ada Lovelace" in page.locator("tr", has_text="grad").first.inner_text()
    page.get_by_label("Why, which students read").fill("The credit was too small.")
    follow("Record this")
    assert "Recorded on" in page.inner_text("main")
    page.get_by_role("link", name="published", exact=True).click()
    assert "Ada Lovelace" in page.inner_text("main")
    assert complaints == []
