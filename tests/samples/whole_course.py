"""A course in which there is something to see on every page of every role."""

import re
import shutil
from collections import Counter
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import marking_course
from class_course import RIGHT, notebook
from starlette.routing import compile_path
from web_course import LATE, NOW, Clock, Visitor, WebCourse

from autograder.errors import AutograderError
from autograder.web.app import make_app
from autograder.web.aside import Aside, AsideError
from autograder.web.links import login_link
from autograder.web.rights import RIGHTS
from autograder.web.site import Site

QUIZ = """---
id: first
title: First quiz
symbols: w: vec d, A: mat d d
attempts: 3
tries: 2
results: at once
solutions: at submission
---

## grad {symbolic 2}
What is the gradient of $w \\mapsto w^\\top A w$?

= A w + A^T w
~ 2 A w | Right for symmetric matrices only.
? Write it as a double sum.
: Both sums give one term: keysolution.

## pick {single 1}
Which is convex?

- (x) the square
- ( ) the cube | It bends both ways.

## boxes {multiple 1}
Which are convex?

- [x] the square
- [x] the exponential
- [ ] the sine

## pairs {match 1}
Who goes with what?

- one => first
- two => second

## order {order 1}
From small to large.

- (1) ten
- (2) twenty
- (3) thirty

## why {text 3}
Why does one not start at $0$?
: Both neurons stay equal.
"""
TABLES = """
[quizzes.first]
title = "First quiz"
weight = "5 %"
bonus = true
[assignments.figures]
title = "Figures"
weight = "50 %"
deadline = 2025-12-01T23:59:00
"""
WRONG = {
    "grad": "def grad(A, w):\n    return 2 * A @ w",
    "extremes": "def extremes(x):\n    return x.missing",
    "root": "def root(a, b):\n    return b",
}
_DONE = "def double(x):\n    return 2 * x"


