"""What a course holds of one person: all of it in a zip file, or none of it any more."""

import glob
import io
import json
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from autograder.access import Access
from autograder.domain.course import Student
from autograder.domain.course_events import CourseEvent, Team
from autograder.domain.report_json import to_text
from autograder.errors import CourseError, Flaw
from autograder.gradebook.store import Gradebook
from autograder.quiz.records import Attempt
from autograder.upkeep.traces import Person, drop_json_lines, drop_lines, find_traces, remove_trace


@dataclass(frozen=True, slots=True)
class PersonFiles:
    """Where the files of a course name people: their folders, and tables with a line each."""

    folders: tuple[Path, ...]
    """Of submissions, reports and what was given back: below them a folder is a student's."""
    tables: tuple[Path, ...]
    """students.csv and teams: one line names one student."""
    made: tuple[Path, ...]
    """Of reports, returns and exports: whatever names a student there can be made again without them."""
    typed: tuple[Path, ...]
    """Of marking: the same, but that people type into the tables."""
    pages: tuple[Path, ...]
    """On a class, with what students wrote and without their names; made again by `stats`."""
    alone: tuple[Path, ...]
    """Folders of submissions that are a team's whose only member is the student."""
    by_file: tuple[Path, ...]
    """A JSON list a line: the hash of a file that was handed in, and what follows from it."""
    by_report: tuple[Path, ...]
    """A JSON list a line: a number and a report as text."""

    def of(self, person: Person) -> Iterator[Path]:
        """The folders of a student, and other files that name them, each once."""
        return iter(dict.fromkeys(self._every(person)))

    def _every(self, person: Person) -> Iterator[Path]:
        for top in self.folders:
            yield from (p for p in sorted(top.glob(f"*/{glob.escape(person.student)}")) if p.is_dir())
        yield from (folder for folder in self.alone if folder.is_dir())
        yield from find_traces((*self.made, *self.typed), person)
        yield from (page for page in self.pages if page.is_file())


Teams = Mapping[str, tuple[str, tuple[str, ...]]]
"""By assignment: the name of a student's team, and its members."""


def gather_person(
    gradebook: Gradebook,
    student: str,
    person: Student | None,
    quizzes: Sequence[str],
    teams: Teams = MappingProxyType({}),
) -> bytes:
    """A zip file of all that is recorded of a student; nobody else is named in what is recorded of them.

    Args:
        gradebook: the store.
        student: whose.
        person: their line in students.csv, if there is one.
        quizzes: of the course.
        teams: with whom they hand in.

    Raises:
        CourseError: nothing is.
    """
    must_know(gradebook, student, person, quizzes)
    history = gradebook.history(student)
    attempts = [(quiz, each) for quiz in quizzes for each in gradebook.quizzes.attempts(quiz, student)]
    said = [each for each in gradebook.events.all() if each.whom.student == student]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        mates = find_all_mates(gradebook, student, teams)
        put_json(archive, "person.json", tell_person(student, person, teams, mates))
        put_json(archive, "submissions.json", [asdict(event) for event in history])
        for number, event in enumerate(history, start=1):
            archive.writestr(
                f"submissions/{number:03}-{event.assignment}.ipynb", gradebook.content(event.blob)
            )
        for name in sorted({event.assignment for event in history}):
            for number, report in enumerate(gradebook.reports(name, students=[student]), start=1):
                archive.writestr(f"reports/{name}-{number:03}.json", to_text(report))
            marks = gradebook.hand_marks.of(name, students=[student])
            if marks:
                put_json(archive, f"marks-by-hand/{name}.json", [asdict(mark) for mark in marks])
        for quiz, attempt in attempts:
            put_json(archive, f"quizzes/{quiz}-{attempt.number}.json", _attempt(gradebook, attempt))
        if said:
            put_json(archive, "decisions.json", [tell_decision(each, mates) for each in said])
        looks = gradebook.second_looks.all(student=student)
        if looks:
            put_json(archive, "requests.json", [asdict(each) for each in looks])
        published = find_published(gradebook, student)
        if published:
            put_json(archive, "published.json", {str(each.number): told for each, told in published})
    return buffer.getvalue()


def tell_person(student: str, person: Student | None, teams: Teams, mates: Collection[str]) -> dict[str, Any]:
    """Their line of students.csv, and the names of their teams where those name nobody else."""
    known = asdict(person) if person else {"id": student}
    named = {work: hide_members(team, mates) for work, (team, _) in teams.items()}
    return {**known, "teams": named} if named else known


