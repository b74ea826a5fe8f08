"""Several people who change the same things at once: each is told what became of it, and no row is lost."""

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import marking_course
import pytest
from class_course import RIGHT, notebook
from databases import create_database, run_postgresql
from starlette.responses import PlainTextResponse, Response
from test_second_looks import answer, ask, publish
from web_course import WRONG, Visitor, WebCourse
from whole_course import WholeCourse

from autograder.course.opened import open_course
from autograder.domain.course_events import Publication
from autograder.gradebook.custody import Custody
from autograder.grading.workers import local_workers
from autograder.services.regrading import RegradingWish, record_regrading, regrade_homework
from autograder.web.app import make_app
from autograder.web.views import VIEWS
from autograder.web.visit import Visit

PART = re.compile(r"/class/work/figures/mark/[\w-]+")
OVERRIDE = "/class/students/ada/override"
PUBLISH = "/class/work/small/publish"


@pytest.fixture
def course(whole: WholeCourse, tmp_path: Path) -> Iterator[WholeCourse]:
    copied = whole.copy(tmp_path / "course")
    yield copied
    copied.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def published(
    request: pytest.FixtureRequest, graded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WebCourse]:
    """A course in which ada's marks, with a known mistake, were published; on every database."""
    folder = tmp_path / "course"
    if request.param == "sqlite":
        yield from _publish(WebCourse.at(shutil.copytree(graded, folder)))
        return
    with run_postgresql() as address:
        monkeypatch.setenv("AUTOGRADER_STORE", create_database(address, "course"))
        folder.mkdir()
        course = WebCourse(folder)
        course.visitor("ada").hand_in(WRONG)
        course.grade_waiting()
        yield from _publish(course)


def _publish(course: WebCourse) -> Iterator[WebCourse]:
    course.clock.pass_by(days=4)
    publish(course)
    yield course
    course.close()


