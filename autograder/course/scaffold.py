"""A new course folder, of the shape of the sample course that comes with the program."""

import shutil
from pathlib import Path

from autograder.access import Access
from autograder.domain.ignored import ACCUMULATED
from autograder.errors import CourseError, Flaw

_PACKAGE = Path(__file__).parents[1]
_PARTS = ("course.toml", "assignments", "solutions", "quiz")
_HIDDEN = ("solutions", "quiz", "submissions", "students.csv", "staff.csv")
"""For the course's owner alone, whatever the umask; what else there is, others may read at most."""
_ROSTER = "id,name,email,group\n"


def sample_course() -> Path:
    """The folder of the sample course: in the wheel beside the program, in a checkout above it."""
    shipped = _PACKAGE / "_course"
    return shipped if shipped.is_dir() else _PACKAGE.parent


def make_course(folder: Path) -> None:
    """Make a course folder with the sample course's assignments to start from.

    Raises:
        CourseError: the folder exists and is not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError([Flaw(str(folder), "exists and is not an empty folder", "name a new one")])
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    source = sample_course()
    for part in _PARTS:
        if (source / part).is_dir():
            shutil.copytree(source / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source / part, folder / part)
    (folder / ".gitignore").write_text(ACCUMULATED, encoding="utf-8")
    (folder / "students.csv").write_text(_ROSTER, encoding="utf-8")
    (folder / "submissions").mkdir()
    own = Access()
    for path in folder.rglob("*"):
        if path.relative_to(folder).parts[0] in _HIDDEN:
            own.set(path)
        else:
            path.chmod(path.stat().st_mode & ~0o022)
