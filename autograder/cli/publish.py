"""`autograder publish NAME|--final`."""

import json
import sys
from datetime import UTC, datetime

import click

from autograder.cli import options
from autograder.cli.main import USAGE
from autograder.cli.recording import confirm_or_end, require_why
from autograder.cli.user import find_user
from autograder.course.opened import course_here
from autograder.domain.counts import describe_count
from autograder.domain.events import Revocation
from autograder.errors import OvertakenError
from autograder.publishing.publication import FallingMarks, PublicationProposal
from autograder.render import clean
from autograder.services.decisions import preview_publication, record_publication

_ROUNDS = 20


@click.command()
@click.argument("name", required=False)
@click.option("--final", is_flag=True, help="The final grades, in place of NAME.")
@click.option("--revoke", "taking_back", is_flag=True, help="Take the last publication back.")
@click.option(
    "--falling",
    type=click.Choice([each.value for each in FallingMarks]),
    default=FallingMarks.PUBLISH.value,
    show_default=True,
    help="Marks that would go down: publish them, keep the higher ones by a decision, or hold them back.",
)
@click.option("--why", default="", help="What students read beside it.")
@click.option("--yes", is_flag=True, help="Publish without asking.")
@options.as_json
def command(
    name: str | None,
    final: bool,  # noqa: FBT001 - click passes options by name
    taking_back: bool,  # noqa: FBT001
    falling: str,
    why: str,
    yes: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Publish the marks of the assignment or quiz NAME, or the final grades, as they are now.

    A publication is a snapshot: what changes afterwards is unpublished until it is published again. What
    differs from the last publication is shown first, and marks that go down before all others. What is still
    open is not published. Once the last publication is taken back, the one before it holds again.

    \b
    Exit codes: 0 done, 2 nothing was published.

    \b
    Example:
        autograder publish gradients
        autograder publish --final
        autograder publish gradients --revoke --why "published before the marks were agreed"
    """
    if (name is None) != final:
        raise click.UsageError("write NAME, or --final")
    if taking_back:
        require_why(why)

    course = course_here()
    with course.gradebook() as gradebook:
        for _ in range(_ROUNDS):
            shown = preview_publication(
                course,
                gradebook,
                name,
                why,
                now=datetime.now(UTC),
                falling=FallingMarks(falling),
                taking_back=taking_back,
            )
            found = shown.found
            _show(found, as_json=as_json)
            if found.idle:
                if found.first:
                    click.echo("Nothing was published: every grade is still open.", err=True)
                    click.echo("`autograder grades --why WHO` tells by what.", err=True)
                    sys.exit(USAGE)
                return
            if not yes:
                confirm_or_end("Take this publication back?" if taking_back else "Publish this?")
            try:
                record_publication(gradebook, shown, by=find_user())
            except OvertakenError:
                click.echo("Somebody else recorded something meanwhile; this is how it is now:", err=True)
                continue
            if not as_json:
                count = describe_count(len(found.grades), "student")
                click.echo("the last publication is taken back" if taking_back else f"published: {count}")
            return
    raise OvertakenError("others record all the time; try again when they are done: nothing is published")


def _show(found: PublicationProposal, *, as_json: bool) -> None:
    if as_json:
        told = [
            {"student": c.student, "before": c.before, "after": c.after, "down": c.down}
            for c in found.changes
        ]
        waiting = list(found.waiting)
        click.echo(json.dumps({"changes": told, "open": waiting, "policy_changed": found.policy_changed}))
        return
    if found.policy_changed:
        click.echo("The policy in course.toml is not the one of the last publication.")
    for change in found.changes:
        down = "  DOWN" if change.down else ""
        gone = "nothing" if isinstance(found.event, Revocation) else "open"
        before, after = change.before or "nothing", change.after or gone
        click.echo(f"{clean(change.student)}: {before} -> {after}{down}")
    for what, students in (
        ("kept as published, by a decision", [whom.student for _, whom in found.decisions]),
        ("held back, as published", found.held_back),
    ):
        if students:
            click.echo(f"{what}: {clean(', '.join(students))}")
    if found.waiting:
        click.echo(f"open, not published: {clean(', '.join(found.waiting))}")
    if not found.changes and not found.first:
        click.echo("Nothing has changed since the last publication.")
