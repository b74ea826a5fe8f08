"""A right answer that is slow and within the limit that its statement names keeps its marks."""

from dataclasses import replace
from pathlib import Path

import pytest
from test_submissions import RECEIVED, ROOT, SECRET, assignment

from autograder.domain.course import Limits
from autograder.domain.report import Outcome
from autograder.domain.submission import ReceivedBy, Submission
from autograder.grading.grade import grade
from autograder.questions.solutions import prepare
from autograder.sandbox.runner import Runner

SLOW = Path(__file__).parent / "slow_solver/final.ipynb"


@pytest.mark.soak
def test_a_solver_that_needs_ten_seconds_a_case_earns_everything():
    """With the limits that students have: processor time counts, so a busy machine changes little."""
    limits = Limits()
    solutions = prepare("final", ROOT / "solutions/final.py", secret=SECRET, limits=limits)
    opened = assignment("final")
    opened = replace(opened, settings=replace(opened.settings, limits=limits), solutions=solutions)
    submission = Submission("ada", "final", SLOW.read_bytes(), RECEIVED, ReceivedBy.SERVER, "final.ipynb")
    with Runner(preload=("matplotlib.pyplot",), accept_level=1) as runner:
        report = grade(submission, opened, runner)
    assert {v.question: v.mark for v in report.verdicts if v.outcome is not Outcome.AWAITING_MARK} == {
        v.question: 1 for v in report.verdicts if v.mark is not None
    }
    assert report.score_so_far == 30
