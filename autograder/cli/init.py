"""`autograder init DIR`."""

from pathlib import Path

import click

from autograder.course.scaffold import make_course


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Make a new course in FOLDER, with a worked assignment to start from.

    \b
    Example:
        autograder init numerics-2027
    """
    make_course(folder)
    click.echo(
        f"{folder} is a course. Write students.csv (id,name,email,group), change course.toml, then:\n"
        f"  cd {folder}\n"
        "  autograder check gradients\n"
        "  autograder release gradients"
    )
