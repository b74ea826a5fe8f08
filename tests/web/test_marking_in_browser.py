"""Marking in a real browser: by keys alone, the next answer fetched ahead, and without JavaScript."""

import re
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from browsing import PATIENCE, serve_pages
from marking_course import SOLUTIONS, notebook
from web_course import WebCourse

from autograder.web.links import login_link

pytestmark = pytest.mark.soak
RIGHT = "def double(x):\n    return 2 * x"
PART = "/class/work/small/mark/written-2"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = WebCourse(tmp_path_factory.mktemp("graded") / "course")
    (course.folder / "assignments/small/small.ipynb").write_bytes(notebook())
    course.solutions.write_text(SOLUTIONS, encoding="utf-8")
    for student in ("ada", "ben", "tess"):
        course.visitor(student).hand_in(notebook(answer=RIGHT, comment=f"A reason of {student}."))
    course.grade_waiting()
    course.close()
    return course.folder


@pytest.fixture
def web(graded: Path, tmp_path: Path) -> Iterator[WebCourse]:
    course = WebCourse.at(shutil.copytree(graded, tmp_path / "course"))
    yield course
    course.close()


def open_part(web: WebCourse, browser: Any, at: str, **options: Any) -> Any:
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(login_link(web.site.course, "ina", now=web.clock(), url=at))
    page.get_by_role("button", name="Log in as").click()
    page.goto(at + PART)
    return page


def give(page: Any, *keys: str) -> None:
    for key in (*keys, "Enter"):
        page.keyboard.press(key)


def marks(web: WebCourse) -> list[tuple[Fraction, str]]:
    return [(mark.earned, mark.comment) for mark in web.site.gradebook.hand_marks.of("small")]


def test_answers_are_marked_by_keys_alone(web: WebCourse, browser: Any) -> None:
    """All, half, a comment, Enter; while a field has the focus, keys are what is written."""
    with serve_pages(web.app) as at:
        page = open_part(web, browser, at)
        for count in range(1, 4):
            page.wait_for_load_state("networkidle")
            heading = page.locator("#answer-title").inner_text()
            page.keyboard.press("1")
            page.keyboard.press("Shift+2")
            page.keyboard.press("c")
            page.keyboard.type("s0 well?")
            page.keyboard.press("Escape")
            page.keyboard.press("Enter")
            if count < 3:
                page.wait_for_function(
                    "told => document.getElementById('answer-title').innerText !== told", arg=heading
                )
                assert f"{count} of 3 marked, {count} by you." in page.locator("#progress").inner_text()
        page.wait_for_url(at + PART)
        assert "All 3 answers are marked." in page.locator("main").inner_text()
        page.go_back()
        assert page.locator("#comment").input_value() == "s0 well?"
        page.context.close()
    assert marks(web) == [(Fraction(5, 4), "s0 well?")] * 3


def test_what_is_typed_is_kept_and_keys_can_be_turned_off(web: WebCourse, browser: Any) -> None:
    with serve_pages(web.app) as at:
        page = open_part(web, browser, at)
        page.locator("#comment").fill("not saved")
        page.wait_for_function("() => document.getElementById('kept').innerText.startsWith('Draft kept')")
        page.reload()
        assert page.locator("#comment").input_value() == "not saved"
        page.get_by_label("Keys, while no field has the focus").uncheck()
        page.reload()
        page.keyboard.press("1")
        assert page.locator("[name=share-0]:checked").count() == 0
        page.context.close()
    assert marks(web) == []


def test_somebody_elses_mark_is_shown_though_the_page_was_fetched_ahead(web: WebCourse, browser: Any) -> None:
    with serve_pages(web.app) as at:
        page = open_part(web, browser, at)
        page.wait_for_load_state("networkidle")
        other = str(page.locator("#marks").get_attribute("data-next"))
        give(page, "1", "2")
        page.wait_for_url(at + other)
        theirs = open_part(web, browser, at)
        theirs.goto(at + other)
        give(theirs, "1", "2")
        theirs.wait_for_url(lambda address: address != at + other)
        theirs.context.close()
        give(page, "Shift+1", "Shift+2")
        page.get_by_text("Somebody else marked this answer meanwhile").wait_for()
        assert re.search(r"Theirs, by ina", page.locator("main").inner_text())
        page.get_by_role("button", name="Keep theirs").click()
        page.context.close()
    assert [mark[0] for mark in marks(web)] == [2, 2]


def test_without_scripts_the_buttons_do_the_same(web: WebCourse, browser: Any) -> None:
    with serve_pages(web.app) as at:
        viewport = {"width": 320, "height": 640}
        page = open_part(web, browser, at, java_script_enabled=False, viewport=viewport)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        first = page.url
        page.locator("[name=share-0][value=all]").check()
        page.locator("[name=points-1]").fill("0,75")
        page.get_by_role("button", name="Save and next").click()
        page.wait_for_url(re.compile(rf"{PART}/\d+"))
        assert page.url != first
        page.context.close()
    assert marks(web) == [(Fraction(5, 4), "")]
