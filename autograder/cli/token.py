"""`autograder token WHO`, and `autograder token --all`."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from autograder.cli.privacy import tighten
from autograder.course.opened import course_here
from autograder.course.values import SPAN, read_span
from autograder.domain.counts import describe_count
from autograder.web.links import login_link, write_class_links


def _read_valid(context: click.Context, parameter: click.Parameter, value: str) -> timedelta:
    found = read_span(value)
    if not found:
        raise click.BadParameter(f"{value!r} is not {SPAN}")
    return found


@click.command()
@click.argument("who", required=False)
@click.option("--all", "everybody", is_flag=True, help="A link for each student, into --csv.")
@click.option("--group", help="With --all: only the students of this group.")
@click.option(
    "--csv", "table", type=click.Path(dir_okay=False, path_type=Path), help="The file that --all writes."
)
@click.option(
    "--valid", default="2 days", show_default=True, callback=_read_valid, help="How long a link can be used."
)
@click.option("--url", help="The address of the pages [default: that of the running server].")
def command(
    who: str | None,
    *,
    everybody: bool,
    group: str | None,
    table: Path | None,
    valid: timedelta,
    url: str | None,
) -> None:
    """Print a link that logs WHO in once, and lets a password be chosen.

    WHO is an id of students.csv or of staff.csv; where there is no staff.csv, `instructor` teaches. Whoever
    has the link is logged in by it: give it to nobody else.

    With --all, a table of id, name, email and link of each student is written for a mail merge. Only you can
    read it; delete it when the mails are sent.

    \b
    Example:
        autograder token alice
        autograder token --all --csv links.csv --valid '30 days'
    """
    if everybody == (who is not None) or everybody != (table is not None) or (group and not everybody):
        raise click.UsageError("either WHO, or --all with --csv FILE (and --group GROUP)")
    if url is not None and not re.match(r"https?://[^/\s]", url):
        raise click.BadParameter(
            f"{url!r} is no address such as https://course.example.org", param_hint="--url"
        )
    course, now = course_here(), datetime.now(UTC)
    tighten(course)
    if who is not None:
        click.echo(login_link(course, who, now=now, url=url, lasts=valid))
    elif table is not None:
        count = write_class_links(course, table, group=group, now=now, url=url, lasts=valid)
        links = describe_count(count, "link")
        click.echo(f"{table}: {links}, each for one student. Whoever reads it can log in as them.")
