"""Marking by hand on pages: numbers for names, nothing lost, no own work, and no mark over another's."""

import re
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from marking_course import SOLUTIONS, notebook
from web_course import URL, WebCourse, words_of

from autograder.marking.turns import order_answers
from autograder.web.links import login_link

RIGHT = "def double(x):\n    return 2 * x"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ada and Ben said why, Tess, who is an assistant too, wrote nothing."""
    course = WebCourse(tmp_path_factory.mktemp("graded") / "course")
    (course.folder / "assignments/small/small.ipynb").write_bytes(notebook())
    course.solutions.write_text(SOLUTIONS, encoding="utf-8")
    answers = {"ada": "Ada's *reason* <b>is</b> $x$.", "ben": "Ben has a reason.", "tess": ""}
    for student, words in answers.items():
        comment = {"comment": words} if words else {}
        course.visitor(student).hand_in(notebook(answer=RIGHT, **comment))
    course.grade_waiting()
    course.close()
    return course.folder


@pytest.fixture
def web(graded: Path, tmp_path: Path) -> Iterator[WebCourse]:
    course = WebCourse.at(shutil.copytree(graded, tmp_path / "course"))
    yield course
    course.close()


PART = "/class/work/small/mark/written-2"


def number_of(web: WebCourse, who: str, student: str) -> str:
    """By which number somebody meets a student's answer; told from the answers themselves."""
    words = {"ada": "reason* <b>", "ben": "Ben has", "tess": "Nothing was written"}[student]
    visitor = web.visitor(who)
    for number in re.findall(rf"{PART}/(\d+)", visitor.get(f"{PART}?all=1").text):
        if words in visitor.get(f"{PART}/{number}").text.replace("&lt;", "<").replace("&gt;", ">"):
            return str(number)
    raise LookupError(student)


def form_of(page: str) -> dict[str, str]:
    """What the page's form would send as it stands."""
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    sent |= dict(re.findall(r'name="(share-\d)" value="(\w+)" checked', page))
    sent |= dict(re.findall(r'<input name="(points-\d)" value="([^"]*)"', page))
    return sent | {"comment": re.search(r"<textarea[^>]*>([^<]*)</textarea>", page)[1]}  # type: ignore[index]


def give(web: WebCourse, who: str, student: str, **fields: str) -> Any:
    """Open an answer, fill its form in and send it."""
    visitor = web.visitor(who)
    path = f"{PART}/{number_of(web, who, student)}"
    sent = form_of(visitor.get(path).text) | {name.replace("_", "-"): v for name, v in fields.items()}
    return visitor.post(path, key=sent["form_key"], data=sent)


def marks(web: WebCourse, student: str) -> list[tuple[Fraction, str, str]]:
    given = web.site.gradebook.hand_marks.of("small", students=[student])
    return [(mark.earned, mark.comment, mark.marker) for mark in given]


def test_the_list_says_how_far_each_part_is(web: WebCourse) -> None:
    ina = web.visitor("ina")
    page = ina.text("/class/work/small/mark")
    assert "Losses of random starts" in page
    assert "0 of 3" in page
    give(web, "ina", "ada", share_0="all", share_1="half")
    assert "1 of 3" in ina.text("/class/work/small/mark")


def test_an_answer_is_shown_without_its_name_and_nothing_of_it_runs(web: WebCourse) -> None:
    ina = web.visitor("ina")
    page = ina.get(f"{PART}/{number_of(web, 'ina', 'ada')}").text
    assert "reason* &lt;b&gt;is&lt;/b&gt;" in page
    assert "Lovelace" not in page and "ada@" not in page
    assert "why" in page and "labels, and = signs" in page
    assert "<script>" not in page and "style=" not in page
    assert "staff.css" in page and "marking.js" in page, "it looks like the other pages of staff"