class AsideHere(Aside):
    """Does in this process what a page waits for: to begin one anew takes longer than most pages.

    That it is done in a process of its own is tried by the tests of `Aside` and of the pages that need it.
    """

    def run(self, function: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return function(*arguments, **options)
        except AutograderError as error:
            raise AsideError(str(error)) from None


class WholeCourse(WebCourse):
    """Two homeworks, one of them with a part that a person marks, and a quiz; a class that took them."""

    def __init__(self, folder: Path) -> None:
        self._walked: dict[str, tuple[Visitor, dict[str, Any]]] = {}
        super().__init__(folder, LATE.replace("2026", "2025"))
        self.site.aside = AsideHere()
        self.clock.now = NOW.replace(year=2025)  # commands tell the time by the machine, and it has passed
        for place, content in {
            "quiz/first.quiz.md": QUIZ.encode(),
            "assignments/figures/figures.ipynb": marking_course.notebook(),
            "solutions/figures.py": marking_course.SOLUTIONS.encode(),
        }.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_bytes(content)
        settings = folder / "course.toml"
        halves = settings.read_text(encoding="utf-8").replace('"100 %"\n\ndeadline', '"50 %"\ndeadline')
        settings.write_text(halves + TABLES, encoding="utf-8")

    def pages(self, who: str) -> dict[str, Any]:
        """All that somebody is given by links from the first page, at most two of a route; asked once."""
        if who not in self._walked:
            link = login_link(self.site.course, "ben", now=self.clock()).partition("/in/")[2]
            also = {
                "": ["/login", f"/in/{link}", "/health", f"/static/{self.site.static.digest}/web.css"],
                "ada": [
                    "/work/small/1/ask/grad",
                    "/quiz/first/1",
                    "/quiz/first/2/hand-in",
                    "/work/small/2/state",
                ],
            }
            visitor = self.visitor(who)
            self._walked[who] = visitor, walk(visitor, each=2, also=also.get(who, ()))
        return self._walked[who][1]

    def browser_of(self, who: str) -> Visitor:
        """The browser in which somebody was given these pages."""
        self.pages(who)
        return self._walked[who][0]

    def copy(self, folder: Path) -> "WholeCourse":
        """The same course in another folder, for a test that changes something."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        found = WholeCourse.__new__(WholeCourse)
        found.folder, found.solutions = folder, folder / "solutions" / "small.py"
        found.clock, found._walked = Clock(self.clock.now), {}
        found.site = Site(folder, self.site.served, clock=found.clock)
        found.site.aside = AsideHere()
        found.app = make_app(found.site)
        return found

    def fill(self) -> None:
        """Let everybody work, grade it, and publish the first homework."""
        ada, ben = self.visitor("ada"), self.visitor("ben")
        for name in ("small", "figures"):
            told = self.run("release", name)
            assert told.exit_code == 0, told.output + str(told.exception)
        ada.hand_in(notebook(**RIGHT | {"grad": WRONG["grad"]}))
        ben.hand_in(notebook(**WRONG))
        self.visitor("tess").hand_in(notebook(**RIGHT))
        drawn = marking_course.notebook(answer=_DONE, figure=marking_course.DRAW, comment="It sinks.")
        ada.hand_in(drawn, "figures.ipynb", "figures")
        ben.hand_in(drawn.replace(b"It sinks.", b"It rises."), "figures.ipynb", "figures")
        self.grade_waiting()
        ada.hand_in(b"no notebook", "second.ipynb")
        for who in (ada, ben):
            take_quiz(who)
        assert ada.post("/quiz/first").status_code == 303  # a second attempt, which stays open
        longer = ("extend", "ada", "figures", "2025-12-20", "--why", "ill", "--yes")
        for told in (self.run("publish", "small", "--yes"), self.run(*longer)):
            assert told.exit_code == 0, told.output
        asked = {"text": "Please look at the second matrix: my formula holds for it."}
        assert ada.post("/work/small/1/ask/grad", data=asked).status_code == 303


def take_quiz(visitor: Visitor) -> None:
    """Answer all questions of the quiz, some of them wrongly, and hand it in."""
    assert visitor.post("/quiz/first").status_code == 303
    page = visitor.get("/quiz/first/1").text
    shown = dict(re.findall(r'name="(shown-\w+)" value="(\w+)"', page))
    answers = {"grad": "2 A w", "pick": "b", "boxes": ["a"], "pairs:1": "b", "pairs:2": "a", "why": "So."}
    assert visitor.post("/quiz/first/1", data={**shown, **answers}).status_code == 303
    assert visitor.post("/quiz/first/1/hand-in").status_code == 303


class RouteMap:
    """Which route of the table a path belongs to."""

    def __init__(self, method: str = "GET") -> None:
        self.routes = [route for (asked, route) in RIGHTS if asked == method]
        self._patterns = [(compile_path(route)[0], route) for route in self.routes]

    def find(self, path: str) -> str:
        """The route, as the first line of the table that fits; empty where none does."""
        return next((route for pattern, route in self._patterns if pattern.match(path)), "")


def links_of(page: str, path: str) -> Iterable[str]:
    """The addresses on the same site that a page links to."""
    for found in re.findall(r'<a\b[^>]*\bhref="([^"]*)"', page):
        address = urlsplit(urljoin(path, unescape(found)))
        if not address.netloc and address.path.startswith("/"):
            yield address.path + (f"?{address.query}" if address.query else "")


def walk(visitor: Visitor, *, each: int = 2, also: Iterable[str] = ()) -> dict[str, Any]:
    """The answers that somebody reaches by links from the first page, by address, at most `each` of a route.

    `also` are addresses to begin with, beside the first page.
    """
    routes, waiting, found = RouteMap(), ["/", "/?as=student", *also], dict[str, Any]()
    asked, given = Counter[str](), Counter[str]()
    seen = set[str]()
    while waiting:
        path = waiting.pop(0)
        route = routes.find(path.partition("?")[0])
        if path in seen or not route or given[route] >= each or asked[route] >= each + 3:
            continue
        seen.add(path)
        asked[route] += 1
        answer = visitor.get(path, headers={"accept": "text/html"})
        assert answer.status_code in (200, 303, 404), (path, answer.status_code)
        if answer.status_code == 303:
            waiting.append(answer.headers["location"])
        elif answer.status_code == 200:
            given[route] += 1
            found[path] = answer
            waiting += links_of(answer.text, path) if is_page(answer) else []
    return found


def is_page(answer: Any) -> bool:
    """Whether an answer is a page, and no file to keep."""
    return bool(answer.headers["content-type"].startswith("text/html"))