def find_published(gradebook: Gradebook, student: str) -> list[tuple[CourseEvent, Any]]:
    """What was published of a student, with the publication, the oldest first."""
    return [
        (each, told)
        for each in gradebook.events.publications()
        if (told := gradebook.events.published_of(each.number, student)) is not None
    ]


def must_know(gradebook: Gradebook, student: str, person: Student | None, quizzes: Sequence[str]) -> None:
    """Raise CourseError where nothing is recorded of a student, and students.csv does not name them."""
    known = person is not None or bool(gradebook.history(student))
    known = known or any(gradebook.quizzes.attempts(quiz, student) for quiz in quizzes)
    if not known and not any(each.whom.student == student for each in gradebook.events.all()):
        raise CourseError([Flaw(student, "nothing is recorded of anybody of that name", "see students.csv")])


def erase_person(gradebook: Gradebook, person: Person, files: PersonFiles, *, access: Access) -> str:
    """Erase a student from the gradebook and from the course's files; return the number in their place.

    The caller sees to it that nobody else of ours is at work in the course: what a run has read would come
    back.
    """
    # Their folders first: the next `grade` would take what lies in submissions/ for new.
    for path in [*files.of(person)]:
        typed = any(path.is_relative_to(top) for top in files.typed)
        if path.exists():
            known = person.by_number(copies=True) if typed else person
            remove_trace(path, known, access, keep_tables=typed)
    handed_in = {event.blob for event in gradebook.history(person.student)}
    number = gradebook.erase_person(person.student)
    gone = {blob for blob in handed_in if not gradebook.holds(blob)}
    for file in files.by_file:
        drop_json_lines(file, access, lambda said: said[0] in gone)
    for file in files.by_report:
        drop_json_lines(file, access, lambda said: _is_of(said, person.student))
    # students.csv last: a run that was killed before can be repeated with all that they are known by.
    for table in files.tables:
        if table.is_file():
            drop_lines(table, person.by_number(copies=False), access)
    return number


def _is_of(said: Sequence[object], student: str) -> bool:
    """Whether a line of a number and a report is a student's; so is one that cannot be read."""
    try:
        return bool(json.loads(str(said[1]))["student"] == student)
    except (ValueError, LookupError, TypeError):
        return True


def find_all_mates(gradebook: Gradebook, student: str, teams: Teams) -> set[str]:
    """Everybody with whom a student hands in, or did."""
    recorded = {
        (event.whom.student, event.what.work, event.what.name)
        for event in gradebook.events.all()
        if isinstance(event.what, Team)
    }
    own = {(work, name) for who, work, name in recorded if who == student}
    mates = {who for who, work, name in recorded if (work, name) in own}
    return mates.union(*(members for _, members in teams.values())) - {student}


def hide_members(team: str, mates: Iterable[str]) -> str:
    """The name of a team, unless it is made of its members' ids."""
    return "" if any(mate.casefold() in team.casefold() for mate in mates) else team


def tell_decision(event: CourseEvent, mates: Iterable[str]) -> dict[str, Any]:
    """An event of a student, without the name of a team that names others."""
    if isinstance(event.what, Team) and not hide_members(event.what.name, mates):
        # The sentence to the student says the name of the team.
        event = replace(event, what=replace(event.what, name="", why=""))
    return {"kind": event.kind.value, **asdict(event)}


def _attempt(gradebook: Gradebook, attempt: Attempt) -> dict[str, Any]:
    records = gradebook.quizzes
    return {
        "attempt": asdict(attempt),
        "responses": [asdict(each) for each in records.responses(attempt.id)],
        "verdicts": [asdict(each) for each in records.judgings(attempt.id)],
    }


def put_json(archive: zipfile.ZipFile, name: str, content: Any) -> None:
    """Put a value into an archive as JSON: moments in ISO 8601, points as text."""

    def spell(value: Any) -> str:
        return value.isoformat() if isinstance(value, datetime) else str(value)

    text = json.dumps(content, indent=1, ensure_ascii=False, default=spell)
    # What was printed or named may hold lone surrogates: escaped so, they are JSON that reads back.
    archive.writestr(name, text.encode("utf-8", "backslashreplace"))
