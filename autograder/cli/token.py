"""`autograder token WHO`."""

from datetime import UTC, datetime

import click

from autograder.cli.privacy import tighten
from autograder.course.opened import course_here
from autograder.web.links import login_link


@click.command()
@click.argument("who")
@click.option("--url", help="The address of the pages [default: that of the running server].")
def command(who: str, url: str | None) -> None:
    """Print a link that logs WHO in once, and is valid for two days.

    WHO is an id of students.csv or of staff.csv; where there is no staff.csv, `instructor` teaches. Whoever
    has the link is logged in by it: give it to nobody else.

    \b
    Example:
        autograder token alice
    """
    course = course_here()
    tighten(course)
    click.echo(login_link(course, who, now=datetime.now(UTC), url=url))
