"""Several people who change the same things at once: each is told what became of it, and no row is lost."""

import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import marking_course
import pytest
from class_course import RIGHT, notebook
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from web_course import Visitor, WebCourse
from whole_course import WholeCourse

from autograder.domain.course_events import Publication

PART = re.compile(r"/class/work/figures/mark/[\w-]+")
OVERRIDE = "/class/students/ada/override"
PUBLISH = "/class/work/small/publish"


@pytest.fixture
def course(whole: WholeCourse, tmp_path: Path) -> Iterator[WholeCourse]:
    copied = whole.copy(tmp_path / "course")
    yield copied
    copied.close()


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


class Pages(RuleBasedStateMachine):
    """Two instructors and a student, whose pages lie open while the others go on."""

    whole: WholeCourse

    def __init__(self) -> None:
        super().__init__()
        self._place = tempfile.TemporaryDirectory()
        self.course = self.whole.copy(Path(self._place.name) / "course")
        self.people = {who: self.course.visitor(who) for who in ("ina", "ada")}
        self.people["other"] = self.course.visitor("ina")
        self.open: list[tuple[str, str, str]] = []
        self.events = [event.number for event in self.course.site.gradebook.events.all()]
        self.files = self._files()
        self.comments = comments_on(self.course, "ada")
        self.asked = len(self.course.site.gradebook.second_looks.all())

    def teardown(self) -> None:
        self.course.close()
        self._place.cleanup()

    def _files(self) -> list[str]:
        return [each.blob for each in self.course.site.gradebook.marked_submissions(students=["ada"])]

    @rule(who=st.sampled_from(["ina", "other"]), points=st.integers(0, 6))
    def look_at_a_decision(self, who: str, points: int) -> None:
        self.open.append((who, OVERRIDE, preview_override(self.people[who], str(points), f"{points} it is")))

    @rule(who=st.sampled_from(["ina", "other"]))
    def look_at_a_publication(self, who: str) -> None:
        self.open.append((who, PUBLISH, self.people[who].get(PUBLISH).text))

    @rule(place=st.integers(0, 5))
    def confirm_what_lies_open(self, place: int) -> None:
        """It is recorded or refused: a page that says one does not do the other."""
        if not self.open:
            return
        who, path, page = self.open[place % len(self.open)]
        if 'name="state"' not in page:
            return
        answer = self.people[who].press(path, page, typed={"typed": "small"})
        now = [event.number for event in self.course.site.gradebook.events.all()]
        assert answer.status_code in (303, 409, 422), answer.text
        assert now[: len(self.events)] == self.events
        added = len(now) - len(self.events)
        assert added >= 1 if answer.status_code == 303 else added == 0
        self.events = now

    @rule(who=st.sampled_from(["ina", "other"]), comment=st.sampled_from(["fine", "see above"]))
    def mark(self, who: str, comment: str) -> None:
        visitor = self.people[who]
        answer = visitor.press(open_answer(visitor, "It sinks."), typed={"comment": comment})
        assert answer.status_code == 303
        self.comments.append(comment)

    @rule(number=st.integers(0, 10_000))
    def hand_in(self, number: int) -> None:
        content = notebook(before=f"x = {number}", **RIGHT)
        before = self._files()
        assert self.people["ada"].hand_in(content).status_code == 303
        self.files = self._files()
        assert self.files[: len(before)] == before or set(before) <= set(self.files)
        self.course.clock.pass_by(seconds=10)

    @rule()
    def ask(self) -> None:
        text = "Please look at this question again: I cannot see what is wrong."
        answer = self.people["ada"].post("/work/small/1/ask/extremes", data={"text": text})
        assert answer.status_code in (303, 404, 409, 422)
        self.asked += answer.status_code == 303

    @invariant()
    def nothing_is_lost(self) -> None:
        book = self.course.site.gradebook
        assert [event.number for event in book.events.all()] == self.events
        assert self._files() == self.files
        assert [each for each in comments_on(self.course, "ada") if each] == [c for c in self.comments if c]
        assert sum(len(look.entries) for look in book.second_looks.all()) >= self.asked


@pytest.mark.soak
def test_whatever_lies_open_while_others_go_on_no_row_is_lost(whole: WholeCourse) -> None:
    """Decisions, publications, marks, files and requests in any order, confirmed from pages of any age."""
    model = type("PagesOfWhole", (Pages,), {"whole": whole})
    allowed = settings(
        max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(model, settings=allowed)  # type: ignore[no-untyped-call]
