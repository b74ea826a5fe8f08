"""Requests for a second look: asked of published marks, proposed, answered, and never to a mark's harm."""

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from class_course import RIGHT, notebook
from web_course import WebCourse, words_of

from autograder.gradebook.store import Gradebook
from autograder.services.decisions import preview_publication, record_publication
from autograder.upkeep.persons import gather_person

ASK = "/work/small/1/ask/grad"
WHY = "My formula is right: I checked it with finite differences on three matrices."
REPLY = "It is right for symmetric matrices only: try [[0, 1], [0, 0]] and w = (1, 1)."


def publish(web: WebCourse) -> None:
    book = web.site.gradebook
    shown = preview_publication(web.site.course, book, "small", "", now=web.clock())
    record_publication(book, shown, by="ina")


@pytest.fixture
def unpublished(graded: Path, tmp_path: Path) -> Iterator[WebCourse]:
    course = WebCourse.at(shutil.copytree(graded, tmp_path / "course"))
    yield course
    course.close()


@pytest.fixture
def web(unpublished: WebCourse) -> WebCourse:
    unpublished.clock.pass_by(days=4)
    publish(unpublished)
    return unpublished


def ask(web: WebCourse, who: str = "ada", path: str = ASK, text: str = WHY, ran: str = "") -> Any:
    return web.visitor(who).post(path, data={"text": text, "ran": ran})


def fields_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def answer(web: WebCourse, who: str = "ina", number: int = 1, **fields: str) -> Any:
    """Send an answer, and confirm what it is shown to change."""
    visitor, path = web.visitor(who), f"/class/requests/{number}"
    sent = {**fields_of(visitor.get(path).text), "reply": REPLY, **fields}
    shown = visitor.post(path, key=sent["form_key"], data=sent)
    if shown.status_code != 200:
        return shown
    return visitor.post(path, key=sent["form_key"], data={**sent, **fields_of(shown.text), "confirm": "1"})


def state(web: WebCourse) -> list[str]:
    looks = web.site.gradebook.second_looks.all()
    return [entry.step.value for look in looks for entry in look.entries]


def test_nothing_can_be_asked_before_the_marks_are_published(unpublished: WebCourse) -> None:
    assert "A second look" not in unpublished.visitor("ada").text("/work/small/1")
    assert unpublished.visitor("ada").get(ASK).status_code == 404
    assert ask(unpublished).status_code == 404
    assert state(unpublished) == []


def test_a_student_asks_below_what_the_report_says_and_reads_the_answer(web: WebCourse) -> None:
    ada = web.visitor("ada")
    assert "A second look" in ada.text("/work/small/1")
    page = ada.text(ASK)
    assert "Your formula is right for some matrices only." in page
    assert "never lowered" in page and "10 days" in page
    sent = ask(web, ran="grad(np.eye(2), w)")
    assert (sent.status_code, sent.headers["location"]) == (303, "/work/small/1#second-looks")
    assert "waits for an answer" in ada.text("/work/small/1")
    assert answer(web, outcome="kept").status_code == 303
    page = ada.text(ASK)
    assert WHY in page and REPLY in page and "the mark stays as it is" in page
    assert "ina" not in page.lower().replace("gradina", "").split(), "who answered is for staff"
    assert "answered: the mark stays" in ada.text("/work/small/1")
    report = (web.folder / "reports/small/ada/report.html").read_text(encoding="utf-8")
    assert WHY in words_of(report) and REPLY in words_of(report)


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "at least 30"), (" " * 40, "at least 30"), ("x" * 29, "has 29"), ("x" * 2001, "at most 2000")],
)
def test_what_is_too_short_or_too_long_is_said_and_stays_in_the_form(
    web: WebCourse, text: str, told: str
) -> None:
    sent = ask(web, text=text)
    assert sent.status_code == 422
    assert told in sent.text and f">{text}</textarea>" in sent.text
    assert state(web) == []


