"""`autograder solution NAME`."""

from pathlib import Path

import click

from autograder.access import write_whole
from autograder.course.opened import course_here
from autograder.notebook.solved import solve
from autograder.questions.solutions import load
from autograder.questions.source import answers_to


@click.command()
@click.argument("name")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="[default: NAME-solution.ipynb]")
def command(name: str, out: Path | None) -> None:
    """Make the solved notebook of NAME, to hand out after the deadline: references in place of the stubs.

    \b
    Example:
        autograder solution gradients
    """
    course = course_here()
    course.settings(name)
    module = course.module(name)
    sources = answers_to(module, load(module))
    target = out or Path(f"{name}-solution.ipynb")
    write_whole(target, solve(course.notebook(name).read_bytes(), sources), course.folder.access)
    click.echo(f"{target} holds the solutions: hand it out after the deadline.")
