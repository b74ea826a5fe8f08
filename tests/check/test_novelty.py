"""A speed case is asked on what no other case has shown, so that no answer can be kept for it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from test_check import SOLUTIONS, notebook

from autograder.check.assignment import check
from autograder.domain.course import Limits
from autograder.notebook.assignment import read_assignment
from autograder.questions.solutions import prepare

RECIPE = "def made(seed, n):\n    return np.random.default_rng(seed).normal(size=n)\n"
SAME = RECIPE + SOLUTIONS.replace(
    "def _(rng):\n",
    'def _(rng):\n    yield core("large", built(made, seed=1, n=100))\n'
    '    yield speed("large too", built(made, seed=1, n=100), seconds=5.0)\n',
    1,
)


@pytest.mark.parametrize(
    ("solutions", "seen"),
    [
        (SAME, True),
        (SAME.replace("seed=1", "seed=2", 1), False),
        (SAME.replace("built(made, seed=1, n=100)", "np.arange(100.0)"), True),
        (SAME.replace("built(made, seed=1, n=100)", "np.ones(2)"), False),
        (
            SAME.replace("seed=1", "seed=2", 1)
            + '\n@double.picture("It", of=core("public", built(made, seed=1, n=100)))\n'
            "def _(answer, case):\n    return answer\n",
            True,
        ),
    ],
    ids=["built alike", "another seed", "sent alike", "small", "in a picture"],
)
def test_a_speed_case_on_what_was_seen_before_is_a_flaw(
    module: Callable[[str], Path], solutions: str, *, seen: bool
) -> None:
    text = read_assignment(notebook())
    hidden = prepare("small", module(solutions), secret=b"x", limits=Limits())
    flaws = check(text, hidden, notebook="small.ipynb", module="small.py").flaws
    assert any("its answer could be prepared" in str(flaw) for flaw in flaws) == seen
