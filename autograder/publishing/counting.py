"""The report that counts of each student in an assignment, and what lateness and decisions make of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from autograder.domain.grade import Grade, WorkGrade
from autograder.domain.handmark import with_marks
from autograder.domain.report import Report
from autograder.gradebook.store import Gradebook
from autograder.render import words


@dataclass(frozen=True, slots=True)
class CountedReport:
    """The report of the file that counts for a student."""

    report: Report
    """With the marks that were given by hand."""
    penalty: Fraction = Fraction(0)
    """Points that lateness takes."""
    note: str = ""
    """Where what counts is neither the score nor the score less a penalty: what does, and why."""


def find_works(grades: Mapping[str, Grade], name: str) -> dict[str, WorkGrade]:
    """One piece of work in the grade of each student."""
    return {
        student: next(work for work in grade.works if work.name == name) for student, grade in grades.items()
    }


def counted_reports(
    name: str, works: Mapping[str, WorkGrade], gradebook: Gradebook
) -> Iterator[CountedReport]:
    """The report that counts of each student who has one, in order of students.

    Args:
        name: of the assignment.
        works: what it counts for each student.
        gradebook: the store.
    """
    for latest in gradebook.latest_reports(name):
        student, work = latest.student, works.get(latest.student)
        if work is None:
            continue
        counts = work.file.blob if work.file else ""
        report = latest
        if counts and counts != latest.receipt.blob:
            theirs = [
                each for each in gradebook.reports(name, students=[student]) if each.receipt.blob == counts
            ]
            if theirs:
                report = with_marks(theirs[-1], gradebook.hand_marks.of(name, students=[student]))
        yield _weigh(report, work)


def _weigh(report: Report, work: WorkGrade) -> CountedReport:
    """What the report is worth in the end."""
    if work.so_far is None or report.score is None or not report.points:
        return CountedReport(report)
    mark, counts = report.score / report.points, work.so_far * report.points
    paid = mark if work.standing.decided else work.standing.work.late.value(mark, work.paid_days)
    if work.file is None and work.standing.too_late and not work.standing.decided:
        paid = Fraction(0)  # no file of theirs came early enough to count: lateness takes it all
    penalty = (mark - paid) * report.points
    if report.score - penalty == counts:
        return CountedReport(report, penalty)
    counted = words.number(counts, total=report.points)
    why = work.standing.decided or "decided by a person"
    return CountedReport(report, penalty, f"counts {counted} of {words.points(report.points)} here ({why})")
