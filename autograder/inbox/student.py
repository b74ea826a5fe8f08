"""One student's folder: the notebook to grade, and when it was received."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice
from pathlib import Path

from autograder.domain.bundle import bundle
from autograder.domain.course import Limits
from autograder.domain.submission import PlatformWord, ReceivedBy, Submission
from autograder.inbox.candidate import Candidate, choose_named, choose_placed
from autograder.inbox.content import is_notebook_content, may_be_notebook
from autograder.inbox.file_names import CHECKPOINTS, NOTEBOOK, PLATFORM, is_notebook, may_hold_notebook
from autograder.inbox.files import (
    is_folder,
    list_folder,
    read_bounded,
    read_head,
    read_start,
    read_time,
    walk,
)
from autograder.inbox.notice import Notice, Rejected, escape
from autograder.inbox.times import convert_file_time, read_folder_name, read_timestamp

_TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 200
_NAMED = 3
"""Files that are named in one sentence."""
_MOST_FILES = 2_000
"""Files and folders of one student that are looked at."""
_MOST_PARSED = 20
"""Files of one student, not called like a notebook, that are read whole; 40 with .ipynb in the name."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The folder in which to look for the notebook, and the time of receipt if the folder's name says it."""

    place: Path
    receipt: tuple[datetime, ReceivedBy] | None = None


@dataclass(frozen=True, slots=True)
class _Choice:
    """The notebook to grade, if it is clear which that is, and what a person should know of the choice."""

    notebook: Candidate | None
    notices: tuple[Notice, ...]


def read_student_folder(
    student: str,
    home: Path,
    *,
    assignment: str,
    limits: Limits,
    zone: tzinfo,
    others: frozenset[str] = frozenset(),
    notebooks: Sequence[str] = (),
) -> Iterator[Submission | Notice]:
    """Read the submission of a student's folder, if there is one, and what a person should know of it.

    `others` are the other assignments of the course, whose folders nbgrader puts beside this one's.
    `notebooks` are the names of the notebooks of an assignment whose notebook is not called as it is; of
    several, the submission is a bundle.
    """
    most = limits.notebook_mb * 1_000_000
    where = home
    try:
        attempt = _find_latest_attempt(home)
        name = notebooks[0] if len(notebooks) == 1 else assignment
        choice = _choose(attempt.place, student, name, most=most, others=others - {assignment})
        found: dict[str, Candidate] = {}
        if len(notebooks) > 1:
            usable, _ = _find_candidates(attempt.place, most=most, passed_over=frozenset())
            found = choose_named(usable, notebooks)
        if found:
            choice = _Choice(
                next(iter(found.values())), tuple(_notice_missing(home, found, notebooks, student))
            )
        yield from choice.notices
        if choice.notebook is None:
            return
        where = choice.notebook.path
        parts = dict[str, bytes]()
        for name, each in (found or {where.stem: choice.notebook}).items():
            where = each.path
            try:
                parts[name] = read_bounded(where, most=most)[0]
            except Rejected as rejection:
                if len(found) < 2:
                    raise
                yield Notice(escape(where), rejection.what, rejection.todo, student, taken=True)
                parts[name] = read_start(where, most=most)
        where = choice.notebook.path
        content = bundle(parts) if len(notebooks) > 1 else parts[where.stem]
        modified = read_time(where)
    except Rejected as rejection:
        yield Notice(escape(where), rejection.what, rejection.todo, student)
        return
    yield from _notice_passed_over(home, attempt, student)
    received, received_by, doubt = _find_time(attempt, choice.notebook, modified, assignment, zone)
    if doubt is not None:
        yield Notice(escape(where.parent / _TIMESTAMP), doubt.what, doubt.todo, student, taken=True)
    word = _read_word(attempt)
    yield Submission(student, assignment, content, received, received_by, choice.notebook.name, word)


def _find_latest_attempt(home: Path) -> _Attempt:
    """The folder of the latest attempt; the student's folder itself where it holds none."""
    attempts = [
        _Attempt(path, receipt)
        for path in list_folder(home)
        if is_folder(path) and (receipt := read_folder_name(path.name)) is not None
    ]
    return max(attempts, key=lambda attempt: (attempt.receipt, attempt.place.name), default=_Attempt(home))


def _choose(place: Path, student: str, assignment: str, *, most: int, others: frozenset[str]) -> _Choice:
    """Choose the only notebook of a folder, however deep; of several the one named after the assignment."""
    expected = f"{assignment}{NOTEBOOK}"
    usable, rejections = _find_candidates(place, most=most, passed_over=others - {assignment})
    chosen = choose_placed(usable, assignment)
    taken = chosen is not None
    notices = [Notice(escape(path), why.what, why.todo, student, taken) for path, why in rejections]
    if len(usable) > 1:
        names = ", ".join(one.name for one in usable[:_NAMED])
        more = f" and {len(usable) - _NAMED} more" if len(usable) > _NAMED else ""
        what = f"holds {len(usable)} notebooks ({names}{more})"
        todo = f"{chosen.name} was taken" if chosen else f"keep the one to grade, or name it {expected}"
        notices.append(Notice(escape(place), what, todo, student, taken))
    elif chosen is not None and chosen.by_content:
        what = f"{chosen.name} is a notebook by its content, whatever its name"
        notices.append(Notice(escape(place), what, "it was taken", student, taken))
    elif chosen is not None and not chosen.at_top and chosen.inside[:-1] != (assignment,):
        what = f"the only notebook lies further in ({chosen.name})"
        notices.append(Notice(escape(place), what, "it was taken", student, taken))
    elif not usable and not rejections:
        notices.append(Notice(escape(place), _describe_content(place), f"ask for {expected}", student))
    return _Choice(chosen, tuple(notices))


