"""`autograder release NAME`."""

import shlex
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from autograder.access import write_public, write_whole
from autograder.cli import options
from autograder.course.opened import OpenCourse, course_here
from autograder.domain.language import speaking
from autograder.domain.moments import describe_minute
from autograder.interop.handout import Handout, pack
from autograder.services.gradescope import release_to_gradescope
from autograder.services.otter import release_to_otter
from autograder.services.preparing import prepare_handout


@click.command()
@click.argument("name")
@click.option(
    "--to",
    type=click.Choice(["notebook", "zip", "nbgrader", "otter", "gradescope"]),
    default="notebook",
    show_default=True,
    help="The notebook, a zip of it with a page on how to begin, source/ of an nbgrader course, Otter's "
    "autograder.zip, or a zip for Gradescope that grades there as here.",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="[default: release/NAME]")
@options.python
@options.accept_isolation
def command(name: str, to: str, out: Path | None, python: Path | None, accept_isolation: int) -> None:
    """Write the notebook that students receive to release/NAME/NAME.ipynb.

    Its examples work as tests of Otter, grader.check("quad_grad"), where otter-grader is installed, and its
    cells carry the metadata of nbgrader.

    \b
    Example:
        autograder release gradients
        autograder release gradients --to nbgrader --out ~/nbgrader-course
        autograder release gradients --to otter
        autograder release gradients --to gradescope
    """
    course = course_here()
    if to == "otter":
        course.require_usable_quizzes(name)
        target = (out or course.folder.path / "release" / name) / "autograder.zip"
        run = f"otter run NOTEBOOK -a {shlex.quote(str(target))}"
        content = release_to_otter(course, name, python=python)
        if course.adopted_folder(name) is None:
            write_public(target, content, course.folder.access)
            click.echo(f"{target} grades by the public examples, with: {run}")
        else:
            course.folder.access.make_folder(target.parent)
            write_whole(target, content, course.folder.access)
            click.echo(f"{target} grades by the assignment's own tests, with: {run}")
            click.echo("It holds hidden tests: never hand it to students.")
        return
    if to == "gradescope":
        target = (out or course.folder.path / "release" / name) / "gradescope.zip"
        content = release_to_gradescope(course, name, accept_level=accept_isolation)
        course.folder.access.make_folder(target.parent)
        write_whole(target, content, course.folder.access)
        click.echo(f"{target} is the autograder to upload to Gradescope.")
        click.echo("It holds the hidden references and the course's secret: never hand it to students.")
        return
    handout = prepare_handout(course, name)
    place, content = _parcelled(handout, course, to)
    target = (out or course.folder.path / "release" / name) / place
    write_public(target, content, course.folder.access)
    click.echo(f"{target} is ready to be handed out. It holds no reference, no hidden case and no tolerance.")
    if to == "nbgrader":
        click.echo(f"Go on in the course's folder with: nbgrader generate_assignment {name}")


def _parcelled(handout: Handout, course: OpenCourse, to: str) -> tuple[Path, bytes]:
    """Where the file stands, and what it holds."""
    if to == "zip":
        with speaking(course.course.language):
            until = _until(course, handout.name)
            return Path(f"{handout.name}.zip"), pack(handout, versions=course.versions(), deadline=until)
    if to == "nbgrader":
        return Path("source", handout.name, handout.file), handout.nbgrader_source
    return Path(handout.file), handout.content


def _until(course: OpenCourse, name: str) -> str:
    settings, zone = course.course.settings(name), course.course.timezone
    if settings is None or settings.deadline is None:
        return ""
    return f"{describe_minute(settings.deadline, ZoneInfo(zone))} ({zone})"
