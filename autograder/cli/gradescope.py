"""`autograder gradescope ROOT`: what Gradescope runs for every submission."""

from pathlib import Path

import click

from autograder.cli import options
from autograder.services.gradescope import GradescopeRoot, grade_there, prepare


@click.command()
@click.argument("root", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--prepare", "preparing", is_flag=True, help="Evaluate the references, for the image.")
@options.accept_isolation
def command(root: Path, preparing: bool, accept_isolation: int) -> None:  # noqa: FBT001 - click
    """Grade what Gradescope put into ROOT/submission, and write ROOT/results/results.json.

    Called by the run_autograder of the zip that `autograder release NAME --to gradescope` writes. Where
    grading fails through no fault of the student, no results are written, and Gradescope says that the
    autograder failed.

    \b
    Example:
        autograder gradescope /autograder
    """
    there = GradescopeRoot(root.absolute())
    if preparing:
        click.echo(f"{prepare(there)} is ready to be graded here.")
        return
    report = grade_there(there, accept_level=accept_isolation)
    if report is None:
        click.echo("There was not one notebook to grade.")
    elif report.needs_person:
        click.echo("Some questions could not be judged: look at this submission.")