def test_one_question_is_asked_once_and_again_once(web: WebCourse) -> None:
    """Open, answered, reopened once, answered: then it is for talking."""
    ask(web)
    assert "waits for its answer" in ask(web).text
    answer(web, outcome="kept")
    assert "Ask again" in web.visitor("ada").text(ASK)
    assert ask(web, text="But look at the second matrix, please, once more.").status_code == 303
    assert "asked again, waits" in web.visitor("ada").text("/work/small/1")
    answer(web, outcome="kept")
    assert "asked twice and answered twice" in ask(web).text
    assert state(web) == ["asked", "answered", "reopened", "answered"]


def test_so_many_are_open_at_once_and_only_for_so_long(web: WebCourse) -> None:
    settings = web.folder / "course.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}\n[requests]\nwindow = "2 days"\nopen = 2\n', encoding="utf-8")
    for question in ("grad", "extremes"):
        assert ask(web, path=f"/work/small/1/ask/{question}").status_code == 303
    refused = ask(web, path="/work/small/1/ask/root")
    assert refused.status_code == 422 and "2 of your requests are open" in refused.text
    web.clock.pass_by(days=2, minutes=1)
    assert "published more than 2 days ago" in ask(web, "ben").text
    publish(web)
    assert ask(web, "ben").status_code == 303, "marks that are published again are asked about anew"


def test_a_mark_that_is_another_is_a_decision_that_the_student_reads(web: WebCourse) -> None:
    ask(web)
    ina = web.visitor("ina")
    sent = {
        **fields_of(ina.get("/class/requests/1").text),
        "outcome": "changed",
        "mark": "2/2",
        "reply": REPLY,
    }
    shown = ina.post("/class/requests/1", key=sent["form_key"], data=sent)
    assert "this is read: ada" in words_of(shown.text)
    assert state(web) == ["asked"], "nothing is recorded before it is confirmed"
    assert answer(web, outcome="changed", mark="2/2").status_code == 303
    [event] = [e for e in web.site.gradebook.events.all() if e.kind.value == "override"]
    assert (event.what.question, event.what.why, event.whom.student) == ("grad", REPLY, "ada")  # type: ignore[union-attr]
    assert (event.by, event.note) == ("ina", "request 1")
    assert "the mark changes" in web.visitor("ada").text("/work/small/1")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"outcome": "changed", "mark": "0/2"}, "would lower a mark"),
        ({"outcome": "changed", "mark": "3/2"}, "3"),
        ({"outcome": "changed", "mark": ""}, "grad"),
        ({"outcome": "question wrong", "remedy": "full", "why": ""}, "everybody reads it"),
        ({"outcome": "question wrong", "remedy": "gone", "why": "wrong"}, "one of left out"),
        ({"outcome": "kept", "reply": "No."}, "at least 30"),
        ({"outcome": ""}, "Choose what the answer says"),
    ],
)
def test_an_answer_that_is_none_is_refused_and_stays_in_the_form(
    web: WebCourse, fields: dict[str, str], told: str
) -> None:
    ask(web)
    refused = answer(web, **fields)
    assert refused.status_code == 422
    assert told in words_of(refused.text)
    assert fields.get("reply", REPLY) in words_of(refused.text)
    assert state(web) == ["asked"]


def test_a_question_that_is_wrong_is_mended_for_everybody(web: WebCourse) -> None:
    ask(web)
    answer(web, outcome="question wrong", remedy="full", why="The statement was wrong.")
    [event] = [e for e in web.site.gradebook.events.all() if e.kind.value == "bad question"]
    assert (event.what.why, event.whom.student) == ("The statement was wrong.", "")


def test_an_assistant_proposes_and_an_instructor_decides(web: WebCourse) -> None:
    """Asa looks after Ada alone; what is proposed is seen by staff alone, and stands in the form."""
    ask(web)
    ask(web, "ben")
    asa = web.visitor("asa")
    assert "Ada Lovelace" in asa.text("/class/requests") and "Ben" not in asa.text("/class/requests")
    assert asa.get("/class/requests/2").status_code == 404
    assert answer(web, "asa", outcome="changed", mark="1/2").status_code == 303
    assert state(web)[:2] == ["asked", "proposed"]
    assert web.site.gradebook.events.all()[-1].kind.value == "publication"
    assert REPLY not in web.visitor("ada").text(ASK)
    page = web.visitor("ina").get("/class/requests/1").text
    assert REPLY in words_of(page) and 'value="1/2"' in page
    answer(web, outcome="changed", mark="1/2")
    assert [look.is_open for look in web.site.gradebook.second_looks.all()] == [False, True]


