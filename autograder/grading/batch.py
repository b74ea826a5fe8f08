"""Grading a pile of submissions: hand them out, record every report, write it beside its student's name.

Only this process writes: to the gradebook, and to the folder of reports. What is recorded is never lost, what
is not is done again by the next run.
"""

import gc
import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.domain.course import Course
from autograder.domain.report import Report
from autograder.domain.report_json import to_text
from autograder.domain.submission import Submission
from autograder.errors import IsolationError
from autograder.gradebook.store import Gradebook
from autograder.grading.assignment import OpenAssignment
from autograder.grading.grade import grade, ungraded
from autograder.grading.workers import Bench
from autograder.render import render_html
from autograder.sandbox.runner import Runner
from autograder.sandbox.system.pages import gather

_log = logging.getLogger(__name__)
Draw = Callable[[Report], str]
"""Draws the page of a report."""


@dataclass(frozen=True, slots=True)
class Graded:
    """One report with its page, as a worker hands it back."""

    report: Report
    page: str


class Grader:
    """What each worker holds: the assignment and a warm runner. Called with a submission, it grades it."""

    def __init__(self, assignment: OpenAssignment, make_runner: Callable[[], Runner], draw: Draw) -> None:
        self._assignment = assignment
        self._runner = make_runner()
        self._draw = draw
        self._settled = False

    def __call__(self, submission: Submission) -> Graded:
        report = grade(submission, self._assignment, self._runner)
        graded = Graded(report, self._draw(report))
        if not self._settled:
            self._settle()
        return graded

    def _settle(self) -> None:
        """After one submission all that is needed is there: no more to be looked through for what can go."""
        self._settled = True
        gc.collect()
        gc.freeze()
        gather()

    def close(self) -> None:
        """Stop the runner's fork server."""
        self._runner.close()


def drawing(course: Course) -> Draw:
    """What draws the pages of a course: its title, the name of each student, the time of its zone."""
    zone = ZoneInfo(course.timezone)

    def draw(report: Report) -> str:
        student, receipt = course.student(report.student), report.receipt
        receipt = replace(receipt, received=receipt.received.astimezone(zone))
        report = replace(report, receipt=receipt, graded=report.graded.astimezone(zone))
        return render_html(report, course=course.title, name=student.name if student else "")

    return draw


def grade_pile(
    pile: Iterable[Submission],
    assignment: OpenAssignment,
    make_runner: Callable[[], Runner],
    draw: Draw,
    *,
    workers: int,
) -> Iterator[Graded]:
    """Grade submissions on `workers` processes and yield the reports as they are made.

    A submission that ends its worker twice, or on which grading itself fails, is reported as ungraded, so
    that a person looks at it.

    Raises:
        IsolationError: the machine cannot seal student code as well as was asked.
    """
    with Bench(lambda: Grader(assignment, make_runner, draw), workers=workers) as bench:
        for submission, future in bench.done(pile):
            yield _outcome(submission, future, assignment, draw)


def _outcome(
    submission: Submission, future: Future[Graded], assignment: OpenAssignment, draw: Draw
) -> Graded:
    try:
        return future.result()
    except IsolationError:
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours on one submission must not end the batch
        _log.error("grading %s failed", submission.student, exc_info=error)
        report = ungraded(submission, assignment)
        return Graded(report, draw(report))


def record_and_write(graded: Iterable[Graded], gradebook: Gradebook | None, out: Path) -> Iterator[Report]:
    """Record each report, then write its two files; without a gradebook only the files."""
    for one in graded:
        text = to_text(one.report)
        if gradebook is not None:
            gradebook.record(one.report, text=text)
        write_report(one, out, text=text)
        yield one.report


def write_report(graded: Graded, out: Path, *, text: str = "") -> None:
    """Write OUT/STUDENT/report.html and report.json (`text`, if it is there), each whole or not at all."""
    folder = out / graded.report.student
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(folder / "report.html", graded.page)
    write_whole(folder / "report.json", text or to_text(graded.report))


def write_whole(file: Path, text: str) -> None:
    """Replace a file in one step, so that no reader and no crash ever sees half of it."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode())
        partial.replace(file)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write_missing(gradebook: Gradebook, assignment: str, out: Path, draw: Draw) -> int:
    """Write the reports that are recorded but whose files are missing; return how many."""
    missing = [s for s in gradebook.latest_submissions(assignment).students if not _is_written(s, out)]
    if not missing:
        return 0
    reports = list(gradebook.latest_reports(assignment, students=missing))
    for report in reports:
        write_report(Graded(report, draw(report)), out)
    return len(reports)


def _is_written(student: str, out: Path) -> bool:
    return all((out / student / name).is_file() for name in ("report.html", "report.json"))
