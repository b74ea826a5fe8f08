"""Code questions, run by the real sandbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from quiz_samples import question

from autograder.domain.course import Limits
from autograder.domain.notebook import Cell, CellKind
from autograder.quiz.draw import plain_variant
from autograder.quiz.format.reader import read_quiz
from autograder.quiz.judge import judge
from autograder.quiz.seal import Askable
from autograder.quiz.verdicts import AnswerState
from autograder.sandbox.runner import Runner


@pytest.fixture(scope="module")
def seal():
    with Runner(accept_level=1) as runner:

        @contextmanager
        def run(source: str) -> Iterator[Askable]:
            with runner.start([Cell(CellKind.CODE, source, 1)], Limits()) as student:
                yield student

        yield run


@pytest.mark.parametrize(
    ("source", "state", "code"),
    [
        ("def scaled(x, u):\n    return x * u", AnswerState.CORRECT, "right"),
        ("def scaled(x, u):\n    return [x * e for e in u]", AnswerState.CORRECT, "right"),
        ("def scaled(x, u):\n    return x**2 * u", AnswerState.PARTIAL, "listed-1"),
        ("def scaled(x, u):\n    return u", AnswerState.WRONG, "value"),
        ("def scaled(x, u):\n    raise ValueError('no')", AnswerState.WRONG, "raised"),
        ("def scale(x, u):\n    return x * u", AnswerState.WRONG, "undefined"),
        ("def scaled(x, u: return", AnswerState.WRONG, "undefined"),
    ],
)
def test_code_is_judged_by_what_it_returns_in_a_sealed_process(seal, source, state, code):
    """Right in any way, a listed mistake, and every way to fail."""
    asked = question("root")
    found = judge(asked, plain_variant(asked), source, seal=seal)
    assert (found.state, found.code) == (state, code), found


def test_the_course_asks_for_code_that_can_be_written(seal):
    """The solution of the course's own code question is judged right."""
    asked = question("code-grad", read_quiz(Path(__file__).parents[2] / "quiz" / "descent.quiz.md"))
    right = "def point_grad(w, x, y):\n    return 2 * (w @ x - y) * x"
    assert judge(asked, plain_variant(asked), right, seal=seal).state is AnswerState.CORRECT
    half = right.replace("2 * ", "")
    assert judge(asked, plain_variant(asked), half, seal=seal).message == "The square brings a factor."