def test_a_mark_is_saved_and_the_next_answer_follows(web: WebCourse) -> None:
    """Half, all or a number for each criterion, and a comment; the report is written with it."""
    answer = give(web, "ina", "ada", share_0="half", points_1="1,25", comment="Which\r\nunits?")
    assert answer.status_code == 303, answer.text
    assert re.fullmatch(rf"{PART}/\d+", answer.headers["location"])
    assert marks(web, "ada") == [(Fraction(3, 2), "Which\nunits?", "ina")]
    assert web.report("ada")["score"] == 3.5
    give(web, "ina", "ben", share_0="none", share_1="none")
    last = give(web, "ina", "tess", share_0="none", share_1="none")
    assert last.headers["location"] == PART
    assert "All 3 answers are marked. Publish?" in web.visitor("ina").text(PART)


def test_a_mark_is_taken_back_and_the_answer_awaits_one_again(web: WebCourse) -> None:
    """Only where one is; a form that was opened before is refused, and kept."""
    ina, path = web.visitor("ina"), f"{PART}/{number_of(web, 'ina', 'ada')}"
    assert "Take the mark back" not in ina.text(path)
    give(web, "ina", "ada", share_0="half", points_1="1,25", comment="Which units?")
    page = ina.get(path).text
    assert "Take the mark back" in page
    sent = form_of(page)
    assert ina.post(path, key=sent["form_key"], data={**sent, "take_back": "1"}).status_code == 303
    assert web.report("ada")["score"] is None
    assert "0 of 3" in ina.text("/class/work/small/mark")
    assert "Take the mark back" not in ina.text(path)
    assert "taken back" in ina.text("/class/work/small/student/ada")
    refused = ina.post(path, key=sent["form_key"], data=sent)
    assert refused.status_code == 409
    assert "The mark was taken back meanwhile" in words_of(refused.text)
    give(web, "ina", "ada", share_0="all", share_1="all")
    assert web.report("ada")["score"] == 4


def test_a_script_that_fetched_the_next_answer_is_told_which_it_is(web: WebCourse) -> None:
    ina = web.visitor("ina")
    page = ina.get(PART, follow_redirects=True)
    following = re.search(r'data-next="([^"]+)"', page.text)[1]  # type: ignore[index]
    sent = form_of(page.text) | {"share-0": "all", "share-1": "all"}
    told = ina.post(page.url.path, key=sent["form_key"], data=sent, headers={"hx-request": "true"})
    assert (told.status_code, told.headers["x-next"]) == (200, following)
    assert told.text == "1 of 3 marked, 1 by you."


def test_a_mark_that_is_opened_again_stands_in_the_form(web: WebCourse) -> None:
    give(web, "ina", "ada", share_0="half", points_1="1.25", comment="Which units?")
    page = web.visitor("ina").get(f"{PART}/{number_of(web, 'ina', 'ada')}").text
    sent = form_of(page)
    assert (sent["share-0"], sent["points-1"], sent["comment"]) == ("half", "1.25", "Which units?")
    give(web, "ina", "ada")
    assert len(marks(web, "ada")) == 1, "what is unchanged is not recorded again"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "has no mark yet"),
        ({"share_0": "all", "points_1": "1.6"}, "from 0 to 1.5"),
        ({"share_0": "all", "points_1": "-1"}, "from 0 to 1.5"),
        ({"share_0": "all", "points_1": "1e0"}, "from 0 to 1.5"),
        ({"share_0": "best", "share_1": "all"}, "has no mark yet"),
        ({"share_0": "all", "share_1": "all", "comment": "x" * 10_001}, "at most 10000"),
    ],
)
def test_what_is_no_mark_is_said_and_stays_in_the_form(
    web: WebCourse, fields: dict[str, str], told: str
) -> None:
    answer = give(web, "ina", "ada", **{"comment": "keep me", **fields})
    assert answer.status_code == 422
    assert told in answer.text
    assert fields.get("comment", "keep me") in answer.text
    assert marks(web, "ada") == []


