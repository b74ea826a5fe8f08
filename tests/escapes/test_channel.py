"""Nothing that a report shows depends on a hidden argument, but how the questions end."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from capacity import count_bits

from autograder.doctor.attack import TELLING, Attack
from autograder.doctor.attacks.telling import TELLING_ATTACKS
from autograder.doctor.run_attacks import AttackRun
from autograder.doctor.target import Target, open_target
from autograder.domain.report import Report
from autograder.domain.report_json import to_json
from autograder.grading.grade import grade
from autograder.render import render_html


def side_of(target: Target, question: str) -> bool:
    [asked] = (p for p in target.assignment.solutions.questions if p.question.name == question)
    return bool(asked.cases[0].call.args[-1][0] > 0)


HONEST = Attack(TELLING, "by nothing")
SIDES = (True, True, True), (False, False, False)


@pytest.fixture(scope="session")
def both_sides(tmp_path_factory, kept_attack_run: AttackRun) -> Iterator[tuple[Target, Target]]:
    """Two draws of the hidden cases that the programs can tell apart, in every question they look at.

    An honest notebook has one report on both: what is said of its wrong answer may follow from the draw.
    """
    found: dict[tuple[str, str], dict[tuple[bool, ...], Target]] = {}
    for k in range(400):
        target = open_target(tmp_path_factory.mktemp(f"target{k}"), "CANARY")
        sides = tuple(side_of(target, name) for name in ("last", "twice", "descend"))
        if sides in SIDES:
            report = grade(
                target.make_submission(HONEST, "mallory"), target.assignment, kept_attack_run._runner
            )
            alike = found.setdefault(masked(report), {})
            alike.setdefault(sides, target)
            if len(alike) == len(SIDES):
                yield alike[SIDES[0]], alike[SIDES[1]]
                return
    pytest.fail("no two draws were found that an honest notebook cannot tell apart")


def masked(report: Report) -> tuple[str, str]:
    """The report as both files, without times and without what the draw itself changes."""
    cells = tuple(replace(cell, seconds=0.0) for cell in report.cells)
    layers = tuple(layer for layer in report.isolation.layers if not layer.startswith("uid"))
    plain = replace(
        report,
        cells=cells,
        seconds=0.0,
        graded=datetime(2026, 1, 1, tzinfo=UTC),
        revision="",
        isolation=replace(report.isolation, layers=layers),
    )
    page = render_html(plain, course="The course", name="Mallory")
    return json.dumps(to_json(plain), indent=1), re.sub(r"autograder \S+", "", page)


def told(attack: Attack, targets: tuple[Target, Target], run: AttackRun) -> list[tuple[str, str]]:
    return [
        masked(grade(target.make_submission(attack, "mallory"), target.assignment, run._runner))
        for target in targets
    ]


@pytest.mark.parametrize("attack", TELLING_ATTACKS, ids=lambda attack: attack.name)
def test_a_report_is_the_same_to_the_byte_on_both_sides(
    attack: Attack, both_sides: tuple[Target, Target], attack_run: AttackRun
) -> None:
    one, other = told(attack, both_sides, attack_run)
    assert one == other


OUTCOMES = Attack(
    TELLING,
    "by how a question ends",
    TELLING_ATTACKS[0].first,
    {"last": "def last(x):\n    see(x)\n    return 3 * x if SIDE in (None, True) else -3 * x"},
)


def test_how_a_question_ends_tells_it(both_sides: tuple[Target, Target], attack_run: AttackRun) -> None:
    """The programs could tell the two apart: the test above is none that cannot fail."""
    one, other = told(OUTCOMES, both_sides, attack_run)
    assert one != other


def test_what_verdicts_can_tell_is_within_the_bound(
    both_sides: tuple[Target, Target], attack_run: AttackRun
) -> None:
    """A program that uses all ways to end that it knows, by the bits of the first hidden number."""
    [last] = (p for p in both_sides[0].assignment.solutions.questions if p.question.name == "last")
    ends = ("3 * x", "-3 * x", "6 * x", "1 / 0", "None", "'text'", "x.reshape(1, -1)", "0 * x", "[x]", "{}")
    said = set()
    for end in ends:
        attack = Attack(TELLING, "by all", answers={"last": f"def last(x):\n    return {end}"})
        target = both_sides[0]
        report = grade(target.make_submission(attack, "mallory"), target.assignment, attack_run._runner)
        [verdict] = (one for one in report.verdicts if one.question == "last")
        said.add((verdict.outcome, verdict.mark, verdict.sentence, verdict.notes))
    assert len(said) > 6
    assert math.log2(len(said)) <= count_bits(last)
