"""`autograder demo`."""

import shlex
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.main import DONE, NEEDS_PERSON
from autograder.cli.progress import follow
from autograder.cli.summary import print_summary
from autograder.cli.user import find_user
from autograder.demo.classroom import Sample
from autograder.demo.course import NAME, make_demo
from autograder.domain.counts import describe_count
from autograder.grading.workers import local_workers
from autograder.sandbox.isolation import LIMITS_ONLY
from autograder.services.grading_run import GradingRun


@click.command()
@click.argument("folder", default="demo-class", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--size", type=click.IntRange(1, 1000), default=60, show_default=True, help="How many students."
)
@options.jobs
def command(folder: Path, size: int, jobs: int) -> None:
    """Grade a sample class in FOLDER: release, hand in, grade, store, write the reports.

    The class is our own code, so it is graded at whatever level of isolation this machine has; the level is
    printed.

    \b
    Example:
        autograder demo
    """
    course, samples = make_demo(folder, size=size)
    students = describe_count(len(samples), "student")
    click.echo(f"released {folder / 'release' / NAME / NAME}.ipynb, and {students} handed it in")
    run = GradingRun(course, NAME, accept_level=LIMITS_ONLY)
    with course.gradebook() as gradebook:
        done = run.grade(
            gradebook,
            workers=local_workers(jobs),
            watch=follow,
            by=find_user(),
            clock=lambda: datetime.now(UTC),
        )
    batch = done.batch
    print_summary(batch)
    if batch.isolation is not None:
        click.echo(f"Isolation: level {batch.isolation.level} ({', '.join(batch.isolation.layers)})")
    _say_where_to_look(folder, samples)
    sys.exit(NEEDS_PERSON if any(report.needs_person for report in batch.reports) else DONE)


def _say_where_to_look(folder: Path, samples: tuple[Sample, ...]) -> None:
    first = {sample.archetype: sample.student for sample in reversed(samples)}
    kinds = Counter(sample.archetype for sample in samples)
    click.echo(f"{describe_count(len(kinds), 'kind')} of submissions; one report of each:")
    for archetype, student in sorted(first.items()):
        click.echo(f"  {archetype.replace('_', ' '):<28} {folder}/reports/{NAME}/{student}/report.html")
    called = Path(sys.argv[0]).absolute()
    program = shlex.quote(str(called)) if called.name == "autograder" else "autograder"
    click.echo(f"Everything lies in {folder}. The scores: cd {shlex.quote(str(folder))} && {program} grades")
