"""A folder of submissions: FOLDER/<student>/ with a notebook in it, or FOLDER/<student>/<time>/ of `collect`.

The name of the folder says who handed in, never anything inside it. No link is followed and nothing is
guessed; what cannot be taken becomes a notice for a person, and concerns nobody else.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from autograder.domain.course import Limits
from autograder.domain.student_id import normal, why_unsafe
from autograder.domain.submission import Submission
from autograder.errors import CourseError, Flaw
from autograder.inbox.file_names import NOTEBOOK, is_archive
from autograder.inbox.files import is_folder, list_folder
from autograder.inbox.notice import Notice, Rejected, escape
from autograder.inbox.spreadsheet import explain_unknown_id, notice_shortened_ids
from autograder.inbox.student import read_student_folder

_DEFAULTS = Limits()


def read_submissions(
    folder: Path,
    assignment: str,
    *,
    roster: Collection[str] = (),
    limits: Limits = _DEFAULTS,
    zone: tzinfo = UTC,
    others: frozenset[str] = frozenset(),
    teams: Mapping[str, Sequence[str]] = MappingProxyType({}),
    notebooks: Sequence[str] = (),
) -> Iterator[Submission | Notice]:
    """Read every submission of a folder, student by student, with at most one file in memory; and notices.

    `roster` holds the ids of the students; if it is empty, every name is accepted. `zone` is the
    course's: the zone of file times and of abbreviations such as CEST. `others` are the course's other
    assignments. A folder called like one of `teams` is handed in by each of its members. `notebooks` are the
    names of an assignment's notebooks, where these are not its own. Raises CourseError if the folder itself
    cannot be read.
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
    if normal(folder.absolute().name) in roster and not any(name in roster for name in homes):
        todo = f"give the one around it, {escape(folder.parent)}"
        yield Notice(escape(folder), "is the folder of one student", todo)
        return
    yield from _notice_strays(paths, expected)
    if not homes:
        yield Notice(escape(folder), "holds no student's folder", expected)
    yield from notice_shortened_ids(roster)
    by_student: dict[str, list[Path]] = {}
    for owner, places in sorted(homes.items()):
        team = () if owner in roster else teams.get(owner, ())
        rejection = None if team and len(places) == 1 else _find_rejection(owner, places, roster)
        if rejection is not None:
            yield Notice(escape(places[0]), rejection.what, rejection.todo)
            continue
        for student in team or (owner,):
            by_student.setdefault(student, []).append(places[0])
    for student, places in sorted(by_student.items()):
        if len(places) > 1:
            what = f"{len(places)} folders are handed in by {student}, alone or with a team"
            yield Notice(escape(places[0]), what, "keep one of them", student)
        else:
            yield from read_student_folder(
                student,
                places[0],
                assignment=assignment,
                limits=limits,
                zone=zone,
                others=others,
                notebooks=notebooks,
            )


def _notice_strays(paths: Sequence[Path], expected: str) -> Iterator[Notice]:
    """What lies beside the students' folders and may have been meant as theirs."""
    for path in paths:
        if path.is_symlink() and not is_folder(path):
            todo = "it is not followed; put the folder itself in its place"
            yield Notice(escape(path), "is a symbolic link", todo)
        elif not is_folder(path) and (NOTEBOOK in path.name.lower() or is_archive(path.name)):
            yield Notice(escape(path), "is in no student's folder", expected)


def _list_quietly(folder: Path) -> list[Path]:
    """What a folder holds; nothing where it cannot be read, of which others tell."""
    try:
        return list_folder(folder)
    except Rejected:
        return []


def _find_rejection(student: str, places: list[Path], roster: Collection[str]) -> Rejected | None:
    """Why nothing of this student's folder is taken, if nothing is."""
    unsafe = why_unsafe(student)
    if unsafe:
        return Rejected(f"this name of a folder {unsafe}", "give the folder the student's id as its name")
    if len(places) > 1:
        return Rejected(f"{len(places)} folders are named {student}", "keep one of them")
    if roster and student not in roster:
        why = explain_unknown_id(student, roster)
        close = [why] if why else [f"is it {one}?" for one in get_close_matches(student, roster, 1, 0.75)]
        hint = f" ({close[0]})" if close else ""
        todo = f"name the folder after the student's id{hint}, or add the student to students.csv"
        if any(normal(path.name) in roster for path in _list_quietly(places[0])):
            todo = f"it holds students' folders: give it itself, {escape(places[0])}"
        return Rejected(f"no student of students.csv has the id {student}", todo)
    return None
