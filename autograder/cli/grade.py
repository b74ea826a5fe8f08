"""`autograder grade NAME [FOLDER]`."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.attempts import GradedAttempts, look_at_graded
from autograder.cli.collect import print_teams
from autograder.cli.inside import ask_inside
from autograder.cli.main import DONE, NEEDS_PERSON
from autograder.cli.privacy import tighten
from autograder.cli.progress import follow
from autograder.cli.summary import HEADS, print_summary, summary_json, summary_rows
from autograder.cli.tables import give_csv
from autograder.cli.unpublished import find_unpublished_of, print_unpublished
from autograder.cli.user import find_user
from autograder.course.opened import course_here
from autograder.domain.counts import describe_count
from autograder.grading.batch import GradedBatch, GradingWorkers
from autograder.grading.workers import local_workers
from autograder.inbox.notice import Notice
from autograder.render import clean
from autograder.services.grading_run import GradedWork, GradingRun


@click.command()
@click.argument("name")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@options.jobs
@options.on
@options.tls
@options.plain_tcp
@options.out
@options.students
@click.option("--question", help="Judge this one alone, into reports/NAME-QUESTION; record nothing.")
@click.option(
    "--inside",
    type=click.Choice(["accept", "manual"]),
    help="Decide on all tests of an adopted assignment that run in the student's process.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be graded, and stop.")
@options.accept_isolation
@options.as_csv
@options.as_json
def command(
    name: str,
    folder: Path | None,
    jobs: int,
    on: str | None,
    tls: Path | None,
    plain_tcp: bool,  # noqa: FBT001
    out: Path | None,
    students: tuple[str, ...],
    question: str | None,
    inside: str | None,
    dry_run: bool,  # noqa: FBT001 - click passes options by name
    accept_isolation: int,
    table: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Grade what was handed in for assignment NAME.

    FOLDER holds one folder a student, named after the student, with a notebook in it; by default it is
    submissions/NAME. Submissions that have a report are not graded again, so a run that was stopped goes on
    where it was when it is started again. Reports are written to reports/NAME/STUDENT/.

    With `inside = "ask"` of an adopted assignment, you are asked once about each test that only the student's
    own process can run: whether its marks count though they could be forged, or a person marks it.

    \b
    Exit codes: 0 done, 1 done but something needs a person, 2 nothing was done.

    \b
    Example:
        autograder grade gradients submissions/gradients -j 2
    """
    if table and (as_json or dry_run):
        raise click.UsageError("--csv goes without --json and --dry-run")
    course = course_here()
    if not dry_run:
        ask_inside(course, name, inside, silent=as_json)
    run = GradingRun(
        course,
        name,
        folder=folder,
        students=students,
        question=question or "",
        out=out,
        accept_level=accept_isolation,
    )
    with course.gradebook() as gradebook:
        if dry_run:
            waiting, notices = run.foresee(gradebook)
            _announce(waiting, notices, as_json=as_json)
            sys.exit(_exit_code(GradedBatch(notices=notices)))
        tighten(course)
        workers = _open_workers(jobs, on, tls, plain=plain_tcp)
        done = run.grade(
            gradebook, workers=workers, watch=follow, by=find_user(), clock=lambda: datetime.now(UTC)
        )
        batch = done.batch
        attempts = look_at_graded(course, gradebook, name, () if question else batch.reports)
        unpublished = find_unpublished_of(course, gradebook, name)
    aside = as_json or table is not None
    if not aside:
        print_teams(done.teams)
    if table:
        _list(batch.notices)
        give_csv(table, HEADS, summary_rows(batch), access=course.folder.access)
    else:
        _show(done, run.reports, attempts, forgeable=course.forgeable(name), as_json=as_json)
    if batch.outdated and not as_json:
        click.echo(batch.outdated, err=True)
    print_unpublished(unpublished, aside=aside)
    sys.exit(NEEDS_PERSON if done.decided and done.decided.needs_person else _exit_code(batch))


def _open_workers(jobs: int, on: str | None, tls: Path | None, *, plain: bool) -> GradingWorkers:
    if on is None:
        return local_workers(jobs)
    from autograder.cluster.place import Trust, read_place, require_dask

    place = read_place(on)
    require_dask()  # before what imports it
    from autograder.cluster.workers import DaskWorkers

    return DaskWorkers(place, Trust(tls, plain))


def _exit_code(batch: GradedBatch) -> int:
    return NEEDS_PERSON if batch.needs_person else DONE


def _announce(students: Sequence[str], notices: Sequence[Notice], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"would_grade": students, "look_at": [str(notice) for notice in notices]}))
        return
    for student in students:
        click.echo(clean(student))
    _list(notices)
    click.echo(f"{describe_count(len(students), 'submission')} would be graded.")


def _list(notices: Sequence[Notice]) -> None:
    for notice in notices:
        click.echo(f"look at {notice}", err=True)


def _show(done: GradedWork, folder: Path, attempts: GradedAttempts, *, forgeable: str, as_json: bool) -> None:
    batch, again = done.batch, len(done.decided.replacements) if done.decided else 0
    if as_json:
        standing = {"students": attempts.students, "doubtful_times": attempts.doubtful}
        click.echo(json.dumps({**summary_json(batch), **standing, "judged_again": again}))
        return
    _list(batch.notices)
    for student in done.decided.failed if done.decided else ():
        click.echo(f"look at {clean(student)}: could not be judged again; the old report stays", err=True)
    if again:
        many = describe_count(again, "submission", "submissions")
        click.echo(
            f"{many} waited for what you have decided, and {'was' if again == 1 else 'were'} judged again."
        )
    if batch.elsewhere:
        many = describe_count(batch.elsewhere, "submission is", "submissions are")
        click.echo(f"{many} being judged by another program, which writes the reports.")
    if not batch.reports and batch.elsewhere:
        return
    if not batch.reports and again:
        click.echo(f"Reports: {folder}")
        return
    if not batch.reports:
        untaken = sum(not notice.taken for notice in batch.notices)
        every = "every submission has its report (`autograder grades` shows the scores)"
        click.echo(
            f"Nothing to grade: {f'{untaken} for you to look at, listed above' if untaken else every}."
        )
        return
    for report in batch.reports:
        if report.trouble:
            click.echo(f"look at {clean(report.student)}: {clean(str(report.trouble))}", err=True)
    print_summary(batch)
    for line in filter(None, (*attempts.lines, forgeable)):
        click.echo(clean(line))
    click.echo(f"Reports: {folder}")
