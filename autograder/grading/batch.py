"""Grading a batch of submissions: hand them out, record every report, write it beside its student's name.

Only this process writes: to the gradebook, and to the folder of reports. What is recorded is never lost, what
is not is done again by the next run.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from autograder.analytics.questions import QuestionFigures, QuestionTally
from autograder.domain.report import Isolation, Report
from autograder.domain.report_json import to_text
from autograder.domain.sentences import SILENT, Sentence
from autograder.domain.submission import Submission
from autograder.errors import ClusterError, CourseError, IsolationError
from autograder.gradebook.claims import Claims
from autograder.gradebook.handed import Handed
from autograder.gradebook.marks import MarkedSubmission
from autograder.gradebook.store import Gradebook
from autograder.grading.answer_prints import AnswerPrints
from autograder.grading.grader import GradedSubmission, GraderRecipe, SubmissionGrader
from autograder.grading.report_files import ReportFiles
from autograder.grading.run_stamp import RunStamp
from autograder.grading.team_reports import TeamReports
from autograder.grading.workers import Workers, complete
from autograder.inbox.notice import Notice

_log = logging.getLogger(__name__)
GradingWorkers = Workers[Submission, GradedSubmission]
Watch = Callable[[Iterator[Report], int], Iterable[Report]]
"""Passes reports on as they are made, told how many there will be: to show how far a run is."""


@dataclass(frozen=True, slots=True)
class BriefReport:
    """What a run keeps of a report: those of ten thousand students, figures and all, fit in no memory."""

    student: str
    blob: str
    score: Fraction | None
    score_so_far: Fraction
    needs_person: bool
    trouble: Sentence

    @classmethod
    def of(cls, report: Report) -> "BriefReport":
        """What is kept of this one."""
        return cls(
            report.student,
            report.receipt.blob,
            report.score,
            report.score_so_far,
            report.needs_person,
            report.trouble or next((note for note in report.notes if note.key == "notebook.unread"), SILENT),
        )


@dataclass(frozen=True, slots=True)
class GradedBatch:
    """What a run of grading came to."""

    reports: tuple[BriefReport, ...] = ()
    questions: tuple[QuestionFigures, ...] = ()
    """How the class did on each question."""
    points: Fraction = Fraction(0)
    """What the assignment offers."""
    isolation: Isolation | None = None
    """How well student code was sealed; None where nothing was graded."""
    notices: tuple[Notice, ...] = ()
    """What a person should know of what was handed in."""
    elsewhere: int = 0
    """How many were left to another program that is judging them."""
    outdated: str = ""
    """A line on the reports that are not what would be made today, where the run was asked to look."""

    @property
    def needs_person(self) -> bool:
        """Whether a person must look: at what was not taken, or at what could not be judged."""
        untaken = any(not notice.taken for notice in self.notices)
        return untaken or any(report.needs_person for report in self.reports)


def grade_pending(
    assignment: str,
    arrivals: Iterable[Submission | Notice],
    gradebook: Gradebook,
    recipe: GraderRecipe,
    files: ReportFiles,
    *,
    workers: GradingWorkers,
    students: Collection[str] | None = None,
    watch: Watch = lambda reports, total: reports,
    prints: AnswerPrints | None = None,
    revision: str = "",
    claims: Claims | None = None,
    stamp: RunStamp | None = None,
) -> GradedBatch:
    """Receive what was handed in, and grade what has no report: each is recorded, then written.

    Files that are not those of the reports that count are written again: of a run that was killed between
    the two, of another run at the same time, or edited.

    Args:
        assignment: its name.
        arrivals: what was handed in, and what a person should know of it.
        gradebook: where submissions and reports are recorded.
        recipe: makes the grader, in each worker.
        files: where the reports are written.
        workers: who grades; closed at the end.
        students: grade only what they have handed in.
        watch: told of each report.
        prints: where it is kept which wrong answers are alike.
        revision: of the assignment: a report by it serves all of a team.
        claims: by which other programs that grade the course know what is judged here; without, nothing is
            left to them.
        stamp: by which is seen whether anything has changed since a run that left nothing to do; where
            nothing has, nothing is looked at. It also says which reports are outdated.

    Raises:
        IsolationError: the machine cannot seal student code as well as was asked.
    """
    arrived = stamp.look_at_arrivals() if stamp is not None else ""
    if stamp is not None and arrived:
        before = stamp.describe(arrived, gradebook)
        outdated = stamp.recall(before, files, gradebook.counting_reports(assignment))
        if outdated is not None:
            return GradedBatch(outdated=outdated)
    notices = receive(arrivals, gradebook)
    pending = gradebook.pending(assignment, students=students)

    def find(one: MarkedSubmission) -> Report | None:
        if one.marks is None or one.revision != revision:
            return None
        return next((stored.report for stored in gradebook.last_reports([one.id])), None)

    teams = TeamReports.read(gradebook, assignment, find)
    own = _Claimed(claims)
    try:
        made = teams.grade(own.choose(pending), lambda submissions: grade_batch(submissions, recipe, workers))
        reports = _write(made, files, gradebook, prints)
        graded = replace(_sum_up(watch(reports, len(pending)), notices), elsewhere=own.elsewhere)
    finally:
        if claims is not None:
            claims.release_all()
    # Asked before the files are looked at: what others record meanwhile is seen the next time.
    seen, signed = stamp.describe(arrived, gradebook) if stamp is not None else "", dict[str, str]()
    files.complete(gradebook, assignment, signed=signed)
    if stamp is not None:
        graded = replace(graded, outdated=stamp.say_outdated(gradebook))
        if not (notices or graded.elsewhere or len(gradebook.pending(assignment))):
            stamp.write(seen, signed, graded.outdated, gradebook)
    return graded


class _Claimed:
    """What of the pending submissions is judged here, and how much is left to others."""

    def __init__(self, claims: Claims | None) -> None:
        self._claims = claims
        self._renewed = datetime.now(UTC)
        self.elsewhere = 0

    def choose(self, pending: Handed) -> Iterator[Submission]:
        """Those that nobody else has claimed; what is claimed already is held on to."""
        for one in pending.claimed(self._take):
            now = datetime.now(UTC)
            if self._claims is not None and now - self._renewed > timedelta(minutes=1):
                self._claims.renew(now)
                self._renewed = now
            yield one

    def _take(self, submissions: Collection[int]) -> Collection[int]:
        taken = submissions if self._claims is None else self._claims.take(submissions, datetime.now(UTC))
        self.elsewhere += len(submissions) - len(taken)
        return taken


def grade_unrecorded(
    assignment: str,
    arrivals: Iterable[Submission | Notice],
    gradebook: Gradebook,
    recipe: GraderRecipe,
    files: ReportFiles,
    *,
    workers: GradingWorkers,
    students: Collection[str] | None = None,
    watch: Watch = lambda reports, total: reports,
) -> GradedBatch:
    """Grade what each student handed in last, graded or not; reports are written and not recorded.

    The arguments are those of `grade_pending`.
    """
    notices = receive(arrivals, gradebook)
    latest = gradebook.latest_submissions(assignment, students=students)
    reports = _write(grade_batch(latest, recipe, workers), files)
    return _sum_up(watch(reports, len(latest)), notices)


def _sum_up(reports: Iterable[Report], notices: tuple[Notice, ...]) -> GradedBatch:
    """Let the reports come, and keep of each what is told at the end."""
    tally, brief = QuestionTally(), list[BriefReport]()
    points, isolation = Fraction(0), None
    for report in reports:
        tally.add(report)
        brief.append(BriefReport.of(report))
        if isolation is None:
            points, isolation = report.points, report.isolation
    return GradedBatch(tuple(brief), tuple(tally.figures()), points, isolation, notices)


def receive(arrivals: Iterable[Submission | Notice], gradebook: Gradebook) -> tuple[Notice, ...]:
    """Record the submissions among what arrived; return what a person should know of it."""
    notices: list[Notice] = []
    overtaken: list[Submission] = []
    gradebook.receive(_submissions(arrivals, notices), overtaken=overtaken.append)
    return (*notices, *map(_older, overtaken))


def foresee(
    assignment: str,
    arrivals: Iterable[Submission | Notice],
    gradebook: Gradebook | None,
    *,
    students: Collection[str] | None = None,
) -> tuple[list[str], tuple[Notice, ...]]:
    """Whose submissions `grade_pending` would grade, and what a person should know; nothing is recorded.

    Without a gradebook nothing was recorded so far.
    """
    notices: list[Notice] = []
    found = _submissions(arrivals, notices)
    waiting = gradebook.foresee(found, assignment) if gradebook else frozenset(each.student for each in found)
    return sorted(waiting.intersection(students or waiting)), tuple(notices)


def _submissions(arrivals: Iterable[Submission | Notice], notices: list[Notice]) -> Iterator[Submission]:
    """The submissions among what arrived; the rest is put aside."""
    for arrival in arrivals:
        if isinstance(arrival, Submission):
            yield arrival
        else:
            notices.append(arrival)


def _older(submission: Submission) -> Notice:
    return Notice(
        where=f"{submission.student}/{submission.filename}",
        what=f"is older ({submission.received:%Y-%m-%d %H:%M}) than a submission that was received before",
        todo="nothing, unless it is the one to be graded: then hand it in again",
        student=submission.student,
        taken=True,
    )


def grade_batch(
    submissions: Iterable[Submission], recipe: GraderRecipe, workers: GradingWorkers
) -> Iterator[GradedSubmission]:
    """Grade submissions and yield the reports as they are made; the workers are closed at the end.

    A submission that ends its worker twice, or on which grading itself fails, is reported as ungraded, so
    that a person looks at it.

    Raises:
        IsolationError: the machine cannot seal student code as well as was asked.
        CourseError: a worker cannot open the assignment.
    """
    with closing(workers):
        for submission, future in complete(submissions, recipe, workers):
            yield _graded(submission, future, recipe)


def _graded(
    submission: Submission, future: Future[GradedSubmission], recipe: GraderRecipe
) -> GradedSubmission:
    try:
        return future.result()
    except (IsolationError, CourseError, ClusterError):
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours on one submission must not end the batch
        _log.error("grading %s failed", submission.student, exc_info=error)
        with closing[SubmissionGrader](recipe()) as grader:
            return grader.ungraded(submission)


def _write(
    graded: Iterable[GradedSubmission],
    files: ReportFiles,
    gradebook: Gradebook | None = None,
    prints: AnswerPrints | None = None,
) -> Iterator[Report]:
    """Record each report, where there is a gradebook, then write it."""
    for one in graded:
        keep_report(one, files, gradebook, prints)
        yield one.report


def keep_report(
    graded: GradedSubmission,
    files: ReportFiles,
    gradebook: Gradebook | None = None,
    prints: AnswerPrints | None = None,
) -> None:
    """Record a report, where there is a gradebook, then write it beside its student's name."""
    text = graded.text or to_text(graded.report)
    if gradebook is not None:
        gradebook.record(graded.report, text=text)
    files.write(graded.report, page=graded.page, text=text)
    if prints is not None and not graded.copied:
        prints.add(graded.report.receipt.blob, graded.report.revision, graded.prints)
