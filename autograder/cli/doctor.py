"""`autograder doctor`."""

import json
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.cli import options
from autograder.cli.main import DONE, NEEDS_PERSON, USAGE
from autograder.cli.tables import print_table
from autograder.course.opened import course_here, find_course, open_course
from autograder.doctor.advice import HOW, MEANING, WHAT
from autograder.doctor.attacks import CATALOGUE
from autograder.doctor.examination import Examination, examine, name_user
from autograder.doctor.probe import LAYERS, LIMITS
from autograder.doctor.run_attacks import AttackOutcome, run_attacks
from autograder.domain.counts import describe_count
from autograder.render import clean
from autograder.sandbox.interpreter import Interpreter, this_interpreter
from autograder.sandbox.isolation import CONFINED

if TYPE_CHECKING:
    from autograder.gradebook.verify import StoreCheck

_FAULTS = 20
"""Of a damaged gradebook, so many faults are named."""


@click.command()
@click.option("--attacks", is_flag=True, help="Also grade every hostile notebook of the catalogue (minutes).")
@click.option("--store", is_flag=True, help="Check every entry of this course's gradebook instead.")
@click.option("--accept", is_flag=True, help="With --store: keep a whole gradebook of another length.")
@options.as_json
def command(attacks: bool, store: bool, accept: bool, as_json: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Show how well this machine seals student code, or with --store whether the gradebook is whole.

    A real sealed process of the interpreter that runs student code, the course's own where course.toml names
    one, tries to read, change and reach what is not its own: decoys that are made for it.
    What is printed was observed, not promised: the level reached, each layer, and what each missing one would
    have stopped. Exit code 0 if the level is 2 or more, which grading asks for.

    With --store, every entry of the gradebook is compared with what was recorded of it, and its end with
    .autograder/head. Exit code 2 if anything was cut, edited, put in or taken away. --accept keeps a
    gradebook that is whole and ends elsewhere than it should (an older copy, brought back knowingly), and
    notes that in it.

    \b
    Example:
        autograder doctor
        autograder doctor --attacks
        autograder doctor --store
    """
    if store or accept:
        _check_store(accept=accept, as_json=as_json)
        return
    folder = find_course(Path.cwd())
    interpreter = open_course(folder).interpreter() if folder else this_interpreter()
    found = examine(interpreter=interpreter)
    if not as_json:
        _print(found, interpreter)
    outcomes = _run_catalogue(found) if attacks else []
    if as_json:
        notebooks = {"notebooks": [_outcome_json(outcome) for outcome in outcomes]} if attacks else {}
        click.echo(json.dumps(_as_json(found, interpreter) | notebooks, indent=1))
    elif attacks:
        _print_outcomes(found, outcomes)
    held = found.level >= CONFINED and all(outcome.stopped for outcome in outcomes)
    sys.exit(DONE if held else NEEDS_PERSON)


def _check_store(*, accept: bool, as_json: bool) -> None:
    """Check the gradebook of the course around here, and say what was found."""
    from dataclasses import asdict

    course = course_here()
    if accept:
        course.accept_store()
    found = course.check_store()
    if as_json:
        click.echo(json.dumps(asdict(found), indent=1))
    else:
        _print_store(found)
    sys.exit(USAGE if found.faults else DONE)


def _print_store(found: "StoreCheck") -> None:
    for fault in found.faults[:_FAULTS]:
        click.echo(clean(fault), err=True)
    if len(found.faults) > _FAULTS:
        click.echo(f"and {len(found.faults) - _FAULTS} more", err=True)
    if found.faults:
        click.echo("\nThe gradebook is not what was recorded: bring back a backup of .autograder.", err=True)
        return
    before = "; what was there before is checked as it was then" if found.taken_over else ""
    erased = f", {found.erased} erased" if found.erased else ""
    entries = describe_count(found.rows, "entry", "entries")
    click.echo(f"{entries}, all as recorded{erased}. Checked from {found.since} on{before}.")
    for when in found.accepted:
        click.echo(f"On {when} it was kept knowingly though it did not end where it should.")
    for which in found.restored:
        click.echo(f"Restored: {clean(which)}.")
    for whom in found.people_erased:
        click.echo(f"A person was erased: {whom}.")


def _run_catalogue(found: Examination) -> list[AttackOutcome]:
    outcomes = run_attacks(CATALOGUE, accept_level=max(1, found.isolation.level))
    with click.progressbar(outcomes, length=len(CATALOGUE), label="attacks", file=sys.stderr) as shown:
        return list(shown)


def _outcome_json(outcome: AttackOutcome) -> dict[str, Any]:
    return {
        "name": outcome.attack.name,
        "class": outcome.attack.kind,
        "stopped": outcome.stopped,
        "breaches": [clean(breach) for breach in outcome.breaches],
    }


def _print_outcomes(found: Examination, outcomes: list[AttackOutcome]) -> None:
    """Attacks tried and stopped, per class; those that were not, by name."""
    from rich.table import Table

    table = Table(header_style="bold", box=None, pad_edge=False)
    table.add_column("class of attacks")
    table.add_column("tried", justify="right")
    table.add_column("stopped", justify="right")
    tried = [(trial.probe.kind, trial.stopped) for trial in found.trials if trial.probe.level is not None]
    tried += [(outcome.attack.kind, outcome.stopped) for outcome in outcomes]
    for kind in dict.fromkeys(attack.kind for attack in CATALOGUE):
        stopped = [each for of, each in tried if of == kind]
        table.add_row(kind, str(len(stopped)), str(sum(stopped)))
    table.add_row("all", str(len(tried)), str(sum(each for _, each in tried)))
    click.echo()
    print_table(table)
    for outcome in outcomes:
        if not outcome.stopped:
            click.echo(f"not stopped: {outcome.attack.name}: {clean('; '.join(outcome.breaches))}")


def _as_json(found: Examination, interpreter: Interpreter) -> dict[str, Any]:
    layers = found.layers
    return {
        "level": found.level,
        "level_by_the_kernel": found.isolation.level,
        "grader": name_user(),
        "kernel": platform.release(),
        "environment": {"python": str(interpreter.path), "versions": dict(interpreter.versions)},
        "layers": {
            layer: {
                "in_place": layer in layers,
                "detail": layers.get(layer, ""),
                "would_stop": _would_stop(found, layer) if layer not in layers else [],
                "how_to_get_it": HOW[layer] if layer not in layers else "",
            }
            for layer in LAYERS
        },
        "attacks": [
            {
                "name": trial.probe.name,
                "class": trial.probe.kind,
                "stopped": trial.stopped,
                "promised_from_level": trial.probe.level,
                "saw": clean(trial.saw),
            }
            for trial in found.trials
        ],
    }


def _print(found: Examination, interpreter: Interpreter) -> None:
    from rich.table import Table

    stopped = sum(trial.stopped for trial in found.trials)
    click.echo(f"Linux {platform.release()}, {platform.machine()}, grading as {name_user()}.")
    whose = "this one's" if interpreter.is_ours else "the course's own"
    click.echo(f"Student code is run by {whose} interpreter, {interpreter.path}: {interpreter.words}.")
    click.echo(
        f"{describe_count(len(found.trials), 'attack')} tried in sealed processes, {stopped} stopped.\n"
    )
    table = Table(header_style="bold", box=None, pad_edge=False)
    for heading in ("layer", "observed", "attacks it stops"):
        table.add_column(heading)
    layers = found.layers
    for layer in LAYERS:
        state = f"holds {layers[layer]}".strip() if layer in layers else "MISSING"
        table.add_row(WHAT[layer], state, _tally(found, layer))
    print_table(table)
    click.echo("One attack may be stopped by several layers.")
    _print_missing(found)
    _print_successes(found)
    click.echo(f"\nLevel {found.level}, {MEANING[found.level]}.")


def _tally(found: Examination, layer: str) -> str:
    if layer == LIMITS:
        return ""
    concerned = [trial for trial in found.trials if layer in trial.probe.stopped_by]
    stopped = sum(trial.stopped for trial in concerned)
    return f"{stopped} of {len(concerned)} stopped"


def _would_stop(found: Examination, layer: str) -> list[str]:
    """What got through and would not, with this layer."""
    return [trial.probe.name for trial in found.successes if layer in trial.probe.stopped_by]


def _print_missing(found: Examination) -> None:
    pair = {"user", "namespaces"}
    for layer in LAYERS:
        # A user of its own and namespaces stand for each other; root has the first.
        stands_in = layer in pair and bool(pair & set(found.layers)) and os.geteuid() == 0
        if layer in found.layers or stands_in:
            continue
        would = _would_stop(found, layer)
        click.echo(f"\nMissing: {WHAT[layer]}.")
        click.echo("  It would have stopped: " + (", ".join(would) if would else "nothing more here") + ".")
        click.echo(f"  How to get it: {HOW[layer]}")


def _print_successes(found: Examination) -> None:
    successes = found.successes
    if not successes:
        return
    click.echo("\nGot through:")
    for trial in successes:
        promise = (
            "promised by no level" if trial.probe.level is None else f"level {trial.probe.level} forbids it"
        )
        click.echo(f"  {trial.probe.name} ({promise}): {clean(trial.saw)}")
