"""What a course holds of one person: exported, or erased."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from autograder.access import write_whole
from autograder.course.opened import OpenCourse
from autograder.course.quiz_files import name_quizzes
from autograder.domain.counts import describe_count
from autograder.errors import CourseError, Flaw
from autograder.gradebook.served import find_server
from autograder.gradebook.store import Gradebook
from autograder.marking.answers import copy_number
from autograder.services.uploads import course_uploads
from autograder.upkeep.persons import PersonFiles, erase_person, gather_person, must_know
from autograder.upkeep.traces import TABLES, Person

NOTICE = timedelta(days=30)
"""Between the end of the time that people are kept and when they may be erased."""


def export_person(course: OpenCourse, student: str, target: Path) -> Path:
    """Write a zip file of all that is recorded of a student, and return where it is.

    Raises:
        CourseError: nothing is recorded of anybody of that name.
    """
    with course.gradebook(read_only=True) as gradebook:
        person, teams = course.course.student(student), teams_of(course, student)
        content = gather_person(gradebook, student, person, quizzes_of(course), teams)
    course.folder.access.make_folder(target.absolute().parent)
    write_whole(target, content, course.folder.access)
    return target


def preview_erasure(course: OpenCourse, student: str) -> list[str]:
    """What would go, in sentences. Raises CourseError where nothing is recorded of anybody of that name."""
    files = files_of(course, student)
    with course.gradebook(read_only=True) as gradebook:
        must_know(gradebook, student, course.course.student(student), quizzes_of(course))
        handed_in = len(gradebook.history(student))
        attempts = sum(len(gradebook.quizzes.attempts(quiz, student)) for quiz in quizzes_of(course))
        person = person_of(course, gradebook, student)
    lost = f"{describe_count(handed_in, 'submission')} and {describe_count(attempts, 'attempt')}"
    told = [
        f"{lost} at quizzes lose file, answers, texts and name",
        "marks, outcomes and times stay under a random number",
        *(_fate(path, files, course) for path in files.of(person)),
        "their line in students.csv and teams goes, and copies of the gradebook made before an upgrade",
    ]
    if (course.folder.path / "backups").is_dir():
        told.append("backups/ stays, for you to delete: a backup is never changed")
    return told


def _fate(path: Path, files: PersonFiles, course: OpenCourse) -> str:
    shown = path.relative_to(course.folder.path)
    if path.is_dir() or path.suffix.lower() not in TABLES:
        made = any(path.is_relative_to(top) for top in (*files.made, *files.typed)) or path in files.pages
        return f"{shown} goes" + (", and can be made again without them" if made and path.is_file() else "")
    return f"{shown} loses their lines"


def erase(course: OpenCourse, student: str) -> str:
    """Erase a student from gradebook and course, and return the number that stands in their place.

    Raises:
        CourseError: nothing is recorded of anybody of that name, or the course is served.
    """
    _refuse_served(course)
    with course.gradebook() as gradebook:
        must_know(gradebook, student, course.course.student(student), quizzes_of(course))
        person = person_of(course, gradebook, student)
        _forget_sessions(course, [student])
        return erase_person(gradebook, person, files_of(course, student), access=course.folder.access)


def _refuse_served(course: OpenCourse) -> None:
    """Refuse to erase while pages are served: what a browser shows or sends would come back."""
    server = find_server(course.folder.state)
    if server is not None:
        what = f"{server} holds the course"
        raise CourseError([Flaw(str(course.folder.path), what, "end it, erase, and start it again")])


def _forget_sessions(course: OpenCourse, people: Sequence[str]) -> None:
    """Forget the sessions, links and unsent texts of people: they are logged out, and come in no more.

    What instructors sent and did not confirm goes too: it may hold files of anybody.
    """
    course_uploads(course).forget_all()
    with course.transient() as transient:
        for person in people:
            transient.forget_person(person)


@dataclass(frozen=True, slots=True)
class Retention:
    """Until when what names people is kept, by `[privacy] keep`."""

    ends: datetime
    erasable: datetime
    """When it may be erased: so long is left to make an archive."""


def find_retention(course: OpenCourse, gradebook: Gradebook) -> Retention | None:
    """Until when the course's people are kept, or None where nothing says so or nothing was recorded."""
    months, last = course.course.keep_months, None
    if months:
        last = gradebook.last_use()
    if last is None:
        return None
    years, month = divmod(last.month - 1 + months, 12)
    # The 31st of a month that is shorter is its last day.
    days = monthrange(last.year + years, month + 1)[1]
    ends = last.replace(year=last.year + years, month=month + 1, day=min(last.day, days))
    return Retention(ends, ends + NOTICE)


