"""`autograder check NAME`."""

import sys

import click

from autograder.check import check
from autograder.cli.course import course_here
from autograder.cli.main import DONE, USAGE


@click.command()
@click.argument("name")
def command(name: str) -> None:
    """Prove assignment NAME before it is released.

    Every reference and alternate must earn everything, every stub nothing, every known mistake must be
    caught and told apart, and the notebook's examples must hold. All that is wrong is listed at once.

    \b
    Example:
        autograder check gradients
    """
    course = course_here()
    assignment = course.assignment(name)
    files = course.notebook(name), course.module(name)
    notebook, module = (str(file.relative_to(course.folder.path)) for file in files)
    checked = check(assignment.released.text, assignment.solutions, notebook=notebook, module=module)
    for tally in checked.tallies:
        tried = f"{tally.cases} cases, {tally.alternates} other right ways, {tally.mistakes} mistakes"
        click.echo(f"  {tally.question:<24} {float(tally.points):>4g} points   {tried}")
    for flaw in checked.flaws:
        click.echo(str(flaw), err=True)
    if checked.flaws:
        click.echo(f"{name}: {len(checked.flaws)} things to mend before it is released.", err=True)
        sys.exit(USAGE)
    points = sum(tally.points for tally in checked.tallies)
    click.echo(f"{name}: ready to be released ({float(points):g} points).")
    sys.exit(DONE)
