"""Examine this machine: try every probe in a sealed process, and see which level of isolation is reached."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.doctor.decoys import Decoys
from autograder.doctor.outside import ACTS
from autograder.doctor.probe import LANDLOCK, LIMITS, NAMESPACES, PRELUDE, SECCOMP, USER, Probe
from autograder.doctor.reading import READS
from autograder.domain.course import Limits
from autograder.domain.notebook import Cell, CellKind
from autograder.domain.report import Isolation
from autograder.sandbox.interpreter import Interpreter
from autograder.sandbox.isolation import LIMITS_ONLY
from autograder.sandbox.runner import Runner

PROBES: tuple[Probe, ...] = (*READS, *ACTS)
_LIMITS = Limits(seconds_per_cell=5.0, seconds_per_question=5.0, seconds=20.0, memory_mb=512, scratch_mb=16)
_LAYER_OF = {
    "rlimits": LIMITS,
    "watchdog": LIMITS,
    "landlock": LANDLOCK,
    "seccomp": SECCOMP,
    "uid": USER,
    "namespaces": NAMESPACES,
}


@dataclass(frozen=True, slots=True)
class Trial:
    """How one probe went."""

    probe: Probe
    stopped: bool
    saw: str = ""
    """What it got hold of, or changed."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What was observed on this machine."""

    isolation: Isolation
    """As the kernel says."""
    trials: tuple[Trial, ...]

    @property
    def level(self) -> int:
        """The level that is reached: every attack that it, or a lower one, promises to stop was stopped."""
        broken = [t.probe.level for t in self.trials if not t.stopped and t.probe.level is not None]
        return min([self.isolation.level, *(level - 1 for level in broken)])

    @property
    def layers(self) -> dict[str, str]:
        """The layers in place, by their names here, with the kernel's detail."""
        found: dict[str, str] = {}
        for layer in self.isolation.layers:
            word, _, detail = layer.partition(" ")
            if word in _LAYER_OF:
                found[_LAYER_OF[word]] = detail
        return found

    @property
    def successes(self) -> tuple[Trial, ...]:
        """The attacks that were not stopped."""
        return tuple(trial for trial in self.trials if not trial.stopped)


def examine(
    probes: Sequence[Probe] = PROBES,
    *,
    runner: Runner | None = None,
    interpreter: Interpreter | None = None,
) -> Examination:
    """Try every probe, each in a fresh process that is sealed as well as this machine can.

    Without a runner one is made, of the interpreter: None for the one that runs this.

    Raises:
        IsolationError: student code cannot be run here at all.
    """
    with Decoys() as decoys:
        if runner is not None:
            return Examination(runner.isolation, tuple(_try(probe, decoys, runner) for probe in probes))
        with Runner(accept_level=LIMITS_ONLY, interpreter=interpreter) as own:
            return Examination(own.isolation, tuple(_try(probe, decoys, own) for probe in probes))


def _try(probe: Probe, decoys: Decoys, runner: Runner) -> Trial:
    server, base = runner.whereabouts()
    facts = decoys.describe(server=server, base=base)
    cells = [Cell(CellKind.CODE, PRELUDE.format(facts=facts), 1), Cell(CellKind.CODE, probe.source, 2)]
    with runner.start(cells, _LIMITS) as run:
        prelude, attack = run.cells
        if prelude.exception:
            return Trial(probe, stopped=False, saw=f"the attack could not begin: {prelude.message}")
        won = run.variable("won").value
        seen = f"{won!r} {attack.printed} {attack.message} {attack.displayed}"
    harm = decoys.find_harm()
    if decoys.canary in seen:
        return Trial(probe, stopped=False, saw="read a secret")
    if harm:
        return Trial(probe, stopped=False, saw="; ".join(harm))
    if isinstance(won, str):
        return Trial(probe, stopped=True)
    return Trial(probe, stopped=not won, saw=f"{won!r}"[:80] if won else "")


def name_user() -> str:
    """As whom the grader runs."""
    return "root" if os.geteuid() == 0 else f"user {os.geteuid()}"
