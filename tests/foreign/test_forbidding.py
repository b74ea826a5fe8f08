"""A test that forbids a function, or answers in its place, does so where student code runs as well."""

from dataclasses import replace

import pytest
from foreign_steps import cell, graded
from patience import PATIENT

from autograder.foreign.session import Surroundings, TestTerms, run_inside, run_outside

LIMITS = replace(PATIENT, memory_mb=900)
STUDENT = """
import math
import random
import numpy as np
def by_hand(a, b):
    return [sum(a[j] * b[k - j] for j in range(k + 1)) for k in range(len(a))]
def at_once(a, b):
    return list(np.convolve(a, b)[:len(a)])
def inverse(m):
    return np.linalg.inv(m)
def add(xs):
    return sum(xs)
def add_slowly(xs):
    total = 0
    for x in xs:
        total += x
    return total
def roll():
    return random.randint(1, 6)
def root(x):
    return math.sqrt(x)
"""
STEPS = [
    cell(STUDENT),
    graded("taken", "np.convolve = None\nassert by_hand([1, 2], [3, 4]) == [3, 10]"),
    graded("used", "assert at_once([1, 2], [3, 4]) == [3, 10]"),
    graded("part taken", "del np.linalg.inv\nassert inverse([[1.0]])[0][0] == 1"),
    cell("late = at_once([1, 2], [3, 4])", 2),
    graded("in a cell below", "late"),
    graded("name taken", "sum = None\nassert add_slowly([1, 2]) == 3"),
    graded("name used", "assert add([1, 2]) == 3"),
    graded("given back", "del sum\nassert add([1, 2]) == 3"),
    graded(
        "dice",
        "from unittest.mock import patch\n"
        "with patch('random.randint', return_value=9):\n    assert roll() == 9",
    ),
    graded(
        "own dice",
        "import random\nkept = random.randint\nrandom.randint = lambda a, b: a + b\nassert roll() == 7",
    ),
    graded("dice again", "random.randint = kept\nassert 1 <= roll() <= 6"),
    graded("own class", "class Own:\n    def __init__(self):\n        self.x = 1\nassert root(Own().x) == 1"),
    graded("own array", "kept = np.arange(4)\nkept.shape = (2, 2)\nassert add([kept.sum()]) == 6"),
    graded("by name", "calls = []\nsetattr(math, 'sqrt', calls.append)\nroot(4)\nassert calls == [4]"),
]


@pytest.mark.parametrize(
    ("test", "wanted"),
    [
        ("import builtins\nbuiltins.sum = None", "another builtins.sum"),
        ("import unittest.mock as m\nwith m.patch('builtins.sum'):\n    1", "another builtins.sum"),
        ("import sys\nsys.modules['random'] = None", "other sys.modules"),
        ("import sys\ndel sys.modules['random']", "other sys.modules"),
        ("import sys\nsys.modules.pop('random')", "other sys.modules"),
        (
            "import unittest.mock as m\nwith m.patch.dict('sys.modules', random=None):\n    1",
            "other sys.modules",
        ),
        ("import sys\nsys.setrecursionlimit(500)", "another recursion limit"),
        ("with np.errstate(divide='raise'):\n    1", "np.errstate, to raise"),
        ("with np.errstate(divide='ignore'):\n    1", ""),
    ],
)
def test_what_would_be_taken_from_our_own_code_too_is_left_to_the_students_process(
    runner, test, wanted
) -> None:
    """The process of the tests could not speak to the other any more without Python's own `sum`."""
    steps = [cell(STUDENT), graded("t", test), graded("next", "assert add([1, 2]) == 3")]
    here = run_outside(runner, steps, LIMITS, Surroundings(), TestTerms(learning=True))
    assert here.trials["t"].ours == wanted
    assert here.trials["next"].passed


def test_what_a_test_takes_or_puts_in_its_place_is_so_for_student_code(runner) -> None:
    there = run_inside(runner, STEPS, LIMITS, Surroundings())
    here = run_outside(runner, STEPS, LIMITS, Surroundings(), TestTerms(learning=True, reached=("sum",)))
    assert not [(name, trial.ours) for name, trial in here.trials.items() if trial.ours]
    passed = {name: trial.passed for name, trial in here.trials.items()}
    assert passed == {name: trial.passed for name, trial in there.trials.items()}
    failed = {name for name in passed if not passed[name]}
    assert failed == {"used", "part taken", "in a cell below", "name used"}, here
    assert [bool(one.traceback) for one in here.cells] == [bool(one.traceback) for one in there.cells]
