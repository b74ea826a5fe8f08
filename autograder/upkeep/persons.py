"""What a course holds of one person: all of it in a zip file, or none of it any more."""

import csv
import glob
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Any

from autograder.access import Access, write_whole
from autograder.domain.course import Student
from autograder.domain.report_json import to_text
from autograder.errors import CourseError, Flaw
from autograder.gradebook.store import Gradebook
from autograder.quiz.records import Attempt


@dataclass(frozen=True, slots=True)
class PersonFiles:
    """Where the files of a course name people: their folders, and tables with a line each."""

    folders: tuple[Path, ...]
    """Of submissions, reports and what was given back: below them a folder is a student's."""
    tables: tuple[Path, ...]
    """students.csv and teams: one line names one student."""
    sheets: tuple[Path, ...]
    """Of marking, exports and backups: made of a class, and not rewritten."""

    def of(self, student: str) -> Iterator[Path]:
        """The folders of a student."""
        for top in self.folders:
            yield from (path for path in sorted(top.glob(f"*/{glob.escape(student)}")) if path.is_dir())


def gather_person(
    gradebook: Gradebook, student: str, person: Student | None, quizzes: Sequence[str]
) -> bytes:
    """A zip file of all that is recorded of a student.

    Raises:
        CourseError: nothing is.
    """
    must_know(gradebook, student, person, quizzes)
    history = gradebook.history(student)
    attempts = [(quiz, each) for quiz in quizzes for each in gradebook.quizzes.attempts(quiz, student)]
    said = [each for each in gradebook.events.all() if each.whom.student == student]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "person.json", asdict(person) if person else {"id": student})
        _put(archive, "submissions.json", [asdict(event) for event in history])
        for number, event in enumerate(history, start=1):
            archive.writestr(
                f"submissions/{number:03}-{event.assignment}.ipynb", gradebook.content(event.blob)
            )
        for name in sorted({event.assignment for event in history}):
            for number, report in enumerate(gradebook.reports(name, students=[student]), start=1):
                archive.writestr(f"reports/{name}-{number:03}.json", to_text(report))
            marks = gradebook.hand_marks.of(name, students=[student])
            if marks:
                _put(archive, f"marks-by-hand/{name}.json", [asdict(mark) for mark in marks])
        for quiz, attempt in attempts:
            _put(archive, f"quizzes/{quiz}-{attempt.number}.json", _attempt(gradebook, attempt))
        if said:
            _put(archive, "decisions.json", [{"kind": each.kind.value, **asdict(each)} for each in said])
        published = {
            str(each.number): grades[student]
            for each in gradebook.events.publications()
            if student in (grades := gradebook.events.published(each.number))
        }
        if published:
            _put(archive, "published.json", published)
    return buffer.getvalue()


def must_know(gradebook: Gradebook, student: str, person: Student | None, quizzes: Sequence[str]) -> None:
    """Raise CourseError where nothing is recorded of a student, and students.csv does not name them."""
    known = person is not None or bool(gradebook.history(student))
    known = known or any(gradebook.quizzes.attempts(quiz, student) for quiz in quizzes)
    if not known and not any(each.whom.student == student for each in gradebook.events.all()):
        raise CourseError([Flaw(student, "nothing is recorded of anybody of that name", "see students.csv")])


def erase_person(gradebook: Gradebook, student: str, files: PersonFiles, *, access: Access) -> str:
    """Erase a student from the gradebook and from the course's files; return the number in their place."""
    # Their folders first: the next `grade` would take what lies in submissions/ for new.
    for folder in [*files.of(student)]:
        rmtree(folder)
    number = gradebook.erase_person(student)
    for table in files.tables:
        if table.is_file():
            _drop_lines(table, student, access)
    return number


def _attempt(gradebook: Gradebook, attempt: Attempt) -> dict[str, Any]:
    records = gradebook.quizzes
    return {
        "attempt": asdict(attempt),
        "responses": [asdict(each) for each in records.responses(attempt.id)],
        "verdicts": [asdict(each) for each in records.judgings(attempt.id)],
    }


def _put(archive: zipfile.ZipFile, name: str, content: Any) -> None:
    archive.writestr(name, json.dumps(content, indent=1, ensure_ascii=False, default=_spell))


def _spell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _drop_lines(table: Path, student: str, access: Access) -> None:
    content = table.read_bytes().decode("utf-8-sig", "surrogateescape")
    lines = content.splitlines(keepends=True)
    separator = max(",;\t", key=lines[0].count) if lines else ","
    heading = [cell.strip().lower() for row in csv.reader(lines[:1], delimiter=separator) for cell in row]
    if "id" not in heading:
        return
    place, kept = heading.index("id"), lines[:1]
    for line in lines[1:]:
        cells = [cell.strip() for row in csv.reader([line], delimiter=separator) for cell in row]
        if cells[place : place + 1] != [student]:
            kept.append(line)
    if kept != lines:
        write_whole(table, "".join(kept).encode("utf-8", "surrogateescape"), access)
