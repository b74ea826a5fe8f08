"""The benchmark of honest submissions under many draws, in small."""

from pathlib import Path

from autograder.domain.course import Limits
from autograder.questions.in_process import InProcessCode
from autograder.questions.judge import judge
from autograder.questions.solutions import prepare
from benchmarks.draws import try_honest


def test_honest_submissions_are_not_refused() -> None:
    tried = try_honest("gradients", submissions=5, draws=2)
    assert tried.rejections == ()
    assert (tried.questions, tried.judgements) == (10, 100)


def test_the_numerical_gradient_is_right_where_f_nearly_vanishes() -> None:
    """In this draw a linear f is a difference of nearly equal numbers: its rounding is theirs."""
    module = Path(__file__).parents[2] / "solutions" / "gradients.py"
    solutions = prepare("gradients", module, secret=b"many 140", limits=Limits())
    num_grad = next(p for p in solutions.questions if p.question.name == "num_grad")
    right = InProcessCode({"num_grad": num_grad.question.reference}, source="def num_grad(): pass")
    assert judge(num_grad, right, seconds=60).mark == 1
