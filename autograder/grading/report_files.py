"""Reports as files beside students' names: FOLDER/STUDENT/report.html and report.json."""

import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from autograder.access import Access, describe_status, partial_of, write_whole
from autograder.domain.course import Course
from autograder.domain.handmark import HandMark
from autograder.domain.language import Language, speaking
from autograder.domain.lateness import NO_FACTS, ReceiptFacts, with_lateness
from autograder.domain.receipt import Receipt
from autograder.domain.report import Report
from autograder.domain.report_json import to_text
from autograder.gradebook.store import Gradebook, KeptReport
from autograder.render import render_html
from autograder.render.grade_section import has_place, replace_grade_section

_FILES = _PAGE, _DATA = "report.html", "report.json"
_TOLD = b"<!-- autograder:"


FactsOf = Callable[[Receipt], ReceiptFacts]


def no_facts(_student: str) -> FactsOf | None:
    """Nothing was recorded of anybody."""
    return None


SectionsOf = Callable[[Gradebook, str], Callable[[str], str]]
"""Reads what the reports of an assignment say of each student's grade; empty where that is nothing."""


def no_sections(_gradebook: Gradebook, _assignment: str) -> Callable[[str], str]:
    """Nothing is said of grades."""
    return lambda _student: ""


def render_page(report: Report, course: Course, facts: ReceiptFacts = NO_FACTS) -> str:
    """The page of a report, with the course's title, the student's name, the time of the course's zone."""
    student = course.student(report.student)
    shown = show_local(report, course, facts)
    with speaking(course.language):
        return render_html(shown, course=course.title, name=student.name if student else "")


def show_local(report: Report, course: Course, facts: ReceiptFacts = NO_FACTS) -> Report:
    """The report as it is shown, its times told by the clock of the course."""
    zone = ZoneInfo(course.timezone)
    receipt = replace(report.receipt, received=report.receipt.received.astimezone(zone))
    return replace(show(report, course, facts), receipt=receipt, graded=report.graded.astimezone(zone))


def show(report: Report, course: Course, facts: ReceiptFacts = NO_FACTS) -> Report:
    """The report as it is shown: with what follows from settings and events as they are today."""
    settings = course.settings(report.assignment)
    return with_lateness(report, settings, facts) if settings else report


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """The reports of an assignment in a folder, each file whole or not there.

    The last line of a page tells what both files were made of and their hashes, so that files which are not
    those of the report that counts are found without reading one: old ones, edited ones, somebody else's.
    """

    folder: Path
    course: Course
    facts: Callable[[str], FactsOf | None] = no_facts
    """What people recorded of a student's deadline and times of receipt; None where that is nothing."""
    sections: SectionsOf = no_sections

    def draw(self, report: Report, section: str = "") -> str:
        """The page of a report, with what people recorded of its receipt, and this section on the grade."""
        recorded = self.facts(report.student)
        page = render_page(report, self.course, recorded(report.receipt) if recorded else NO_FACTS)
        return replace_grade_section(page, section) or page

    def write(
        self,
        report: Report,
        *,
        page: str = "",
        text: str = "",
        marks: Iterable[HandMark] = (),
        section: str = "",
    ) -> None:
        """Write a report.

        Args:
            report: with its marks by hand.
            page: its page, where it is there already.
            text: what the gradebook keeps of it, where it is known.
            marks: those that were given by hand since.
            section: what it says of the student's grade; while a class is being graded, nothing.
        """
        recorded = self.facts(report.student)
        facts = recorded(report.receipt) if recorded else NO_FACTS
        folder, shown = self.folder / report.student, show(report, self.course, facts)
        access = Access(self.course.group)
        access.make_folder(folder)
        kept = text or to_text(report)
        data = (kept if shown is report and not marks else to_text(shown)).encode()
        # A page that is there already was made where nobody knows of these facts.
        ready = page if facts == NO_FACTS else ""
        drawn = ready or render_page(report, self.course, facts)
        content = (replace_grade_section(drawn, section) or drawn).encode()
        told = self._tell(content, data, self._made_of(report.assignment, kept, marks, facts))
        write_whole(folder / _DATA, data, access)
        write_whole(folder / _PAGE, content + told, access)

    def complete(
        self,
        gradebook: Gradebook,
        assignment: str,
        *,
        students: Collection[str] | None = None,
        anew: bool = False,
        signed: dict[str, str] | None = None,
    ) -> int:
        """Write the reports that count whose files are missing or others (`anew`: all); return how many.

        What they say of a student's grade is put in, or replaced where it has changed. Into `signed` goes
        what `sign` tells of each student's files as they are left.
        """
        written, section_of = 0, self.sections(gradebook, assignment)
        for kept in gradebook.kept_reports(assignment, students=students):
            section = section_of(kept.student)
            before = self.sign(kept.student)  # who edits a file while it is compared leaves another one
            if anew or not self._stands(kept, assignment):
                self.write(kept.read(), text=kept.text, marks=kept.marks, section=section)
                written += 1
                before = ""
            elif self._renew(kept, section):
                before = ""
            if signed is not None:
                signed[kept.student] = before or self.sign(kept.student)
        return written

    def sign(self, student: str) -> str:
        """What the system tells of a student's files: another text once one of them was written."""
        place = os.path.join(self.folder, student)  # noqa: PTH118 - of thousands, and a path takes longer
        try:
            return " / ".join(describe_status(os.stat(f"{place}/{name}")) for name in (".", *_FILES))  # noqa: PTH116
        except OSError:
            return "missing"

    def _renew(self, kept: KeptReport, section: str) -> bool:
        """Replace what a page that stands says of the grade, without drawing the rest; whether it did."""
        file = self.folder / kept.student / _PAGE
        page = file.read_bytes()
        place = page.rfind(_TOLD)
        drawn = replace_grade_section(page[:place].decode(), section)
        if drawn is None:
            if section and not has_place(page[:place].decode()):  # drawn by an earlier version
                self.write(kept.read(), text=kept.text, marks=kept.marks, section=section)
                return True
            return False
        content, data = drawn.encode(), (self.folder / kept.student / _DATA).read_bytes()
        made_of = page[place + len(_TOLD) :].split()[0].decode()
        write_whole(file, content + self._tell(content, data, made_of), Access(self.course.group))
        return True

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
        recorded = self.facts(kept.student)
        facts = recorded(kept.read().receipt) if recorded else NO_FACTS
        made_of = self._made_of(assignment, kept.text, kept.marks, facts)
        return page == content + self._tell(content, data, made_of)

    def _made_of(self, assignment: str, text: str, marks: Iterable[HandMark], facts: ReceiptFacts) -> str:
        """A hash of all that changes what both files say."""
        settings = self.course.settings(assignment)
        limits = (settings.deadline, settings.grace) if settings else ()
        given = [(mark.part, mark.blob, mark.rubric, mark.comment, mark.marked) for mark in marks]
        made_of: tuple[Any, ...] = (text, given, limits)
        made_of += () if facts == NO_FACTS else (facts,)
        made_of += () if self.course.language is Language.ENGLISH else (str(self.course.language),)
        return sha256(repr(made_of).encode()).hexdigest()

    def _tell(self, content: bytes, data: bytes, made_of: str) -> bytes:
        """The last line of a page."""
        hashes = f"{sha256(content).hexdigest()} {sha256(data).hexdigest()}"
        return _TOLD + f" {made_of} {hashes} -->\n".encode()
