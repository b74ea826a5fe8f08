"""A course folder to measure in, with the honest part of the sample class in it."""

import ast
import shutil
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from autograder.course.scaffold import make_course, sample_course
from autograder.demo.classroom import MISTAKEN, RIGHT, Sample, hand_in, make_class
from autograder.notebook.release import release
from autograder.questions.files import find_solutions

NAME = "gradients"
WORK = Path(__file__).parent / "work"
HONEST = (RIGHT, MISTAKEN, "plots")
"""Right answers in different styles, declared mistakes, pictures: no endless loops, no crashes."""
_DRAWN_FOR_ONE = 4
"""How many students are drawn for one that is honest, roughly."""


def make_honest_class(count: int) -> tuple[Sample, ...]:
    """The first `count` honest students of the sample class; their answers are those of the full module."""
    released, solutions = _release_sample(), sample_course() / "solutions" / f"{NAME}.py"
    everybody = make_class(released, solutions, size=_DRAWN_FOR_ONE * count + 60)
    honest = tuple(islice((one for one in everybody if one.archetype in HONEST), count))
    if len(honest) < count:
        raise RuntimeError(f"{len(honest)} honest students, {count} wanted")
    return honest


def make_course_with(samples: Iterable[Sample], folder: Path, *, speed: bool = False) -> Path:
    """Make a course folder with these submissions; without `speed` its questions have no speed cases."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    make_course(folder)
    module = folder / "solutions" / f"{NAME}.py"
    if not speed:
        module.write_text(drop_speed_cases(module.read_text(encoding="utf-8")), encoding="utf-8")
    hand_in(samples, folder / "submissions" / NAME, filename=f"{NAME}.ipynb")
    return folder


def read_solutions(name: str = NAME) -> str:
    """The solutions of an assignment of the sample course without speed cases: all files of a package."""
    modules = find_solutions(sample_course() / "solutions" / f"{name}.py").modules
    return "\n".join(drop_speed_cases(module.read_text(encoding="utf-8")) for module in modules)


def drop_speed_cases(source: str) -> str:
    """A solutions module without its `yield speed(...)`."""
    lines = source.splitlines()
    for statement in reversed(list(_speed_cases(ast.parse(source)))):
        del lines[statement.lineno - 1 : statement.end_lineno]
    return "\n".join(lines) + "\n"


def _speed_cases(tree: ast.Module) -> Sequence[ast.stmt]:
    found = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Yield)
        and isinstance(node.value.value, ast.Call)
        and isinstance(node.value.value.func, ast.Name)
        and node.value.value.func.id == "speed"
    )
    return sorted(found, key=lambda node: node.lineno)


def _release_sample() -> bytes:
    return release((sample_course() / "assignments" / NAME / f"{NAME}.ipynb").read_bytes())
