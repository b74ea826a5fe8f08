"""Draws the pictures of the pages in docs/images: `python docs/draw_pages.py`, with Playwright and Chromium.

The sample class is served by the program itself, and somebody walks through it as students and staff do.
"""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.course.scaffold import sample_course
from autograder.demo.classroom import MISTAKEN, make_class
from autograder.notebook.release import release

IMAGES = Path(__file__).parent / "images"
NAME = "gradients"
WIDE = {"width": 1000, "height": 900}
_PATIENCE = 300_000


def draw_all(chromium: str) -> None:
    """Serve the sample class and draw every picture."""
    from playwright.sync_api import sync_playwright

    command = [sys.executable, "-m", "autograder", "serve", "--demo", "--port", "0"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,  # noqa: S603 - our own program
        sync_playwright() as playwright,
    ):
        try:
            links = _read_links(server)
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            student, staff = (_log_in(browser, links[who]) for who in ("student", "instructor"))
            _draw_student(student)
            _draw_staff(staff)
            browser.close()
        finally:
            server.terminate()


def _read_links(server: "subprocess.Popen[str]") -> dict[str, str]:
    """The links that the server prints, by whom they log in."""
    links: dict[str, str] = {}
    while server.stdout is not None and len(links) < 3:
        line = server.stdout.readline()
        if not line:
            raise RuntimeError("the server ended")
        if found := re.search(r"(\w+) \(.*\): (http\S+)", line):
            links[found[1]] = found[2]
    return links


def _log_in(browser: Any, link: str) -> Any:
    page = browser.new_context(viewport=WIDE, color_scheme="light", device_scale_factor=1.5).new_page()
    page.set_default_timeout(_PATIENCE)
    page.goto(link)
    page.get_by_role("button", name="Log in as").click()
    return page


def _draw_student(page: Any) -> None:
    released = release((sample_course() / "assignments" / NAME / f"{NAME}.ipynb").read_bytes())
    samples = make_class(released, sample_course() / "solutions" / f"{NAME}.py")
    mistaken = next(each for each in samples if each.archetype == MISTAKEN)
    _save(page, "student-work")
    page.get_by_role("link", name=re.compile("gradients", re.I)).first.click()
    file = {"name": f"{NAME}.ipynb", "mimeType": "application/json", "buffer": mistaken.notebook}
    page.get_by_label("Your notebook").set_input_files(file)
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_selector("text=Question by question")
    _save(page, "student-report")
    page.goto(re.sub(r"(//[^/]+).*", r"\1/quiz/first-quiz", page.url))
    page.get_by_role("button", name="Begin").click()
    page.fill("input[name=quad-grad]", "A w + A^T w")
    page.press("input[name=quad-grad]", "Tab")
    page.wait_for_selector("#quad-grad-read >> text=Saved")
    page.evaluate("document.activeElement.blur()")
    page.locator("#quad-grad").scroll_into_view_if_needed()
    _save(page, "student-quiz", of=page.locator("#quad-grad"))


def _draw_staff(page: Any) -> None:
    _reload_until(page, lambda: "waiting)" not in page.inner_text("main"))
    _save(page, "staff-class")
    page.get_by_role("link", name=re.compile("gradients", re.I)).first.click()
    _save(page, "staff-work")


def _reload_until(page: Any, done: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE / 1000
    while not done():
        if time.monotonic() > end:
            raise RuntimeError("the class was not graded")
        time.sleep(2)
        page.reload()


def _save(page: Any, name: str, of: Any = None) -> None:
    """The part of a page that is seen at once, with no more colours than it needs."""
    from PIL import Image

    file = IMAGES / f"{name}.png"
    (of or page).screenshot(path=file)
    with Image.open(file) as picture:
        picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(file, optimize=True)


if __name__ == "__main__":
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        sys.exit("chromium is missing")
    draw_all(found)
