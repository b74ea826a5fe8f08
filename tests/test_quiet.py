"""What an author's functions warn of while a class is graded is kept from whoever grades."""

import warnings

import numpy as np
import pytest
from small_questions import prepared

from autograder.domain.course import Limits
from autograder.domain.notebook import Cell, CellKind
from autograder.questions.judge import judge
from autograder.quiet import quiet
from autograder.sandbox.runner import Runner

LOUD = """
import warnings

@question(points=1)
def double(w, f):
    warnings.warn("reference")
    return 2 * w

@double.cases
def _(rng):
    warnings.warn("cases")
    def loud(v):
        warnings.warn("oracle")
        return np.mean(np.array([])) + v
    for k in (2, 3):
        yield core(f"k={k}", rng.normal(size=k), oracle(loud))

@double.scale
def _(w, f):
    warnings.warn("scale")
    return np.max(np.abs(w))

@double.accepts
def _(answer, case):
    warnings.warn("rule")
    return None if np.allclose(answer, 2 * case.args[0]) else "no"

@double.check("it is as long")
def _(answer, case):
    warnings.warn("property")
    return len(answer) == len(case.args[0])
"""


def test_nothing_that_an_author_wrote_warns_while_answers_are_judged(module) -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        one = prepared(module(LOUD))["double"]
        with Runner(accept_level=1) as runner:
            for answer, mark in (("2 * w", 1), ("w", 0)):
                source = f"def double(w, f):\n    f(w)\n    return {answer}"
                with runner.start([Cell(CellKind.CODE, source, 1)], Limits()) as student:
                    assert judge(one, student, seconds=30.0).mark == mark
    assert [str(warning.message) for warning in heard] == []


def test_warnings_are_heard_again_afterwards() -> None:
    with quiet():
        np.log(np.zeros(1))
        warnings.warn("nobody hears this", stacklevel=1)
    with pytest.warns(UserWarning, match="heard"):
        warnings.warn("heard", stacklevel=1)
