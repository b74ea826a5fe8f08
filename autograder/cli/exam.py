"""`autograder exam FILE`."""

from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.recording import Proposal, note_option, record, require_why, why_option, yes_option
from autograder.course.graded import GradedClass
from autograder.course.opened import course_here
from autograder.course.roster import read_lines, read_table
from autograder.domain.course_events import Whom
from autograder.errors import CourseError
from autograder.gradebook.store import Gradebook
from autograder.publishing.exam_list import (
    find_exam_column,
    find_held_marks,
    find_new_marks,
    read_exam_list,
)
from autograder.publishing.proposals import revoke


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
    course = course_here()

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        people = graded.history.students
        # The heading says of how many points marks are: it is looked for before the table is read.
        lines, flaws = read_lines(file, file.name)
        if flaws and not lines:
            raise CourseError(flaws)
        column, out_of = find_exam_column(lines[0][1] if lines else [], file.name)
        rows, flaws = read_table(file, file.name, ("id", column.lower()), required=("id", column.lower()))
        found = read_exam_list(
            rows, column.lower(), out_of, people, name=file.name, session=session, why=why, broken=flaws
        )
        listed = f"{len(found.marks)} mark{'' if len(found.marks) == 1 else 's'} in the list"
        if taking_back:
            held = find_held_marks(found, graded.history.events, session)
            notes = [f"{listed}, {len(held)} of them hold"]
            other = [student for student in found.marks if student not in held]
            if other:
                notes.append(f"recorded otherwise or not at all: {', '.join(other)}")
            return Proposal([revoke(each, why) for each in held.values()], tuple(notes))
        new = find_new_marks(found, graded.history.events, session)
        notes = [f"{listed}, {len(new)} of them new or changed"]
        for what, names in (("without a mark in the list", found.empty), ("not in the list", found.missing)):
            if names:
                notes.append(f"{what}: {', '.join(names)}")
        return Proposal([(mark, Whom(student)) for student, mark in new.items()], tuple(notes))

    record(course, propose, yes=yes, note=note, as_json=as_json)
