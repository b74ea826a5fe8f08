"""`autograder release NAME`."""

import click

from autograder.cli.course import course_here
from autograder.notebook.release import release


@click.command()
@click.argument("name")
def command(name: str) -> None:
    """Write the notebook that students receive to release/NAME/NAME.ipynb.

    \b
    Example:
        autograder release gradients
    """
    course = course_here()
    target = course.folder.path / "release" / name / f"{name}.ipynb"
    content = release(course.notebook(name).read_bytes())
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    click.echo(f"{target} is ready to be handed out. It holds no reference, no hidden case and no tolerance.")
