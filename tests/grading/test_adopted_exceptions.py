"""Otter's exception-based tests by submissions: points by case, all or nothing, names and `env`, seeds."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from confined import confined_runner
from foreign_assignment import STUB, otter
from patience import PATIENT

from autograder.adopting.otter_tests import read_test_file
from autograder.domain.course import AdoptionSettings
from autograder.domain.report import Outcome, Verdict
from autograder.domain.submission import ReceivedBy, Submission
from autograder.foreign.model import AdoptedAssignment, ForeignSeed, Where
from autograder.foreign.prove import prove_assignment
from autograder.grading.adopted import grade_adopted, open_adopted
from autograder.sandbox.runner import Runner

LIMITS = replace(PATIENT, memory_mb=900)
CUBE = "import numpy as np\ndef cube(x):\n    return x ** 3\nnoise = np.random.normal(size=2)"
TESTS = """from otter.test_files import test_case

OK_FORMAT = False
name = "q1"
points = 6
all_or_nothing = {all_or_nothing}

@test_case(points=1)
def test_value(cube):
    assert cube(2) == 8, "two"

@test_case(points=2, hidden=True)
def test_env(env):
    assert env["cube"](-1) == -1
    assert "noise" in env and "nothing" not in env

@test_case()
def test_noise(noise, np):
    np.random.seed(7)
    np.testing.assert_array_equal(noise, np.random.normal(size=2))
"""


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with confined_runner() as made:
        yield made


def adopted(*, all_or_nothing: bool) -> AdoptedAssignment:
    """An assignment of one question, whose cells are seeded as Otter seeds them."""
    made = otter({"q1": (STUB.format("cube"), CUBE)}, {"q1": []})
    text = TESTS.format(all_or_nothing=all_or_nothing)
    return replace(made, questions=(read_test_file(text, "q1.py", notebook="hw"),), seed=ForeignSeed(7))


def grade_one(runner: Runner, folder: Path, source: str, *, all_or_nothing: bool = False) -> Verdict:
    """The verdict on the question."""
    assignment = adopted(all_or_nothing=all_or_nothing)
    profiles = prove_assignment(assignment, folder, runner, LIMITS)
    assert {profile.where for profile in profiles} == {Where.OUTSIDE}
    settings = AdoptionSettings("adopted/hw")
    opened = open_adopted(
        assignment, profiles, folder, settings=settings, limits=LIMITS, revision="r", title="Homework"
    )
    cells = [
        {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None}
        for text in (source, 'grader.check("q1")')
    ]
    content = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    when = datetime(2026, 1, 1, tzinfo=UTC)
    [verdict] = grade_adopted(
        Submission("ada", "hw", content, when, ReceivedBy.SERVER), opened, runner
    ).verdicts
    return verdict


def test_cases_share_the_points_that_are_left(runner: Runner, tmp_path: Path) -> None:
    """1 and 2 are their own; the third case has what is left of 6."""
    verdict = grade_one(runner, tmp_path, CUBE)
    assert [(test.points, test.earned) for test in verdict.tests] == [(1, 1), (2, 2), (3, 3)]
    assert (verdict.points, verdict.outcome) == (6, Outcome.RIGHT)


def test_each_case_is_judged_by_itself_and_its_message_told_where_it_is_visible(
    runner: Runner, tmp_path: Path
) -> None:
    verdict = grade_one(runner, tmp_path, CUBE.replace("x ** 3", "abs(x) ** 3"))
    assert [test.passed for test in verdict.tests] == [True, False, True]
    assert verdict.earned == 4
    assert "-1" not in str(verdict.sentence) + "".join(
        run.source for run in verdict.examples if not run.passed
    )
    verdict = grade_one(runner, tmp_path, CUBE.replace("x ** 3", "x"))
    assert [test.passed for test in verdict.tests] == [False, True, True]


def test_one_case_that_fails_costs_all_where_it_is_all_or_nothing(runner: Runner, tmp_path: Path) -> None:
    verdict = grade_one(runner, tmp_path, CUBE.replace("x ** 3", "abs(x) ** 3"), all_or_nothing=True)
    assert (verdict.earned, [test.passed for test in verdict.tests]) == (Fraction(0), [True, False, True])
    assert grade_one(runner, tmp_path, CUBE, all_or_nothing=True).earned == 6


@pytest.mark.parametrize(
    "source, passed",
    [
        ("def cube(x):\n    return 1 / 0", [False, False, False]),
        ("noise = None", [False, False, False]),
        (CUBE.replace("normal(size=2)", "normal(size=2) + np.random.normal()"), [True, True, False]),
    ],
)
def test_what_raises_or_is_not_there_costs_its_cases(
    runner: Runner, tmp_path: Path, source: str, passed: list[bool]
) -> None:
    verdict = grade_one(runner, tmp_path, source)
    assert [test.passed for test in verdict.tests] == passed
    assert verdict.mark is not None
