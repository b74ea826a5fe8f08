"""`autograder adopt SOURCE`."""

import json
import shlex
import sys
from pathlib import Path

import click

from autograder.adopting.adopt import Adoption, adopt, count_tests, summarise
from autograder.adopting.their_tools import TheirPython
from autograder.cli import options
from autograder.course.opened import open_course
from autograder.domain.counts import describe_count
from autograder.foreign.model import AdoptedAssignment, Profile, Where
from autograder.render import clean

_MOST = 8
"""Tests that are named for one reason; --json names all."""


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "into",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of our course: a new one, or one to which assignments are added.",
)
@click.option(
    "--python",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=sys.executable,
    show_default="the one that runs this",
    help="The interpreter in which the course's nbgrader or Otter is installed.",
)
@click.option(
    "--environment",
    type=click.Path(dir_okay=False, path_type=Path),
    help="For a new course: the python that runs its notebooks and tests from then on, 3.11 or newer.",
)
@options.as_json
def command(
    source: Path,
    into: Path,
    python: Path,
    environment: Path | None,
    as_json: bool,  # noqa: FBT001 - click passes options by name
) -> None:
    """Adopt an nbgrader or Otter course as it is, and say where each of its tests is judged.

    SOURCE is the folder of an nbgrader course, a master notebook of Otter's, or its autograder.zip; or a
    notebook of either, or a folder of such. Nothing there is changed. The exit code is 1 where an
    assignment had to be refused; the others are adopted.

    \b
    Example:
        autograder adopt ~/nbgrader-course --to numerics
        autograder adopt hw1-autograder.zip --to numerics
        autograder adopt ~/nbgrader-course --to numerics --environment ~/envs/course/bin/python
        cd numerics && autograder grade ps1 submissions/ps1
    """

    def tell(assignment: AdoptedAssignment) -> None:
        if tests := sum(1 for _ in assignment.tests):
            click.echo(clean(f"Trying {describe_count(tests, 'test')} of {assignment.name} ..."), err=True)

    adoption = adopt(source, into, python=TheirPython(python), environment=environment, begin=tell)
    open_course(into)  # a course that could not be opened would be no course
    if as_json:
        click.echo(json.dumps(summarise(adoption), indent=1))
    else:
        _print(adoption, into)
    for refused in adoption.refused:
        for flaw in refused.flaws:
            click.echo(clean(f"autograder: {refused.name} is not adopted: {flaw}"), err=True)
    if adoption.refused:
        sys.exit(1)


def _print(adoption: Adoption, into: Path) -> None:
    for assignment, profiles in adoption.adopted:
        _print_assignment(assignment, profiles)
    for notice in adoption.notices:
        click.echo(clean(f"Note: {notice}"))
    click.echo(f"\nNotebooks and tests run with {adoption.interpreter.words}.")
    names = [assignment.name for assignment, _ in adoption.adopted]
    click.echo(f"{into} refers to {describe_count(len(names), 'assignment')}. Go on with:")
    click.echo(f"  cd {shlex.quote(str(into))}\n  autograder grade {names[0]} FOLDER")


def _print_assignment(assignment: AdoptedAssignment, profiles: tuple[Profile, ...]) -> None:
    """The questions and their points, where tests are judged, and every reason, once, with its tests."""
    count = len(assignment.questions)
    counts = count_tests(profiles)
    places = ", ".join(f"{number} {where}" for where, number in counts.items() if number) or "no tests"
    click.echo(
        clean(
            f"{assignment.name} ({assignment.tool}): {describe_count(count, 'question')}, "
            f"{describe_count(assignment.points, 'point')}; {places}"
        )
    )
    reasons: dict[tuple[Where, str], list[str]] = {}
    for profile in profiles:
        if profile.where is not Where.OUTSIDE:
            reasons.setdefault((profile.where, profile.reason), []).append(profile.test)
    for (where, reason), tests in reasons.items():
        shown = ", ".join(tests[:_MOST]) + (f" and {len(tests) - _MOST} more" if len(tests) > _MOST else "")
        click.echo(clean(f"  {where}, because {reason}: {shown}"))
    for notice in assignment.notices:
        click.echo(clean(f"  Note: {notice}"))