def _notice_missing(
    home: Path, found: Mapping[str, Candidate], names: Sequence[str], student: str
) -> Iterator[Notice]:
    missing = [f"{name}{NOTEBOOK}" for name in names if name not in found]
    if missing:
        what = f"holds {len(found)} of {len(names)} notebooks; not {', '.join(missing[:_NAMED])}"
        yield Notice(escape(home), what, "what is there was taken", student, taken=True)


def _find_candidates(
    place: Path, *, most: int, passed_over: frozenset[str]
) -> tuple[list[Candidate], list[tuple[Path, Rejected]]]:
    """The notebooks in a folder and in those in it, and what is called like one and cannot be read."""
    found: list[Candidate] = []
    rejections: list[tuple[Path, Rejected]] = []
    folders: list[Path] = []
    parsed = 0
    for count, (path, rejection) in enumerate(walk(place), 1):
        inside = path.relative_to(place).parts
        if count > _MOST_FILES:
            what = f"holds more than the {_MOST_FILES} files that are looked at"
            rejections.append((place, Rejected(what, "take out what is no submission")))
            break
        if inside[0] in passed_over and len(inside) > 1:
            continue
        if is_notebook(path.name):
            if rejection is not None:
                rejections.append((path, rejection))
            elif is_folder(path):
                folders.append(path)
            else:
                found.append(Candidate(inside, path))
        elif rejection is None and not is_folder(path) and _begins_as_notebook(path):
            parsed += 1
            left = parsed <= _MOST_PARSED * (2 if NOTEBOOK in path.name.lower() else 1)
            if left and _holds_notebook(path, most=most):
                found.append(Candidate(inside, path, by_content=True))
    # A zip called gradients.ipynb.zip is unpacked into such a folder, with the notebook in it.
    empty = [folder for folder in folders if not any(folder in one.path.parents for one in found)]
    why = Rejected("is a folder, although it is named like a file", "put the notebook itself in its place")
    rejections += [(folder, why) for folder in empty]
    return found, rejections


def _begins_as_notebook(path: Path) -> bool:
    try:
        return may_hold_notebook(path.name) and may_be_notebook(read_head(path))
    except Rejected:
        return False


def _holds_notebook(path: Path, *, most: int) -> bool:
    try:
        return is_notebook_content(read_bounded(path, most=most)[0])
    except Rejected:
        return False


def _describe_content(place: Path) -> str:
    names = [
        escape(path.relative_to(place).as_posix())
        for path, _ in islice(walk(place), _MOST_FILES)
        if path.name != _TIMESTAMP and not is_folder(path)
    ]
    if not names:
        kept = (place / CHECKPOINTS).exists()
        return f"holds nothing but {CHECKPOINTS}, which Jupyter keeps for itself" if kept else "holds no file"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"holds no notebook, only {', '.join(names[:_NAMED])}{more}"


def _notice_passed_over(home: Path, attempt: _Attempt, student: str) -> Iterator[Notice]:
    """Notebooks that are not looked at, because the student's folder holds attempts."""
    if attempt.place == home:
        return
    beside = [
        path
        for path, _ in islice(walk(home), _MOST_FILES)
        if NOTEBOOK in path.name.lower() and read_folder_name(path.relative_to(home).parts[0]) is None
    ]
    for path in beside[:_NAMED]:
        todo = f"the attempt {attempt.place.name} was taken"
        yield Notice(escape(path), "lies beside the folders of attempts", todo, student, taken=True)


def _find_time(
    attempt: _Attempt, notebook: Candidate, modified: float, assignment: str, zone: tzinfo
) -> tuple[datetime, ReceivedBy, Rejected | None]:
    """When the attempt was received, how we know, and what is wrong with its timestamp.txt."""
    # `collect` named the folder; a timestamp.txt inside it came from the student.
    if attempt.receipt is not None:
        return *attempt.receipt, None
    doubt = None
    # In a folder further in, where nbgrader puts none, it came from the student.
    believed = notebook.at_top or notebook.inside[:-1] == (assignment,)
    try:
        time = _read_timestamp_file(notebook.path.parent / _TIMESTAMP, zone) if believed else None
        if time is not None:
            return time, ReceivedBy.TIMESTAMP, None
    except Rejected as rejection:
        doubt = rejection
    return convert_file_time(modified, zone=zone), ReceivedBy.FILE_TIME, doubt


def _read_word(attempt: _Attempt) -> PlatformWord | None:
    """What `collect` wrote of the platform's word, which it alone does in a folder that it named."""
    if attempt.receipt is None:
        return None
    try:
        content, _ = read_bounded(attempt.place / PLATFORM, most=_LONGEST_TIMESTAMP)
    except Rejected:
        return None
    return PlatformWord.read(content.decode("utf-8", "replace"))


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
