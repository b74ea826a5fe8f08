"""The whole way of a student in a real browser, with JavaScript and without, also at 320 pixels."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import PATIENCE, open_browser, serve_pages
from class_course import RIGHT, notebook
from web_course import LATE, WebCourse

from autograder.web.links import login_link
from autograder.web.sessions import end_sessions

QUIZ = """---
id: first
title: First quiz
symbols: w: vec d, A: mat d d
results: at once
solutions: at submission
---

## grad {symbolic 2}
What is the gradient of $w \\mapsto w^\\top A w$?

= A w + A^T w
~ 2 A w | Right for symmetric matrices only.

## pick {single 1}
Which is convex?

- (x) $x \\mapsto x^2$
- ( ) $x \\mapsto x^3$
"""
TABLE = '\n[quizzes.first]\ntitle = "First quiz"\nweight = "5 %"\nbonus = true\n'
PAGES = (
    "/",
    "/work/small",
    "/work/small/1",
    "/grade",
    "/me",
    "/quiz/first",
    "/quiz/first/1",
    "/quiz/first/1/hand-in",
    "/nowhere",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def served(tmp_path: Path) -> Iterator[WebCourse]:
    """The course at a real address of this machine."""
    (tmp_path / "quiz").mkdir()
    (tmp_path / "quiz" / "first.quiz.md").write_text(QUIZ, encoding="utf-8")
    course = WebCourse(tmp_path, LATE + TABLE)
    with serve_pages(course.app) as course.at:  # type: ignore[attr-defined]
        yield course
    course.close()


def open_page(course: WebCourse, browser: Any, complaints: list[str], **options: Any) -> Any:
    """A page of somebody who has followed a link; what the browser complains of is collected."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(PATIENCE)
    at = course.at  # type: ignore[attr-defined]
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    own = (at, "data:")
    page.on("request", lambda sent: None if sent.url.startswith(own) else complaints.append(sent.url))
    page.goto(login_link(course.site.course, "ada", now=course.clock(), url=at))
    page.get_by_role("button", name="Log in as Ada Lovelace").click()
    return page


@pytest.mark.parametrize(
    "script",
    # without is how all other tests of these pages ask for them
    [pytest.param(True, id="with JavaScript"), pytest.param(False, id="without", marks=pytest.mark.soak)],
)
def test_a_student_hands_in_reads_the_report_and_takes_a_quiz(
    served: WebCourse, browser: Any, *, script: bool
) -> None:
    complaints: list[str] = []
    page = open_page(served, browser, complaints, java_script_enabled=script)
    page.get_by_role("link", name="Small homework").click()
    wrong = notebook(**{**RIGHT, "grad": "def grad(A, w):\n    return 2 * A @ w"})
    file = {"name": "small.ipynb", "mimeType": "application/json", "buffer": wrong}
    page.get_by_label("Your notebook").set_input_files(file)
    page.get_by_role("button", name="Hand in").click()
    assert "yours is next" in page.inner_text("main")
    served.grade_waiting()
    # The page sees by itself that the report is there; without JavaScript it is fetched again and again.
    page.wait_for_selector("text=Your formula is right for some matrices only.")
    assert "Your formula is right for some matrices only." in page.inner_text("main")
    page.get_by_role("link", name="Your work").click()
    page.get_by_role("link", name="First quiz").click()
    page.get_by_role("button", name="Begin").click()
    page.fill("input[name=grad]", "2 A w")
    if script:  # read back while it is being typed, and saved when the field is left
        page.wait_for_selector("#grad-read math")
        page.press("input[name=grad]", "Tab")
        page.wait_for_selector("#grad-read >> text=Saved")
    page.check("input[name=pick] >> nth=0")
    page.get_by_role("button", name="Save all").click()
    assert page.input_value("input[name=grad]") == "2 A w"
    page.get_by_role("button", name="Hand in").click()
    assert "Every question is answered" in page.inner_text("main")
    page.get_by_role("button", name="Hand in").click()
    assert "Right for symmetric matrices only." in page.inner_text("main")
    page.get_by_role("link", name="Your work").click()
    page.get_by_role("link", name="What your grade is made of").click()
    assert "4.5 of 6" in page.inner_text("main")
    page.get_by_role("button", name="Log out").click()
    assert "Log in" in page.inner_text("h1")
    assert [each for each in complaints if not each.startswith("Clear-Site-Data header")] == []


def test_every_page_is_as_wide_as_a_small_phone_and_can_be_used_by_keyboard(
    served: WebCourse, browser: Any
) -> None:
    complaints: list[str] = []
    page = open_page(served, browser, complaints, viewport={"width": 320, "height": 640})
    ada = served.visitor("ada")
    ada.client.headers["host"] = "127.0.0.1:8000"
    ada.hand_in(notebook(**RIGHT))
    served.grade_waiting()
    assert ada.post("/quiz/first").status_code == 303
    for path in PAGES:
        page.goto(served.at + path)  # type: ignore[attr-defined]
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert page.locator("h1").count() == 1, path
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip", path
    assert [each for each in complaints if "404" not in each] == []


def test_signs_that_telephones_hide_are_put_in_by_a_press_where_a_finger_points(
    served: WebCourse, browser: Any
) -> None:
    at, phone = served.at, {"width": 320, "height": 640}  # type: ignore[attr-defined]
    page = open_page(served, browser, [], has_touch=True, is_mobile=True, viewport=phone)
    page.goto(f"{at}/quiz/first")
    page.get_by_role("button", name="Begin").click()
    page.fill("input[name=grad]", "A w + A w")
    page.evaluate("() => document.querySelector('input[name=grad]').setSelectionRange(7, 7)")
    signs = page.locator("[data-question=grad]").get_by_role("group", name="Signs to put in")
    signs.get_by_role("button", name="ᵀ").tap()
    assert page.input_value("input[name=grad]") == "A w + Aᵀ w"
    page.wait_for_selector("#grad-read math")
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320
    desk = open_page(served, browser, [])
    desk.goto(f"{at}/quiz/first/1")
    assert desk.locator(".signs button").count()
    assert not desk.locator(".signs button").first.is_visible()


@pytest.mark.soak
def test_what_was_written_when_the_session_ended_is_given_back_whole(served: WebCourse, browser: Any) -> None:
    """All answers of the page, not only the one that was being sent; and nobody is asked whether to leave."""
    at, asked = served.at, []  # type: ignore[attr-defined]
    page = open_page(served, browser, [])
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{at}/quiz/first")
    page.get_by_role("button", name="Begin").click()
    page.fill("input[name=grad]", "A w + w")
    page.check("input[name=pick] >> nth=0")
    page.wait_for_selector("#pick-read >> text=Saved")
    end_sessions(served.site.transient, "ada")
    page.fill("input[name=grad]", "A w + A^T w")
    page.wait_for_url("**/login")
    assert "is kept" in page.inner_text("main")
    page.goto(login_link(served.site.course, "ada", now=served.clock(), url=at))
    page.get_by_role("button", name="Log in as").click()
    assert page.input_value("textarea[name=grad]") == "A w + A^T w"
    page.get_by_role("button", name="Send it again").click()
    assert page.input_value("input[name=grad]") == "A w + A^T w"
    assert asked == []
