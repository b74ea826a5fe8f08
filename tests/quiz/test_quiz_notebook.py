"""Answers written in a notebook, and answers that come through a pipe."""

import io
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quiz_samples import question, sample

from autograder.domain.language import Language, speaking
from autograder.domain.report import Outcome
from autograder.quiz.draw import shared_variant
from autograder.quiz.in_notebook import judge_notebook, read_answers
from autograder.quiz.in_release import release_cells
from autograder.quiz.json_lines import judge_lines
from autograder.quiz.read_back import _GRADER, read_back
from autograder.quiz.variants import letter_of


def test_answers_are_read_without_running_anything():
    """Assignments, a dict, an update; the last one counts."""
    written = read_answers(
        [
            "answers = {'grad': 'A w', 'one': 'a'}",
            "import os\nanswers['grad'] = '(A + A.T) @ w'",
            "answers.update({'some': ['a', 'b'], 'gram': [[1, 1], [1, 2]], 'power': 87})",
            "answers['show-it'] = {'x': 0.5, 'u': [2, 1]}",
            "answers['root'] = open('/etc/passwd').read()",
            "%matplotlib inline\nanswers['why'] = 'Because.'",
            "if True:\n    answers['steps'] = 'not at the top level'",
            "this does not parse",
        ]
    )
    assert written.texts == {
        "grad": "(A + A.T) @ w",
        "one": "a",
        "some": "a, b",
        "gram": "[[1, 1], [1, 2]]",
        "power": "87",
        "show-it": "x = 0.5; u = [2, 1]",
        "why": "Because.",
    }
    assert written.unread == ("root",)


def test_a_notebook_is_reported_question_by_question():
    """As the rest of the homework."""
    quiz = sample()
    written = read_answers(
        ["answers = {'grad': '2 A w', 'one': 'a', 'some': 'A +', 'why': 'So.', 'root': f()}"]
    )
    by_name = {verdict.question: verdict for verdict in judge_notebook(quiz, written)}
    assert [by_name[q.id].outcome for q in quiz.questions] == [
        Outcome.WRONG, Outcome.RIGHT, Outcome.UNJUDGED, Outcome.NOT_ATTEMPTED, Outcome.NOT_ATTEMPTED,
        Outcome.NOT_ATTEMPTED, Outcome.NOT_ATTEMPTED, Outcome.UNJUDGED, Outcome.NOT_ATTEMPTED,
        Outcome.AWAITING_MARK,
    ]  # fmt: skip
    assert by_name["grad"].mark == pytest.approx(0.5) and "Right when $A$" in str(by_name["grad"].sentence)
    assert "cannot be read" in str(by_name["some"].sentence)


def test_a_quiz_in_a_notebook_speaks_the_language_of_the_course(capsys, monkeypatch):
    """Its cells do, and what they say of answers where the program is installed; nothing else changes."""
    monkeypatch.delitem(sys.modules, _GRADER, raising=False)  # no notebook is graded here
    quiz = sample()
    answers = {"grad": "2 (A w", "nowhere": "1"}
    english = list(release_cells((quiz,)))
    with speaking(Language.FRENCH):
        french = list(release_cells((quiz,)))
    assert [cell.kind for cell in french] == [cell.kind for cell in english]
    assert "Écrivez chaque réponse entre les guillemets" in french[0].source
    assert quiz.title in french[0].source
    told = {}
    for name, cells in (("en", english), ("fr", french)):
        last = cells[-1].source
        scope = {"answers": answers, "read_back": read_back}
        exec(last[last.index("read_back(") :], scope)
        told[name] = capsys.readouterr().out
        compile(cells[-2].source, "reader", "exec")
    assert "grad: cannot be read: The bracket ( is not closed" in told["en"]
    said = told["fr"].replace("\N{NO-BREAK SPACE}", " ")
    assert "grad : illisible : La parenthèse ( n’est pas fermée" in said
    assert "'nowhere' ne répond à aucune question d’ici" in said


def test_everybody_meets_the_same_order_in_a_notebook_and_it_gives_nothing_away():
    """The letters of lines to put in order follow the shuffled order."""
    quiz = sample()
    steps = question("steps", quiz)
    letters = ", ".join(letter_of(shared_variant(steps), index) for index in range(3))
    assert letters != "a, b, c"
    (verdict,) = (
        v
        for v in judge_notebook(quiz, read_answers([f"answers['steps'] = {letters!r}"]))
        if v.question == "steps"
    )
    assert verdict.outcome is Outcome.RIGHT


@given(st.text(max_size=200))
def test_no_cell_makes_reading_fall_over(source):
    """Whatever stands in it."""
    read_answers([source, f"answers['grad'] = {source!r}"])


def piped(*lines: object) -> list[dict[str, object]]:
    out = io.StringIO()
    judge_lines(sample(), [line if isinstance(line, str) else json.dumps(line) for line in lines], out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_pipe_answers_line_by_line():
    """State, credit, code, message, reading; values for a variant."""
    answers = piped(
        {"question": "grad", "answer": "2Aw"},
        {"question": "power", "answer": "87 W"},
        {"question": "power", "answer": "87 W", "values": {"kcal": 2400}},
        {"question": "show-it", "answer": {"x": 0.5, "u": [2, 1]}},
        {"question": "some", "answer": ["a", "b"]},
        {"question": "grad", "answer": "A +"},
        "",
        {"question": "one", "answer": 7},
    )
    assert [answer["state"] for answer in answers] == [
        "partial", "correct", "wrong", "correct", "correct", "unreadable", "unreadable",
    ]  # fmt: skip
    assert answers[0] == {
        "state": "partial",
        "credit": 0.5,
        "code": "listed",
        "message": "Right when $A$ is symmetric.",
        "reading": "2 A w",
    }
    assert answers[5]["credit"] is None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not JSON"),
        ("[1]", '{"question"'),
        ('{"question": "nope", "answer": "1"}', "no question 'nope'"),
        ('{"question": "power", "answer": "1", "values": {"n": 1}}', "draws no value 'n'"),
        ('{"question": "power", "answer": "1", "values": {"kcal": "x"}}', "not a number"),
        ('{"question": "power", "answer": "1", "values": [1]}', "an object of numbers"),
    ],
)
def test_a_line_that_cannot_be_judged_says_why(line, says):
    """And the next one is judged all the same."""
    error, after = piped(line, {"question": "one", "answer": "a"})
    assert error["state"] == "error" and says in str(error["message"])
    assert after["state"] == "correct"
