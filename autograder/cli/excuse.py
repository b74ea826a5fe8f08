"""`autograder excuse`."""

import click

from autograder.cli import options
from autograder.cli.recording import (
    note_option,
    record,
    require_why,
    team_option,
    why_option,
    yes_option,
)
from autograder.course.graded import GradedClass
from autograder.course.opened import course_here
from autograder.course.targets import require_work
from autograder.domain.events import Absence
from autograder.gradebook.store import Gradebook
from autograder.publishing.proposals import find_whom
from autograder.services.decisions import (
    Proposal,
    fits_absence,
    propose_absence,
    propose_taking_back,
)


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
        work = None if exam else require_work(graded.policy, words[1])
        if taking_back:
            fits = fits_absence(work, session)
            return propose_taking_back(
                graded.history, work, whom, fits, "absence", why=why, together=together
            )
        return propose_absence(graded, Absence(0, work, not unexcused, session, why), whom, together=together)

    record(course_here(), propose, yes=yes, note=note, as_json=as_json)
