"""Adopting: read theirs, write a course of ours that refers to it, and say where each test is judged."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.adopting.reading import RefusedAssignment
from autograder.adopting.source import read_source
from autograder.adopting.their_tools import TheirPython
from autograder.adopting.write import choose_interpreter, write_course
from autograder.errors import CourseError
from autograder.foreign.model import AdoptedAssignment, Profile, Where
from autograder.sandbox.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class Adoption:
    """What became of a source."""

    adopted: tuple[tuple[AdoptedAssignment, tuple[Profile, ...]], ...]
    """Each assignment with the profiles of its tests."""
    refused: tuple[RefusedAssignment, ...]
    notices: tuple[str, ...]
    interpreter: Interpreter
    """What the tests were tried with, and submissions are graded with."""


def adopt(
    source: Path,
    into: Path,
    *,
    python: TheirPython,
    environment: Path | None = None,
    begin: Callable[[AdoptedAssignment], None] = lambda _: None,
) -> Adoption:
    """Write a course of ours that refers to one of nbgrader's or Otter's. Theirs is not changed.

    Args:
        source: an nbgrader course folder, a master of Otter's, or its autograder.zip.
        into: the folder of our course; a new one, or one to which assignments are added.
        python: where the course's own tools are installed.
        environment: the interpreter that runs the course's code from then on, in a new course; None for the
            one that runs this.
        begin: is told of each assignment before its tests are tried, which may take minutes.

    Raises:
        CourseError: nothing can be adopted; nothing is written then.
    """
    reading = read_source(source, python)
    if not reading.read:
        raise CourseError([flaw for refused in reading.refused for flaw in refused.flaws])
    interpreter = choose_interpreter(into, environment)
    adopted = write_course(reading, into, source=source, interpreter=interpreter, begin=begin)
    return Adoption(adopted, reading.refused, reading.notices, interpreter)


def count_tests(profiles: tuple[Profile, ...]) -> dict[Where, int]:
    """How many tests are judged where."""
    return {where: sum(profile.where is where for profile in profiles) for where in Where}


def summarise(adoption: Adoption) -> dict[str, Any]:
    """What `autograder adopt --json` prints."""
    return {
        "assignments": [
            _summarise_assignment(assignment, profiles) for assignment, profiles in adoption.adopted
        ],
        "refused": [
            {"assignment": each.name, "reasons": [str(flaw) for flaw in each.flaws]}
            for each in adoption.refused
        ],
        "notices": list(adoption.notices),
        "environment": {
            "python": str(adoption.interpreter.path),
            "versions": dict(adoption.interpreter.versions),
        },
    }


def _summarise_assignment(assignment: AdoptedAssignment, profiles: tuple[Profile, ...]) -> dict[str, Any]:
    counts = count_tests(profiles)
    return {
        "name": assignment.name,
        "title": assignment.title,
        "tool": str(assignment.tool),
        "points": float(assignment.points),
        "questions": len(assignment.questions),
        "tests": {str(where).replace(" ", "_"): count for where, count in counts.items()},
        "reasons": [
            {"test": profile.test, "where": str(profile.where), "why": profile.reason}
            for profile in profiles
            if profile.where is not Where.OUTSIDE
        ],
        "notices": list(assignment.notices),
    }
