"""`autograder collect NAME SOURCE`."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.main import DONE, NEEDS_PERSON
from autograder.cli.privacy import tighten
from autograder.cli.recording import print_changes
from autograder.cli.tables import print_table
from autograder.cli.user import find_user
from autograder.course.opened import course_here
from autograder.domain.counts import describe_count
from autograder.domain.course_events import Team, Whom
from autograder.domain.moments import describe_moment
from autograder.inbox.collector import Collected, CollectRequest
from autograder.inbox.notice import Notice
from autograder.publishing.teams import describe_team
from autograder.render import clean
from autograder.services.collecting import CollectedWork, collect_work
from autograder.services.learnt_facts import LearntFacts

_DOUBT = (
    "~ is a doubtful time: nothing here tells when it was handed in, so it is that of the download, "
    "else the file's own; nobody is called late by it (Moodle's grading worksheet tells: --times)."
)
_NAMED = 12
"""Students that are named of those who handed in nothing, or of whom something is learnt."""


@click.command()
@click.argument("name")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--times",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Moodle's grading worksheet, which says when it received what its zip holds.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be collected, and stop.")
@options.as_json
def command(
    name: str,
    source: Path,
    times: Path | None,
    dry_run: bool,  # noqa: FBT001 - click passes options by name
    as_json: bool,  # noqa: FBT001
) -> None:
    """Put what was handed in for assignment NAME into submissions/NAME/STUDENT/TIME/.

    SOURCE is the zip that Moodle or Canvas gives for an assignment, nbgrader's submitted/, or a folder, a zip
    or a tar with one folder a student, named after the student's id. Who handed in is told by students.csv
    and by the source, never by what a student can name. What cannot be matched is listed and left alone.
    Collecting again adds what is new and takes nothing away.

    \b
    Exit codes: 0 done, 1 done but something needs a person, 2 nothing was done.

    \b
    Example:
        autograder collect gradients ~/Downloads/ML-gradients-1234.zip
    """
    course = course_here()
    if not dry_run:
        tighten(course)
    found = collect_work(
        course, name, source, times=times, by=find_user(), now=datetime.now(UTC), dry=dry_run
    )
    if as_json:
        click.echo(json.dumps(_as_json(found)))
    else:
        _print(found.collected, found.notices, found.silent, found.request)
        print_teams(found.teams, dry=dry_run)
        _print_learnt(found.learnt, found.request)
    sys.exit(NEEDS_PERSON if found.untaken else DONE)


def _print(
    collected: Sequence[Collected], notices: Sequence[Notice], silent: Sequence[str], request: CollectRequest
) -> None:
    if collected:
        _print_table(collected, request)
    for notice in notices:
        click.echo(f"{'note:' if notice.taken else 'look at'} {notice}", err=True)
    new = sum(not one.unchanged for one in collected)
    untaken = sum(not notice.taken for notice in notices)
    verb = "would be collected" if request.dry else "collected"
    click.echo(f"{new} {verb}, {len(collected) - new} unchanged, {untaken} for you to look at")
    if any(one.received_by.doubtful for one in collected):
        click.echo(_DOUBT)
    if silent:
        names = ": " + ", ".join(map(clean, silent)) if len(silent) <= _NAMED else ""
        of = describe_count(len(request.people), "student")
        click.echo(f"No notebook so far from {len(silent)} of {of}{names}")
    if new and not request.dry:
        click.echo(f"Next: autograder grade {request.assignment}")


def _print_table(collected: Sequence[Collected], request: CollectRequest) -> None:
    from rich.table import Table

    table = Table(header_style="bold", box=None, pad_edge=False)
    for heading in ("student", "notebook", "received", ""):
        table.add_column(heading)
    for one in collected:
        received = f"{one.received.astimezone(request.zone):%Y-%m-%d %H:%M}"
        doubt = "~" if one.received_by.doubtful else ""
        state = "unchanged" if one.unchanged else "new"
        table.add_row(clean(one.student), clean(one.filename), received + doubt, state)
    print_table(table)


def _print_learnt(learnt: LearntFacts, request: CollectRequest) -> None:
    known = "would be known" if request.dry else "known from now on"
    told = [
        f"{clean(label)} was received {describe_moment(received, request.zone)}"
        for label, received in sorted(learnt.times.items())
    ]
    late = [f"{clean(label)} is late, says {what.platform}" for label, what in learnt.late if what.late]
    for lines in (told, late):
        for line in lines[:_NAMED]:
            click.echo(f"{known}: {line}")
        if len(lines) > _NAMED:
            click.echo(f"{known}: the same of {len(lines) - _NAMED} more")
    print_changes(learnt.changes)


def print_teams(teams: Sequence[tuple[Team, Whom]], *, dry: bool = False) -> None:
    """Say which teams are recorded."""
    for team, whom in teams:
        verb = "would be recorded" if dry else "recorded"
        click.echo(f"{verb}: {clean(str(whom))}, {clean(describe_team(team))}")


def _as_json(found: CollectedWork) -> dict[str, object]:
    learnt = found.learnt
    return {
        "times": {label: received.isoformat() for label, received in sorted(learnt.times.items())},
        "changes": [
            {"student": e.student, "what": e.what, "before": e.before, "after": e.after, "down": e.down}
            for e in learnt.changes
        ],
        "teams": [{"student": whom.student, "team": team.name} for team, whom in found.teams],
        "collected": [_entry(one) for one in found.collected if not one.unchanged],
        "unchanged": [_entry(one) for one in found.collected if one.unchanged],
        "look_at": [str(notice) for notice in found.notices],
        "nothing_from": list(found.silent),
    }


def _entry(one: Collected) -> dict[str, object]:
    return {
        "student": one.student,
        "notebook": one.filename,
        "received": one.received.isoformat(),
        "doubtful": one.received_by.doubtful,
    }
