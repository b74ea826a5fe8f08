"""Recording what somebody decided: shown before it is recorded, and anew where somebody was faster."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import click

from autograder.cli.main import USAGE
from autograder.cli.user import find_user
from autograder.course.graded import GradedClass, read_graded_class
from autograder.course.opened import OpenCourse
from autograder.domain.course_events import CourseEvent, Recorded, Whom
from autograder.errors import CourseError, Flaw, OvertakenError
from autograder.gradebook.store import Gradebook
from autograder.publishing.proposals import GradeChange, preview
from autograder.render import clean

_ROUNDS = 20
"""How often a preview is made anew where others keep recording."""


def _refuse_broken_text(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Bytes of the command line that are no text could be recorded, and printed nowhere."""
    if value != value.encode("utf-8", "replace").decode():
        raise click.BadParameter("is not text in UTF-8: write it anew")
    return value


why_option = click.option(
    "--why", default="", callback=_refuse_broken_text, help="The reason, which the student reads."
)
note_option = click.option("--note", default="", callback=_refuse_broken_text, help="For staff alone.")
team_option = click.option(
    "--team", "together", is_flag=True, help="For all who hand in together with STUDENT."
)
yes_option = click.option("--yes", is_flag=True, help="Record without asking.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be recorded, and what is said of it beforehand."""

    decisions: Sequence[tuple[Recorded, Whom]]
    notes: tuple[str, ...] = ()
    done: str = "recorded"


def record(
    course: OpenCourse,
    propose: Callable[[GradedClass, Gradebook], Proposal],
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
            graded = read_graded_class(course, gradebook, now)
            proposal = propose(graded, gradebook)
            events = [CourseEvent(what, whom, now, find_user(), note) for what, whom in proposal.decisions]
            changes = preview(graded.history, graded.policy, events, now)
            _show(proposal, changes, as_json=as_json)
            if not events:
                return
            if not yes:
                confirm_or_end("Record this?" if len(events) == 1 else f"Record these {len(events)} events?")
            try:
                recorded = gradebook.events.add(events, after=graded.history.last_event)
            except OvertakenError:
                click.echo(
                    "Somebody else recorded something in the meantime; this is how it is now:", err=True
                )
                continue
            if not as_json:
                numbers = f"event {recorded[0].number}"
                if len(recorded) > 1:
                    numbers = f"events {recorded[0].number} to {recorded[-1].number}"
                click.echo(f"{proposal.done} ({numbers})")
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
    if not why.strip():
        raise CourseError([Flaw("--why", "is missing", "the student reads it: say why in a sentence")])


def require_work(graded: GradedClass, name: str) -> str:
    """The name of a piece of work that counts. Raises CourseError where there is none of that name."""
    known = [each.name for each in graded.policy.works]
    if name not in known:
        what, advice = "is no assignment or quiz that counts", f"known are {', '.join(known)}"
        raise CourseError([Flaw(name or "ASSIGNMENT", what, advice)])
    return name
