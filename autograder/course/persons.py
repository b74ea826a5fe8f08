"""What a course holds of one person: exported, or erased."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from autograder.access import write_whole
from autograder.course.opened import OpenCourse
from autograder.errors import CourseError, Flaw
from autograder.gradebook.store import Gradebook
from autograder.upkeep.persons import PersonFiles, erase_person, gather_person, must_know

NOTICE = timedelta(days=30)
"""Between the end of the time that people are kept and when they may be erased."""


def export_person(course: OpenCourse, student: str, target: Path) -> Path:
    """Write a zip file of all that is recorded of a student, and return where it is.

    Raises:
        CourseError: nothing is recorded of anybody of that name.
    """
    with course.gradebook(read_only=True) as gradebook:
        content = gather_person(gradebook, student, course.course.student(student), quizzes_of(course))
    course.folder.access.make_folder(target.absolute().parent)
    write_whole(target, content, course.folder.access)
    return target


def preview_erasure(course: OpenCourse, student: str) -> list[str]:
    """What would go, in sentences. Raises CourseError where nothing is recorded of anybody of that name."""
    files = files_of(course)
    with course.gradebook(read_only=True) as gradebook:
        must_know(gradebook, student, course.course.student(student), quizzes_of(course))
        handed_in = len(gradebook.history(student))
        attempts = sum(len(gradebook.quizzes.attempts(quiz, student)) for quiz in quizzes_of(course))
    told = [
        f"{handed_in} submissions and {attempts} attempts at quizzes lose file, answers, texts and name",
        "marks, outcomes and times stay under a random number",
        *(f"{folder.relative_to(course.folder.path)} goes" for folder in files.of(student)),
        "their line in students.csv and teams goes, and copies of the gradebook made before an upgrade",
    ]
    left = [str(each.relative_to(course.folder.path)) for each in files.sheets if each.is_dir()]
    if left:
        told.append(f"what was made of the whole class stays, for you to look through: {', '.join(left)}")
    return told


def erase(course: OpenCourse, student: str) -> str:
    """Erase a student from gradebook and course, and return the number that stands in their place."""
    with course.gradebook() as gradebook:
        must_know(gradebook, student, course.course.student(student), quizzes_of(course))
        return erase_person(gradebook, student, files_of(course), access=course.folder.access)


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
        CourseError: the time of `[privacy] keep`, and thirty days more, are not over.
    """
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
        files, access = files_of(course), course.folder.access
        return [erase_person(gradebook, student, files, access=access) for student in everybody]


def files_of(course: OpenCourse) -> PersonFiles:
    """Where the files of a course name people."""
    root = course.folder.path
    teams = sorted((root / "teams").glob("*.csv"))
    return PersonFiles(
        folders=(root / "submissions", root / "reports", root / "returned"),
        tables=(root / "students.csv", *teams),
        sheets=(root / "marking", root / "exports", root / "returned", root / "backups"),
    )


def quizzes_of(course: OpenCourse) -> tuple[str, ...]:
    """The quizzes of a course: those that count, and those that have a file."""
    counting = [each.name for each in course.course.quizzes]
    filed = [file.name.removesuffix(".quiz.md") for file in sorted(course.folder.quiz.glob("*.quiz.md"))]
    return tuple(dict.fromkeys((*counting, *filed)))
