"""Every hostile notebook of the catalogue, graded by the real path.

Of each must hold: the marks an honest judge gives, for the attacked question and for all others; the limit
that was exceeded is named; nothing hidden, and nothing that acts, is in the report; no process and no file is
left; the decoys around (files, a process, sockets) are untouched.
"""

from collections import Counter
from pathlib import Path

import pytest

from autograder.doctor.attack import FORGING, REACHING, Attack
from autograder.doctor.attacks import CATALOGUE
from autograder.doctor.examination import PROBES
from autograder.doctor.run_attacks import AttackRun
from autograder.doctor.target import MARKS

PATIENT = {
    "questions without end, answers read",
    "questions without end, answers unread",
    "one byte in three milliseconds",
    "stopping itself in a question",
    "a loop",
    "a loop in a question",
    "a loop in a regular expression",
    "a loop in numpy",
    "a loop when it is interrupted",
    "a number with a billion digits",
    "displays without end",
    "an exception that never ends printing",
    "a loop in C",
    "a loop when it is forgotten",
    "a loop that ignores every signal",
    "a loop that ignores every signal in a question",
    "an oracle asked without end",
    "a reference asked for more steps than there are",
    "recursion in C",
    "recursion without a limit",
    "an exception without end",
    "memory by many small objects",
    "memory caught and tried again",
    "memory by tables of pages in a question",
    "output without end",
    "output to the real streams without end",
    "a display that never ends",
    "figures without end",
    "deep folders",
    "a great many zeros",
    "silence",
}
"""What waits for a limit, or fills one, that others of its kind reach sooner, or in the same way.

A loop in a cell and in a question, a cell that cannot be interrupted, and a reference that is asked for ever,
are tried every day by tests of the sandbox.
"""


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(
            attack,
            id=f"{attack.kind}: {attack.name}",
            marks=[pytest.mark.soak] if attack.name in PATIENT else [],
        )
        for attack in CATALOGUE
    ],
)
def test_an_attack_gains_nothing_and_harms_nobody(attack: Attack, attack_run: AttackRun) -> None:
    assert attack_run.run(attack).breaches == ()


def test_every_attack_has_its_own_name() -> None:
    assert len({(attack.kind, attack.name) for attack in CATALOGUE}) == len(CATALOGUE)


def test_every_class_has_several_variants() -> None:
    for kind in {attack.kind for attack in CATALOGUE}:
        assert sum(attack.kind == kind for attack in CATALOGUE) >= 5


def test_the_front_page_counts_the_attacks() -> None:
    """By class, from inside sealed processes, if any level promises to stop them, and as notebooks."""
    page = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    promised = [probe for probe in PROBES if probe.level is not None]
    tried = Counter(attack.kind for attack in (*promised, *CATALOGUE))
    for kind, count in tried.items():
        assert f"| {kind.lower()} | {count} | {count} |" in page


def test_a_breach_is_noticed(attack_run: AttackRun) -> None:
    """The same look finds a mark that should not be, a secret that is told, and a changed file."""
    leak = Attack(REACHING, "told", first=f"print({attack_run.target.canary!r})")
    assert "something hidden is in the report" in attack_run.run(leak).breaches

    wrong = Attack(FORGING, "right after all", marks={"last": "0"})
    assert attack_run.run(wrong).breaches == ("last: 1 right instead of 0",)

    attack_run.decoys.path.joinpath("course", "solutions.py").write_text("changed")
    assert attack_run.run(Attack(FORGING, "nothing")).breaches == ("files outside were changed",)
    assert attack_run.run(Attack(FORGING, "nothing")).breaches == ()


def test_the_honest_notebook_earns_what_it_deserves(attack_run: AttackRun) -> None:
    assert attack_run.run(Attack(FORGING, "nothing", marks=MARKS)).breaches == ()
