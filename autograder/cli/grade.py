"""`autograder grade NAME [FOLDER]`."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.course import course_here
from autograder.cli.main import DONE, NEEDS_PERSON
from autograder.cli.progress import follow
from autograder.cli.summary import print_summary, summary_json
from autograder.domain.report import Report
from autograder.domain.submission import Submission
from autograder.gradebook.handed import Handed
from autograder.gradebook.store import Gradebook
from autograder.inbox.oddity import Oddity
from autograder.render import clean
from autograder.session import drawing, grade_pile, only_question, record_and_write, write_missing


@click.command()
@click.argument("name")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@options.jobs
@options.out
@options.students
@click.option("--question", help="Judge this question alone; nothing is recorded.")
@click.option("--dry-run", is_flag=True, help="Say what would be graded, and stop.")
@options.accept_isolation
@options.as_json
def command(
    name: str,
    folder: Path | None,
    jobs: int,
    out: Path | None,
    students: tuple[str, ...],
    question: str | None,
    dry_run: bool,  # noqa: FBT001 - click passes options by name
    accept_isolation: int,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Grade what was handed in for assignment NAME.

    FOLDER holds one folder a student, named after the student, with a notebook in it; by default it is
    submissions/NAME. Submissions that have a report are not graded again, so a run that was stopped goes on
    where it was when it is started again. Reports are written to reports/NAME/STUDENT/.

    \b
    Exit codes: 0 done, 1 done but something needs a person, 2 nothing was done.

    \b
    Example:
        autograder grade gradients submissions/gradients -j 2
    """
    course = course_here()
    assignment = course.assignment(name)
    folder = folder or course.folder.path / "submissions" / name
    target = out or course.folder.path / "reports" / name
    oddities: list[Oddity] = []
    with course.gradebook() as gradebook:
        gradebook.receive(_submissions(course.arrivals(folder, assignment.plan), oddities))
        pile = _pile(gradebook, name, students, again=question is not None)
        if dry_run:
            _announce(pile, as_json=as_json)
            sys.exit(NEEDS_PERSON if oddities else DONE)
        if question:
            assignment = only_question(assignment, question)
        draw = drawing(course.course)
        graded = grade_pile(pile, assignment, course.runner_maker(accept_isolation), draw, workers=jobs)
        reports = list(follow(record_and_write(graded, None if question else gradebook, target), len(pile)))
        if not question:
            write_missing(gradebook, name, target, draw)
    _conclude(reports, oddities, target, as_json=as_json)
    sys.exit(NEEDS_PERSON if oddities or any(report.needs_person for report in reports) else DONE)


def _submissions(arrivals: Iterable[Submission | Oddity], oddities: list[Oddity]) -> Iterator[Submission]:
    """The submissions among what arrived; the rest is put aside."""
    for arrival in arrivals:
        if isinstance(arrival, Submission):
            yield arrival
        else:
            oddities.append(arrival)


def _pile(gradebook: Gradebook, name: str, students: tuple[str, ...], *, again: bool) -> Handed:
    """What is to be graded: all that has no report, or `again` whatever was handed in last."""
    ask = gradebook.latest_submissions if again else gradebook.pending
    return ask(name, students=students or None)


def _announce(pile: Handed, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"would_grade": list(pile.students)}))
        return
    for student in pile.students:
        click.echo(clean(student))
    click.echo(f"{len(pile)} submissions would be graded.")


def _conclude(reports: list[Report], oddities: list[Oddity], target: Path, *, as_json: bool) -> None:
    for oddity in oddities:
        click.echo(f"look at {clean(str(oddity))}", err=True)
    if as_json:
        click.echo(json.dumps(summary_json(reports, oddities)))
        return
    if not reports:
        click.echo(
            "Nothing to grade: every submission has its report (`autograder grades` shows the scores)."
        )
        return
    print_summary(reports)
    click.echo(f"Reports: {target}")
