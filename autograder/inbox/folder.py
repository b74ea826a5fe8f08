"""A folder of submissions: FOLDER/<student>/*.ipynb, or FOLDER/<student>/<time>/*.ipynb as `collect` writes.

The name of the folder says who handed in, never anything inside it. No link is followed and nothing is
guessed; what cannot be taken becomes a notice for a person, and concerns nobody else.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, tzinfo
from difflib import get_close_matches
from pathlib import Path

from autograder.domain.course import Limits
from autograder.domain.student_id import normal, why_unsafe
from autograder.domain.submission import Submission
from autograder.errors import CourseError, Flaw
from autograder.inbox.files import is_folder, list_folder
from autograder.inbox.notice import Notice, Rejected, escape
from autograder.inbox.student import read_student_folder

_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
_DEFAULTS = Limits()


def read_submissions(
    folder: Path,
    assignment: str,
    *,
    roster: Collection[str] = (),
    limits: Limits = _DEFAULTS,
    zone: tzinfo = UTC,
) -> Iterator[Submission | Notice]:
    """Read every submission of a folder, student by student, with at most one file in memory; and notices.

    `roster` holds the ids of the students; if it is empty, every name is accepted. `zone` is the
    course's: the zone of file times and of abbreviations such as CEST. Raises CourseError if the
    folder itself cannot be read.
    """
    expected = f"a notebook is expected at {escape(folder)}/<student>/<name>.ipynb"
    try:
        paths = list_folder(folder)
    except Rejected as unreadable:
        raise CourseError([Flaw(escape(folder), unreadable.what, expected)]) from unreadable
    homes: dict[str, list[Path]] = {}
    for path in paths:
        if is_folder(path):
            homes.setdefault(normal(path.name), []).append(path)
        elif path.is_symlink():
            todo = "it is not followed; put the folder itself in its place"
            yield Notice(escape(path), "is a symbolic link", todo)
        elif path.suffix.lower() in (".ipynb", *_ARCHIVES):
            yield Notice(escape(path), "is in no student's folder", expected)
    if not homes:
        yield Notice(escape(folder), "holds no student's folder", expected)
    for student, places in sorted(homes.items()):
        rejection = _find_rejection(student, places, roster)
        if rejection is not None:
            yield Notice(escape(places[0]), rejection.what, rejection.todo)
        else:
            yield from read_student_folder(
                student, places[0], assignment=assignment, limits=limits, zone=zone
            )


def _find_rejection(student: str, places: list[Path], roster: Collection[str]) -> Rejected | None:
    """Why nothing of this student's folder is taken, if nothing is."""
    unsafe = why_unsafe(student)
    if unsafe:
        return Rejected(f"this name of a folder {unsafe}", "give the folder the student's id as its name")
    if len(places) > 1:
        return Rejected(f"{len(places)} folders are named {student}", "keep one of them")
    if roster and student not in roster:
        close = get_close_matches(student, roster, n=1, cutoff=0.75)
        hint = f" (is it {close[0]}?)" if close else ""
        todo = f"name the folder after the student's id{hint}, or add the student to students.csv"
        return Rejected(f"no student of students.csv has the id {student}", todo)
    return None
