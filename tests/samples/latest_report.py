"""What is recorded of a student's work, as most tests of the gradebook ask for it."""

from autograder.domain.report import Report
from autograder.gradebook.store import Gradebook


def latest_report(gradebook: Gradebook, assignment: str, student: str) -> Report | None:
    """The student's report that counts, or None."""
    return next(gradebook.latest_reports(assignment, students=[student]), None)