def test_two_who_mark_the_same_answer_are_shown_both_marks(web: WebCourse) -> None:
    """Whoever is second decides: keep theirs, take mine, or edit; nothing is overwritten unseen."""
    path = f"{PART}/{number_of(web, 'ina', 'ada')}"
    ina = web.visitor("ina")
    mine = form_of(ina.get(path).text) | {"share-0": "all", "share-1": "all", "comment": "mine"}
    give(web, "asa", "ada", share_0="none", share_1="half", comment="theirs")
    answer = ina.post(path, key=mine["form_key"], data=mine)
    assert answer.status_code == 409
    assert "Somebody else marked this answer meanwhile" in answer.text
    assert "theirs" in answer.text and "mine" in answer.text
    assert [mark[1] for mark in marks(web, "ada")] == ["theirs"]
    kept = ina.post(path, key=mine["form_key"], data={**form_of(answer.text), "keep": "1"})
    assert kept.status_code == 303
    assert [mark[1] for mark in marks(web, "ada")] == ["theirs"]
    taken = ina.post(path, key=mine["form_key"], data=form_of(answer.text))
    assert taken.status_code == 303
    assert [mark[1] for mark in marks(web, "ada")] == ["theirs", "mine"]


def test_a_draft_is_kept_and_goes_once_the_mark_is_saved(web: WebCourse) -> None:
    path = f"{PART}/{number_of(web, 'ina', 'ada')}"
    ina = web.visitor("ina")
    sent = form_of(ina.get(path).text) | {"share-0": "all", "comment": "half written"}
    kept = ina.post(f"{path}/draft", key=sent["form_key"], data=sent)
    assert kept.text == "Draft kept at 10:00:00"
    again = web.visitor("ina").get(path).text
    assert "Your draft of" in again and "half written" in again
    assert "half written" not in web.visitor("asa").get(path).text, "a draft is its marker's own"
    assert "1 other marking" in web.visitor("asa").text("/class/work/small/mark")
    give(web, "ina", "ada", share_1="all")
    assert "Your draft of" not in web.visitor("ina").get(path).text
    assert marks(web, "ada") == [(Fraction(2), "half written", "ina")]


def test_a_draft_over_which_somebody_saved_is_shown_with_their_mark(web: WebCourse) -> None:
    path = f"{PART}/{number_of(web, 'ina', 'ada')}"
    ina = web.visitor("ina")
    sent = form_of(ina.get(path).text) | {"share-0": "all", "comment": "half written"}
    ina.post(f"{path}/draft", key=sent["form_key"], data=sent)
    give(web, "asa", "ada", share_0="none", share_1="none", comment="theirs")
    page = ina.get(path).text
    assert "Somebody else marked this answer meanwhile" in page
    assert "half written" in page and "theirs" in page


def test_a_newer_file_takes_no_mark_away_and_is_told_with_what_changed(web: WebCourse) -> None:
    """A form that was open is recorded for the file that it showed; the new one comes with that mark."""
    path = f"{PART}/{number_of(web, 'ina', 'ada')}"
    ina = web.visitor("ina")
    sent = form_of(ina.get(path).text) | {"share-0": "all", "share-1": "half", "comment": "Good."}
    old = web.site.gradebook.history("ada")[-1].blob
    web.visitor("ada").hand_in(notebook(answer=RIGHT, comment="Ada's *reason* <b>is</b> another one."))
    web.grade_waiting()
    answer = ina.post(path, key=sent["form_key"], data=sent)
    assert answer.headers["location"] == path
    assert [mark.blob for mark in web.site.gradebook.hand_marks.of("small")] == [old]
    page = ina.get(path).text
    assert "Another file was handed in since this was marked." in page
    assert re.search(r'class="minus">-.*\$x\$', page)
    assert re.search(r'class="plus">\+.*another one', page)
    sent = form_of(page)
    assert (sent["share-0"], sent["share-1"], sent["comment"]) == ("all", "half", "Good.")
    ina.post(path, key=sent["form_key"], data=sent)
    assert "Another file" not in ina.get(path).text
    assert len({mark.blob for mark in web.site.gradebook.hand_marks.of("small")}) == 2


def test_a_form_of_nothing_that_was_handed_in_is_refused(web: WebCourse) -> None:
    path = f"{PART}/{number_of(web, 'ina', 'ada')}"
    ina = web.visitor("ina")
    sent = form_of(ina.get(path).text) | {"share-0": "all", "share-1": "all", "shown": "f" + "0" * 16 + "-x"}
    assert ina.post(path, key=sent["form_key"], data=sent).status_code == 400
    assert marks(web, "ada") == []


