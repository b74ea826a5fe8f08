"""`autograder publish NAME|--final`."""

import getpass
import json
from datetime import UTC, datetime

import click

from autograder.cli import options
from autograder.cli.recording import confirm_or_end, require_work
from autograder.course.graded import read_graded_class
from autograder.course.opened import course_here
from autograder.domain.course_events import ALL, CourseEvent, Publication
from autograder.domain.policy_text import describe_policy
from autograder.errors import OvertakenError
from autograder.publishing.publication import PublishedChange, compare, find_last_publication, snapshot
from autograder.render import clean

_ROUNDS = 20


@click.command()
@click.argument("name", required=False)
@click.option("--final", is_flag=True, help="The final grades, in place of NAME.")
@click.option("--why", default="", help="What students read beside it.")
@click.option("--yes", is_flag=True, help="Publish without asking.")
@options.as_json
def command(
    name: str | None,
    final: bool,  # noqa: FBT001 - click passes options by name
    why: str,
    yes: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Publish the marks of the assignment or quiz NAME, or the final grades, as they are now.

    A publication is a snapshot: what changes afterwards is unpublished until it is published again. What
    differs from the last publication is shown first, and marks that go down before all others. What is still
    open is not published.

    \b
    Exit codes: 0 done, 2 nothing was published.

    \b
    Example:
        autograder publish gradients
        autograder publish --final
    """
    if (name is None) != final:
        raise click.UsageError("write NAME, or --final")
    course = course_here()
    with course.gradebook() as gradebook:
        for _ in range(_ROUNDS):
            now = datetime.now(UTC)
            graded = read_graded_class(course, gradebook, now)
            work = None if name is None else require_work(graded, name)
            last = find_last_publication(graded.history, work)
            before = gradebook.events.published(last.number) if last else {}
            after = snapshot(graded.grades(), graded.policy, work)
            changes = compare(before, after)
            waiting = [each.id for each in graded.history.students if each.id not in after]
            policy = describe_policy(graded.policy)
            changed = last is not None and isinstance(last.what, Publication) and last.what.policy != policy
            _show(changes, waiting, policy_changed=changed, as_json=as_json)
            if last is not None and not changes and not changed:
                return
            if not yes:
                confirm_or_end("Publish this?")
            event = CourseEvent(Publication(0, work, policy, why), ALL, now, getpass.getuser())
            try:
                gradebook.events.publish(event, after, after=graded.history.last_event)
            except OvertakenError:
                click.echo("Somebody else recorded something meanwhile; this is how it is now:", err=True)
                continue
            if not as_json:
                click.echo(f"published: {len(after)} students")
            return
    raise OvertakenError("others record all the time; try again when they are done: nothing is published")


def _show(
    changes: tuple[PublishedChange, ...], waiting: list[str], *, policy_changed: bool, as_json: bool
) -> None:
    if as_json:
        told = [{"student": c.student, "before": c.before, "after": c.after, "down": c.down} for c in changes]
        click.echo(json.dumps({"changes": told, "open": waiting, "policy_changed": policy_changed}))
        return
    if policy_changed:
        click.echo("The policy in course.toml is not the one of the last publication.")
    for change in changes:
        down = "  DOWN" if change.down else ""
        before, after = change.before or "nothing", change.after or "open"
        click.echo(f"{clean(change.student)}: {before} -> {after}{down}")
    if waiting:
        click.echo(f"open, not published: {clean(', '.join(waiting))}")
    if not changes:
        click.echo("Nothing has changed since the last publication.")
