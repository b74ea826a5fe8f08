"""`autograder excuse`."""

import click

from autograder.cli import options
from autograder.cli.recording import (
    Proposal,
    note_option,
    record,
    require_why,
    require_work,
    team_option,
    why_option,
    yes_option,
)
from autograder.course.graded import GradedClass
from autograder.course.opened import course_here
from autograder.domain.course_events import Recorded
from autograder.domain.events import Absence
from autograder.gradebook.store import Gradebook
from autograder.publishing.proposals import add_team, find_last_of_each, find_whom, revoke


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="STUDENT [ASSIGNMENT]")
@click.option("--exam", is_flag=True, help="From the exam, in place of ASSIGNMENT.")
@click.option("--session", type=click.IntRange(1, 2), default=1, help="Of the exam.")
@click.option("--unexcused", is_flag=True, help="Absent without an excuse.")
@click.option("--revoke", "taking_back", is_flag=True, help="Take the last one back.")
@team_option
@why_option
@note_option
@yes_option
@options.as_json
def command(
    words: tuple[str, ...],
    exam: bool,  # noqa: FBT001 - click passes options by name
    session: int,
    unexcused: bool,  # noqa: FBT001
    taking_back: bool,  # noqa: FBT001
    together: bool,  # noqa: FBT001
    why: str,
    note: str,
    yes: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Record that a student could not hand in, or could not sit the exam.

    Excused work is left out of the grade. With --unexcused the excuse is not believed: work that was not
    handed in counts as 0, and the exam as course.toml says. Of a team it is STUDENT alone who is excused,
    with --team all who hand in together.

    \b
    Exit codes: 0 done, 2 nothing was recorded.

    \b
    Example:
        autograder excuse ada gradients --why "in hospital"
        autograder excuse ada --exam --why "certificate seen"
    """
    if len(words) != 2 - exam:
        raise click.UsageError("write STUDENT ASSIGNMENT, or STUDENT --exam")
    require_why(why)

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        whom = find_whom(graded.history, words[0], None, everybody=False)
        work = None if exam else require_work(graded, words[1])

        def fits(what: Recorded) -> bool:
            return isinstance(what, Absence) and what.work == work and what.session == session

        every, told = add_team(graded.history, work, whom, together=together)
        if taking_back:
            last = find_last_of_each(graded.history, every, fits, "absence")
            return Proposal([revoke(each, why) for each in last], told)
        return Proposal([(Absence(0, work, not unexcused, session, why), each) for each in every], told)

    record(course_here(), propose, yes=yes, note=note, as_json=as_json)
