"""A folder of submissions: FOLDER/<student>/*.ipynb, or FOLDER/<student>/<time>/*.ipynb as `collect` writes.

Who handed in is told by the name of the folder, never by anything inside it. Nothing is followed or
guessed; what cannot be taken is a line for a person, and concerns nobody else.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, tzinfo
from difflib import get_close_matches
from pathlib import Path

from autograder.domain.course import Limits
from autograder.domain.student_id import normal, why_unsafe
from autograder.domain.submission import Submission
from autograder.errors import CourseError, Flaw
from autograder.inbox.files import entries, is_folder
from autograder.inbox.notice import Oddity, Refused, shown
from autograder.inbox.student import handed_in

_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
_DEFAULTS = Limits()


def collect_folder(
    folder: Path,
    assignment: str,
    *,
    roster: Collection[str] = (),
    limits: Limits = _DEFAULTS,
    zone: tzinfo = UTC,
) -> tuple[tuple[Submission, ...], tuple[Oddity, ...]]:
    """All submissions of a folder in memory, and what a person should know of; see `arrivals`."""
    found = list(arrivals(folder, assignment, roster=roster, limits=limits, zone=zone))
    submissions = tuple(one for one in found if isinstance(one, Submission))
    return submissions, tuple(one for one in found if isinstance(one, Oddity))


def arrivals(
    folder: Path,
    assignment: str,
    *,
    roster: Collection[str] = (),
    limits: Limits = _DEFAULTS,
    zone: tzinfo = UTC,
) -> Iterator[Submission | Oddity]:
    """Every submission and every oddity of a folder, student by student, one file in memory at a time.

    `roster` holds the ids of the students; where it is empty, everybody is welcome. `zone` is the
    course's: the zone of file times and of abbreviations such as CEST. Raises CourseError where the
    folder itself cannot be read.
    """
    homes: dict[str, list[Path]] = {}
    for path in _inside(folder):
        if is_folder(path):
            homes.setdefault(normal(path.name), []).append(path)
        elif path.is_symlink():
            todo = "it is not followed; put the folder itself in its place"
            yield Oddity(shown(path), "is a symbolic link", todo)
        elif path.suffix.lower() in (".ipynb", *_ARCHIVES):
            yield Oddity(shown(path), "is in no student's folder", _put(folder))
    if not homes:
        yield Oddity(shown(folder), "holds no student's folder", _put(folder))
    for student, places in sorted(homes.items()):
        refusal = _refusal(student, places, roster)
        if refusal is not None:
            yield Oddity(shown(places[0]), refusal.what, refusal.todo)
        else:
            yield from handed_in(student, places[0], assignment=assignment, limits=limits, zone=zone)


def _inside(folder: Path) -> list[Path]:
    try:
        return entries(folder)
    except Refused as refusal:
        raise CourseError([Flaw(shown(folder), refusal.what, _put(folder))]) from refusal


def _put(folder: Path) -> str:
    return f"a notebook is expected at {shown(folder)}/<student>/<name>.ipynb"


def _refusal(student: str, places: list[Path], roster: Collection[str]) -> Refused | None:
    """Why nothing of this student's folder is taken, or None."""
    unsafe = why_unsafe(student)
    if unsafe:
        return Refused(f"this name of a folder {unsafe}", "give the folder the student's id as its name")
    if len(places) > 1:
        return Refused(f"{len(places)} folders are named {student}", "keep one of them")
    if roster and student not in roster:
        close = get_close_matches(student, roster, n=1, cutoff=0.75)
        hint = f" (is it {close[0]}?)" if close else ""
        todo = f"name the folder after the student's id{hint}, or add the student to students.csv"
        return Refused(f"no student of students.csv has the id {student}", todo)
    return None
