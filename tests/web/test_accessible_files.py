"""Pages that are files: reports, sheets, papers and pages on a class, looked at by axe like the others."""

from pathlib import Path
from typing import Any

import pytest
from browsing import PATIENCE, look_with_axe
from whole_course import QUIZ, WholeCourse

from autograder.quiz.format.reader import parse_quiz
from autograder.render.quiz import render_paper


@pytest.fixture(scope="module")
def files(whole: WholeCourse, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of each kind, made by the commands in a copy of the course."""
    folder = tmp_path_factory.mktemp("files")
    course = whole.copy(folder)
    try:
        for command in (("stats", "small"), ("mark", "figures"), ("quiz", "report", "first")):
            told = course.run(*command)
            assert told.exit_code in (0, 1), told.output  # 1: too few took it for some figures
        settings = folder / "course.toml"
        settings.write_text(f'language = "fr"\n{settings.read_text(encoding="utf-8")}', encoding="utf-8")
        told = course.run("feedback", "small", "--out", str(folder / "rapports"))
        assert told.exit_code == 0, told.output
    finally:
        course.close()
    paper = folder / "paper.html"
    paper.write_text(render_paper(parse_quiz(QUIZ), solutions=True), encoding="utf-8")
    found = {"paper": paper, "report": folder / "reports" / "small" / "ben" / "report.html"}
    for page in sorted(folder.rglob("*.html")):
        found.setdefault(str(page.relative_to(folder).parent), page)
    return found


@pytest.mark.soak
def test_axe_finds_nothing_in_a_page_of_any_kind(files: dict[str, Path], browser: Any) -> None:
    found = {}
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE)
    for name, file in files.items():
        page.goto(file.as_uri())
        flaws = look_with_axe(page)
        page.emulate_media(color_scheme="dark")
        flaws += [f"dark: {each}" for each in look_with_axe(page, "color-contrast")]
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 320, "height": 640})
        width = page.evaluate("document.documentElement.scrollWidth")
        flaws += [f"{width} pixels wide where there are 320"] * (width > 320)
        page.set_viewport_size({"width": 1280, "height": 800})
        if flaws:
            found[name] = flaws
    page.close()
    assert len(files) >= 5
    assert not found
