"""What a worker grades with: an assignment, a warm runner and what renders pages."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from autograder.domain.answer_print import AnswerPrint
from autograder.domain.report import Report
from autograder.domain.report_json import to_text
from autograder.domain.submission import Submission
from autograder.grading.assignment import OpenAssignment
from autograder.grading.grade import grade
from autograder.grading.make_report import ungraded
from autograder.sandbox.runner import Runner
from autograder.sandbox.system.pages import gather
from autograder.sandbox.system.priority import comes_last

PageRenderer = Callable[[Report], str]
"""Renders the page of a report."""


@dataclass(frozen=True, slots=True)
class GradedSubmission:
    """One report with its page, as a worker hands it back."""

    report: Report
    page: str
    prints: tuple[AnswerPrint, ...] = ()
    """Of its wrong answers; what stands in the report holds nothing of them."""
    text: str = ""
    """What the gradebook keeps of the report, where that is made already: by whoever graded it."""
    copied: bool = False
    """Whether it was made of another member's report on the same file, and nothing was judged."""


class Grader:
    """Called with a submission, grades it. Nothing runs before the first."""

    def __init__(self, assignment: OpenAssignment, runner: Runner, page_renderer: PageRenderer) -> None:
        self._assignment = assignment
        self.runner = runner
        self._render = page_renderer
        self._warm = False

    def __call__(self, submission: Submission) -> GradedSubmission:
        report = grade(submission, self._assignment, self.runner)
        prints = tuple(verdict.answered for verdict in report.verdicts if verdict.answered)
        if prints:
            report = replace(report, verdicts=tuple(replace(v, answered=None) for v in report.verdicts))
        graded = GradedSubmission(report, self._render(report), prints, to_text(report))
        if not self._warm:
            self._settle()
        return graded

    def _settle(self) -> None:
        """After one submission all that is needed is there: no more to be looked through for what can go."""
        self._warm = True
        gc.collect()
        gc.freeze()
        if not comes_last():  # where time counts less than the memory that a fork shares until it is gathered
            gather()

    def ungraded(self, submission: Submission) -> GradedSubmission:
        """The report on a submission that ended its worker, or on which grading itself failed."""
        report = ungraded(submission, self._assignment, self.runner.interpreter)
        return GradedSubmission(report, self._render(report))

    def close(self) -> None:
        """Stop the runner's fork server."""
        self.runner.close()


class SubmissionGrader(Protocol):
    """What grades submissions for one assignment."""

    @property
    def runner(self) -> Runner:
        """What runs student code for it."""

    def __call__(self, submission: Submission) -> GradedSubmission:
        """The report on a submission, with its page."""

    def ungraded(self, submission: Submission) -> GradedSubmission:
        """The report on a submission that ended its worker, or on which grading itself failed."""

    def close(self) -> None:
        """Stop what it has started."""


GraderRecipe = Callable[[], SubmissionGrader]
"""Makes a grader where it is called, on whatever machine; picklable, and equal to any that makes the same."""
