"""The marks of a class as Otter's table has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from autograder.domain.grade import WorkGrade
from autograder.domain.report import Report
from autograder.gradebook.store import Gradebook
from autograder.interop.otter_grades import OtterLine, write_otter_grades
from autograder.publishing.counting import counted_reports
from autograder.render import words


@dataclass(frozen=True, slots=True)
class OtterTable:
    """The table, and what there is to tell of it."""

    content: bytes
    students: tuple[str, ...]
    """Who has a line."""
    without: tuple[str, ...]
    """Who has none, since nothing of theirs was graded."""
    unjudged: tuple[str, ...]
    """Whose line is incomplete through no fault of theirs: a person looks."""
    remarks: tuple[str, ...]


def otter_marks(name: str, works: Mapping[str, WorkGrade], gradebook: Gradebook) -> OtterTable:
    """The marks of a class in an assignment, as `otter grade` writes them: before lateness and decisions."""
    counted = list(counted_reports(name, works, gradebook))
    points: dict[str, Fraction] = {}
    for each in counted:
        points |= {verdict.question: verdict.points for verdict in each.report.verdicts}
    remarks = [f"{each.report.student}: {each.note}" for each in counted if each.note]
    remarks += [
        f"{each.report.student}: lateness takes {words.points(each.penalty)}, which this table does not show"
        for each in counted
        if each.penalty
    ]
    students = tuple(each.report.student for each in counted)
    return OtterTable(
        write_otter_grades(points, [_line(name, each.report) for each in counted]),
        students,
        tuple(sorted(works.keys() - set(students))),
        tuple(each.report.student for each in counted if each.report.needs_person),
        tuple(remarks),
    )


def _line(name: str, report: Report) -> OtterLine:
    scores = {verdict.question: verdict.earned for verdict in report.verdicts}
    waiting = [question for question, earned in scores.items() if earned is None]
    status = f"Open: {', '.join(waiting)}" if waiting else "Completed"
    if report.trouble:
        status = words.said(report.trouble)
    return OtterLine(f"{report.student}/{name}.ipynb", scores, status)
