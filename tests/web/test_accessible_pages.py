"""Every page of every role, looked at by axe: light, dark, in forced colours, on a phone, without scripts."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import PATIENCE, look_with_axe, serve_pages
from whole_course import RouteMap, WholeCourse, is_page

from autograder.web.links import login_link

_OWN_COLOURS = """[...document.querySelectorAll("body *:not(svg, svg *)")]
    .filter(one => getComputedStyle(one).forcedColorAdjust === "none")
    .map(one => one.outerHTML.slice(0, 160))"""
"""What refuses the colours that a reader has chosen. (axe reads colours there that are not drawn.)"""
_UNFOLD = """[...document.querySelectorAll("details")].map(one => one.open = true).length"""
_FORMS = "main form[method=post]"
MADE_FIRST = {"/class/exports/file", "/admin/backups/{file}"}
"""Files that a form makes first; what they hold is tried where the form is."""
PEOPLE = ("", "ada", "asa", "ina", "adm")


@pytest.fixture(scope="module")
def at(whole: WholeCourse) -> Iterator[str]:
    """The course at a real address."""
    with serve_pages(whole.app) as address:
        yield address


def addresses(whole: WholeCourse, who: str, *, each: int) -> list[str]:
    """The pages that somebody can see, at most `each` of a route, an unknown one among them."""
    routes, count, found = RouteMap(), Counter[str](), ["/nowhere"]
    for path, answer in whole.pages(who).items():
        route = routes.find(path.partition("?")[0])
        count[route] += 1
        if is_page(answer) and count[route] <= each:
            found.append(path)
    return found


def open_as(whole: WholeCourse, browser: Any, at: str, who: str, **options: Any) -> Any:
    """A page of somebody who is logged in."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(PATIENCE)
    if who:
        page.goto(login_link(whole.site.course, who, now=whole.clock(), url=at))
        page.locator("main button").click()  # whatever it is called in their language
    return page


def look(page: Any) -> list[str]:
    """What is wrong with the page that is shown, at a desk and on a phone."""
    found = look_with_axe(page)
    page.set_viewport_size({"width": 320, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > 320:
        found.append(f"{width} pixels wide where there are 320")
    page.set_viewport_size({"width": 1280, "height": 800})
    return found


def look_in_all_ways(page: Any) -> list[str]:
    """The same, and its colours in every scheme, and what a phone adds to the rules."""
    found = look(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {each}" for each in look_with_axe(page, "color-contrast", "link-in-text-block")]
    page.emulate_media(color_scheme="light", forced_colors="active")
    found += [f"forced colours: {each} keeps its own" for each in page.evaluate(_OWN_COLOURS)]
    page.emulate_media(forced_colors="none")
    page.set_viewport_size({"width": 320, "height": 640})
    found += [f"320 px: {each}" for each in look_with_axe(page, "target-size", "scrollable-region-focusable")]
    page.set_viewport_size({"width": 1280, "height": 800})
    return found


@pytest.mark.parametrize("who", ["", *(pytest.param(who, marks=pytest.mark.soak) for who in ("ada", "ina"))])
def test_axe_finds_nothing_on_any_page(whole: WholeCourse, browser: Any, at: str, who: str) -> None:
    found = {}
    page = open_as(whole, browser, at, who)
    for path in addresses(whole, who, each=1):
        page.goto(at + path)
        if flaws := look(page):
            found[path] = flaws
    page.context.close()
    assert not found


@pytest.mark.soak
@pytest.mark.parametrize("who", PEOPLE)
def test_axe_finds_nothing_on_several_pages_of_a_kind(
    whole: WholeCourse, browser: Any, at: str, who: str
) -> None:
    found = {}
    page = open_as(whole, browser, at, who)
    for path in addresses(whole, who, each=2):
        page.goto(at + path)
        flaws = look_in_all_ways(page)
        if page.evaluate(_UNFOLD):
            flaws += [f"unfolded: {each}" for each in look(page)]
        if flaws:
            found[path] = flaws
    page.context.close()
    assert not found


@pytest.mark.soak
def test_axe_finds_nothing_on_a_students_pages_in_french(whole: WholeCourse, browser: Any, at: str) -> None:
    """Words are longer there, and each page says that it is French."""
    found = {}
    page = open_as(whole, browser, at, "ada", locale="fr-FR")
    for path in addresses(whole, "ada", each=1):
        page.goto(at + path)
        page.evaluate(_UNFOLD)
        if flaws := look(page):
            found[path] = flaws
        assert page.get_attribute("html", "lang") == "fr", path
    page.context.close()
    assert not found


@pytest.mark.soak
@pytest.mark.parametrize(("who", "locale"), [("ada", "en-GB"), ("ada", "fr-FR"), ("ina", "en-GB")])
def test_axe_finds_nothing_after_a_form_was_sent_as_it_stands(
    whole: WholeCourse, tmp_path: Path, browser: Any, who: str, locale: str
) -> None:
    """Without a file, a reason or a word: what a page says is wrong, and what follows what was right."""
    course, found, answers = whole.copy(tmp_path / "course"), {}, Counter[int]()
    with serve_pages(course.app) as at:
        page = open_as(course, browser, at, who, locale=locale)
        for path in addresses(whole, who, each=1):
            page.goto(at + path)
            for place in range(page.locator(_FORMS).count()):
                page.goto(at + path)
                form = page.locator(_FORMS).nth(place)
                if form.count():
                    with page.expect_navigation() as sent:
                        form.evaluate("one => HTMLFormElement.prototype.submit.call(one)")
                    answers[sent.value.status] += 1
                    if flaws := look(page):
                        found[path, place, sent.value.status] = flaws
        page.context.close()
    course.close()
    assert not found
    assert answers[200] and answers[422], answers


@pytest.mark.soak
@pytest.mark.parametrize("who", PEOPLE)
def test_without_scripts_every_page_is_as_wide_as_a_phone_too(
    whole: WholeCourse, browser: Any, at: str, who: str
) -> None:
    """What axe says holds without scripts as well: it is the same page. (axe itself needs scripts.)"""
    viewport = {"width": 320, "height": 640}
    page = open_as(whole, browser, at, who, java_script_enabled=False, viewport=viewport)
    for path in addresses(whole, who, each=2):
        page.goto(at + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert page.locator("h1").count() == 1, path
    page.context.close()


@pytest.mark.soak
def test_every_route_of_the_table_is_asked(whole: WholeCourse) -> None:
    """A page that no link leads to from the first one is found by nobody, and not looked at here."""
    routes, seen = RouteMap(), set[str]()
    for who in PEOPLE:
        seen |= {routes.find(path.partition("?")[0]) for path in whole.pages(who)}
    assert set(routes.routes) - seen - MADE_FIRST == set()


def test_axe_sees_what_is_wrong(browser: Any) -> None:
    """The look is not blind: a page with a flaw of each kind is found out."""
    page = browser.new_page()
    page.set_content(
        "<!doctype html><html><head><title></title></head><body><p style='color:#999'>"
        "pale</p><img src='data:,'>"
        "<table><tr><th></th></tr></table><input><div style='width:900px'>wide</div></body></html>"
    )
    found = " ".join(look_in_all_ways(page))
    page.close()
    kinds = ("html-has-lang", "document-title", "color-contrast", "image-alt", "label", "pixels wide where")
    assert [each for each in kinds if each not in found] == []
