"""The report on one submission, as it may be shown now."""

from datetime import datetime

from autograder.course.opened import OpenCourse
from autograder.course.receipt_facts import read_receipt_facts
from autograder.domain.handmark import with_marks
from autograder.domain.lateness import NO_FACTS
from autograder.domain.report import Report
from autograder.gradebook.store import Gradebook
from autograder.grading.report_files import show_local


def read_report_for_student(
    course: OpenCourse, gradebook: Gradebook, submission: int, *, published: datetime | None
) -> Report | None:
    """The report that its student may see; None where there is none.

    Args:
        course: whose it is.
        gradebook: where it is kept.
        submission: its number in the store.
        published: when the marks of its work were last published.
    """
    report = gradebook.report_on(submission, published=published)
    return None if report is None else _local(course, gradebook, report)


def read_report_for_staff(course: OpenCourse, gradebook: Gradebook, submission: int) -> Report | None:
    """The last report, with all marks that were given by hand; None where there is none."""
    stored = next(iter(gradebook.last_reports([submission])), None)
    if stored is None:
        return None
    report = stored.report
    marks = gradebook.hand_marks.of(report.assignment, students=[report.student])
    return _local(course, gradebook, with_marks(report, marks))


def _local(course: OpenCourse, gradebook: Gradebook, report: Report) -> Report:
    facts = read_receipt_facts(course, report.assignment, gradebook)(report.student)
    recorded = facts(report.receipt) if facts else NO_FACTS
    return show_local(report, course.course, recorded)
