"""A course folder to measure in, with the honest part of the sample class in it."""

import ast
import shutil
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from random import Random

from autograder.course.scaffold import make_course, sample_course
from autograder.demo.answers import read_answers
from autograder.demo.classroom import MISTAKEN, RIGHT, Sample, hand_in, make_class, make_sample
from autograder.notebook.release import release

NAME = "gradients"
WORK = Path(__file__).parent / "work"
HONEST = (RIGHT, MISTAKEN, "plots")
"""Right answers in different styles, declared mistakes, pictures: no loops without end, no crashes."""
_DRAWN_FOR_ONE = 4
"""About so many students are drawn for one that is honest."""


def honest_class(count: int) -> tuple[Sample, ...]:
    """The first `count` honest students of the sample class; their answers are those of the full module."""
    released, solutions = _released(), sample_course() / "solutions" / f"{NAME}.py"
    everybody = make_class(released, solutions, size=_DRAWN_FOR_ONE * count + 60)
    honest = tuple(islice((one for one in everybody if one.archetype in HONEST), count))
    if len(honest) < count:
        raise RuntimeError(f"{len(honest)} honest students, {count} wanted")
    return honest


def right_one(seed: int) -> Sample:
    """A student whose answers are all right."""
    answers = read_answers(sample_course() / "solutions" / f"{NAME}.py")
    return make_sample(_released(), answers, RIGHT, Random(seed), person=f"Right {seed}")


def course_with(samples: Iterable[Sample], folder: Path, *, speed: bool = False) -> Path:
    """A new course folder with these submissions; without `speed` its questions have no speed cases."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    make_course(folder)
    module = folder / "solutions" / f"{NAME}.py"
    if not speed:
        module.write_text(without_speed(module.read_text(encoding="utf-8")), encoding="utf-8")
    hand_in(samples, folder / "submissions" / NAME, filename=f"{NAME}.ipynb")
    return folder


def solutions_text() -> str:
    """The solutions module of the sample course without its speed cases."""
    return without_speed((sample_course() / "solutions" / f"{NAME}.py").read_text(encoding="utf-8"))


def without_speed(source: str) -> str:
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


def _released() -> bytes:
    return release((sample_course() / "assignments" / NAME / f"{NAME}.ipynb").read_bytes())
