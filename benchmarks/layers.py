"""Submissions per second in processes that every layer seals, or that only limits hold.

The program itself is not changed: without layers, its fork server is started without namespaces and users,
and its children are made by `probe/sitecustomize.py` to leave out all but the limits.

`python -m benchmarks.layers FOLDER sealed|bare` prints the rate and the level that was reached.
"""

import functools
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from autograder.course.opened import open_course
from autograder.course.runners import runner_of
from autograder.grading.grade import grade
from autograder.sandbox import forkserver, layout, runner
from autograder.sandbox.isolation import LIMITS_ONLY
from benchmarks.classroom import NAME

_PROBE = Path(__file__).parent / "probe"


def measure(folder: Path, *, bare: bool) -> dict[str, float]:
    """Grade the submissions of a course folder, after the first submission has warmed everything."""
    if bare:
        _take_layers_off()
    os.chdir(folder)
    course = open_course(folder)
    assignment = course.assignment(NAME)
    submissions: list[Any] = list(course.arrivals(NAME))
    course_runner = runner_of(course, LIMITS_ONLY, assignment)
    try:
        grade(submissions[0], assignment, course_runner)
        began = time.perf_counter()
        reports = [grade(one, assignment, course_runner) for one in submissions[1:]]
        spent = time.perf_counter() - began
    finally:
        course_runner.close()
    levels = {report.isolation.level for report in reports}
    if len(levels) != 1 or (bare and levels != {LIMITS_ONLY}):
        raise RuntimeError(f"levels reached: {sorted(levels)}")
    return {"per_second": len(reports) / spent, "level": float(levels.pop())}


def _take_layers_off() -> None:
    environment = forkserver._environment
    more = {"PYTHONPATH": str(_PROBE), "AUTOGRADER_BARE": "1"}
    forkserver._environment = lambda base: environment(base) | more
    layout.unused_uids = lambda: ()
    server: Any = functools.partial(forkserver.ForkServer, namespaces=False)
    runner.ForkServer = server  # type: ignore[misc] # for this process only


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    print(json.dumps(measure(Path(sys.argv[1]), bare=sys.argv[2] == "bare")))
