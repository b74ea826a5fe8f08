"""Quizzes on pages: saved as typed, read back, judged when asked, never older than what is stored."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_course import LATE, Visitor, WebCourse, words_of

from autograder.domain.course_events import CourseEvent, Whom
from autograder.domain.events import Extension

QUIZ = """---
id: first
title: First quiz
symbols: w: vec d, A: mat d d
attempts: 2
tries: 2
results: at once
solutions: at submission
---

## grad {symbolic 2}
What is the gradient of $w \\mapsto w^\\top A w$?

= A w + A^T w
~ 2 A w | Right for symmetric matrices only.
? Write it as a double sum.
: Both sums give one term: secret solution.

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

## give {witness 1}
Find one.

give x: scalar
show x > 2
"""
_LATER = "solutions: after closing\nresults: after closing\ntime limit: 10 min\n"
_CLOSES = "closes: 2026-12-20T12:00+01:00"
TIMED = QUIZ.replace("id: first", "id: timed").replace(
    "results: at once\nsolutions: at submission", _LATER + _CLOSES
)
TABLES = """
[quizzes.first]
title = "First quiz"
weight = "5 %"
bonus = true
[quizzes.timed]
title = "Timed quiz"
weight = "5 %"
bonus = true
"""


@pytest.fixture
def quizzes(tmp_path: Path) -> Iterator[WebCourse]:
    """The course with two quizzes."""
    folder = tmp_path / "quiz"
    folder.mkdir()
    (folder / "first.quiz.md").write_text(QUIZ, encoding="utf-8")
    (folder / "timed.quiz.md").write_text(TIMED, encoding="utf-8")
    (folder / "draft.quiz.md").write_text(QUIZ.replace("id: first", "id: draft"), encoding="utf-8")
    course = WebCourse(tmp_path, LATE + TABLES)
    yield course
    course.close()


def begin(web: WebCourse, who: str = "ada", name: str = "first") -> Visitor:
    visitor = web.visitor(who)
    answer = visitor.post(f"/quiz/{name}")
    assert answer.headers["location"] == f"/quiz/{name}/1", words_of(answer.text)
    return visitor


def shown(page: str) -> dict[str, str]:
    """The fingerprints that a page carries, as its form sends them."""
    return dict(re.findall(r'name="(shown-\w+)" value="(\w+)"', page))


def save(visitor: Visitor, path: str = "/quiz/first/1", **fields: Any) -> Any:
    """Send the form of the page as it is shown now, with these fields filled in."""
    page = visitor.get(path).text
    return visitor.post(path, data={**shown(page), **fields})


def test_an_answer_is_saved_and_read_back_typeset(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    answer = save(ada, grad="2 A w", save="1")
    assert answer.headers["location"] == "/quiz/first/1"
    page = ada.get("/quiz/first/1").text
    assert 'data-zone="Europe/Paris"' in page  # the time since when nothing is saved is told as all others
    assert 'value="2 A w"' in page
    assert "<math" in page.partition("Read as")[2][:200]
    assert "Right for symmetric" not in page  # not judged: nobody asked


def test_it_is_read_back_while_it_is_typed_and_nothing_is_recorded(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    found = ada.post("/quiz/first/1/grad/read", data={"grad": "A w + w"})
    assert found.status_code == 200
    assert "<math" in found.text
    assert "<html" not in found.text
    assert "Cannot be read" in ada.post("/quiz/first/1/grad/read", data={"grad": "A w +"}).text
    assert 'value=""' in ada.get("/quiz/first/1").text


def test_one_answer_is_saved_for_the_script(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    before = shown(ada.get("/quiz/first/1").text)["shown-grad"]
    found = ada.post("/quiz/first/1/grad", data={"grad": "A w", "shown-grad": before})
    assert "Saved 10:00:00" in found.text
    now = re.search(r'data-shown="(\w+)"', found.text)
    assert now
    assert now[1] == shown(ada.get("/quiz/first/1").text)["shown-grad"] != before


def test_of_two_pages_the_older_one_overwrites_nothing(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    old = shown(ada.get("/quiz/first/1").text)
    save(ada, grad="A w")
    refused = ada.post("/quiz/first/1/grad", data={"grad": "7 w", **old})
    assert refused.status_code == 409
    assert "the newer answer stays: A w" in words_of(refused.text)
    whole = ada.post("/quiz/first/1", data={**old, "grad": "7 w"})
    assert whole.status_code == 409
    assert 'value="A w"' in ada.get("/quiz/first/1").text


def test_what_an_old_page_did_not_change_is_left_alone(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    old = shown(ada.get("/quiz/first/1").text)
    save(ada, grad="A w")
    assert ada.post("/quiz/first/1", data={**old, "grad": "", "pick": "a"}).status_code == 303
    page = ada.get("/quiz/first/1").text
    assert 'value="A w"' in page
    assert re.search(r'id="pick-a"[^>]* checked', page)


def test_choices_are_saved_and_can_be_taken_back(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    save(ada, boxes=["a", "c"])
    page = ada.get("/quiz/first/1").text
    assert re.findall(r'id="boxes-(\w)"[^>]* checked', page) == ["a", "c"]
    save(ada)  # every box empty: nothing but the fingerprints is sent
    assert not re.findall(r'id="boxes-(\w)"[^>]* checked', ada.get("/quiz/first/1").text)


def test_pairs_are_chosen_line_by_line(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    save(ada, **{"pairs:1": "b", "pairs:2": ""})
    assert "Cannot be read so far" in ada.text("/quiz/first/1")
    save(ada, **{"pairs:1": "b", "pairs:2": "a"})
    page = ada.get("/quiz/first/1").text
    assert re.findall(r"<option selected>(\w)", page) == ["b", "a"]


def test_a_try_is_confirmed_by_how_it_is_read_before_it_counts(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    asked = save(ada, grad="2 A w", check="grad")
    assert asked.status_code == 200
    assert "Judging it counts as a try" in words_of(asked.text)
    assert "2 tries left" in words_of(asked.text)
    sure = ada.post(
        "/quiz/first/1", data={**shown(asked.text), "check": "grad", "sure-grad": "1", "grad": "2 A w"}
    )
    assert sure.headers["location"] == "/quiz/first/1#grad"
    told = ada.text("/quiz/first/1")
    assert "Right for symmetric matrices only." in told
    assert "1 try left" in told


def test_what_cannot_be_read_costs_no_try(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    assert save(ada, grad="A w +", check="grad").status_code == 303
    told = ada.text("/quiz/first/1")
    assert "it costs nothing" in told
    assert "2 tries left" in told


def test_an_attempt_is_handed_in_and_its_result_shown(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    save(ada, grad="(A + A^T) w", pick="b")
    answer = save(ada, **{"hand-in": "1"})
    assert answer.headers["location"] == "/quiz/first/1/hand-in"
    before = ada.text("/quiz/first/1/hand-in")
    assert "Question 3 is not answered" in before
    assert ada.post("/quiz/first/1/hand-in").headers["location"] == "/quiz/first/1/result"
    told = ada.text("/quiz/first/1/result")
    assert "Score 2 of 7 points" in told, told
    assert "secret solution" in told
    assert ada.get("/quiz/first/1").headers["location"] == "/quiz/first/1/result"
    assert "Attempt 1" in ada.text("/quiz/first")


def test_after_the_end_nothing_is_changed(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    page = shown(ada.get("/quiz/first/1").text)
    ada.post("/quiz/first/1/hand-in")
    for path in ("/quiz/first/1", "/quiz/first/1/grad"):
        answer = ada.post(path, data={**page, "grad": "w"})
        assert answer.status_code == 409
        assert "handed in" in words_of(answer.text) or "over" in words_of(answer.text)
    assert "w" not in re.findall(r'<pre class="wrap">([^<]*)', ada.get("/quiz/first/1/result").text)


def test_the_clock_hands_in_what_is_saved(quizzes: WebCourse) -> None:
    ada = begin(quizzes, name="timed")
    assert "Ends at Thursday 10 Dec 2026, 10:10:00: 10 min left" in ada.text("/quiz/timed/1")
    save(ada, "/quiz/timed/1", grad="A w")
    quizzes.clock.pass_by(minutes=10, seconds=11)
    told = words_of(ada.client.get("/quiz/timed/1", follow_redirects=True).text)
    assert "Its time was over on Thursday 10 Dec 2026, 10:10:00" in told
    assert "A w" in told


def test_the_page_of_a_quiz_tells_the_time_that_one_has_and_why_none_can_be_begun(quizzes: WebCourse) -> None:
    ada, ben = quizzes.visitor("ada"), quizzes.visitor("ben")
    more = Extension(0, "timed", None, minutes=5, why="third time")
    quizzes.site.gradebook.events.add([CourseEvent(more, Whom("ada"), quizzes.clock(), "ina")])
    assert "you have 15 min" in ada.text("/quiz/timed")
    assert "It closes on Sunday 20 Dec 2026, 12:05:00" in ada.text("/quiz/timed")
    assert "you have 10 min" in ben.text("/quiz/timed")
    assert "attempt is open" not in ada.text("/")
    assert "due Sunday 20 Dec 2026, 12:05:00" in ada.text("/"), "it says when it closes for her"
    assert "due Sunday 20 Dec 2026, 12:00:00" in ben.text("/")
    ada.post("/quiz/timed")
    assert "attempt is open" in ada.text("/")


def test_until_when_a_quiz_is_in_time_is_told_before_it_is_begun_and_before_it_is_handed_in(
    quizzes: WebCourse,
) -> None:
    """With the time that one student has; where its file closes it then, once."""
    settings = quizzes.folder / "course.toml"
    due = 'title = "First quiz"\ndeadline = 2026-12-20T23:59:00\ngrace = "5 min"'
    told = settings.read_text(encoding="utf-8").replace('title = "First quiz"', due)
    settings.write_text(told, encoding="utf-8")
    more = Extension(0, "first", None, minutes=60, why="ill")
    quizzes.site.gradebook.events.add([CourseEvent(more, Whom("ben"), quizzes.clock(), "ina")])
    for who, end in (("ada", "Sunday 20 Dec 2026, 23:59:00"), ("ben", "Monday 21 Dec 2026, 00:59:00")):
        student = quizzes.visitor(who)
        assert f"Due {end} , 10 days" in student.text("/quiz/first")
        assert "; up to 5 min later is still in time." in student.text("/quiz/first")
        student.post("/quiz/first")
        assert f"Due {end} , 10 days" in student.text("/quiz/first/1/hand-in")
    assert "Due" not in quizzes.visitor("ada").text("/quiz/timed")
    quizzes.clock.pass_by(days=12)
    assert "Was due Sunday 20 Dec 2026" in quizzes.visitor("ada").text("/quiz/first/1/hand-in")


def test_a_quiz_that_its_file_closes_is_told_so_and_keeps_no_grade_open(quizzes: WebCourse) -> None:
    """Whoever never took it waits for nothing, though course.toml names no deadline."""
    quizzes.clock.pass_by(days=9)  # the homework is past its late days
    assert "closes Sunday 20 Dec 2026, 12:00:00" in quizzes.visitor("ina").text("/class")
    assert quizzes.visitor("ben").text("/grade").count("more can be handed in") == 2
    quizzes.clock.pass_by(days=3)
    assert "closed Sunday 20 Dec 2026, 12:00:00" in quizzes.visitor("ina").text("/class")
    assert quizzes.visitor("ben").text("/grade").count("more can be handed in") == 1, "of the other quiz"


def test_a_solution_and_a_verdict_are_not_sent_before_their_time(quizzes: WebCourse) -> None:
    """All that a student can fetch is looked through."""
    ada = begin(quizzes, name="timed")
    save(ada, "/quiz/timed/1", grad="2 A w", pick="b")
    pages = [ada.get(path).text for path in ("/quiz/timed", "/quiz/timed/1", "/quiz/timed/1/hand-in", "/")]
    pages.append(ada.post("/quiz/timed/1/grad/read", data={"grad": "2 A w"}).text)
    pages.append(save(ada, "/quiz/timed/1", check="grad", **{"sure-grad": "1"}).text)
    ada.post("/quiz/timed/1/hand-in")
    pages.append(ada.get("/quiz/timed/1/result").text)
    given = "".join(pages)
    for hidden in ("secret solution", "symmetric", "bends both ways", "A^T w", "double sum", "Not right"):
        assert hidden not in given, hidden


def test_nobody_reaches_anothers_attempt_nor_one_that_is_not_begun(quizzes: WebCourse) -> None:
    begin(quizzes)
    ben = quizzes.visitor("ben")
    unknown = ben.get("/nowhere").text
    for path in (
        "/quiz/first/1",
        "/quiz/first/1/result",
        "/quiz/first/1/hand-in",
        "/quiz/first/2",
        "/quiz/first/x",
    ):
        answer = ben.get(path)
        assert (answer.status_code, answer.text) == (404, unknown), path
    assert ben.post("/quiz/first/1/grad", data={"grad": "w"}).status_code == 404


def test_only_questions_of_the_attempt_are_saved(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    for question in ("unknown", "../../x", "shown-grad"):
        assert ada.post(f"/quiz/first/1/{question}", data={question: "1"}).status_code == 404


def test_a_quiz_that_the_course_does_not_name_is_not_there(quizzes: WebCourse) -> None:
    """What lies in the folder may be a draft."""
    ada = quizzes.visitor("ada")
    assert ada.get("/quiz/draft").status_code == 404
    assert ada.post("/quiz/draft").status_code == 404


def test_no_more_attempts_than_allowed(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    ada.post("/quiz/first/1/hand-in")
    assert ada.post("/quiz/first").headers["location"] == "/quiz/first/2"
    ada.post("/quiz/first/2/hand-in")
    refused = ada.post("/quiz/first")
    assert refused.status_code == 409
    assert "You have used your 2 attempts" in words_of(refused.text)


def test_an_answer_that_is_far_too_long_is_refused_and_the_last_one_stays(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    save(ada, grad="A w")
    answer = save(ada, grad="w" * 20_001)
    assert answer.status_code == 409
    assert "20000 characters" in words_of(answer.text)
    assert 'value="A w"' in ada.get("/quiz/first/1").text


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7919*7907}}", "\\href{x}{y}"]
)
def test_what_is_typed_is_shown_as_text(quizzes: WebCourse, typed: str) -> None:
    ada = begin(quizzes)
    save(ada, grad=typed, order=typed)
    pages = [ada.get("/quiz/first/1").text, ada.post("/quiz/first/1/grad/read", data={"grad": typed}).text]
    ada.post("/quiz/first/1/hand-in")
    pages.append(ada.get("/quiz/first/1/result").text)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert str(7919 * 7907) not in words_of(page)


def test_a_quiz_whose_file_is_wrong_keeps_nobody_from_any_page(quizzes: WebCourse) -> None:
    """Nor where the pages begin anew meanwhile; and whoever teaches is told what is wrong, and where."""
    file = quizzes.folder / "quiz" / "first.quiz.md"
    quizzes.visitor("ada").post("/quiz/first")
    for wrong in ("= A w + (\n~ 2 A w", "", "id: first", "gone"):
        text = {"gone": "", "id: first": QUIZ.replace("id: first", "id: other")}.get(wrong)
        file.write_text(text or QUIZ.replace("= A w + A^T w", wrong), encoding="utf-8")
        if wrong == "gone":
            file.unlink()
        quizzes.clock.pass_by(minutes=1)
        again = WebCourse.at(quizzes.folder)
        again.clock.now = quizzes.clock()
        for course in (quizzes, again):
            ada, ina = course.visitor("ada"), course.visitor("ina")
            assert "First quiz" in ada.text("/")
            assert ada.get("/quiz/first/1").status_code == ada.get("/grade").status_code == 200
            page = ina.text("/class")
            assert "The course's files are wrong" in page
            assert "quiz/first.quiz.md" in page
            assert str(course.folder) not in page
            assert ina.get("/class/grades").status_code == ina.get("/class/publish").status_code == 200
        again.close()
    file.write_text(QUIZ, encoding="utf-8")
    assert "The course's files are wrong" not in quizzes.visitor("ina").text("/class")


def test_a_quiz_that_was_never_right_is_missing_and_nothing_else_is(quizzes: WebCourse) -> None:
    (quizzes.folder / "quiz" / "timed.quiz.md").write_text("id: timed\n", encoding="utf-8")
    again = WebCourse.at(quizzes.folder)
    ada, ina = again.visitor("ada"), again.visitor("ina")
    page = ada.text("/")
    assert "First quiz" in page
    assert ada.get("/quiz/timed").status_code == 503
    assert "quiz/timed.quiz.md" in ina.text("/class")
    assert "to mend in the file" in ina.text("/class/quiz/timed/preview")
    again.close()


def test_a_quiz_whose_file_is_wrong_for_a_while_goes_on_as_it_was(quizzes: WebCourse) -> None:
    ada = begin(quizzes)
    file = quizzes.folder / "quiz" / "first.quiz.md"
    file.write_text("nothing of a quiz")
    assert save(ada, grad="A w").status_code == 303
    assert 'value="A w"' in ada.get("/quiz/first/1").text


def test_a_text_that_came_after_its_session_is_given_back(quizzes: WebCourse) -> None:
    """To the person whose session it was, and to nobody else."""
    ada = begin(quizzes)
    page = shown(ada.get("/quiz/first/1").text)
    key = ada.form_key()
    quizzes.clock.pass_by(hours=13)
    answer = ada.post("/quiz/first/1", key=key, data={**page, "grad": "A w + typed long"})
    assert answer.headers["location"] == "/login"
    assert "is kept" in ada.text("/login")
    from autograder.web.links import login_link

    ada.log_in(login_link(quizzes.site.course, "ada", now=quizzes.clock(), url=quizzes.site.served.url))
    assert "A w + typed long" in ada.get("/me").text
    ben = quizzes.visitor("ben")
    ben.client.cookies["kept"] = ada.client.cookies["kept"]
    assert "typed long" not in ben.get("/me").text


def test_an_open_attempt_keeps_the_version_it_was_begun_with(quizzes: WebCourse) -> None:
    """Also when the server is started anew; who begins afterwards has the new one."""
    ada, file = begin(quizzes), quizzes.folder / "quiz" / "first.quiz.md"
    changed = QUIZ.replace("What is the gradient of", "What is half of").replace("= A w + A^T w", "= 3 A w")
    file.write_text(changed.replace("tries: 2", "tries: 1"), encoding="utf-8")
    assert "What is half of" in begin(quizzes, "ben").get("/quiz/first/1").text
    again = WebCourse.at(quizzes.folder)
    try:
        for web in (quizzes, again):
            ada = web.visitor("ada")
            page = ada.get("/quiz/first/1").text
            assert "What is the gradient of" in page
            assert "What is half of" not in page
        save(ada, grad="A w + A^T w", check="grad", **{"sure-grad": "1"})
        assert "Right." in ada.text("/quiz/first/1")
        ben = again.visitor("ben")
        save(ben, grad="A w + A^T w", check="grad", **{"sure-grad": "1"})
        assert "Right." not in ben.text("/quiz/first/1")
    finally:
        again.close()
    assert all(
        each.stat().st_mode & 0o777 == 0o600 for each in (quizzes.folder / ".autograder/quizzes").iterdir()
    )
