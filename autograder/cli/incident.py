"""`autograder incident`."""

from datetime import UTC, datetime

import click

from autograder.cli import options
from autograder.cli.final_grades import zone_of
from autograder.cli.recording import note_option, record, require_why, why_option, yes_option
from autograder.course.graded import GradedClass
from autograder.course.opened import OpenCourse, course_here
from autograder.course.targets import find_target, require_work
from autograder.domain.counts import describe_count
from autograder.domain.course_events import ALL
from autograder.domain.events import Extension, Remedy
from autograder.domain.given_marks import read_local_time
from autograder.domain.moments import describe_day, describe_moment, describe_span
from autograder.gradebook.store import Gradebook
from autograder.services.decisions import (
    Proposal,
    fits_extension,
    fits_remedy,
    propose_extension,
    propose_remedy,
    propose_taking_back,
)
from autograder.services.outages import Outage, find_outages


@click.command()
@click.argument("target", metavar="[ASSIGNMENT[/QUESTION]]", required=False)
@click.option("--until", help="All have until then.")
@click.option("--minutes", type=click.IntRange(1, 100_000), help="All have so many minutes more.")
@click.option("--left-out", is_flag=True, help="The question is left out for whomever that helps.")
@click.option("--full", is_flag=True, help="All get full points for the question.")
@click.option("--full-if-attempted", is_flag=True, help="Those who attempted it get full points.")
@click.option("--revoke", "taking_back", is_flag=True, help="Take the last incident of this kind back.")
@click.option("--outages", is_flag=True, help="Say when the pages were away, and what was due then.")
@why_option
@note_option
@yes_option
@options.as_json
def command(
    target: str | None,
    until: str | None,
    minutes: int | None,
    left_out: bool,  # noqa: FBT001 - click passes options by name
    full: bool,  # noqa: FBT001
    full_if_attempted: bool,  # noqa: FBT001
    taking_back: bool,  # noqa: FBT001
    outages: bool,  # noqa: FBT001
    why: str,
    note: str,
    yes: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Record what went wrong for many: time that was lost, or a question that was found wrong.

    Of an ASSIGNMENT, --until or --minutes moves the due date of all. Of a QUESTION, --left-out, --full or
    --full-if-attempted says what becomes of its points. --outages records nothing: it says when the web pages
    were away in the last two weeks, and how to give all an hour more where something was due then.

    \b
    Exit codes: 0 done, 2 nothing was recorded.

    \b
    Example:
        autograder incident gradients --minutes 60 --why "the server was away"
        autograder incident gradients/quad_grad --left-out --why "the statement was wrong"
        autograder incident --outages
    """
    if outages:
        _list_outages(course_here())
        return
    if target is None:
        raise click.UsageError("name an ASSIGNMENT, or ASSIGNMENT/QUESTION; or write --outages")
    timed, remedies = [until is not None, minutes is not None], [left_out, full, full_if_attempted]
    of_question = "/" in target
    chosen = sum(remedies if of_question else timed) + taking_back
    if chosen != 1 or any(timed if of_question else remedies):
        raise click.UsageError(
            "of an ASSIGNMENT write --until or --minutes, of a QUESTION --left-out, --full or "
            "--full-if-attempted"
        )
    require_why(why)
    course = course_here()
    end = None if until is None else read_local_time(until, zone_of(course), where="--until")

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        name, _, question = target.partition("/")
        work = require_work(graded.policy, name)
        if taking_back:
            if of_question:
                find_target(course, graded, target)
            fits = fits_remedy(work, question) if of_question else fits_extension(work)
            return propose_taking_back(graded.history, work, ALL, fits, "incident", why=why)
        if of_question:
            remedy = (Remedy.LEFT_OUT, Remedy.FULL, Remedy.FULL_IF_ATTEMPTED)[remedies.index(True)]
            return propose_remedy(course, graded, target=target, remedy=remedy, why=why)
        return propose_extension(course, graded, gradebook, Extension(0, work, end, why, minutes or 0), ALL)

    record(course, propose, yes=yes, note=note, as_json=as_json)


def _list_outages(course: OpenCourse) -> None:
    zone, events = zone_of(course), course.known_events()
    found: tuple[Outage, ...] = ()
    if course.has_gradebook:
        with course.transient() as store:
            found = find_outages(store, course.course, events, datetime.now(UTC))
    for outage in found:
        times = f"{describe_day(outage.begun, zone)} to {describe_moment(outage.ended, zone)}"
        span = describe_span(outage.ended - outage.begun)
        click.echo(f"The pages were away from {times} ({span}).")
        click.echo(f"In the hour before, {describe_count(outage.active, 'person', 'people')} had used them.")
        for work in outage.works:
            click.echo(f"  {work.name} was due {describe_day(work.due, zone)}: an hour more for all is")
            click.echo(
                f'  autograder incident {work.name} --minutes 60 --why "the pages were away for {span}"'
            )
    if not found:
        click.echo("The pages were not away in the last two weeks.")
