"""`autograder extend`."""

from datetime import datetime

import click

from autograder.cli import options
from autograder.cli.final_grades import zone_of
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
from autograder.domain.events import Extension
from autograder.domain.given_marks import read_local_time
from autograder.gradebook.store import Gradebook
from autograder.publishing.proposals import find_whom
from autograder.services.decisions import (
    Proposal,
    fits_extension,
    propose_extension,
    propose_taking_back,
)


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="[STUDENT] ASSIGNMENT [UNTIL]")
@click.option("--group", help="For a class group of students.csv, in place of STUDENT.")
@click.option("--all", "everybody", is_flag=True, help="For all, in place of STUDENT.")
@click.option("--minutes", type=click.IntRange(1, 100_000), help="So many minutes more, in place of UNTIL.")
@click.option("--revoke", "taking_back", is_flag=True, help="Take the last one back, in place of UNTIL.")
@team_option
@why_option
@note_option
@yes_option
@options.as_json
def command(
    words: tuple[str, ...],
    group: str | None,
    everybody: bool,  # noqa: FBT001 - click passes options by name
    minutes: int | None,
    taking_back: bool,  # noqa: FBT001
    together: bool,  # noqa: FBT001
    why: str,
    note: str,
    yes: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Give a student, a group or all more time for an assignment or a quiz.

    UNTIL is a time by the course's clock, 2026-12-16T23:59, or a day, which ends at 23:59. --minutes are
    after the deadline, wherever that is; of a quiz that the clock has ended for STUDENT meanwhile, they are
    there to go on with that attempt. Of several extensions the latest holds; one that ends before the
    deadline takes nothing away. Of a team's file each member is late by their own due date: an extension is
    for STUDENT alone, and with --team for all who hand in together.

    \b
    Exit codes: 0 done, 2 nothing was recorded.

    \b
    Example:
        autograder extend ada gradients 2026-12-16 --why "ill, certificate seen"
        autograder extend --all gradients --minutes 60 --why "the server was away"
    """
    named = not (group is not None or everybody)
    timed = minutes is None and not taking_back
    if len(words) != named + 1 + timed or (minutes is not None and taking_back):
        raise click.UsageError(
            "write STUDENT ASSIGNMENT UNTIL; --group or --all stand for STUDENT, --minutes for UNTIL"
        )
    require_why(why)
    course = course_here()
    until: datetime | None = read_local_time(words[-1], zone_of(course), where="UNTIL") if timed else None
    student, name = words[0] if named else None, words[1] if named else words[0]

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        whom = find_whom(graded.history, student, group, everybody=everybody)
        work = require_work(graded.policy, name)
        if taking_back:
            fits = fits_extension(work)
            return propose_taking_back(
                graded.history, work, whom, fits, "extension", why=why, together=together
            )
        extension = Extension(0, work, until, why, minutes or 0)
        return propose_extension(course, graded, gradebook, extension, whom, together=together)

    record(course, propose, yes=yes, note=note, as_json=as_json)
