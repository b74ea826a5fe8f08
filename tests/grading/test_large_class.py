"""A class of thousands is graded in the memory of a few, and what has not changed is not looked at twice."""

import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from autograder.course.folder import CourseFolder
from autograder.domain.course import AssignmentSettings, Course
from autograder.domain.receipt import Receipt
from autograder.domain.report import CellEnding, CellRun, Isolation, Outcome, Report, Verdict
from autograder.domain.sentences import authored
from autograder.domain.submission import ReceivedBy, Submission
from autograder.gradebook.store import Gradebook
from autograder.grading.batch import grade_pending
from autograder.grading.grader import GradedSubmission
from autograder.grading.report_files import ReportFiles
from autograder.grading.workers import ThisProcess

NOON = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)
COURSE = Course(
    "small",
    "Small",
    "Europe/Paris",
    Fraction(1),
    Fraction(0),
    (AssignmentSettings("small", "S", Fraction(1)),),
)
PRINTED = 100_000


def submission(number: int) -> Submission:
    content = f'{{"n": {number}}}'.encode()
    return Submission(f"s{number:03}", "small", content, NOON, ReceivedBy.SERVER, "small.ipynb")


def recipe() -> Callable[[Submission], GradedSubmission]:
    """Every third student is wrong, and everybody prints much."""

    def tool(one: Submission) -> GradedSubmission:
        wrong = int(one.student[1:]) % 3 == 0
        outcome, mark = (Outcome.WRONG, Fraction(0)) if wrong else (Outcome.RIGHT, Fraction(1))
        verdict = Verdict("double", Fraction(2), outcome, mark, authored("So."), "Double")
        cells = (CellRun(1, CellEnding.RAN, source="x", printed=one.student * (PRINTED // 4)),)
        report = Report(Receipt.of(one), "r1", (verdict,), Isolation(2), NOON, cells=cells)
        return GradedSubmission(report, "<p>page</p>")

    return tool


def test_a_run_keeps_nothing_of_what_students_printed(tmp_path: Path) -> None:
    """Of each report there stay a name and a score; what is told at the end is gathered on the way."""
    folder = CourseFolder(tmp_path)
    marks: list[int] = []

    def watch(reports: Iterator[Report], _total: int) -> Iterator[Report]:
        for report in reports:
            marks.append(tracemalloc.get_traced_memory()[0])
            yield report

    with Gradebook.open(folder.store_url, folder.custody(), clock=lambda: NOON) as book:
        arrivals = map(submission, range(60))
        files = ReportFiles(tmp_path / "reports", COURSE)
        tracemalloc.start()
        try:
            batch = grade_pending("small", arrivals, book, recipe, files, workers=ThisProcess(), watch=watch)
        finally:
            tracemalloc.stop()

    assert max(marks[-10:]) - marks[10] < 5 * PRINTED
    assert [each.student for each in batch.reports] == [f"s{number:03}" for number in range(60)]
    [figures] = batch.questions
    assert (figures.mean, figures.common, figures.count) == (Fraction(4, 3), "wrong", 20)
    assert batch.points == 2
