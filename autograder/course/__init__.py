"""A course's settings and folders: course.toml, students.csv, and what the course accumulates."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.course.folder import CourseFolder
    from autograder.course.read import read_course

_HOMES = {"CourseFolder": "folder", "read_course": "read"}

__all__ = ["CourseFolder", "read_course"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
