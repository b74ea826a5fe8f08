"""Mutants of references: with the helpers they call, stopped where they never end, the same every time."""

import time

import pytest

from autograder.check.mutants import make_mutants, mutate
from autograder.domain.course import Limits
from autograder.questions.solutions import prepare

LOOP = '''
def halved(w):
    return w / 2

@question(points=1)
def shrink(w):
    """Halve w until it is small, and count."""
    count = 0
    while np.max(w) > 1.0:
        w = halved(w)
        count += 1
    return count

@shrink.cases
def _(rng):
    yield core("large", 8 + rng.random(3))
    yield core("larger", 80 + rng.random(3))
    yield edge("exactly 1", np.ones(2))
'''


@pytest.fixture
def shrink(module):
    return prepare("small", module(LOOP), secret=b"public", limits=Limits()).questions[0]


def test_helpers_are_edited_as_well(shrink) -> None:
    names = [mutant.edit.name for mutant in make_mutants(shrink.question)]
    assert "count += 1 -> (nothing)" in names
    assert "halved: w / 2 -> w" in names
    assert names == [mutant.edit.name for mutant in make_mutants(shrink.question)]


def test_a_mutant_that_never_ends_is_caught_in_time(shrink) -> None:
    """`halved: w / 2 -> w` and its like are given up after a moment."""
    began = time.monotonic()
    mutation = mutate(shrink)
    assert time.monotonic() - began < 300
    alive = {mutant.edit.name for mutant in mutation.survivors}
    assert "halved: w / 2 -> w" not in alive
    assert "np.max(w) > 1.0 -> np.max(w) >= 1.0" not in alive
    assert "np.max -> np.min" in alive, "the cases cannot tell these apart"


def test_a_mutant_that_changes_its_arguments_is_caught(module) -> None:
    source = (
        "@question(points=1)\ndef double(w):\n    w = w + 0 * w\n    w += w\n    return w\n\n"
        '@double.cases\ndef _(rng):\n    yield core("one", rng.normal(size=3))\n'
    )
    double = prepare("small", module(source), secret=b"public", limits=Limits()).questions[0]
    alive = {mutant.edit.name for mutant in mutate(double).survivors}
    assert "w + 0 * w -> w" not in alive
    assert "w + 0 * w -> w - 0 * w" in alive
