"""What a kernel has besides Python gives the same verdict: magics that time, what was run before."""

from dataclasses import replace

import pytest
from foreign_steps import cell, graded
from patience import PATIENT

from autograder.foreign.session import Surroundings, TestTerms, run_inside, run_outside

LIMITS = replace(PATIENT, memory_mb=900)
MEAN = "def mean(v):\n    return sum(v) / len(v)\ncalls = 0\ndef count():\n    global calls\n    calls += 1"
STEPS = [
    cell(MEAN),
    graded("timed", "%time z = mean([1, 5])\nassert z == 3"),
    graded("timed often", "%timeit -n 2 -r 3 mean([2, 4])\nassert mean([2, 4]) == 3"),
    graded("timed by itself", "%%timeit -n 2 -r 1\nassert mean([1, 3]) == 2"),
    graded(
        "how long", "took = %timeit -o -q -n 1 -r 1 mean([1, 2])\nassert took.best < 100 and took.loops == 1"
    ),
    graded("timed and wrong", "%timeit -n 1 -r 1 mean([])"),
    cell("mean([1, 2, 6])", 2),
    graded("last value", "assert _ == 3"),
    graded("last text", "assert In[-3] == 'mean([1, 2, 6])' and In[-1].startswith('assert In')"),
    graded("all texts", "assert In[1].startswith('def mean') and len(In) == 11"),
]


def test_code_is_timed_and_what_was_run_before_is_read_where_no_student_code_is(runner) -> None:
    there = run_inside(runner, STEPS, LIMITS, Surroundings()).trials
    here = run_outside(runner, STEPS, LIMITS, Surroundings(), TestTerms(learning=True)).trials
    assert not [(name, trial.ours) for name, trial in here.items() if trial.ours]
    assert {name: trial.passed for name, trial in here.items()} == {
        name: trial.passed for name, trial in there.items()
    }
    assert [name for name, trial in here.items() if not trial.passed] == ["timed and wrong"], here


def test_code_that_is_timed_runs_once_where_the_test_says_no_number(runner) -> None:
    """Of a stand-in, that it takes time tells nothing, and each call is a question to another process."""
    steps = [cell(MEAN), graded("t", "%timeit mean([1])"), graded("n", "%timeit -n 3 mean([1])")]
    trials = run_outside(runner, steps, LIMITS, Surroundings(), TestTerms(learning=True)).trials
    assert [trials[name].told.trips for name in "tn"] == [2, 4]


def test_a_name_is_followed_after_another_one_was_looked_for(runner) -> None:
    """`exec` and magics read names that do not stand in the test; what was fetched before stays as new."""
    steps = [cell(MEAN), graded("t", "assert calls == 0\nexec('count()\\nmean([1])')\nassert calls == 1")]
    trials = run_outside(runner, steps, LIMITS, Surroundings(), TestTerms(learning=True)).trials
    assert trials["t"].passed, trials["t"]


@pytest.mark.parametrize(
    "test",
    [
        "get_ipython().run_cell('assert mean([1, 2]) == 5')",
        "get_ipython().run_cell('1 +')\nmean([1])",
        "get_ipython().run_cell('1 / 0')\nget_ipython().run_cell('mean([1])')",
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    get_ipython().showtraceback()",
        "%%capture\nassert mean([1, 2]) == 5",
    ],
)
def test_an_error_that_ipython_shows_and_goes_on_from_fails_a_test(runner, test) -> None:
    """It stands under the cell, and nbgrader gives such a cell nothing."""
    steps = [cell(MEAN), graded("shown", test), graded("next", "assert mean([1, 3]) == 2")]
    trials = run_inside(runner, steps, LIMITS, Surroundings()).trials
    assert (trials["shown"].passed, trials["next"].passed) == (False, True), trials
    assert trials["shown"].told.exception in ("AssertionError", "SyntaxError", "ZeroDivisionError")
