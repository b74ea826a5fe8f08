"""`autograder override`."""

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
from autograder.course.targets import find_target
from autograder.domain.events import OverrideKind
from autograder.gradebook.store import Gradebook
from autograder.publishing.proposals import find_whom
from autograder.services.decisions import (
    Proposal,
    WantedDecision,
    fits_override,
    propose_override,
    propose_taking_back,
)


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="STUDENT [ASSIGNMENT[/QUESTION]]")
@click.option("--final", is_flag=True, help="The final grade, in place of ASSIGNMENT.")
@click.option("--mark", help="The mark, A/B, where B is the points of what is overridden; or a share, 80 %.")
@click.option("--adjust", help="So many points more or less, +1/2 or -1; or a share, +5 %.")
@click.option("--sanction", is_flag=True, help="0, which no drop takes away.")
@click.option("--withheld", is_flag=True, help="Open until somebody decides.")
@click.option("--revoke", "taking_back", is_flag=True, help="Take the last decision back.")
@team_option
@why_option
@note_option
@yes_option
@options.as_json
def command(
    words: tuple[str, ...],
    final: bool,  # noqa: FBT001 - click passes options by name
    mark: str | None,
    adjust: str | None,
    sanction: bool,  # noqa: FBT001
    withheld: bool,  # noqa: FBT001
    taking_back: bool,  # noqa: FBT001
    together: bool,  # noqa: FBT001
    why: str,
    note: str,
    yes: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Decide a mark of a student: of a question, an assignment, a quiz, or the final grade.

    A mark that is decided is what it is: lateness takes nothing from it. The last decision holds. Of a team's
    file it is on STUDENT's mark alone, with --team on those of all who hand in together.

    \b
    Exit codes: 0 done, 2 nothing was recorded.

    \b
    Example:
        autograder override ada gradients/quad_grad --mark 3/3 --why "the question was unclear"
        autograder override ada --final --adjust +1/2 --why "jury"
    """
    chosen = [mark is not None, adjust is not None, sanction, withheld, taking_back]
    if sum(chosen) != 1:
        raise click.UsageError("write one of --mark, --adjust, --sanction, --withheld and --revoke")
    if len(words) != 2 - final:
        raise click.UsageError("write STUDENT ASSIGNMENT[/QUESTION], or STUDENT --final")
    require_why(why)
    course = course_here()
    kinds = (OverrideKind.MARK, OverrideKind.ADJUST, OverrideKind.SANCTION, OverrideKind.WITHHELD)

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        whom = find_whom(graded.history, words[0], None, everybody=False)
        on = None if final else words[1]
        if taking_back:
            target = find_target(course, graded, on, student=whom.student)
            fits = fits_override(target.work, target.question)
            return propose_taking_back(
                graded.history, target.work, whom, fits, "decision", why=why, together=together
            )
        wanted = WantedDecision(on, kinds[chosen.index(True)], mark or adjust or "", why)
        return propose_override(course, graded, wanted, whom, together=together)

    record(course, propose, yes=yes, note=note, as_json=as_json)
