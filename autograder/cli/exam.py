"""`autograder exam FILE`."""

import csv
import io
from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.recording import Proposal, note_option, record, yes_option
from autograder.course.graded import GradedClass
from autograder.course.opened import course_here
from autograder.course.roster import read_table
from autograder.domain.course_events import Whom
from autograder.errors import CourseError
from autograder.gradebook.store import Gradebook
from autograder.publishing.exam_list import find_exam_column, find_new_marks, read_exam_list


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--session", type=click.IntRange(1, 2), default=1, help="Which session of the exam.")
@note_option
@yes_option
@options.as_json
def command(file: Path, session: int, note: str, yes: bool, as_json: bool) -> None:  # noqa: FBT001
    """Record the exam marks of a list, a table with the columns `id` and `exam (/20)`.

    A cell is a mark (13.5, 13,5 or 13.5/20), a code (ABI absent, ABJ absent with an excuse, DIS exempt) or
    empty where nothing is known yet. Every flaw is told with its line before anything is recorded. The list
    may be read as often as you like: what is unchanged is not recorded again.

    \b
    Exit codes: 0 done, 2 nothing was recorded.

    \b
    Example:
        autograder exam exam.csv
    """
    course = course_here()

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        people = graded.history.students
        # The heading says of how many points marks are: it is looked for before the table is read.
        first = file.read_bytes().decode("utf-8-sig", "replace").partition("\n")[0]
        separator = max(",;\t", key=first.count)
        headings = next(csv.reader(io.StringIO(first), delimiter=separator), [])
        column, out_of = find_exam_column([cell.strip() for cell in headings], file.name)
        rows, flaws = read_table(file, file.name, ("id", column.lower()), required=("id", column.lower()))
        if flaws:
            raise CourseError(flaws)
        found = read_exam_list(rows, column.lower(), out_of, people, name=file.name, session=session)
        new = find_new_marks(found, graded.history.events, session)
        notes = [f"{len(found.marks)} marks in the list, {len(new)} of them new or changed"]
        for what, names in (("without a mark in the list", found.empty), ("not in the list", found.missing)):
            if names:
                notes.append(f"{what}: {', '.join(names)}")
        return Proposal([(mark, Whom(student)) for student, mark in new.items()], tuple(notes))

    record(course, propose, yes=yes, note=note, as_json=as_json)
