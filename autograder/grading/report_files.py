"""Reports as files beside students' names: FOLDER/STUDENT/report.html and report.json."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.access import Access, partial_of, write_whole
from autograder.domain.course import Course
from autograder.domain.handmark import HandMark
from autograder.domain.lateness import with_lateness
from autograder.domain.report import Report
from autograder.domain.report_json import to_text
from autograder.gradebook.store import Gradebook, KeptReport
from autograder.render import render_html

_FILES = _PAGE, _DATA = "report.html", "report.json"
_TOLD = b"<!-- autograder:"


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
    """The reports of an assignment in a folder, each file whole or not there.

    The last line of a page tells what both files were made of and their hashes, so that files which are not
    those of the report that counts are found without reading one: old ones, edited ones, somebody else's.
    """

    folder: Path
    course: Course

    def write(
        self, report: Report, *, page: str = "", text: str = "", marks: Iterable[HandMark] = ()
    ) -> None:
        """Write a report.

        Args:
            report: with its marks by hand.
            page: its page, where it is there already.
            text: what the gradebook keeps of it, where it is known.
            marks: those that were given by hand since.
        """
        folder, shown = self.folder / report.student, show(report, self.course)
        access = Access(self.course.group)
        access.make_folder(folder)
        kept = text or to_text(report)
        data = (kept if shown is report and not marks else to_text(shown)).encode()
        content = (page or render_page(report, self.course)).encode()
        told = self._tell(content, data, self._made_of(report.assignment, kept, marks))
        write_whole(folder / _DATA, data, access)
        write_whole(folder / _PAGE, content + told, access)

    def complete(
        self,
        gradebook: Gradebook,
        assignment: str,
        *,
        students: Collection[str] | None = None,
        anew: bool = False,
    ) -> int:
        """Write the reports that count whose files are missing or others (`anew`: all); return how many."""
        written = 0
        for kept in gradebook.kept_reports(assignment, students=students):
            if anew or not self._stands(kept, assignment):
                self.write(kept.read(), text=kept.text, marks=kept.marks)
                written += 1
        return written

    def _stands(self, kept: KeptReport, assignment: str) -> bool:
        """Whether both files are there and are of this report, with these marks and this deadline."""
        folder = self.folder / kept.student
        if any(partial_of(folder / name).exists() for name in _FILES):
            return False  # of a run that was killed
        try:
            data, page = (folder / _DATA).read_bytes(), (folder / _PAGE).read_bytes()
        except OSError:
            return False
        content = page[: page.rfind(_TOLD)]
        return page == content + self._tell(content, data, self._made_of(assignment, kept.text, kept.marks))

    def _made_of(self, assignment: str, text: str, marks: Iterable[HandMark]) -> str:
        """A hash of all that changes what report.json says."""
        settings = self.course.settings(assignment)
        limits = (settings.deadline, settings.grace) if settings else ()
        given = [(mark.part, mark.blob, mark.rubric, mark.comment, mark.marked) for mark in marks]
        return sha256(repr((text, given, limits)).encode()).hexdigest()

    def _tell(self, content: bytes, data: bytes, made_of: str) -> bytes:
        """The last line of a page."""
        hashes = f"{sha256(content).hexdigest()} {sha256(data).hexdigest()}"
        return _TOLD + f" {made_of} {hashes} -->\n".encode()
