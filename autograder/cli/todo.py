"""`autograder todo`."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime

import click

from autograder.cli import options
from autograder.cli.main import DONE, NEEDS_PERSON
from autograder.cli.tables import give_csv, names_of
from autograder.course.opened import course_here
from autograder.render import clean
from autograder.services.class_state import read_class_state
from autograder.services.todo import find_waiting, find_waiting_at_first


@click.command()
@options.as_csv
@options.as_json
def command(table: str | None, as_json: bool) -> None:  # noqa: FBT001 - click passes options by name
    """List what waits for a person, in every assignment and quiz, with the command that settles it.

    What is settled is gone from the list, from `grades` and from the student's report. In the commands,
    capitals are to be filled in.

    \b
    Exit codes: 0 nothing waits, 1 something does.

    \b
    Example:
        autograder todo
    """
    if table and as_json:
        raise click.UsageError("--csv goes without --json")
    course = course_here()
    if course.has_gradebook:
        with course.gradebook(read_only=True) as gradebook:
            state = read_class_state(course, gradebook, datetime.now(UTC))
            waiting = list(find_waiting(course, gradebook, state))
    else:
        waiting = list(find_waiting_at_first(course))
    names = names_of(course.course.roster)
    if as_json:
        click.echo(json.dumps([{**asdict(each), "name": names.get(each.student, "")} for each in waiting]))
    elif table:
        rows = (
            (each.work, each.student, names.get(each.student), each.question, each.what, each.command)
            for each in waiting
        )
        heads = ("work", "student", "name", "question", "what", "command")
        give_csv(table, heads, rows, access=course.folder.access)
    elif not waiting:
        click.echo("Nothing waits for a person.")
    for each in () if as_json or table else waiting:
        called = f" ({names[each.student]})" if names.get(each.student) else ""
        whose = f"{each.work}, {each.student}{called}" if each.student else each.work
        click.echo(clean(f"{whose}: {each.what}\n    {each.command}"))
    sys.exit(NEEDS_PERSON if waiting else DONE)