def test_two_who_answer_at_once_are_one_answer(web: WebCourse) -> None:
    ask(web)
    ina, path = web.visitor("ina"), "/class/requests/1"
    sent = {**fields_of(ina.get(path).text), "outcome": "kept", "reply": REPLY}
    shown = ina.post(path, key=sent["form_key"], data=sent)
    answer(web, outcome="kept")
    late = ina.post(path, key=sent["form_key"], data={**sent, **fields_of(shown.text), "confirm": "1"})
    assert late.status_code == 409
    assert state(web) == ["asked", "answered"]


def test_nobody_reads_or_answers_what_is_not_theirs(web: WebCourse) -> None:
    """Not another student, not a student who teaches and asks herself, not by a guessed number."""
    ask(web)
    assert web.visitor("ben").get("/class/requests/1").status_code == 404
    assert web.visitor("adm").get("/class/requests").status_code == 404
    assert web.visitor("ina").get("/class/requests/99").status_code == 404
    assert web.visitor("ada").get("/work/small/1/ask/nothing").status_code == 404
    assert web.visitor("ada").get("/work/small/2/ask/grad").status_code == 404
    tess = web.visitor("tess")
    assert "Ada" in tess.text("/class/requests")
    web.visitor("tess").hand_in(notebook(**RIGHT))
    assert tess.get("/work/small/1/ask/grad").status_code == 404, "nothing of hers is published"


def test_requests_are_listed_shown_and_answered_on_the_terminal(web: WebCourse) -> None:
    """The list ends with 1 while one waits; what an answer changes is confirmed, and a second one refused."""
    assert web.run("requests").output == "No request waits for an answer.\n"
    ask(web, ran="grad(np.eye(2), w)")
    listed = web.run("requests")
    assert listed.exit_code == 1
    assert listed.output.splitlines()[1].split()[-6:] == ["ada", "Ada", "Lovelace", "small", "grad", "waits"]
    shown = web.run("requests", "1").output
    assert WHY in shown and "grad(np.eye(2), w)" in shown
    given = ("requests", "1", "--mark", "2/2", "--reply", REPLY)
    assert web.run(*given).exit_code == 2, "nobody has confirmed"
    done = web.run(*given, "--yes")
    assert done.exit_code == 0 and "answered (request 1)" in done.output, done.output
    assert "ada will read" in done.output
    assert web.run("requests", "--all").output.rstrip().endswith("changed")
    again = web.run("requests", "1", "--keep", "--reply", REPLY, "--yes")
    assert "answered already" in str(again.exception)
    assert "is no request" in str(web.run("requests", "9").exception)


def test_a_list_that_is_empty_says_what_it_is_for(web: WebCourse) -> None:
    assert "No request waits." in web.visitor("ina").text("/class/requests")


def test_what_was_asked_goes_with_its_student_and_is_in_what_is_known_of_them(web: WebCourse) -> None:
    """In the zip of a person's data, in no row by name, and gone from the store once it is erased."""
    ask(web, ran="print('mine alone')")
    answer(web, outcome="kept")
    book = web.site.gradebook
    data = zipfile.ZipFile(BytesIO(gather_person(book, "ada", None, [])))
    [look] = json.loads(data.read("requests.json"))
    assert [entry["text"] for entry in look["entries"]] == [WHY, REPLY]
    store = web.folder / ".autograder" / "gradebook.sqlite"
    number = book.erase_person("ada")
    [left] = book.second_looks.all()
    assert (left.asked.student, left.asked.text, left.asked.ran) == (number, "", "")
    assert left.answer is not None and left.answer.text == ""
    assert WHY.encode() not in store.read_bytes() and REPLY.encode() not in store.read_bytes()
    custody = web.site.course.folder.custody()
    with Gradebook.open(store, custody, trusting=True) as trusted:
        assert trusted.check(custody).faults == ()
