"""An error made in one question is not counted again in the next, whatever it does and however it is called.

hw2 `find_violation` and hw3 `gd_backtracking` hand functions on to the earlier question's function: each side
asks the other in turn.
"""

from collections.abc import Iterator
from fractions import Fraction

import pytest
from homework import Homework, verdicts

from autograder.domain.report import Outcome
from autograder.sandbox.runner import Runner


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner(preload=("matplotlib.pyplot",), accept_level=1) as warm:
        yield warm


SEARCH = """
def find_violation(f, sample, rng, n_trials=1000, tol=1e-9):
    for _ in range(n_trials):
        u, v, t = sample(rng), sample(rng), rng.random()
        if jensen_gap({f}, u, v, t) < -tol * (1 + abs(f(u)) + abs(f(v))):
            return u, v, t
"""
DESCENT = """
def gd_backtracking(f, grad, w0, n_steps, gamma0=1.0, beta=0.5, c=1e-4):
    trajectory = [np.array(w0, dtype=float)]
    for _ in range(n_steps):
        w = trajectory[-1]
        trajectory.append(w - armijo_step({f}, grad, w, gamma0, beta, c) * grad(w))
    return np.array(trajectory)
"""
BUILDS_ON = {
    "convexity": ("find_violation", SEARCH, "jensen_gap", "def jensen_gap(f, u, v, t):\n    {}"),
    "descent": (
        "gd_backtracking",
        DESCENT,
        "armijo_step",
        "def armijo_step(f, grad, w, gamma0=1.0, beta=0.5, c=1e-4):\n    {}",
    ),
}
WAYS = {"wrong": "return -2.0", "fails": "return no_such_name", "stub": "raise NotImplementedError"}


@pytest.mark.parametrize("passed_on", ["f", pytest.param("lambda w: f(w)", marks=pytest.mark.soak)])
@pytest.mark.parametrize("way", [*list(WAYS)[:2], pytest.param("stub", marks=pytest.mark.soak)])
@pytest.mark.parametrize(
    "name",
    # a sample submission shows every day what `convexity` says of it: six seconds each way here
    [pytest.param(name, marks=[pytest.mark.soak] * (name == "convexity")) for name in BUILDS_ON],
)
def test_what_builds_on_a_wrong_function_keeps_nine_tenths(
    name: str, way: str, passed_on: str, runner: Runner
) -> None:
    """The report says so, and which function of ours stood in."""
    later, source, earlier, wrong = BUILDS_ON[name]
    answers = {earlier: wrong.format(WAYS[way]), later: source.format(f=passed_on)}
    homework = Homework(name)
    told = verdicts(homework.graded(homework.solved(answers), runner))
    assert told[earlier].mark == 0
    assert (told[later].mark, told[later].outcome) == (Fraction(9, 10), Outcome.WRONG)
    assert str(told[later].sentence).startswith(
        f"With our `{earlier}` in place of yours: everything that was"
    )
    assert "an error made there is not counted twice" in str(told[later].notes[-1])


def test_two_stubs_are_not_attempted(runner: Runner) -> None:
    """A stub does not gain by what it does not call."""
    homework = Homework("convexity")
    told = verdicts(homework.graded(homework.released, runner))
    assert told["find_violation"].outcome is Outcome.NOT_ATTEMPTED
