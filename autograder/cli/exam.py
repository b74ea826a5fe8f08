"""`autograder exam FILE`."""

from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.recording import note_option, record, require_why, why_option, yes_option
from autograder.course.graded import GradedClass
from autograder.course.opened import course_here
from autograder.gradebook.store import Gradebook
from autograder.services.decisions import Proposal, propose_exam_marks


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--session", type=click.IntRange(1, 2), default=1, help="Which session of the exam.")
@click.option("--revoke", "taking_back", is_flag=True, help="Take back the marks of this list that hold.")
@why_option
@note_option
@yes_option
@options.as_json
def command(
    file: Path,
    session: int,
    taking_back: bool,  # noqa: FBT001 - click passes options by name
    why: str,
    note: str,
    yes: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Record the exam marks of a list, a table with the columns `id` and `exam (/20)`.

    A cell is a mark (13.5, 13,5 or 13.5/20), a code (ABI absent, ABJ absent with an excuse, DIS exempt) or
    empty where nothing is known yet. Every flaw is told with its line before anything is recorded. The list
    may be read as often as you like: what is unchanged is not recorded again.

    \b
    Exit codes: 0 done, 2 nothing was recorded.

    \b
    Example:
        autograder exam exam.csv
        autograder exam exam.csv --revoke --why "it was that of the second session"
    """
    if taking_back:
        require_why(why)

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        return propose_exam_marks(
            graded, file, name=file.name, session=session, why=why, taking_back=taking_back
        )

    record(course_here(), propose, yes=yes, note=note, as_json=as_json)
