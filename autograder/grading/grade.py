"""Grading one submission: its notebook runs sealed, its answers are judged here, and a report comes out."""

import time
from dataclasses import replace
from datetime import UTC, datetime

from autograder.domain.notebook import Cell, CellKind
from autograder.domain.report import Report
from autograder.domain.submission import Submission
from autograder.errors import IsolationError, SandboxError, SubmissionError
from autograder.grading.assignment import OpenAssignment
from autograder.grading.hidden_paths import hide_paths
from autograder.grading.make_report import report_on, tell_seconds, ungraded
from autograder.grading.verdicts import judge_answers
from autograder.notebook.match import match
from autograder.notebook.other_homework import require_this_homework
from autograder.notebook.read import read
from autograder.sandbox.run import Run
from autograder.sandbox.runner import Runner


def grade(submission: Submission, assignment: OpenAssignment, runner: Runner) -> Report:
    """Grade one submission.

    Raises:
        IsolationError: the machine cannot seal student code as well as the runner was told to.
    """
    started, limits, now = time.perf_counter(), assignment.limits, datetime.now(UTC)
    try:
        submitted = read(submission.content, limit_mb=limits.notebook_mb)
        notebook = match(submitted, assignment.released)
        require_this_homework(
            submitted,
            notebook,
            assignment.released,
            assignment=submission.assignment,
            others=assignment.others,
        )
        cells = notebook.notebook.cells

        def seal(typed: str) -> Run:
            return runner.start([Cell(CellKind.CODE, typed, 1)], limits)

        with runner.start(cells, limits, source=notebook.source) as student:  # untrusted, sealed
            verdicts = judge_answers(assignment, notebook, student, seal)  # trusted
        made = report_on(
            submission, assignment, notebook, student, verdicts, graded=now, interpreter=runner.interpreter
        )
        report = hide_paths(made, runner.interpreter)
    except SubmissionError as problem:
        report = ungraded(submission, assignment, runner.interpreter, trouble=problem.sentence)
    except IsolationError:
        raise
    except SandboxError:
        report = ungraded(submission, assignment, runner.interpreter)
    return replace(report, seconds=tell_seconds(time.perf_counter() - started))
