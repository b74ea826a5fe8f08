"""Reports as files beside students' names: FOLDER/STUDENT/report.html and report.json."""

import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.domain.course import Course
from autograder.domain.lateness import with_lateness
from autograder.domain.report import Report
from autograder.domain.report_json import to_text
from autograder.gradebook.store import Gradebook
from autograder.render import render_html

_FILES = _PAGE, _DATA = "report.html", "report.json"


def render_page(report: Report, course: Course) -> str:
    """The page of a report, with the course's title, the student's name, the time of the course's zone."""
    zone, student = ZoneInfo(course.timezone), course.student(report.student)
    receipt = replace(report.receipt, received=report.receipt.received.astimezone(zone))
    shown = replace(show(report, course), receipt=receipt, graded=report.graded.astimezone(zone))
    return render_html(shown, course=course.title, name=student.name if student else "")


def show(report: Report, course: Course) -> Report:
    """The report as it is shown: with what follows from the course's settings as they are today."""
    settings = course.settings(report.assignment)
    return with_lateness(report, settings) if settings else report


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """The reports of an assignment in a folder, each file whole or not there."""

    folder: Path
    course: Course

    def write(self, report: Report, *, page: str = "", text: str = "") -> None:
        """Write a report; `page` and `text` (what `to_text` makes of it) where they are there already."""
        folder, shown = self.folder / report.student, show(report, self.course)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(folder / _PAGE, page or render_page(report, self.course))
        write_whole(folder / _DATA, text if text and shown is report else to_text(shown))

    def write_missing(self, gradebook: Gradebook, assignment: str) -> int:
        """Write the reports that are recorded but whose files are missing; return how many."""
        students = gradebook.latest_submissions(assignment).students
        missing = [s for s in students if not all((self.folder / s / name).is_file() for name in _FILES)]
        reports = list(gradebook.latest_reports(assignment, students=missing)) if missing else []
        for report in reports:
            self.write(report)
        return len(reports)


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
