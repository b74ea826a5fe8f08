"""A new course folder: of the shape of the sample course that comes with the program, or empty."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError

from autograder.access import Access
from autograder.course import values
from autograder.course.roster import read_roster
from autograder.domain.counts import describe_count
from autograder.domain.ignored import ACCUMULATED
from autograder.errors import CourseError, Flaw

_PACKAGE = Path(__file__).parents[1]
_PARTS = ("course.toml", "assignments", "solutions", "quiz")
_HIDDEN = ("solutions", "quiz", "submissions", "students.csv", "staff.csv")
"""For the course's owner alone, whatever the umask; what else there is, others may read at most."""
_ROSTER = "id,name,email,group\n"
_LONGEST_TITLE = 200
_FIRST_ASSIGNMENT = re.compile(r"^# One table for each assignment", re.MULTILINE)
_TO_COME = """\
# The weight of the homework that is not written yet: whatever an assignment weighs is taken off it.
[homework]
to_come = "100 %"

# One table for each assignment: assignments/NAME/NAME.ipynb with solutions/NAME.py.
# [assignments.first]
# title = "Homework 1"
# weight = "25 %"                # of the homework
# deadline = 2030-10-01T23:59:00
"""


@dataclass(frozen=True, slots=True)
class NewCourse:
    """What is known of a course before it is made; what is empty is as in the sample course."""

    name: str = ""
    title: str = ""
    timezone: str = ""
    students: Path | None = None
    """A list of its students, of the form of students.csv."""
    empty: bool = False
    """Whether it begins without assignments."""


def sample_course() -> Path:
    """The folder of the sample course: in the wheel beside the program, in a checkout above it."""
    shipped = _PACKAGE / "_course"
    return shipped if shipped.is_dir() else _PACKAGE.parent


def suggest_name(folder: Path) -> str:
    """The name of a course in a folder, made of the folder's own; empty where that has no letter."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", folder.absolute().name).lstrip("-_0123456789").rstrip("-")


def make_course(folder: Path, new: NewCourse = NewCourse()) -> None:
    """Make a course folder, with the sample course's assignments to start from or with none.

    Raises:
        CourseError: with all that is wrong: the folder exists and is not empty, a value cannot be used, the
            list of students cannot be read. Nothing is made then.
    """
    flaws = list(find_unusable(new))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        flaws.insert(0, Flaw(str(folder), "exists and is not an empty folder", "name a new one"))
    if flaws:
        raise CourseError(flaws)
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    source = sample_course()
    for part in _PARTS:
        if part == "course.toml":
            text = (source / part).read_text(encoding="utf-8")
            (folder / part).write_text(_write_settings(text, new), encoding="utf-8")
        elif new.empty:
            (folder / part).mkdir()
        else:
            shutil.copytree(source / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / ".gitignore").write_text(ACCUMULATED, encoding="utf-8")
    if new.students is None:
        (folder / "students.csv").write_text(_ROSTER, encoding="utf-8")
    else:
        shutil.copyfile(new.students, folder / "students.csv")
    (folder / "submissions").mkdir()
    own = Access()
    for path in folder.rglob("*"):
        if path.relative_to(folder).parts[0] in _HIDDEN:
            own.set(path)
        else:
            path.chmod(path.stat().st_mode & ~0o022)


def find_unusable(new: NewCourse) -> Iterator[Flaw]:
    """What of a new course cannot be written as it was told."""
    if new.name:
        yield from _try_to_read("--name", new.name, values.name)
    if new.timezone:
        yield from _try_to_read("--timezone", new.timezone, values.zone)
    if len(new.title) > _LONGEST_TITLE:
        yield Flaw(
            "--title",
            f"has {describe_count(len(new.title), 'character')}",
            f"a text of 1 to {_LONGEST_TITLE} characters",
        )
    if new.students is not None and not new.students.is_file():
        yield Flaw("--students", f"there is no file {new.students}", "a CSV file, or none")
    elif new.students is not None:
        yield from read_roster(new.students)[1]


def _try_to_read(option: str, value: str, read: Callable[[Any], Any]) -> Iterator[Flaw]:
    try:
        read(value)
    except PydanticCustomError as error:
        told = error.context or {}
        yield Flaw(option, str(told["what"]), str(told["allowed"]))


def _write_settings(sample: str, new: NewCourse) -> str:
    """The sample's course.toml with what is known of the new course; of an empty one, without assignments."""
    first = _FIRST_ASSIGNMENT.search(sample)
    text = sample[: first.start()] + _TO_COME if new.empty and first else sample
    for key in ("name", "title", "timezone"):
        value = getattr(new, key)
        if value:
            # What JSON writes of a text, TOML reads as well.
            written = json.dumps(value, ensure_ascii=False).replace("\\", "\\\\")
            text = re.sub(rf'(?m)^{key} = "[^"\n]*"', f"{key} = {written}", text, count=1)
    return text