def test_comments_given_before_are_offered_and_added_without_a_script(web: WebCourse) -> None:
    give(web, "ina", "ben", share_0="all", share_1="all", comment="Axes!")
    answer = give(web, "ina", "ada", comment="Nearly.", share_0="half", snippet="0")
    assert answer.status_code == 200
    sent = form_of(answer.text)
    assert sent["comment"] == "Nearly.\nAxes!"
    assert sent["share-0"] == "half"


def test_assistants_meet_whom_they_look_after_and_nobody_their_own_work(web: WebCourse) -> None:
    """Asa looks after G1, Tess, who is in G2, after all but herself. Comments on others' work stay out."""
    ben = number_of(web, "ina", "ben")
    give(web, "ina", "ben", share_0="all", share_1="all", comment="For Ben alone.")
    asa, tess = web.visitor("asa"), web.visitor("tess")
    assert "0 of 1" in asa.text("/class/work/small/mark")
    assert asa.get(f"{PART}/{ben}").status_code == 404
    assert asa.post(f"{PART}/{ben}", data={"share-0": "all", "share-1": "all"}).status_code == 404
    assert asa.post(f"{PART}/{ben}/draft", data={"comment": "x"}).status_code == 404
    assert "For Ben" not in asa.get(f"{PART}/{number_of(web, 'asa', 'ada')}").text
    assert "1 of 2" in tess.text("/class/work/small/mark")
    own = number_of(web, "ina", "tess")
    assert tess.get(f"{PART}/{own}").status_code == 404
    assert web.visitor("ada").get(PART).status_code == 404


def test_a_name_is_shown_for_a_reason_which_is_recorded(web: WebCourse) -> None:
    path = f"{PART}/{number_of(web, 'ina', 'ada')}"
    ina = web.visitor("ina")
    without = ina.post(f"{path}/name", data={"reason": " "})
    assert without.status_code == 422 and "Lovelace" not in without.text
    assert "Ada Lovelace" in ina.post(f"{path}/name", data={"reason": "it looks like a copy"}).text
    assert "Lovelace" not in ina.get(path).text
    [event] = web.site.gradebook.events.all()
    assert (event.kind.value, event.whom.student, event.by) == ("name shown", "ada", "ina")
    assert (event.note, event.what.why) == ("it looks like a copy", ""), "for staff alone"
    assert "the name shown to whoever marks" in ina.text("/class/log")
    ben = number_of(web, "ina", "ben")
    assert web.visitor("asa").post(f"{PART}/{ben}/name", data={"reason": "x"}).status_code == 404


RUBRIC = {"sentence-0": "labels, and = signs", "points-0": "0.5", "sentence-1": "why", "points-1": "1.5"}


def change(web: WebCourse, who: str = "ina", **fields: str) -> Any:
    sent = {**RUBRIC, **{name.replace("_", "-"): value for name, value in fields.items()}}
    return web.visitor(who).post(f"{PART}/rubric", data=sent)


def test_other_sentences_change_no_mark_and_are_read_at_once(web: WebCourse) -> None:
    """Also by the sheets and tables of the terminal."""
    give(web, "ina", "ada", share_0="all", points_1="0.5", comment="Good.")
    assert change(web, sentence_1="why a run\n stops").status_code == 303
    assert [mark[0] for mark in marks(web, "ada")] == [1, 1]
    sent = form_of(web.visitor("ina").get(f"{PART}/{number_of(web, 'ina', 'ada')}").text)
    assert (sent["share-0"], sent["points-1"]) == ("all", "0.5")
    lines = web.report("ada")["questions"][1]["rubric"]
    assert [line["criterion"] for line in lines] == ["labels, and = signs", "why a run stops"]
    web.run("mark", "small")
    table = (web.folder / "marking/small/written-2.csv").read_text(encoding="utf-8-sig")
    assert table.splitlines()[0].endswith("why a run stops (0 to 1.5),comment,shown")
    assert "1 marked" in web.run("mark", "small").output


