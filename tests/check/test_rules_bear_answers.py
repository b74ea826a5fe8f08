"""A rule that fails on what a student can answer is found before release."""

from collections.abc import Callable
from pathlib import Path

import pytest
from test_check import SOLUTIONS, notebook

from autograder.check import hostile
from autograder.check.hostile import check_rules
from autograder.check.subject import AssignmentUnderTest
from autograder.domain.course import Limits
from autograder.notebook.assignment import read_assignment
from autograder.questions.solutions import prepare

RULE = "\n@double.accepts\ndef _(answer, case):\n    {body}\n"
ASKING = """
from autograder import oracle
@question(points=2)
def double(w, times=1):
    return w(1.0) * times
@double.cases
def _(rng):
    yield core("any", oracle(lambda x: x + 1))
    yield core("other", oracle(lambda x: x + 2))
@double.accepts
def _(answer, case):
    {body}
    return None if abs(answer - case.expected) < 1e-9 else "No."
"""


def found(module: Callable[[str], Path], solutions: str) -> str:
    text = read_assignment(notebook())
    hidden = prepare("small", module(solutions), secret=b"x", limits=Limits())
    subject = AssignmentUnderTest.of(text, hidden, (), notebook="small.ipynb", module="small.py")
    return "\n".join(map(str, check_rules(subject, hidden.questions[0].question)))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return None if np.allclose(answer, case.expected) else 'No.'", ""),
        pytest.param("return None if int(np.sum(answer)) >= 0 else 'No.'", "", marks=pytest.mark.soak),
        ("return [].append(answer[0]) or {}[answer.tobytes()]", "KeyError"),
        pytest.param(
            "sum(0 for k in range(int(abs(answer).max()))); return None",
            "takes more than",
            marks=pytest.mark.soak,
        ),
        pytest.param(
            "[0 for k in range(int(abs(answer).max()))]; return None",
            "takes more than|OverflowError|MemoryError",
            marks=pytest.mark.soak,
        ),
        ("return None if answer.tolist() else {}['x']", ""),
    ],
)
def test_a_rule_that_fails_on_an_answer_is_a_flaw(module, monkeypatch, body: str, said: str) -> None:
    if "takes more than" in said:
        monkeypatch.setattr(hostile, "_SECONDS", 0.5)
    told = found(module, SOLUTIONS + RULE.format(body=body))
    assert bool(told) == bool(said), told
    assert not said or any(words in told for words in said.split("|")), told


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("pass", ""),
        pytest.param("if len(case.asked[0]) > 10: return 'Too often.'", "", marks=pytest.mark.soak),
        ("case.asked[0][0]", "asks its function never"),
        pytest.param("case.asked[0][0][0] + 1.0 if case.asked[0] else 0", "", marks=pytest.mark.soak),
        ("sum(1 for a in case.asked[0] for b in case.asked[0] for _ in (0, 1))", "very often"),
    ],
)
def test_a_rule_on_what_was_asked_bears_what_may_have_been_asked(
    module, monkeypatch, body: str, said: str
) -> None:
    if said == "very often":
        monkeypatch.setattr(hostile, "_SECONDS", 0.5)
    told = found(module, ASKING.format(body=body))
    assert said in told if said else not told