def do_at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What calls return that begin at the same moment."""
    together, told = threading.Barrier(len(calls)), [None] * len(calls)

    def do(place: int) -> None:
        together.wait()
        told[place] = calls[place]()

    threads = [threading.Thread(target=do, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def open_answer(visitor: Visitor, comment: str) -> str:
    """The address of the answer with this comment, under the number by which somebody meets it."""
    found = PART.search(visitor.get("/class/work/figures/mark").text)
    assert found
    addresses = re.findall(rf"{found[0]}/\d+", visitor.get(f"{found[0]}?all=1").text)
    return next(each for each in addresses if comment in visitor.get(each).text)


def test_no_receipt_waits_for_answers_that_are_slow_to_save(web: WebCourse) -> None:
    """A machine at its limit saves answers late, by the dozen; whoever hands in a file passes them by."""
    saving, over = threading.Semaphore(0), threading.Event()

    def save(_visit: Visit) -> Response:
        saving.release()
        return PlainTextResponse("saved" if over.wait(60) else "given up")

    web.app = make_app(web.site, {**VIEWS, ("POST", "/quiz/{name}/{number}/{question}"): save})
    ada = web.visitor("ada")
    key = ada.form_key()
    with ThreadPoolExecutor(12) as browsers:
        answers = [browsers.submit(ada.post, "/quiz/first/1/q", key=key) for _ in range(12)]
        assert saving.acquire(timeout=60)
        while saving.acquire(timeout=0.5):
            pass
        received = ada.hand_in(WRONG)
        over.set()
    assert received.status_code == 303
    assert [each.result().text for each in answers] == ["saved"] * 12


def comments_on(course: WebCourse, student: str) -> list[str]:
    return [mark.comment for mark in course.site.gradebook.hand_marks.of("figures", students=[student])]


def preview_override(visitor: Visitor, mark: str, why: str) -> str:
    """The page that shows what a decided mark would change."""
    typed = {"work": "small", "kind": "mark", "given": f"{mark}/6", "why": why}
    return str(visitor.get(OVERRIDE, params=typed).text)


def test_of_two_who_mark_an_answer_at_once_one_is_shown_the_others_mark(course: WholeCourse) -> None:
    pages = []
    for who in ("ina", "asa"):
        visitor = course.visitor(who)
        path = open_answer(visitor, "It sinks.")
        pages.append((visitor, path, visitor.get(path).text, f"by {who}"))
    answers = do_at_once(
        *(
            lambda v=v, path=path, page=page, told=told: v.press(path, page, typed={"comment": told})
            for v, path, page, told in pages
        )
    )
    assert sorted(each.status_code for each in answers) == [303, 409]
    second = next(each for each in answers if each.status_code == 409)
    assert "by ina" in second.text and "by asa" in second.text
    assert len(comments_on(course, "ada")) == 1


def test_a_mark_and_a_newer_file_at_once_are_both_kept(course: WholeCourse) -> None:
    ina, ada = course.visitor("ina"), course.visitor("ada")
    path = open_answer(ina, "It sinks.")
    page, key = ina.get(path).text, ada.form_key()
    newer = marking_course.notebook(answer="def double(x):\n    return x + x", comment="It sinks slowly.")
    marked, received = do_at_once(
        lambda: ina.press(path, page, typed={"comment": "Good."}),
        lambda: ada.post("/work/figures", key=key, files={"file": ("figures.ipynb", newer)}),
    )
    assert (marked.status_code, received.status_code) == (303, 303)
    assert comments_on(course, "ada") == ["Good."]
    kept = course.site.gradebook.marked_submissions(students=["ada"])
    assert [each.number for each in kept if each.assignment == "figures"] == [1, 2]


def test_a_form_that_is_sent_twice_at_once_is_received_once(course: WholeCourse) -> None:
    """Whoever presses twice has one file, and is led to it both times."""
    ada = course.visitor("ada")
    key, content = ada.form_key(), notebook(before="x = 1", **RIGHT)
    sent = {"key": key, "files": {"file": ("small.ipynb", content)}}
    answers = do_at_once(*[lambda: ada.post("/work/small", **sent)] * 2)
    assert {each.headers["location"].partition("?")[0] for each in answers} == {"/work/small/3"}
    kept = course.site.gradebook.marked_submissions(students=["ada"])
    assert [each.number for each in kept if each.assignment == "small"] == [1, 2, 3]


def test_a_decision_and_a_publication_at_once_are_one_after_the_other(course: WholeCourse) -> None:
    """Whichever is second is refused, or goes on what the first left; what is published was shown before."""
    ina, other = course.visitor("ina"), course.visitor("ina")
    assert ina.press(OVERRIDE, preview_override(ina, "6", "first")).status_code == 303
    decided, shown = preview_override(ina, "5", "second"), other.get(PUBLISH).text
    before = len(course.site.gradebook.events.all())
    answers = do_at_once(
        lambda: ina.press(OVERRIDE, decided), lambda: other.press(PUBLISH, shown, typed={"typed": "small"})
    )
    accepted = [each.status_code for each in answers].count(303)
    assert {each.status_code for each in answers} <= {303, 409}
    assert accepted
    events = course.site.gradebook.events.all()
    assert len(events) == before + accepted
    if answers[1].status_code == 303:
        last = next(event for event in reversed(events) if isinstance(event.what, Publication))
        seen = Fraction(course.site.gradebook.events.published(last.number)["ada"]["exact"])
        assert seen == 1


def test_threads_that_record_wait_for_each_other_in_memory(course: WholeCourse) -> None:
    """By the lock of the folder alone each of them would look again and again whether it is free."""
    books = do_at_once(*[lambda: course.site.gradebook] * 3)
    assert len({id(book) for book in books}) == 3, "each has its own"
    assert len({id(book._custody_of_writer()) for book in books}) == 1


class HeldCustody(Custody):
    """Whoever is going to write comes in, and waits until all may go on."""

    def __init__(self, course: WholeCourse) -> None:
        folder = course.site.course.folder
        super().__init__(folder.secret, folder.head, folder.access)
        self.come, self.go_on = threading.Semaphore(0), threading.Event()

    @contextmanager
    def lock(self, patience: float) -> Iterator[None]:
        self.come.release()
        self.go_on.wait()
        with super().lock(patience):
            yield


def test_a_page_is_shown_while_all_that_is_sent_waits_for_a_writer(course: WholeCourse) -> None:
    """A disk that takes its time holds up receipts, and nobody who only looks."""
    book = course.site._gradebook
    held = HeldCustody(course)
    book._opening = replace(book._opening, custody=held)
    students = ("ada", "ben", "tess")
    visitors = [course.visitor(who) for who in students * 4]
    keys = [each.form_key() for each in visitors]
    sent: list[int] = []

    def send(place: int) -> None:
        content = notebook(before=f"x = {place}", **RIGHT)
        files = {"file": ("small.ipynb", content)}
        sent.append(visitors[place].post("/work/small", key=keys[place], files=files).status_code)

    threads = [threading.Thread(target=send, args=(place,)) for place in range(len(visitors))]
    looking = threading.Thread(target=lambda: shown.append(visitors[0].get("/").status_code))
    shown: list[int] = []
    try:
        for thread in threads:
            thread.start()
        assert held.come.acquire(timeout=60), "somebody writes"
        while len(book._together.received._waiting) < 3:
            time.sleep(0.01)
        assert not sent, "every place for what is sent is taken"
        looking.start()
        looking.join(60)
        assert shown == [200]
    finally:
        held.go_on.set()
    for thread in threads:
        thread.join()
    assert sent == [303] * len(visitors)


def test_a_regrade_and_a_request_for_a_second_look_at_once_are_both_kept(published: WebCourse) -> None:
    """The request stands beside the new mark, and no answer goes below that, whatever stood there before."""
    text = published.solutions.read_text(encoding="utf-8")
    published.solutions.write_text(text.replace("credit=0.25", "credit=0.5"), encoding="utf-8")
    course, book = open_course(published.folder), published.site.gradebook
    with closing(local_workers(1)) as workers:
        wish = RegradingWish("small", why="The mistake is a small one.")
        found = regrade_homework(course, book, wish, accept_level=1, workers=workers)
    assert found is not None
    asked, _ = do_at_once(
        lambda: ask(published),
        lambda: record_regrading(course, published.site.gradebook, "small", found, why="The key was wrong."),
    )

    assert asked.status_code == 303
    (look,) = book.second_looks.all(student="ada")
    report = next(iter(book.latest_reports("small", students=["ada"])))
    assert look.asked.submission == next(each.id for each in book.marked_submissions(students=["ada"]))
    assert next(each.mark for each in report.verdicts if each.question == "grad") == Fraction(1, 2)
    assert "waits for an answer" in published.visitor("ada").text("/work/small/1")
    lower = answer(published, outcome="changed", mark="0.75/2")
    assert (lower.status_code, "would lower a mark" in lower.text) == (422, True)
    assert answer(published, outcome="changed", mark="1.5/2").status_code == 303
    assert "the mark changes" in published.visitor("ada").text("/work/small/1")
    assert not book.check(course.folder.custody()).faults
