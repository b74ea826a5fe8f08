"""`autograder regrade NAME`."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from autograder.cli import options
from autograder.cli.main import DONE, NEEDS_PERSON, USAGE
from autograder.cli.privacy import tighten
from autograder.cli.progress import follow, say_how_to_grade
from autograder.cli.unpublished import Unpublished, find_unpublished_of, print_unpublished
from autograder.course.opened import OpenCourse, course_here
from autograder.course.people_named import require_students
from autograder.domain.counts import describe_count
from autograder.grading.workers import local_workers
from autograder.regrading.changes import MarkChange
from autograder.regrading.homework import Regrading
from autograder.regrading.quizzes import QuizRegrading
from autograder.render import clean
from autograder.render.words import number
from autograder.services.regrading import (
    RegradingWish,
    change_to_json,
    is_quiz,
    record_regrading,
    regrade_homework,
    regrade_quiz,
)

_POINTS = "Points are those of the quiz as it is, and count without a regrade."


@click.command()
@click.argument("name")
@click.option("--question", default="", help="Take the new verdicts on this question alone.")
@click.option("--why", default="", help="Why, where marks change; their students read it.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and stop.")
@click.option("--yes", is_flag=True, help="Record it without being asked.")
@options.students
@options.jobs
@options.accept_isolation
@options.as_json
def command(
    name: str,
    question: str,
    why: str,
    dry_run: bool,  # noqa: FBT001 - click passes options by name
    yes: bool,  # noqa: FBT001
    students: tuple[str, ...],
    jobs: int,
    accept_isolation: int,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Judge again what was handed in for the assignment or quiz NAME, and say what changes for whom.

    For after the solutions or the quiz, limits, libraries or this program were changed. Marks that go down
    are listed first. The new reports stand beside the old ones, all of them or none; a run that was stopped
    goes on when it is started again. With `never_down = true` in [grade] of course.toml, no mark goes down
    that was published.

    \b
    Exit codes: 0 done, 1 done but something needs a person, 2 nothing was recorded because nobody said so.

    \b
    Example:
        autograder regrade gradients --dry-run
        autograder regrade gradients --why "The sign in question 4 was wrong." --yes
    """
    course = course_here()
    wishes = _Wishes(RegradingWish(name, why, question, students or None), dry_run, yes, as_json)
    if is_quiz(course, name):
        sys.exit(_regrade_quiz(course, wishes))
    sys.exit(_regrade_homework(course, wishes, jobs=jobs, accept_isolation=accept_isolation))


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What was asked for."""

    wish: RegradingWish
    dry_run: bool
    yes: bool
    as_json: bool

    def decide(self) -> bool:
        """Whether to record what was shown; a person is asked only at a terminal."""
        if self.dry_run or self.yes:
            return self.yes and not self.dry_run
        return sys.stdin.isatty() and not self.as_json and click.confirm("Record this?")


def _regrade_homework(course: OpenCourse, wishes: _Wishes, *, jobs: int, accept_isolation: int) -> int:
    name = wishes.wish.name
    course.settings(name)
    tighten(course)
    with course.gradebook(read_only=wishes.dry_run) as gradebook:
        require_students(course, gradebook, wishes.wish.students or ())
        found = regrade_homework(
            course,
            gradebook,
            wishes.wish,
            accept_level=accept_isolation,
            workers=local_workers(jobs),
            watch=lambda reports, total: reports if wishes.as_json else follow(reports, total),
        )
        if found is None:
            if not wishes.dry_run:  # a run that was killed may have recorded what it has not written
                course.report_files(name).complete(gradebook, name)
            graded = bool(gradebook.counting_reports(name))
            if not graded:
                say_how_to_grade(name)
            if wishes.as_json:
                click.echo(json.dumps({"changes": [], "kept": [], "recorded": False}))
            elif graded:
                click.echo(f"Every report of {name} is of today's assignment and program.")
            return DONE
        if not wishes.as_json:
            one, several = "report keeps all its marks", "reports keep all their marks"
            _show(found.changes, found.kept, f"{describe_count(found.unchanged, one, several)}.")
            for student in found.failed:
                what = "could not be judged again; the old report stays"
                click.echo(f"look at {clean(student)}: {what}", err=True)
        recorded = wishes.decide()
        if recorded:
            record_regrading(course, gradebook, name, found, why=wishes.wish.why)
        unpublished = find_unpublished_of(course, gradebook, name)
    return _conclude(wishes, found, unpublished, recorded=recorded)


def _regrade_quiz(course: OpenCourse, wishes: _Wishes) -> int:
    name = wishes.wish.name
    with course.gradebook(read_only=wishes.dry_run) as gradebook:
        found = regrade_quiz(course, gradebook, wishes.wish)
        if not wishes.as_json:
            if not found.judgings and not found.kept:
                click.echo(f"Every answer to {name} is judged as it was. {_POINTS}")
                print_unpublished(find_unpublished_of(course, gradebook, name), aside=False)
                return DONE
            same = len(found.judgings) - len(found.changes)
            one, several = "verdict differs, and its mark does not", "verdicts differ, and their marks do not"
            _show(found.changes, found.kept, f"{describe_count(same, one, several)}.")
        recorded = bool(found.judgings) and wishes.decide()
        if recorded:
            record_regrading(course, gradebook, name, found, why=wishes.wish.why)
        unpublished = find_unpublished_of(course, gradebook, name)
    return _conclude(wishes, found, unpublished, recorded=recorded or not found.judgings)


def _show(changes: Sequence[MarkChange], kept: Sequence[MarkChange], rest: str) -> None:
    down, up = ([c for c in changes if c.goes_down], [c for c in changes if c.goes_up])
    for some, what in ((down, "down"), (up, "up")):
        click.echo(f"{describe_count(len(some), 'mark goes', 'marks go')} {what}{':' if some else '.'}")
        for change in some:
            click.echo(f"  {_line(change)}")
    level = [change for change in changes if change not in (*down, *up)]
    if level:
        count = describe_count(len(level), "mark is", "marks are")
        click.echo(f"{count} of other points, and go neither down nor up:")
        for change in level:
            click.echo(f"  {_line(change)}")
    if kept:
        click.echo(f"{len(kept)} would go down, and stay because they were published:")
        for change in kept:
            click.echo(f"  {_line(change)}")
    click.echo(rest)


def _line(change: MarkChange) -> str:
    before, after = (
        ("open" if points else "not asked")
        if share is None
        else f"{number(share * points, total=points)}/{number(points)}"
        for share, points in ((change.old, change.old_points), (change.new, change.new_points))
    )
    what = change.question or "all questions"
    return f"{clean(change.whose)}  {what}  {before} -> {after}  ({clean(change.why)})"


def _conclude(
    wishes: _Wishes, found: Regrading | QuizRegrading, unpublished: Unpublished, *, recorded: bool
) -> int:
    if wishes.as_json:
        told = {
            "changes": list(map(change_to_json, found.changes)),
            "kept": list(map(change_to_json, found.kept)),
        }
        click.echo(json.dumps(told | {"recorded": recorded}))
    elif wishes.dry_run:
        click.echo("Nothing was recorded.")
    else:
        click.echo("Recorded." if recorded else "Nothing was recorded; with --yes it is.")
    print_unpublished(unpublished, aside=wishes.as_json)
    if not recorded and not wishes.dry_run:
        return USAGE
    return NEEDS_PERSON if found.needs_person else DONE
