"""One student's folder: the notebook to grade, and when it was received."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from autograder.domain.course import Limits
from autograder.domain.submission import ReceivedBy, Submission
from autograder.inbox.files import is_folder, list_folder, read_bounded, require_regular
from autograder.inbox.notice import Notice, Rejected, escape
from autograder.inbox.times import convert_file_time, read_folder_name, read_timestamp

_NOTEBOOK = ".ipynb"
_TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 200


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The folder in which to look for the notebook, and the time of receipt if the folder's name says it."""

    place: Path
    receipt: tuple[datetime, ReceivedBy] | None = None


@dataclass(frozen=True, slots=True)
class _Choice:
    """The notebook to grade, if it is clear which that is, and what a person should know of the choice."""

    notebook: Path | None
    notices: tuple[Notice, ...]


def read_student_folder(
    student: str, home: Path, *, assignment: str, limits: Limits, zone: tzinfo
) -> Iterator[Submission | Notice]:
    """Read the submission of a student's folder, if there is one, and what a person should know of it."""
    where = home
    try:
        attempt = _find_latest_attempt(home)
        choice = _choose(attempt.place, student, assignment)
        yield from choice.notices
        if choice.notebook is None:
            return
        where = choice.notebook
        content, modified = read_bounded(where, most=limits.notebook_mb * 1_000_000)
    except Rejected as rejection:
        yield Notice(escape(where), rejection.what, rejection.todo, student)
        return
    yield from _notice_passed_over(home, attempt, student)
    received, received_by, doubt = _find_time(attempt, modified, zone)
    if doubt is not None:
        yield Notice(escape(attempt.place / _TIMESTAMP), doubt.what, doubt.todo, student, taken=True)
    yield Submission(student, assignment, content, received, received_by, escape(where.name))


def _find_latest_attempt(home: Path) -> _Attempt:
    """The folder of the latest attempt; the student's folder itself where it holds none."""
    attempts = [
        _Attempt(path, receipt)
        for path in list_folder(home)
        if is_folder(path) and (receipt := read_folder_name(path.name)) is not None
    ]
    return max(attempts, key=lambda attempt: (attempt.receipt, attempt.place.name), default=_Attempt(home))


def _choose(place: Path, student: str, assignment: str) -> _Choice:
    """Choose the only notebook of a folder, or of several the one named after the assignment."""
    rejections: list[tuple[Path, Rejected]] = []
    usable: list[Path] = []
    for path in list_folder(place):
        if path.suffix.lower() != _NOTEBOOK:
            continue
        try:
            require_regular(path)
            usable.append(path)
        except Rejected as rejection:
            rejections.append((path, rejection))
    expected = place / f"{assignment}.ipynb"
    chosen = usable[0] if len(usable) == 1 else expected if expected in usable else None
    taken = chosen is not None
    notices = [Notice(escape(path), why.what, why.todo, student, taken) for path, why in rejections]
    if len(usable) > 1:
        what = f"holds {len(usable)} notebooks ({', '.join(escape(path.name) for path in usable)})"
        todo = f"{expected.name} was taken" if taken else f"keep the one to grade, or name it {expected.name}"
        notices.append(Notice(escape(place), what, todo, student, taken))
    elif not usable and not rejections:
        notices.append(Notice(escape(place), _describe_content(place), f"ask for {expected.name}", student))
    return _Choice(chosen, tuple(notices))


def _describe_content(place: Path) -> str:
    names = [escape(path.name) for path in list_folder(place) if path.name != _TIMESTAMP]
    if not names:
        return "holds no file"
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"holds no notebook, only {', '.join(names[:3])}{more}"


def _notice_passed_over(home: Path, attempt: _Attempt, student: str) -> Iterator[Notice]:
    """Notebooks that are not looked at, because the student's folder holds attempts."""
    beside = [path for path in list_folder(home) if path.suffix.lower() == _NOTEBOOK]
    for path in beside if attempt.place != home else []:
        todo = f"the attempt {attempt.place.name} was taken"
        yield Notice(escape(path), "lies beside the folders of attempts", todo, student, taken=True)


def _find_time(
    attempt: _Attempt, modified: float, zone: tzinfo
) -> tuple[datetime, ReceivedBy, Rejected | None]:
    """When the attempt was received, how we know, and what is wrong with its timestamp.txt."""
    # `collect` named the folder; a timestamp.txt inside it came from the student.
    if attempt.receipt is not None:
        return *attempt.receipt, None
    doubt = None
    try:
        time = _read_timestamp_file(attempt.place / _TIMESTAMP, zone)
        if time is not None:
            return time, ReceivedBy.TIMESTAMP, None
    except Rejected as rejection:
        doubt = rejection
    return convert_file_time(modified, zone=zone), ReceivedBy.FILE_TIME, doubt


def _read_timestamp_file(path: Path, zone: tzinfo) -> datetime | None:
    """The time in a timestamp.txt, or None if there is no such file."""
    try:
        content, _ = read_bounded(path, most=_LONGEST_TIMESTAMP)
    except Rejected:
        if not path.is_symlink() and not path.exists():
            return None
        raise Rejected("cannot be read", "the file's own time was taken, which is doubtful") from None
    try:
        return read_timestamp(content.decode("utf-8-sig"), zone=zone)
    except ValueError:
        words = escape(content[:40].decode("utf-8", "replace").strip())
        raise Rejected(
            f"tells no time ({words})", "the file's own time was taken, which is doubtful"
        ) from None
