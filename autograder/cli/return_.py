"""`autograder return NAME --to PLATFORM`."""

import json
from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.export import print_lines
from autograder.cli.main import NEEDS_PERSON
from autograder.cli.progress import say_how_to_grade
from autograder.cli.unpublished import find_unpublished_of, print_unpublished, unpublished_json
from autograder.course.opened import course_here
from autograder.domain.counts import describe_count
from autograder.interop.return_plan import is_address
from autograder.publishing.give_back import TARGETS, ZIPPED, GivenBack, ReturnRequest, give_back


@click.command("return")
@click.argument("name")
@click.argument("source", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--to", "target", type=click.Choice(TARGETS), required=True, help="For whom or what.")
@click.option("--out", type=click.Path(path_type=Path), help="The zip or folder [default: in returned/].")
@click.option("--from", "sender", default="", help="The address that mails come from.")
@click.option("--yes", is_flag=True, help="Overwrite what is there already.")
@options.as_json
def command(
    name: str,
    source: Path | None,
    target: str,
    out: Path | None,
    sender: str,
    yes: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Give the reports of the assignment NAME back: report.html of each student, and nothing else.

    moodle: the zip of feedback files, by the grading worksheet SOURCE. canvas: the zip to upload again, by
    SOURCE, the one that was downloaded. folder: a folder a student. mail: a file a mail, to open in a mail
    program; nothing is sent.

    \b
    Example:
        autograder return gradients --to moodle worksheet.csv
    """
    if sender and not is_address(sender):
        raise click.BadParameter(f"{sender!r} is no e-mail address", param_hint="--from")
    course = course_here()
    course.settings(name)  # known, or refused
    folder = course.folder.path / "returned"
    default = folder / (
        f"{name}-{target}.zip" if target in ZIPPED else name if target == "folder" else f"{name}-mail"
    )
    request = ReturnRequest(
        name,
        target,
        out or default,
        source,
        sender,
        course.teams(name),
        overwrite=yes,
        access=course.folder.access,
    )
    with course.gradebook(read_only=True) as gradebook:
        told = give_back(gradebook, course.course, request, course.report_files(name))
        unpublished = find_unpublished_of(course, gradebook, name)
    if as_json:
        click.echo(json.dumps({**_to_json(told, request.out), "unpublished": unpublished_json(unpublished)}))
    else:
        _print(told, request.out, name)
        print_unpublished(unpublished, aside=False)
    click.get_current_context().exit(NEEDS_PERSON if told.needs_person else 0)


def _print(told: GivenBack, written: Path, name: str) -> None:
    """Print what came of every report."""
    if told.written:
        click.echo(f"{written}: {describe_count(len(told.written), 'report')}")
    else:
        click.echo("there is nothing to give back: nothing was written")
        say_how_to_grade(name)
    teams = [f"{path}: {', '.join(students)}" for path, students in told.written if len(students) > 1]
    print_lines("one file for a team", teams)
    print_lines("still waiting for marks of a person", told.waiting)
    print_lines("known by their name alone", told.plan.by_name)
    print_lines("there, without a report here", told.plan.nothing)
    print_lines("there and not here", (f"{who}: {why}" for who, why in told.plan.unknown))
    print_lines("not to be reached", (f"{who}: {why}" for who, why in told.plan.unreachable))
    print_lines("here, with a report, and not there", told.missing)


def _to_json(told: GivenBack, written: Path) -> dict[str, object]:
    """The same for scripts."""
    return {
        "file": str(written) if told.written else None,
        "written": [{"path": path, "students": list(students)} for path, students in told.written],
        "waiting": list(told.waiting),
        "by_name": list(told.plan.by_name),
        "without": list(told.plan.nothing),
        "not_here": [{"name": who, "why": why} for who, why in told.plan.unknown],
        "unreachable": [{"student": who, "why": why} for who, why in told.plan.unreachable],
        "not_there": list(told.missing),
    }
