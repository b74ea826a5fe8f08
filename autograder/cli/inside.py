"""Asking whoever grades about tests of an adopted assignment whose marks could be forged."""

import sys
from datetime import UTC, datetime

import click

from autograder.adopting.inside import InsideTest, list_inside, record_inside
from autograder.cli.user import find_user
from autograder.course.opened import OpenCourse
from autograder.domain.counts import describe_count
from autograder.domain.course import InsideRule
from autograder.render import clean


def ask_inside(course: OpenCourse, name: str, answer: str | None, *, silent: bool) -> None:
    """Ask once about each test that only the student's process can run, and record what is said.

    Args:
        course: with `inside = "ask"` for the assignment, or nothing is asked.
        name: of the assignment.
        answer: "accept" or "manual", for all such tests; None to ask a person, at a terminal.
        silent: ask nobody, and say nothing where there is nobody to ask.
    """
    folder, settings = course.adopted_folder(name), course.settings(name).adopted
    if settings is None or folder is None or settings.inside is not InsideRule.ASK:
        if answer is not None:
            raise click.UsageError('--inside answers for an adopted assignment with inside = "ask"')
        return
    tests = list_inside(folder)
    if answer is not None:
        decided = {each.test.name: answer == "accept" for each in tests}
    else:
        waiting = [each for each in tests if each.answer is None]
        if waiting and not silent and not sys.stdin.isatty():
            many = describe_count(len(waiting), "test waits", "tests wait")
            click.echo(
                f"{many} for a decision: `autograder grade {name}` asks at a terminal; "
                "--inside accept or --inside manual decides on all.",
                err=True,
            )
        decided = _ask(waiting) if not silent and sys.stdin.isatty() else {}
    if decided:
        now, access = datetime.now(UTC), course.folder.access
        record_inside(folder, decided, by=find_user(), at=now, access=access)


def _ask(waiting: list[InsideTest]) -> dict[str, bool]:
    """The decisions of a person on what is shown; what is left open is asked about the next time."""
    decided = {}
    for each in waiting:
        points = describe_count(each.test.points, "point")
        click.echo(clean(f"\n{each.test.name} ({points}) runs in the student's process:"))
        click.echo(clean(f"  {each.reason}. Its marks could be forged there."))
        for line in each.test.text.splitlines():
            click.echo(clean(f"  | {line}"))
        said = click.prompt(
            "Shall they count? yes, no (a person marks it), or later",
            type=click.Choice(["yes", "no", "later"]),
            default="later",
        )
        if said != "later":
            decided[each.test.name] = said == "yes"
    return decided
