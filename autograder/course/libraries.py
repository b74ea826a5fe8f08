"""The libraries that a released notebook imports: whether they are there where it is graded."""

import ast
import sys
from collections.abc import Iterator

from autograder.course.opened import OpenCourse
from autograder.domain.notebook import CellKind
from autograder.errors import CourseError, Flaw
from autograder.notebook.code import parse
from autograder.sandbox.interpreter import find_missing_modules

_PACKAGES = {
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Packages that are called otherwise than what is imported of them."""


def find_missing_libraries(course: OpenCourse, name: str) -> tuple[Flaw, ...]:
    """What the notebook of an assignment, or `preload`, imports that is missing where it is graded.

    What is imported inside a `try` may be missing. An interpreter that cannot be used is the only flaw told.

    Raises:
        CourseError: the notebook cannot be read.
    """
    try:
        interpreter = course.interpreter()
    except CourseError as error:
        return error.flaws
    imported = list(_list_imports(course, name))
    modules = sorted({module for _, module in imported} - sys.stdlib_module_names)
    missing = find_missing_modules(interpreter, modules) if modules else ()
    python = dict(interpreter.versions)["python"]
    return tuple(
        Flaw(
            where,
            f"{module} is missing where notebooks are graded, by Python {python}",
            f"{interpreter.path} -m pip install {_PACKAGES.get(module, module)}",
        )
        for where, module in imported
        if module in missing
    )


def _list_imports(course: OpenCourse, name: str) -> Iterator[tuple[str, str]]:
    """Where a module is first asked for, and the name of its package."""
    settings = course.course.settings(name)
    found: dict[str, str] = {}
    preloads = [("preload", course.course.preload)]
    preloads += [(f"assignments.{name}.preload", settings.preload)] if settings else []
    for key, modules in preloads:
        for module in modules:
            found.setdefault(module.partition(".")[0], f"course.toml: {key}")
    for part in course.text(name).parts:
        if part.cell.kind is CellKind.CODE:
            place = f"{course.shown(course.notebook(name))}, cell {part.cell.number}, line"
            for line, module in _find_imports(parse(part.cell.source)[0]):
                found.setdefault(module, f"{place} {line}")
    yield from ((where, module) for module, where in found.items())


def _find_imports(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The packages that code imports, apart from what it tries to, each with its line."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from ((child.lineno, alias.name.partition(".")[0]) for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and not child.level and child.module:
            yield child.lineno, child.module.partition(".")[0]
        elif not isinstance(child, ast.Try):
            yield from _find_imports(child)
