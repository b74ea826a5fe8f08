"""`python -m benchmarks.foreign_ours FOLDER ...`: adopt prepared assignments, grade what is handed in.

By the functions that the command line calls; all in one process with one runner or another, so that their
starts are paid once. In each folder, `ours.json` keeps the marks and how long each took, seconds.
"""

import json
import shutil
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.adopting import write
from autograder.adopting.source import read_source
from autograder.domain.course import AdoptionSettings, InsideRule, Limits
from autograder.domain.submission import ReceivedBy, Submission
from autograder.errors import CourseError
from autograder.foreign.model import AdoptedAssignment, Profile, Where
from autograder.foreign.prove import prove_assignment
from autograder.foreign.terms import find_modules
from autograder.grading.adopted import grade_adopted, open_adopted
from autograder.sandbox import forkserver
from autograder.sandbox.interpreter import Interpreter, this_interpreter
from autograder.sandbox.runner import Runner
from benchmarks.foreign_cage import CagedPython

MODULES = (
    *("numpy", "pandas", "matplotlib.pyplot", "scipy.stats", "scipy.optimize", "scipy.linalg"),
    *("scipy.integrate", "sklearn.linear_model", "seaborn", "sympy"),
)
_CHANGES = "datascience"
"""What is loaded for those alone that import it: it changes how numpy shows numbers."""
_LIMITS = replace(Limits(), seconds_per_cell=30.0)


def main() -> None:
    """Grade what is handed in in the folders that are named."""
    forkserver._START_SECONDS = 600.0  # it imports the libraries of all courses at once
    with Runner(preload=MODULES) as usual, Runner(preload=(*MODULES, _CHANGES)) as changed:
        for name in sys.argv[1:]:
            folder = Path(name).resolve()
            began = time.perf_counter()
            found = grade_there(folder, usual, changed)
            (folder / "ours.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
            print(
                f"{folder.name}: {found.get('refused') or 'graded'} ({time.perf_counter() - began:.0f} s)",
                flush=True,
            )


def grade_there(folder: Path, usual: Runner, changed: Runner) -> dict[str, Any]:
    """The marks of every variant, or why the assignment is refused.

    Args:
        folder: where it is prepared.
        usual: runs what does not import the module that changes others.
        changed: runs what does.
    """
    course = folder / "ours"
    shutil.rmtree(course, ignore_errors=True)
    source = folder / "course"
    if not source.is_dir():
        (source,) = (folder / "theirs/dist/autograder").glob("*.zip")

    def prove(assignment: AdoptedAssignment, place: Path, _: Interpreter) -> tuple[Profile, ...]:
        return prove_assignment(assignment, place, choose(assignment), _LIMITS)

    def choose(assignment: AdoptedAssignment) -> Runner:
        return changed if _CHANGES in find_modules(assignment) else usual

    write.prove = prove  # the usual one starts a runner for each assignment
    began = time.perf_counter()
    try:
        reading = read_source(source, CagedPython())  # AUTOTEST has nbgrader run the solution
        if not reading.read:
            raise CourseError([flaw for refused in reading.refused for flaw in refused.flaws])
        ((assignment, profiles),) = write.write_course(
            reading, course, source=source, interpreter=this_interpreter()
        )
    except CourseError as error:
        return {"refused": str(error)[:400]}
    adopted = time.perf_counter() - began
    opened = open_adopted(
        assignment,
        profiles,
        course / "adopted" / assignment.name,
        settings=AdoptionSettings(f"adopted/{assignment.name}", inside=InsideRule.ACCEPT),
        limits=_LIMITS,
        revision="",
        title=assignment.title,
    )
    marks, seconds = {}, {}
    for place in sorted((folder / "theirs" / "submitted").iterdir()):
        (file,) = place.rglob("*.ipynb")
        handed_in = Submission(
            place.name, assignment.name, file.read_bytes(), datetime.now(UTC), ReceivedBy.SERVER, file.name
        )
        began = time.perf_counter()
        report = grade_adopted(handed_in, opened, choose(assignment))
        seconds[place.name] = time.perf_counter() - began
        marks[place.name] = {
            test.name: [None if test.earned is None else float(test.earned), test.where]
            for verdict in report.verdicts
            for test in verdict.tests
        }
    reasons = {
        profile.test: [profile.where.value, profile.reason]
        for profile in profiles
        if profile.where is not Where.OUTSIDE
    }
    return {"marks": marks, "seconds": seconds, "adopted_seconds": adopted, "reasons": reasons}


if __name__ == "__main__":
    main()
