"""A course whose sample class has handed in, made in a folder of its own."""

import shutil
from pathlib import Path

from autograder.access import Access, write_public, write_whole
from autograder.course.folder import CourseFolder
from autograder.course.opened import OpenCourse, open_course
from autograder.course.scaffold import make_course
from autograder.demo.classroom import Sample, format_roster, hand_in, make_class
from autograder.errors import CourseError, Flaw
from autograder.notebook.release import release

NAME = "gradients"
"""The assignment that is handed in."""
_MARK = ".demo"
"""A file that tells a folder made by an earlier demo, which may be replaced, from anything else."""


def make_demo(folder: Path, *, size: int = 60) -> tuple[OpenCourse, tuple[Sample, ...]]:
    """Make the course, release its notebook, and have a class of generated students hand it in.

    Raises:
        CourseError: the folder exists and was not made by a demo.
    """
    _make_room(folder)
    course = open_course(folder)
    released = release(course.notebook(NAME).read_bytes())
    target = folder / "release" / NAME / f"{NAME}.ipynb"
    write_public(target, released)
    samples = make_class(released, course.module(NAME), size=size)
    access = course.folder.access
    hand_in(samples, folder / "submissions" / NAME, filename=f"{NAME}.ipynb", access=access)
    write_whole(folder / "students.csv", format_roster(samples), access)
    return open_course(folder), samples  # with its students


def _make_room(folder: Path) -> None:
    if (folder / _MARK).is_file():
        shutil.rmtree(folder)
    if folder.exists():
        raise CourseError([Flaw(str(folder), "exists and was not made by a demo", "name another folder")])
    make_course(folder)
    (folder / _MARK).touch(mode=0o644)
    secret = CourseFolder(folder).secret_file  # the same cases in every demo
    Access().make_folder(secret.parent)
    write_whole(secret, "de" * 32)
