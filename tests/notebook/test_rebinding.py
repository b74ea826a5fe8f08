"""What a cell saw is what its notebook ends with, unless a name is bound again below it."""

import pytest

from autograder.notebook.code import understand
from autograder.notebook.rebinding import find_still_valid

EXAMPLE = "assert f(1) == 2"


def is_still_valid(*sources):
    return EXAMPLE in find_still_valid([(source, understand(source)) for source in sources])


@pytest.mark.parametrize(
    "below",
    [[], ["def g(x): return x"], ["print(f(3))"], ["def g(x): return x", "assert g(1) == 1", "h = 2"]],
)
def test_new_names_below_an_example_change_nothing(below):
    """Most notebooks: each function once, its example after it."""
    assert is_still_valid("def f(x): return 2 * x", EXAMPLE, *below)


@pytest.mark.parametrize(
    "below",
    [
        "def f(x): return 3 * x",
        "factor = 3",
        "for factor in range(3): pass",
        "from numpy import *",
        "def broken(:",
        "(factor := 3)",
        "del factor",
        "factor[0] = 3",
        "factor.size = 3",
        "def change():\n    global factor\n    factor = 3\nchange()",
        "match 3:\n    case factor: pass",
    ],
)
def test_an_example_above_a_second_definition_is_run_again(below):
    """Of the function, of what it may use, of anything at all where a cell cannot be read."""
    assert not is_still_valid("factor = 2\ndef f(x): return factor * x", EXAMPLE, below)


def test_a_stub_that_is_answered_further_down_leaves_its_example_open():
    """The example between them fails in its place, and may pass in the end."""
    assert not is_still_valid("def f(x): raise NotImplementedError", EXAMPLE, "def f(x): return 2 * x")


def test_below_the_last_definition_all_is_still_valid():
    """Whatever was tried before."""
    assert is_still_valid("def f(x): return 1", "def f(x): return 2 * x", EXAMPLE)


def test_no_notebook_is_too_long():
    """Ten thousand cells that bind the same names are looked through once."""
    cells = [("x = 1\ny = x", understand("x = 1\ny = x"))] * 10_000
    assert find_still_valid(cells) == {"x = 1\ny = x"}