def test_other_points_are_previewed_with_every_mark_that_changes(web: WebCourse) -> None:
    """A mark keeps its share; nothing is changed before it is confirmed, or over a mark given meanwhile."""
    give(web, "ina", "ada", share_0="all", share_1="half")
    give(web, "ina", "ben", share_0="half", share_1="half")
    shown = change(web, points_0="1", points_1="1")
    assert shown.status_code == 200
    assert "1 mark changes" in words_of(shown.text), "half of all stays half"
    assert len(marks(web, "ada")) == 1
    state = re.search(r'name="state" value="(\w+)"', shown.text)[1]  # type: ignore[index]
    give(web, "ina", "tess", share_0="none", share_1="none")
    late = change(web, points_0="1", points_1="1", state=state, confirm="1")
    assert late.status_code == 409
    shown = change(web, points_0="1", points_1="1")
    state = re.search(r'name="state" value="(\w+)"', shown.text)[1]  # type: ignore[index]
    assert change(web, points_0="1", points_1="1", state=state, confirm="1").status_code == 303
    assert [mark[0] for mark in marks(web, "ada")] == [Fraction(5, 4), Fraction(3, 2)]
    assert [mark[2] for mark in marks(web, "ben")] == ["ina", "ina"], "who marked stays"
    assert "marked by other criteria" in web.visitor("ina").text("/class/log")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"points_0": "1"}, "add up to 2.5"),
        ({"points_0": "0", "points_1": "2"}, "no number of points"),
        ({"sentence_0": " "}, "write 1 to 500"),
        ({"sentence_0": "Why"}, "stands there already"),
    ],
)
def test_criteria_that_are_none_are_refused(web: WebCourse, fields: dict[str, str], told: str) -> None:
    refused = change(web, **fields)
    assert refused.status_code == 422
    assert told in words_of(refused.text)
    assert web.site.gradebook.events.all() == ()


def test_whoever_marks_meanwhile_is_told_of_other_criteria(web: WebCourse) -> None:
    path = f"{PART}/{number_of(web, 'ina', 'ada')}"
    ina = web.visitor("ina")
    sent = form_of(ina.get(path).text) | {"share-0": "all", "share-1": "half", "comment": "kept"}
    change(web, sentence_1="why a run stops")
    told = ina.post(path, key=sent["form_key"], data=sent)
    assert told.status_code == 409
    assert "The criteria were changed meanwhile" in told.text and "kept" in told.text
    assert ina.post(path, key=sent["form_key"], data=form_of(told.text)).status_code == 303
    assert [mark[:2] for mark in marks(web, "ada")] == [(Fraction(5, 4), "kept")]


def test_criteria_are_changed_by_instructors_alone(web: WebCourse) -> None:
    assert change(web, "asa", sentence_1="mine").status_code == 404
    assert web.visitor("asa").get(f"{PART}/rubric").status_code == 404
    solutions = web.solutions.read_text(encoding="utf-8")
    change(web, sentence_1="why a run stops")
    web.solutions.write_text(solutions.replace('"why"', '"what happens"'), encoding="utf-8")
    page = web.visitor("ina").text(f"{PART}/rubric")
    assert "what happens" in page, "what its author writes later holds"


def test_a_mark_that_comes_after_its_session_is_given_back_to_be_sent_again(web: WebCourse) -> None:
    path = f"{PART}/{number_of(web, 'ina', 'ada')}"
    ina = web.visitor("ina")
    sent = form_of(ina.get(path).text) | {"share-0": "all", "points-1": "1", "comment": "Nearly.\nAxes!"}
    web.clock.pass_by(hours=9)
    assert ina.post(path, key=sent["form_key"], data=sent).headers["location"] == "/login"
    ina.log_in(login_link(web.site.course, "ina", now=web.clock(), url=URL))
    page = ina.get("/me").text
    kept = dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', page))
    assert kept == {name: value for name, value in sent.items() if name != "form_key"}
    assert f'action="{path}"' in page
    assert ina.post(path, data=kept).status_code == 303
    assert marks(web, "ada") == [(Fraction(3, 2), "Nearly.\nAxes!", "ina")]


