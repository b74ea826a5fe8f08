"""Every example of the page on writing quizzes does what the page says."""

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from quiz_samples import HEAD

from autograder.check.quiz import lint
from autograder.cli.quiz.commands import command
from autograder.course.quizzes import OpenQuizzes
from autograder.errors import CourseError
from autograder.quiz.format.reader import parse_quiz
from autograder.quiz.in_notebook import read_answers

PAGE = (Path(__file__).parents[2] / "docs" / "quiz-writing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.S | re.M)
QUIZZES = [body for kind, body in BLOCKS if kind == "quiz"]
SHOWN = [body for kind, body in BLOCKS if kind == "console"]


def whole(body: str) -> str:
    return body if body.startswith("---") else HEAD.format(settings="") + body


@pytest.mark.parametrize("body", QUIZZES, ids=lambda body: re.search(r"## (\S+)", body)[1])
def test_every_quiz_shown_is_clean(body):
    """It can be read, and the check finds nothing to mend."""
    assert lint(parse_quiz(whole(body)), seeds=20) == ()


def test_every_kind_is_shown_but_none_that_is_not():
    """The page leaves out no kind."""
    shown = {question.kind.value for body in QUIZZES for question in parse_quiz(whole(body)).questions}
    assert shown == {
        "single", "multiple", "numeric", "matrix", "symbolic", "order", "match", "code", "witness", "text",
    }  # fmt: skip


FLAWED = [(a[1], b[1]) for a, b in pairwise(BLOCKS) if (a[0], b[0]) == ("flawed", "says")]


@pytest.mark.parametrize(("body", "says"), FLAWED, ids=["slips", "harmful"])
def test_what_is_refused_is_refused_in_these_words(body, says):
    """Line, column, sentence, advice."""
    name = re.search(r"id: (\w+)", body)[1]
    try:
        flaws = lint(parse_quiz(body, source=f"{name}.quiz.md"), seeds=200)
    except CourseError as error:
        flaws = error.flaws
    assert "\n".join(map(str, flaws)) + "\n" == says


@pytest.mark.parametrize("session", SHOWN, ids=["check", "judge"])
def test_every_command_shown_answers_as_shown(session, tmp_path):
    """On the quiz at the top of the page."""
    (tmp_path / "gradients-1.quiz.md").write_text(QUIZZES[0], encoding="utf-8")
    typed_line, _, answer = session.partition("\n")
    typed, _, program = typed_line.removeprefix("$ ").rpartition(" | ")
    line = shlex.split(typed)[1] if typed else ""
    words = shlex.split(program)
    assert words[:2] == ["autograder", "quiz"]
    done = CliRunner().invoke(command, words[2:], input=line, obj=OpenQuizzes(tmp_path))
    assert done.output == answer


def test_the_notebook_cell_is_read_as_the_page_says():
    """Three answers."""
    (cell,) = [body for kind, body in BLOCKS if kind == "python"]
    assert read_answers([cell]).texts == {
        "quad-grad": "(A + A.T) @ w",
        "child-power": "87 W",
        "which-convex": "a, b",
    }