def erase_everybody(course: OpenCourse, *, now: datetime) -> list[str]:
    """Erase everybody of whom something is recorded, and return their numbers.

    Raises:
        CourseError: the time of `[privacy] keep`, and thirty days more, are not over, or it is served.
    """
    _refuse_served(course)
    with course.gradebook() as gradebook:
        retention = find_retention(course, gradebook)
        where = "course.toml: privacy.keep"
        if retention is None:
            what = "says nothing, or nothing was recorded"
            raise CourseError([Flaw(where, what, 'write how long, as keep = "18 months", or --person')])
        if now < retention.erasable:
            what = f"keeps people until {retention.ends:%Y-%m-%d}, and thirty days more for an archive"
            raise CourseError([Flaw(where, what, f"--course erases from {retention.erasable:%Y-%m-%d} on")])
        everybody = sorted({*gradebook.students(), *(each.id for each in course.course.roster)})
        people, access = [person_of(course, gradebook, each) for each in everybody], course.folder.access
        _forget_sessions(course, everybody)
        # Whose team is left with one member is known once the others are gone.
        return [
            erase_person(gradebook, each, files_of(course, each.student), access=access) for each in people
        ]


def files_of(course: OpenCourse, student: str) -> PersonFiles:
    """Where the files of a course name a student."""
    root = course.folder.path
    state = course.folder.state
    return PersonFiles(
        folders=(root / "submissions", root / "reports", root / "returned"),
        tables=(root / "students.csv", *sorted((root / "teams").glob("*.csv"))),
        made=(root / "reports", root / "returned", root / "exports"),
        typed=(root / "marking",),
        pages=(*sorted(root.glob("*-class.html")), *sorted((root / "marking").glob("*/*.html"))),
        alone=tuple(
            root / "submissions" / work / team
            for work, (team, members) in teams_of(course, student).items()
            if members == (student,)
        ),
        by_file=tuple(sorted((state / "answers").glob("*/*.jsonl"))),
        by_report=tuple(sorted((state / "regrading").glob("*/*.jsonl"))),
    )


def teams_of(course: OpenCourse, student: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The team of a student for each assignment for which they have one: its name and its members."""
    return {
        each.name: (team, members)
        for each in course.course.assignments
        for team, members in course.teams(each.name).items()
        if student in members
    }


def person_of(course: OpenCourse, gradebook: Gradebook, student: str) -> Person:
    """All that a student is known by in the files of a course."""
    known = course.course.student(student)
    secret, names = course.folder.secret(), [each.name for each in course.course.assignments]
    copies = {copy_number(student, name, secret=secret) for name in names}
    for quiz in quizzes_of(course):
        for each in gradebook.quizzes.attempts(quiz, student):
            copies.add(copy_number(f"{student}/{each.number}", quiz, secret=secret))
    everybody = {*gradebook.students(), *(each.id for each in course.course.roster)}
    return Person(
        student,
        known.name if known else "",
        known.email if known else "",
        frozenset(map(str, copies)),
        frozenset(everybody - {student}),
    )


def quizzes_of(course: OpenCourse) -> tuple[str, ...]:
    """The quizzes of a course: those that count, and those that have a file."""
    counting = [each.name for each in course.course.quizzes]
    return tuple(dict.fromkeys((*counting, *name_quizzes(course.folder.quiz))))
