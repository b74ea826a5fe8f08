"""What staff see of one question: outcomes, known mistakes, equal wrong answers, and a mistake to paste."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from class_course import RIGHT, notebook
from web_course import LATE, WebCourse
from whole_course import AsideHere

from autograder.web.aside import Aside

THRICE = "def grad(A, w):\n    # my idea\n    return 3 * A @ w"
ALSO = "def grad(A, w):\n    B = A + A\n    return (A + B) @ w"
QUIZ = """---
id: first
title: First quiz
symbols: w: vec d, A: mat d d
---

## grad {symbolic 2}
What is the gradient of $w \\mapsto w^\\top A w$?

= A w + A^T w
~ 2 A w | Right for symmetric matrices only.

## pick {single 1}
Which is convex?

- (x) $x \\mapsto x^2$
- ( ) $x \\mapsto x^3$
"""
TABLE = '\n[quizzes.first]\ntitle = "First quiz"\nweight = "5 %"\nbonus = true\n'


@pytest.fixture(scope="module")
def alike_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ada and ben answer alike, wrongly; tess raises. ada and ben take the quiz."""
    folder = tmp_path_factory.mktemp("alike")
    (folder / "quiz").mkdir()
    (folder / "quiz" / "first.quiz.md").write_text(QUIZ, encoding="utf-8")
    course = WebCourse(folder, LATE + TABLE)
    course.visitor("ada").hand_in(notebook(**{**RIGHT, "grad": THRICE}))
    course.visitor("ben").hand_in(notebook(**{**RIGHT, "grad": ALSO}))
    course.visitor("tess").hand_in(notebook(**{**RIGHT, "grad": "def grad(A, w):\n    return A @ nothing"}))
    course.grade_waiting()
    for who, typed in (("ada", "2 A w"), ("ben", "A w + A w")):
        visitor = course.visitor(who)
        visitor.post("/quiz/first")
        visitor.post("/quiz/first/1/grad", data={"grad": typed})
        visitor.post("/quiz/first/1/hand-in")
    course.close()
    return folder


@pytest.fixture
def alike(alike_folder: Path, tmp_path: Path) -> Iterator[WebCourse]:
    """That course."""
    shutil.copytree(alike_folder, tmp_path / "course")
    course = WebCourse.at(tmp_path / "course")
    course.site.aside = AsideHere()
    yield course
    course.close()


def test_equal_wrong_answers_stand_together_with_a_mistake_to_paste(alike: WebCourse) -> None:
    """As it is worked out beside the pages; for other tests it is in this process."""
    alike.site.aside = Aside()
    page = alike.visitor("ina").text("/class/work/small/q/grad")
    assert "2 students give the same wrong answers" in page
    assert "Ada Lovelace , Ben Okri" in page
    assert "return 3 * A @ w" in page
    assert "my idea" not in page  # comments are left out
    assert "it would name 2 of 3 wrong answers, these 2 students and nobody else" in page
    assert "@grad.mistake(credit=0)" in page
    assert "Your function raised NameError. 1 Tess Both" in page


def test_an_assistant_sees_neither_answers_nor_code_of_others(alike: WebCourse) -> None:
    page = alike.visitor("asa").text("/class/work/small/q/grad")
    assert "give the same wrong answers" not in page
    assert "Nobody else gave 1 other wrong answer." in page
    for foreign in ("Ben", "Tess", "NameError", "B = A + A"):
        assert foreign not in page


def test_what_was_seen_of_a_question_is_kept_while_nothing_changes(
    alike: WebCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    ina = alike.visitor("ina")
    before = ina.text("/class/work/small/q/extremes")
    begun = []
    monkeypatch.setattr(AsideHere, "run", lambda *_, **__: begun.append(1))
    assert ina.text("/class/work/small/q/extremes") == before
    assert not begun


def test_solutions_that_cannot_be_opened_leave_the_outcomes(alike: WebCourse) -> None:
    alike.solutions.write_text("def broken(:\n", encoding="utf-8")
    page = alike.visitor("ina").text("/class/work/small/q/grad")
    assert "wrong 2" in page
    assert "The solutions of small cannot be read" in page


def test_a_question_that_is_not_there_is_not_found(alike: WebCourse) -> None:
    ina = alike.visitor("ina")
    assert ina.get("/class/work/small/q/nothing").status_code == 404
    assert ina.get("/class/work/first/q/nothing").status_code == 404


def test_a_quiz_question_groups_what_was_typed_by_its_meaning(alike: WebCourse) -> None:
    ina = alike.visitor("ina")
    page = ina.text("/class/work/first/q/grad")
    assert "2 A w A w + A w 2 Right for symmetric matrices only." in page
    assert "A w + A w" not in alike.visitor("asa").text("/class/work/first/q/grad")
    assert "Choice" in ina.text("/class/work/first/q/pick")


def test_an_attempt_at_a_quiz_is_shown_with_every_text_that_was_saved(alike: WebCourse) -> None:
    page = alike.visitor("asa").text("/class/work/first/student/ada/1")
    assert "Right for symmetric matrices only." in page
    assert "10 Dec 2026 10:00:00 grad 2 A w" in page
    assert alike.visitor("asa").get("/class/work/first/student/ben/1").status_code == 404


def test_a_quiz_is_previewed_with_keys_and_judged_without_a_trace(alike: WebCourse) -> None:
    ina = alike.visitor("ina")
    entry = alike.site.gradebook.last_entry()
    page = ina.text("/class/quiz/first/preview?variant=7")
    assert "A w + A^T w" in page
    assert "Keys of other variants" in page
    judged = ina.post("/class/quiz/first/preview?variant=7", data={"grad": "2 A w", "pick": "a"})
    assert "Right for symmetric matrices only." in judged.text
    assert alike.site.gradebook.last_entry() == entry
    assert ina.get("/class/quiz/unknown/preview").status_code == 404
    assert ina.get("/class/quiz/..%2f..%2fcourse/preview").status_code == 404


def test_a_preview_tells_the_keys_of_numbers_and_leads_to_no_page_that_is_none(alike: WebCourse) -> None:
    text = """---
id: practice
title: Practice
---

## size {numeric 1}
@ a in {2, 4}
How much is it?

= a^2 GB +- 1%

## found {witness 1}
Find one.

give x: scalar
show x > 2

## told {text 1}
Why?
"""
    (alike.folder / "quiz" / "practice.quiz.md").write_text(text, encoding="utf-8")
    ina = alike.visitor("ina")
    page = ina.text("/class/quiz/practice/preview")
    assert any(f"Key {told}" in page for told in ("4 GB (from 3.96 to 4.04)", "16 GB (from 15.84 to 16.16)"))
    assert "Key whatever meets the conditions" in page
    assert "Key a person marks it" in page
    assert "/class/work/practice" not in ina.get("/class/quiz/practice/preview").text
    assert "/class/work/first/table" in ina.get("/class/quiz/first/preview").text


def test_what_is_to_mend_in_a_quiz_is_told_with_its_line(alike: WebCourse) -> None:
    file = alike.folder / "quiz" / "first.quiz.md"
    file.write_text(file.read_text(encoding="utf-8").replace("= A w + A^T w", "= A w + ("), encoding="utf-8")
    page = alike.visitor("ina").text("/class/quiz/first/preview")
    assert "to mend in the file" in page
    assert "quiz/first.quiz.md:" in page
    assert str(alike.folder) not in page
