"""`autograder grade NAME [FOLDER]`."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.main import DONE, NEEDS_PERSON
from autograder.cli.progress import follow
from autograder.cli.summary import print_summary, summary_json
from autograder.course.opened import course_here
from autograder.domain.report import Report
from autograder.domain.submission import Submission
from autograder.gradebook.handed import Handed
from autograder.gradebook.store import Gradebook
from autograder.grading.batch import drawing, grade_pile, record_and_write, write_missing
from autograder.inbox.notice import Notice
from autograder.render import clean


@click.command()
@click.argument("name")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@options.jobs
@options.out
@options.students
@click.option("--question", help="Judge this one alone, into reports/NAME-QUESTION; record nothing.")
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
    shown = f"{name}-{question}" if question else name  # one question alone replaces nobody's report
    target = out or course.folder.path / "reports" / shown
    notices: list[Notice] = []
    with course.gradebook() as gradebook:
        submissions = _submissions(course.arrivals(folder, assignment.settings), notices)
        if dry_run:
            waiting = gradebook.foresee(submissions, name)
            _announce(sorted(waiting.intersection(students or waiting)), notices, as_json=as_json)
            sys.exit(_exit_code(notices, ()))
        overtaken: list[Submission] = []
        gradebook.receive(submissions, overtaken=overtaken.append)
        notices += map(_older, overtaken)
        pile = _pile(gradebook, name, students, again=question is not None)
        if question:
            assignment = assignment.only(question)
        draw = drawing(course.course)
        graded = grade_pile(
            pile, assignment, course.runner_maker(accept_isolation, assignment), draw, workers=jobs
        )
        reports = list(follow(record_and_write(graded, None if question else gradebook, target), len(pile)))
        if not question:
            write_missing(gradebook, name, target, draw)
    _conclude(reports, notices, target, as_json=as_json)
    sys.exit(_exit_code(notices, reports))


def _exit_code(notices: Sequence[Notice], reports: Sequence[Report]) -> int:
    """Whether a person must look: at what was not taken, or at what could not be judged."""
    untaken = any(not notice.taken for notice in notices)
    return NEEDS_PERSON if untaken or any(report.needs_person for report in reports) else DONE


def _older(submission: Submission) -> Notice:
    return Notice(
        where=f"{submission.student}/{submission.filename}",
        what=f"is older ({submission.received:%Y-%m-%d %H:%M}) than a submission that was received before",
        todo="nothing, unless it is the one to be graded: then hand it in anew",
        student=submission.student,
        taken=True,
    )


def _submissions(arrivals: Iterable[Submission | Notice], notices: list[Notice]) -> Iterator[Submission]:
    """The submissions among what arrived; the rest is put aside."""
    for arrival in arrivals:
        if isinstance(arrival, Submission):
            yield arrival
        else:
            notices.append(arrival)


def _pile(gradebook: Gradebook, name: str, students: tuple[str, ...], *, again: bool) -> Handed:
    """What is to be graded: all that has no report, or `again` whatever was handed in last."""
    ask = gradebook.latest_submissions if again else gradebook.pending
    return ask(name, students=students or None)


def _announce(students: Sequence[str], notices: Sequence[Notice], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"would_grade": students, "look_at": [str(notice) for notice in notices]}))
        return
    for student in students:
        click.echo(clean(student))
    _list(notices)
    click.echo(f"{len(students)} submissions would be graded.")


def _list(notices: Sequence[Notice]) -> None:
    for notice in notices:
        click.echo(f"look at {notice}", err=True)


def _conclude(reports: list[Report], notices: list[Notice], target: Path, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(summary_json(reports, notices)))
        return
    _list(notices)
    if not reports:
        click.echo(
            "Nothing to grade: every submission has its report (`autograder grades` shows the scores)."
        )
        return
    print_summary(reports)
    click.echo(f"Reports: {target}")
