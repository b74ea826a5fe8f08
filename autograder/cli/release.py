"""`autograder release NAME`."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from autograder.access import write_public
from autograder.course.opened import OpenCourse, course_here
from autograder.domain.course import Limits
from autograder.grading.conditions import tell_conditions
from autograder.interop.handout import Handout, hand_out, pack


@click.command()
@click.argument("name")
@click.option(
    "--to",
    type=click.Choice(["notebook", "zip", "nbgrader"]),
    default="notebook",
    show_default=True,
    help="The notebook, a zip of it with a page on how to begin, or source/ of an nbgrader course.",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="[default: release/NAME]")
def command(name: str, to: str, out: Path | None) -> None:
    """Write the notebook that students receive to release/NAME/NAME.ipynb.

    Its examples work as tests of Otter, grader.check("quad_grad"), where otter-grader is installed, and its
    cells carry the metadata of nbgrader.

    \b
    Example:
        autograder release gradients
        autograder release gradients --to nbgrader --out ~/nbgrader-course
    """
    course = course_here()
    course.require_usable_quizzes(name)
    settings = course.course.settings(name)
    handout = hand_out(
        course.released_source(name),
        name=name,
        path=course.shown(course.notebook(name)),
        conditions=tell_conditions(settings.limits if settings else Limits()),
    )
    place, content = _parcelled(handout, course, to)
    target = (out or course.folder.path / "release" / name) / place
    write_public(target, content)
    click.echo(f"{target} is ready to be handed out. It holds no reference, no hidden case and no tolerance.")
    if to == "nbgrader":
        click.echo(f"Go on in the course's folder with: nbgrader generate_assignment {name}")


def _parcelled(handout: Handout, course: OpenCourse, to: str) -> tuple[Path, bytes]:
    """Where the file stands, and what it holds."""
    if to == "zip":
        return Path(f"{handout.name}.zip"), pack(handout, deadline=_until(course, handout.name))
    if to == "nbgrader":
        return Path("source", handout.name, handout.file), handout.nbgrader_source
    return Path(handout.file), handout.content


def _until(course: OpenCourse, name: str) -> str:
    settings, zone = course.course.settings(name), course.course.timezone
    if settings is None or settings.deadline is None:
        return ""
    return f"{settings.deadline.astimezone(ZoneInfo(zone)):%A %d %B %Y, %H:%M} ({zone})"
