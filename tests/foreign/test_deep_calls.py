"""What calls itself without end, from one process into the other, costs the test in which it does so."""

import pytest
from foreign_steps import cell, graded
from patience import PATIENT

from autograder.foreign.session import Surroundings, TestTerms, run_inside, run_outside
from autograder.sandbox.runner import Runner

STUDENT = """
def bounce(f, n):
    return f(n)
def deeper(f, x):
    return deeper(f, f(x))
class Chain:
    def __init__(self, other=None):
        self.other = other
    def __eq__(self, other):
        return self.other == other
class Nested:
    def __init__(self, items):
        self.items = items
    def __getattr__(self, name):
        return getattr(self, name + "x")
    def __repr__(self):
        return repr(self)
def count(n):
    return 0 if n == 0 else 1 + count(n - 1)
def passes(f, n):
    return f(n) if n == 0 else passes(f, n - 1)
"""
DEEP = {
    "to and fro": "def back(n):\n    return bounce(back, n + 1)\nback(0)",
    "to and fro, and caught": (
        "def back(n):\n    return bounce(back, n + 1)\ntry:\n    back(0)\nexcept RecursionError:\n    pass\n"
        "else:\n    raise AssertionError('no end')"
    ),
    "asking at each step": "deeper(lambda v: v + 1, 0)",
    "equal to each other": (
        "class Mine:\n    def __eq__(self, other):\n        return other == self\n"
        "assert Chain(Mine()) == Mine()"
    ),
    "an attribute": "Nested([]).other",
    "shown": "repr(Nested([]))",
    "far down, with an end": "assert count(600) == 600 and passes(lambda v: v + 5, 600) == 5",
}


@pytest.mark.parametrize("deep", DEEP)
def test_a_recursion_across_the_wall_ends_as_in_one_process_and_costs_nothing_else(
    runner: Runner, deep: str
) -> None:
    steps = [
        cell(STUDENT),
        graded("deep", f"kept = 3\n{DEEP[deep]}"),
        cell("after = bounce(abs, -2)", 2),
        graded("after", "assert after == 2 and count(3) == 3 and bounce(lambda v: v, 4) == 4"),
    ]
    plain = run_inside(runner, steps, PATIENT, Surroundings())
    ran = run_outside(runner, steps, PATIENT, Surroundings(), TestTerms(learning=True, wanted=("kept",)))
    assert [one.ending for one in ran.cells] == [one.ending for one in plain.cells]
    assert {name: (one.passed, one.told.exception) for name, one in ran.trials.items()} == {
        name: (one.passed, one.told.exception) for name, one in plain.trials.items()
    }, ran.trials
    assert ran.trials["after"].passed


def test_what_is_too_deep_to_be_sent_is_no_fault_of_the_student_s(runner: Runner) -> None:
    steps = [
        cell(STUDENT),
        graded("deep", "deep = []\nfor _ in range(300):\n    deep = [deep]\nassert bounce(len, deep) == 1"),
        graded("caught", "try:\n    bounce(len, deep)\nexcept Exception:\n    pass"),
        cell("x = 3", 2),
        graded("after", "assert x == 3 and bounce(lambda v: v, 4) == 4"),
    ]
    trials = run_outside(runner, steps, PATIENT, Surroundings(), TestTerms(learning=True)).trials
    assert [bool(trials[name].ours) for name in ("deep", "caught", "after")] == [True, True, False]
    assert "cannot be sent" in trials["deep"].ours and trials["after"].passed


def test_an_answer_that_is_none_costs_the_test_that_hears_it(runner: Runner) -> None:
    """Nobody knows then what the two processes wait for, so both begin anew, without that test."""
    forger = """
def forge():
    import gc
    for one in gc.get_objects():
        if type(one).__name__ == "StudentSide":
            type(one).spell_answer = lambda side, value: ["nothing of the kind"]
    return 1
"""
    steps = [
        cell(STUDENT + forger),
        graded("before", "kept = 5\nassert count(2) == 2"),
        graded("forged", "assert forge() == 1"),
        cell("x = 3", 2),
        graded("after", "assert x == 3 and count(2) == 2 and kept == 5"),
    ]
    ran = run_outside(runner, steps, PATIENT, Surroundings(), TestTerms(learning=True))
    assert {name: one.passed for name, one in ran.trials.items()} == {
        "before": True,
        "forged": False,
        "after": True,
    }
    assert "was lost" in ran.trials["forged"].ours and [one.traceback for one in ran.cells] == ["", ""]
