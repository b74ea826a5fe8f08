"""One student's folder: the notebook to grade, and when it was received."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from autograder.domain.course import Limits
from autograder.domain.submission import ReceivedBy, Submission
from autograder.inbox.files import entries, is_folder, read_bounded, require_regular
from autograder.inbox.notice import Oddity, Refused, shown
from autograder.inbox.times import file_time, read_folder_name, read_timestamp

_NOTEBOOK = ".ipynb"
_TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 200


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The folder in which to look for the notebook; the time of receipt where the folder's name tells it."""

    place: Path
    told: tuple[datetime, ReceivedBy] | None = None


@dataclass(frozen=True, slots=True)
class _Choice:
    """The notebook to grade, if it can be told, and what was odd about choosing it."""

    notebook: Path | None
    oddities: tuple[Oddity, ...]


def handed_in(
    student: str, home: Path, *, assignment: str, limits: Limits, zone: tzinfo
) -> Iterator[Submission | Oddity]:
    """The submission of a student's folder, if there is one, and its oddities."""
    where = home
    try:
        attempt = _latest_attempt(home)
        choice = _choose(attempt.place, student, assignment)
        yield from choice.oddities
        if choice.notebook is None:
            return
        where = choice.notebook
        content, modified = read_bounded(where, most=limits.notebook_mb * 1_000_000)
    except Refused as refusal:
        yield Oddity(shown(where), refusal.what, refusal.todo, student)
        return
    yield from _beside_attempts(home, attempt, student)
    received, received_by, doubt = _received(attempt, modified, zone)
    if doubt is not None:
        yield Oddity(shown(attempt.place / _TIMESTAMP), doubt.what, doubt.todo, student, taken=True)
    yield Submission(student, assignment, content, received, received_by, shown(where.name))


def _latest_attempt(home: Path) -> _Attempt:
    """The folder of the latest attempt; the student's folder itself where it holds none."""
    attempts = [
        _Attempt(path, told)
        for path in entries(home)
        if is_folder(path) and (told := read_folder_name(path.name)) is not None
    ]
    return max(attempts, key=lambda attempt: (attempt.told, attempt.place.name), default=_Attempt(home))


def _choose(place: Path, student: str, assignment: str) -> _Choice:
    """The only notebook of a folder, or of several the one that is named after the assignment."""
    refusals: list[tuple[Path, Refused]] = []
    usable: list[Path] = []
    for path in entries(place):
        if path.suffix.lower() != _NOTEBOOK:
            continue
        try:
            require_regular(path)
            usable.append(path)
        except Refused as refusal:
            refusals.append((path, refusal))
    expected = place / f"{assignment}.ipynb"
    chosen = usable[0] if len(usable) == 1 else expected if expected in usable else None
    taken = chosen is not None
    oddities = [Oddity(shown(path), why.what, why.todo, student, taken) for path, why in refusals]
    if len(usable) > 1:
        what = f"holds {len(usable)} notebooks ({', '.join(shown(path.name) for path in usable)})"
        todo = f"{expected.name} was taken" if taken else f"keep the one to grade, or name it {expected.name}"
        oddities.append(Oddity(shown(place), what, todo, student, taken))
    elif not usable and not refusals:
        oddities.append(Oddity(shown(place), _what_is_there(place), f"ask for {expected.name}", student))
    return _Choice(chosen, tuple(oddities))


def _what_is_there(place: Path) -> str:
    names = [shown(path.name) for path in entries(place) if path.name != _TIMESTAMP]
    if not names:
        return "holds no file"
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"holds no notebook, only {', '.join(names[:3])}{more}"


def _beside_attempts(home: Path, attempt: _Attempt, student: str) -> Iterator[Oddity]:
    """Notebooks that are not looked at, because the student's folder holds attempts."""
    beside = [path for path in entries(home) if path.suffix.lower() == _NOTEBOOK]
    for path in beside if attempt.place != home else []:
        todo = f"the attempt {attempt.place.name} was taken"
        yield Oddity(shown(path), "lies beside the folders of attempts", todo, student, taken=True)


def _received(
    attempt: _Attempt, modified: float, zone: tzinfo
) -> tuple[datetime, ReceivedBy, Refused | None]:
    """When the attempt was received, how we know, and what was wrong with its timestamp.txt."""
    # What lies in the folder of an attempt came with it, a timestamp.txt too: its name is surer.
    if attempt.told is not None:
        return *attempt.told, None
    doubt = None
    try:
        told = _timestamp(attempt.place / _TIMESTAMP, zone)
        if told is not None:
            return told, ReceivedBy.TIMESTAMP, None
    except Refused as refusal:
        doubt = refusal
    return file_time(modified, zone=zone), ReceivedBy.FILE_TIME, doubt


def _timestamp(path: Path, zone: tzinfo) -> datetime | None:
    """The time a timestamp.txt tells, or None where there is none."""
    try:
        content, _ = read_bounded(path, most=_LONGEST_TIMESTAMP)
    except Refused:
        if not path.is_symlink() and not path.exists():
            return None
        raise Refused("cannot be read", "the file's own time was taken, which is doubtful") from None
    try:
        return read_timestamp(content.decode("utf-8-sig"), zone=zone)
    except ValueError:
        words = shown(content[:40].decode("utf-8", "replace").strip())
        raise Refused(
            f"tells no time ({words})", "the file's own time was taken, which is doubtful"
        ) from None
