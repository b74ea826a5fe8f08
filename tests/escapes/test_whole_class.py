"""A hostile class mixed with an honest one: honest marks are those of a run without it, and it ends in time.

All attacks, as `make soak` does: AUTOGRADER_ATTACKS=all pytest -m soak tests/escapes/test_whole_class.py
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from autograder.doctor.attack import Attack
from autograder.doctor.attacks import CATALOGUE
from autograder.doctor.run_attacks import find_descendants
from autograder.doctor.target import MARKS, Target, open_target
from autograder.domain.report import Report
from autograder.domain.submission import Submission
from autograder.errors import IsolationError
from autograder.grading.batch import grade_batch
from autograder.grading.grader import Grader
from autograder.grading.workers import local_workers
from autograder.sandbox.runner import Runner

HONEST, WORKERS = 50, 2
STEP = 1 if os.environ.get("AUTOGRADER_ATTACKS") == "all" else 9
ANSWERS = (
    {},
    {"twice": "def twice(x):\n    return x + x"},
    {"last": "def last(x):\n    return x"},
    {"last": "def last(x):\n    raise ValueError", "power": "def power(x, n):\n    return x * 2.0 ** n"},
    {"descend": "def descend(f, x):\n    return 1.0"},
)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that others may pass through, so that student code reaches what is below."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def target(place: Path) -> Target:
    private = place / "course"
    private.mkdir(mode=0o700)
    return open_target(private, "canary-" + "1" * 32)


def honest(target: Target) -> list[Submission]:
    attacks = [Attack("", f"honest {number}", answers=ANSWERS[number % 5]) for number in range(HONEST)]
    return [target.make_submission(attack, f"honest{number:02}") for number, attack in enumerate(attacks)]


def hostile(target: Target) -> list[Submission]:
    return [
        target.make_submission(attack, f"x{number:03}") for number, attack in enumerate(CATALOGUE[::STEP])
    ]


TARGETS: dict[Path, Target] = {}
"""By the place of a target, which a fork shares."""


@dataclass(frozen=True)
class TargetRecipe:
    """Makes the grader of a target."""

    place: Path

    def __call__(self) -> Grader:
        runner = Runner(preload=("matplotlib.pyplot",), scratch=self.place)
        return Grader(TARGETS[self.place].assignment, runner, lambda _: "")


def graded(batch: Iterable[Submission], target: Target, place: Path) -> tuple[dict[str, Report], float]:
    TARGETS[place] = target
    began = time.monotonic()
    try:
        done = grade_batch(batch, TargetRecipe(place), local_workers(WORKERS))
        return {one.report.student: one.report for one in done}, time.monotonic() - began
    except IsolationError as error:
        pytest.skip(f"this machine cannot confine student code: {error}")


def told(report: Report) -> object:
    """A report, without what differs from run to run: when, how long, as which user."""
    cells = tuple(replace(cell, seconds=0.0) for cell in report.cells)
    return report.verdicts, cells, report.notes, report.trouble, report.receipt


def leaves_nobody(before: frozenset[int]) -> bool:
    """Whether all processes that were not there before end, soon: some may be ending still."""
    end = time.monotonic() + 600
    while not find_descendants() <= before and time.monotonic() < end:
        time.sleep(0.1)
    return find_descendants() <= before


@pytest.mark.soak
def test_a_hostile_class_changes_nothing_for_an_honest_one(target: Target, place: Path) -> None:
    before = find_descendants()
    alone, honest_seconds = graded(honest(target), target, place)
    good, bad = honest(target), hostile(target)
    mixed = [one for pair in zip(good, bad, strict=False) for one in pair]
    mixed += good[len(bad) :] + bad[len(good) :]
    together, seconds = graded(mixed, target, place)

    assert set(together) == {one.student for one in mixed}
    for student, report in alone.items():
        assert told(together[student]) == told(report)
    assert all(str(v.mark) == MARKS[v.question] for v in alone["honest00"].verdicts)
    assert not any(report.needs_person for report in together.values())
    assert leaves_nobody(before)
    assert [path.name for path in place.iterdir()] == ["course"]
    assert seconds <= 1.2 * (honest_seconds + len(bad) * 10.0 / WORKERS)
