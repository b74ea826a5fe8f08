"""Recording what somebody decided: shown before it is recorded, and anew where somebody was faster."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from autograder.cli.main import USAGE
from autograder.cli.user import find_user
from autograder.course.opened import OpenCourse
from autograder.errors import OvertakenError
from autograder.publishing.proposals import GradeChange
from autograder.render import clean
from autograder.services.decisions import Proposal, Propose, preview_proposal, record_proposal, require_reason

_ROUNDS = 20
"""How often a preview is made anew where others keep recording."""


def _refuse_broken_text(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Bytes of the command line that are no text could be recorded, and printed nowhere."""
    if value != value.encode("utf-8", "replace").decode():
        raise click.BadParameter("is not text in UTF-8: type it again")
    return value


why_option = click.option(
    "--why", default="", callback=_refuse_broken_text, help="The reason, which the student reads."
)
note_option = click.option("--note", default="", callback=_refuse_broken_text, help="For staff alone.")
team_option = click.option(
    "--team", "together", is_flag=True, help="For all who hand in together with STUDENT."
)
yes_option = click.option("--yes", is_flag=True, help="Record without asking.")


def record(
    course: OpenCourse,
    propose: Propose,
    *,
    yes: bool,
    note: str = "",
    as_json: bool = False,
) -> None:
    """Show what would change for whom, and record it once that is confirmed.

    Without --yes and without a terminal nothing is recorded, and the exit code is 2.

    Raises:
        CourseError: with all that is wrong with what is to be recorded.
    """
    with course.gradebook() as gradebook:
        for _ in range(_ROUNDS):
            now = datetime.now(UTC)
            shown = preview_proposal(course, gradebook, propose, by=find_user(), note=note, now=now)
            _show(shown.proposal, shown.changes, as_json=as_json)
            many = len(shown.events)
            if not many:
                return
            if not yes:
                confirm_or_end("Record this?" if many == 1 else f"Record these {many} events?")
            try:
                recorded = record_proposal(gradebook, shown)
            except OvertakenError:
                click.echo(
                    "Somebody else recorded something in the meantime; this is how it is now:", err=True
                )
                continue
            if not as_json:
                numbers = f"event {recorded[0].number}"
                if len(recorded) > 1:
                    numbers = f"events {recorded[0].number} to {recorded[-1].number}"
                click.echo(f"recorded ({numbers})")
            return
    raise OvertakenError("others record all the time; try again when they are done: nothing is recorded")


def confirm_or_end(question: str) -> None:
    """Ask; where nobody can answer, or the answer is no, end with exit code 2."""
    if not sys.stdin.isatty():
        click.echo("Nothing was recorded: add --yes to record it.", err=True)
        sys.exit(USAGE)
    if not click.confirm(question, err=True):
        click.echo("Nothing was recorded.", err=True)
        sys.exit(USAGE)


def _show(proposal: Proposal, changes: Sequence[GradeChange], *, as_json: bool) -> None:
    if as_json:
        told = [
            {"student": c.student, "what": c.what, "before": c.before, "after": c.after, "down": c.down}
            for c in changes
        ]
        click.echo(
            json.dumps({"events": len(proposal.decisions), "changes": told, "notes": list(proposal.notes)})
        )
        return
    for remark in proposal.notes:
        click.echo(clean(remark))
    print_changes(changes)
    if not proposal.decisions:
        click.echo("Nothing to record.")
    elif not changes:
        click.echo("No grade changes.")


def print_changes(changes: Sequence[GradeChange]) -> None:
    """Say what changes for whom, what goes down before all else."""
    for change in sorted(changes, key=lambda each: not each.down):
        down = "  DOWN" if change.down else ""
        same = change.before == change.after
        told_change = f"{change.before} (stays)" if same else f"{change.before} -> {change.after}"
        click.echo(f"{clean(change.student)}: {clean(change.what)} {told_change}{down}")


def require_why(why: str) -> None:
    """Raise CourseError where no reason is given."""
    require_reason(why, where="--why")
