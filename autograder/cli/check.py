"""`autograder check NAME`."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from autograder.check.assignment import CheckReport, QuestionCounts, add_up
from autograder.check.claims import Claim
from autograder.cli import options
from autograder.cli.main import DONE, USAGE, from_here
from autograder.cli.tables import print_table
from autograder.course.opened import course_here
from autograder.domain.counts import describe_count
from autograder.services.preparing import DRAWS, check_assignment

if TYPE_CHECKING:
    from rich.console import JustifyMethod


@click.command()
@click.argument("name")
@click.option(
    "--draws",
    type=click.IntRange(1, 20),
    default=DRAWS,
    show_default=True,
    help="How often the cases are drawn: first as students get them, then anew.",
)
@options.as_json
def command(name: str, draws: int, as_json: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Prove assignment NAME before it is released.

    Every reference and every other right way must earn everything, every stub nothing, every known mistake
    must be caught and told apart, small edits of a reference must be caught or declared, and the notebook's
    examples must hold. All that is wrong is listed at once, with its file and line.

    \b
    Example:
        autograder check gradients
    """
    began = time.perf_counter()
    course = course_here()
    course.source(name)  # of one that is not there nothing else is told
    with _progress(name) as watch:
        subject, checked = check_assignment(course, name, draws=draws, watch=watch)
    seconds = time.perf_counter() - began
    if as_json:
        click.echo(json.dumps(_as_json(name, checked, draws=draws, seconds=seconds)))
        sys.exit(USAGE if checked.flaws else DONE)
    _print(name, checked)
    click.echo(f"Cases drawn {describe_count(draws, 'time')}; {seconds:.0f} s.")
    for flaw in checked.flaws:
        click.echo(from_here(str(flaw)), err=True)
    if checked.flaws:
        click.echo(
            f"{name}: {describe_count(len(checked.flaws), 'thing')} to mend before it is released.", err=True
        )
        sys.exit(USAGE)
    if course.course.settings(name) is None:
        click.echo(f"It cannot be graded before course.toml has a table [assignments.{name}].")
    of_quizzes = f", {float(subject.quiz_points):g} of them for quizzes" if subject.quiz_points else ""
    click.echo(f"{name}: ready to be released ({describe_count(subject.points, 'point')}{of_quizzes}).")


@contextmanager
def _progress(name: str) -> Iterator[Callable[[Claim], None]]:
    """What tells of each claim as it is tried, on a terminal, and of each question in lines elsewhere."""
    if not sys.stderr.isatty():
        click.echo(f"{name}: drawing the cases", err=True)
        said = set[str]()

        def tell(claim: Claim) -> None:
            if claim.question not in said:
                said.add(claim.question)
                click.echo(f"{name}: {claim.question or 'the assignment as a whole'}", err=True)

        yield tell
        return
    from rich.console import Console

    with Console(stderr=True, highlight=False).status("drawing the cases") as status:
        yield lambda claim: status.update(f"{claim.question or 'the assignment'}: {claim.sentence}")


def _as_json(name: str, checked: CheckReport, *, draws: int, seconds: float) -> dict[str, Any]:
    everything = add_up(name, checked.counts)
    return {
        "assignment": name,
        "ready": not checked.flaws,
        "draws": draws,
        "seconds": round(seconds, 3),
        "questions": [_row(counts) for counts in checked.counts],
        "all": {**_row(everything), "questions": len(checked.counts)},
        "flaws": [asdict(flaw) for flaw in checked.flaws],
    }


def _row(counts: QuestionCounts) -> dict[str, Any]:
    values = asdict(counts)
    return {
        key: float(value) if isinstance(value, Fraction) else round(value, 3) if key == "seconds" else value
        for key, value in values.items()
    }


def _print(name: str, checked: CheckReport) -> None:
    from rich.table import Table

    table = Table(header_style="bold", box=None, pad_edge=False, show_footer=True)
    rows = [_cells(counts) for counts in checked.counts]
    total = _cells(add_up(describe_count(len(rows), "question"), checked.counts))
    headings = ("question", "points", "cases", "accepted", "caught", "edits", "equal", "survive", "s")
    for heading, footer in zip(headings, total, strict=True):
        justify: JustifyMethod = "left" if heading == "question" else "right"
        table.add_column(heading, footer, justify=justify, no_wrap=heading != "question", overflow="fold")
    for row in rows:
        table.add_row(*row)
    print_table(table)
    click.echo("accepted: other right ways of those tried; caught: known mistakes of those declared;")
    click.echo(
        "edits: small ones of the reference; equal: those declared equivalent; survive: those not caught."
    )


def _cells(counts: QuestionCounts) -> tuple[str, ...]:
    return (
        counts.question,
        f"{float(counts.points):g}",
        str(counts.cases),
        f"{counts.accepted}/{counts.alternates}",
        f"{counts.caught}/{counts.mistakes}",
        str(counts.mutants),
        str(counts.equivalent),
        str(counts.surviving),
        f"{counts.seconds:.1f}",
    )
