"""`autograder requests [NUMBER]`."""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from textwrap import indent
from zoneinfo import ZoneInfo

import click

from autograder.cli import options
from autograder.cli.main import DONE, NEEDS_PERSON
from autograder.cli.recording import confirm_or_end, print_changes, team_option, yes_option
from autograder.cli.tables import give_csv, names_of, print_rows
from autograder.cli.user import find_user
from autograder.course.opened import OpenCourse, course_here
from autograder.domain.events import Remedy
from autograder.domain.moments import describe_moment
from autograder.domain.second_looks import LookOutcome, SecondLook
from autograder.errors import CourseError, Flaw
from autograder.gradebook.store import Gradebook
from autograder.render import clean
from autograder.services.decisions import describe_for_students
from autograder.services.second_looks import LookAnswer, preview_answer, record_answer

HEADS = ("request", "asked", "student", "name", "work", "question", "state")


@click.command()
@click.argument("number", type=int, required=False)
@click.option("--all", "every", is_flag=True, help="Those that are answered, too.")
@click.option("--keep", is_flag=True, help="Answer: the mark stays as it is.")
@click.option("--mark", help="Answer: the mark of the question is this, A/B.")
@click.option("--left-out", is_flag=True, help="Answer: the question is left out for whomever that helps.")
@click.option("--full", is_flag=True, help="Answer: all get full points for the question.")
@click.option("--full-if-attempted", is_flag=True, help="Answer: those who attempted it get full points.")
@click.option("--reply", default="", help="What the student reads.")
@click.option("--why", default="", help="What everybody reads where the question is wrong.")
@team_option
@yes_option
@options.as_csv
@options.as_json
def command(
    number: int | None,
    every: bool,  # noqa: FBT001 - click passes options by name
    keep: bool,  # noqa: FBT001
    mark: str | None,
    left_out: bool,  # noqa: FBT001
    full: bool,  # noqa: FBT001
    full_if_attempted: bool,  # noqa: FBT001
    reply: str,
    why: str,
    together: bool,  # noqa: FBT001
    yes: bool,  # noqa: FBT001
    table: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """List what students ask to be looked at again, show one request, or answer it.

    A mark that was asked about is never lowered by the answer. What an answer changes is shown before it is
    recorded; the student reads the reply on the page of the file and in the report.

    \b
    Exit codes: 0 done, 1 requests wait for an answer, 2 nothing was recorded.

    \b
    Example:
        autograder requests
        autograder requests 4 --mark 3/4 --reply "You are right: d = 1 is a matrix as well."
    """
    chosen = {
        LookOutcome.KEPT: "" if keep else None,
        LookOutcome.CHANGED: mark,
        LookOutcome.QUESTION_WRONG: _find_remedy((left_out, full, full_if_attempted)),
    }
    given = [(outcome, value) for outcome, value in chosen.items() if value is not None]
    if (table or as_json) and (given or number is not None or (table and as_json)):
        raise click.UsageError("--csv and --json are of the list: one of them, without NUMBER and an answer")
    course = course_here()
    if not given:
        with course.gradebook(read_only=True) as gradebook:
            looks = gradebook.second_looks.all()
        if number is not None:
            sys.exit(_show(course, _find(looks, number)))
        shown = [each for each in looks if every or each.is_open]
        if table:
            give_csv(table, HEADS, _list_rows(course, shown), access=course.folder.access)
        elif as_json:
            click.echo(json.dumps([dict(zip(HEADS, row, strict=True)) for row in _list_rows(course, shown)]))
        elif shown:
            print_rows(HEADS, ([str(cell) for cell in row] for row in _list_rows(course, shown)))
        else:
            click.echo("Nobody has asked for a second look." if every else "No request waits for an answer.")
        sys.exit(NEEDS_PERSON if any(each.is_open for each in looks) else DONE)
    if number is None or len(given) > 1:
        raise click.UsageError(
            "write the request's NUMBER and one of --keep, --mark, --left-out, --full and --full-if-attempted"
        )
    [(outcome, value)] = given
    answer = LookAnswer(outcome, reply, value, why, together=together)
    with course.gradebook() as gradebook:
        _answer(course, gradebook, _find(gradebook.second_looks.all(), number), answer, yes=yes)


def _find_remedy(chosen: tuple[bool, bool, bool]) -> str | None:
    if sum(chosen) > 1:
        raise click.UsageError("write one of --left-out, --full and --full-if-attempted")
    remedies = (Remedy.LEFT_OUT, Remedy.FULL, Remedy.FULL_IF_ATTEMPTED)
    return remedies[chosen.index(True)].value if any(chosen) else None


def _find(looks: Sequence[SecondLook], number: int) -> SecondLook:
    found = next((each for each in looks if each.number == number), None)
    if found is None:
        raise CourseError([Flaw(str(number), "is no request", "`autograder requests --all` lists them")])
    return found


def _list_rows(course: OpenCourse, looks: Sequence[SecondLook]) -> Iterator[tuple[object, ...]]:
    """A line for each request, under `HEADS`."""
    names = names_of(course.course.roster)
    for look in looks:
        asked, answer = look.asked, look.answer
        state = "waits" if look.is_open or answer is None or not answer.outcome else answer.outcome.value
        told = describe_moment(asked.at.astimezone(ZoneInfo(course.course.timezone)))
        name = names.get(asked.student, "")
        yield look.number, told, asked.student, name, asked.work, asked.question, state


def _show(course: OpenCourse, look: SecondLook) -> int:
    asked = look.asked
    called = names_of(course.course.roster).get(asked.student, "")
    whose = f"{asked.student} ({called})" if called else asked.student
    click.echo(clean(f"request {look.number}: {whose}, {asked.work}/{asked.question}"))
    for each in look.entries:
        told = describe_moment(each.at.astimezone(ZoneInfo(course.course.timezone)))
        who = f" by {clean(each.by)}" if each.by else ""
        outcome = f": {each.outcome.value} {clean(each.given)}".rstrip() if each.outcome else ""
        click.echo(f"\n{each.step.value}{who}, {told}{outcome}")
        click.echo(indent(clean(each.text), "  "))
        if each.ran:
            click.echo("  what was run:\n" + indent(clean(each.ran), "    "))
    return NEEDS_PERSON if look.is_open else DONE


def _answer(
    course: OpenCourse, gradebook: Gradebook, look: SecondLook, answer: LookAnswer, *, yes: bool
) -> None:
    if not look.is_open:
        raise CourseError(
            [Flaw(f"request {look.number}", "is answered already", "its student may ask again")]
        )
    by, seen = find_user(), look.last.number
    shown = preview_answer(course, gradebook, look, answer, by=by, now=datetime.now(UTC))
    for note in shown.proposal.notes:
        click.echo(clean(note))
    print_changes(shown.changes)
    for line in describe_for_students(shown, ZoneInfo(course.course.timezone)):
        click.echo(f"{clean(line.student)} will read: {clean(line.label)}  {clean(line.told)}")
    if not yes:
        confirm_or_end("Answer so?")
    record_answer(gradebook, look, answer, shown, by=by, seen=seen)
    name, student = look.asked.work, look.asked.student
    course.report_files(name).complete(gradebook, name, students={student})
    click.echo(f"answered (request {look.number})")