QUIZ = """---
id: first
title: First quiz
---

## pick {single 1}
Which is convex?

- (x) the square
- ( ) the cube

## why {text 3}
Why does one not start at $0$?
: Both neurons stay equal.
"""


def test_texts_of_a_quiz_are_marked_the_same_way(web: WebCourse) -> None:
    """With the question and its solution beside; the mark is a verdict, and a second one over it is told."""
    (web.folder / "quiz").mkdir(exist_ok=True)
    (web.folder / "quiz/first.quiz.md").write_text(QUIZ, encoding="utf-8")
    settings = web.folder / "course.toml"
    table = '[quizzes.first]\ntitle = "First quiz"\nweight = "5 %"\nbonus = true\n'
    settings.write_text(f"{settings.read_text(encoding='utf-8')}\n{table}", encoding="utf-8")
    ada = web.visitor("ada")
    ada.post("/quiz/first")
    ada.post("/quiz/first/1", data={"shown-why": "", "why": "So <b>that</b> they differ."})
    ada.post("/quiz/first/1/hand-in")
    ina, asa = web.visitor("ina"), web.visitor("asa")
    path = ina.get("/class/work/first/mark/why").headers["location"]
    page = ina.get(path).text
    assert "So &lt;b&gt;that&lt;/b&gt; they differ." in page
    assert "Both neurons stay equal." in page and "Lovelace" not in page
    assert (
        "Change the criteria" not in page and ina.get("/class/work/first/mark/why/rubric").status_code == 404
    )
    mine = form_of(page) | {"points-0": "1.5", "comment": "Half of it."}
    theirs = form_of(asa.get(path).text) | {"share-0": "all"}
    assert ina.post(path, key=mine["form_key"], data=mine).headers["location"] == "/class/work/first/mark/why"
    told = asa.post(path, key=theirs["form_key"], data=theirs)
    assert told.status_code == 409 and "Half of it." in told.text
    [attempt] = web.site.gradebook.quizzes.attempts("first")
    given = [each for each in web.site.gradebook.quizzes.judgings(attempt.id) if each.by]
    assert [(each.verdict.credit, each.verdict.message, each.by) for each in given] == [
        (Fraction(1, 2), "Half of it.", "ina")
    ]
    assert web.visitor("tess").get("/class/work/first/mark").status_code == 200
    assert asa.text("/class/work/first/mark").count("1 of 1") == 1


def test_unknown_parts_and_answers_are_not_found(web: WebCourse) -> None:
    ina = web.visitor("ina")
    for path in ("written-9", "written-2/12345678", "written-2/x"):
        assert ina.get(f"/class/work/small/mark/{path}").status_code == 404, path
    assert ina.get("/class/work/nothing/mark").status_code == 404


def test_every_marker_has_an_order_of_their_own_that_stays(web: WebCourse) -> None:
    class Copy:
        def __init__(self, number: int) -> None:
            self.number = number

    copies: Any = [Copy(number) for number in range(30)]
    orders = {
        (marker, part): tuple(c.number for c in order_answers(copies, marker=marker, part=part, secret=b"s"))
        for marker in ("asa", "ina")
        for part in ("one", "two")
    }
    assert len(set(orders.values())) == 4
    shuffled = order_answers(copies[::-1], marker="asa", part="one", secret=b"s")
    assert tuple(c.number for c in shuffled) == orders["asa", "one"]


def test_shares_give_each_answer_to_one_marker(web: WebCourse) -> None:
    """Each is offered their own first; what is another's is said, and may be marked all the same."""
    settings = web.folder / "course.toml"
    settings.write_text(settings.read_text() + '[marking]\nshare = "answers"\n', encoding="utf-8")
    pages = {who: web.visitor(who).text("/class/work/small/mark") for who in ("asa", "tess", "ina")}
    shares = {who: [int(n) for n in re.findall(r"0 of (\d+)", page)] for who, page in pages.items()}
    assert shares["ina"] == [3, 1], "Tess does not mark herself, and asa not her group"
    assert shares["asa"][1] + shares["tess"][1] == 2
    assert "in another's share" in web.visitor("ina").text(f"{PART}?all=1")
