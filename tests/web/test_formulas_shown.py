"""How formulas are shown: drawn, or as their source where somebody chose that."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from web_course import Visitor, WebCourse, words_of

from autograder.domain.formulas import FormulaStyle, showing_formulas
from autograder.domain.report import Outcome, Verdict
from autograder.domain.sentences import authored
from autograder.quiz.prose import to_html
from autograder.render.environment import drawn, environment
from autograder.render.mathematics import prose

QUIZ = r"""---
id: first
title: First quiz
symbols: w: vec d, A: mat d d
results: at once
---

## grad {symbolic 2}
What is the gradient of $w \mapsto w^\top A w$?

= A w + A^T w
"""


@pytest.fixture
def asked(web: WebCourse) -> Iterator[Visitor]:
    """ada, who is taking a quiz with a formula and has typed an answer."""
    file: Path = web.folder / "quiz" / "first.quiz.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(QUIZ, encoding="utf-8")
    with (web.folder / "course.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[quizzes.first]\ntitle = "First quiz"\nweight = "5 %"\nbonus = true\n')
    ada = web.visitor("ada")
    assert ada.press("/quiz/first").headers["location"] == "/quiz/first/1"
    ada.post("/quiz/first/1/grad", data={"grad": "A w + w", "shown-grad": ""})
    yield ada


def choose(visitor: Visitor, style: str) -> int:
    return int(visitor.post("/me/formulas", data={"formulas": style}).status_code)


def test_pages_draw_formulas_unless_their_source_is_chosen_and_go_back(asked: Visitor) -> None:
    """The question, how an answer is read on the page and while it is typed; kept by the browser."""
    assert asked.get("/quiz/first/1").text.count("<math") == 2
    assert 'value="mathml" checked' in asked.get("/me").text
    assert choose(asked, "source") == 303
    assert 'value="source" checked' in asked.get("/me").text
    page = asked.get("/quiz/first/1").text
    assert "<math" not in page
    assert r"<code>w \mapsto w^\top A w</code>" in page
    assert "Read as A w + w" in words_of(page)
    read = asked.post("/quiz/first/1/grad/read", data={"grad": "A w - w"}).text
    assert "<math" not in read and "<code>A w - w</code>" in read
    asked.post("/quiz/first/1/hand-in")
    result = asked.get("/quiz/first/1/result").text
    assert "<math" not in result and "<code>A w + w</code>" in result
    assert choose(asked, "mathml") == 303
    assert asked.get("/quiz/first/1/result").text.count("<math") == 2


def test_a_choice_that_there_is_not_is_refused_in_the_readers_language(web: WebCourse) -> None:
    ada = web.visitor("ada")
    ada.client.cookies.set("language", "fr")
    answer = ada.post("/me/formulas", data={"formulas": "pictures"})
    assert answer.status_code == 400 and "Les formules ne s’affichent pas ainsi" in words_of(answer.text)
    ada.client.cookies.set("formulas", "pictures")
    assert 'value="mathml" checked' in ada.get("/me").text
    assert "telles que leur source" in ada.text("/me")


def test_the_choice_is_one_readers_and_holds_as_long_as_a_page_is_drawn() -> None:
    """Whatever is kept of a page for the next reader is kept by how it shows formulas."""
    text = "The gradient is $2 A w$."
    with showing_formulas(FormulaStyle.SOURCE):
        assert prose(text) == "The gradient is <code>2 A w</code>."
        assert to_html("$$a < b$$") == "<p><code>a &lt; b</code></p>\n"
        assert drawn("<math></math>", "a < b") == "<code>a &lt; b</code>"
    assert "<math" in prose(text) and "<math" in to_html("$$a < b$$")
    assert drawn("<math></math>", "a < b") == "<math></math>"


def test_cards_of_reports_that_are_kept_for_others_show_formulas_as_each_reader_wants() -> None:
    card = environment().filters["card"]
    verdict = Verdict("grad", Fraction(1), Outcome.WRONG, Fraction(0), authored("Try $x^2$."))
    assert "<math" in card(verdict, 1, False)
    with showing_formulas(FormulaStyle.SOURCE):
        assert "<math" not in card(verdict, 1, False)
        assert "<code>x^2</code>" in card(verdict, 1, False)
    assert "<math" in card(verdict, 1, False)
