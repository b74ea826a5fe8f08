"""Where a submission is graded changes nothing: here, in forks of this process, in processes started anew."""

import json
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autograder.cluster.place import ClusterPlace
from autograder.cluster.workers import DaskWorkers
from autograder.course.opened import OpenCourse
from autograder.course.recipe import recipe_of
from autograder.demo.course import NAME, make_demo
from autograder.domain.course import Course
from autograder.domain.report import CellEnding, CellRun, Isolation
from autograder.domain.report_json import to_json
from autograder.domain.submission import Submission
from autograder.grading.batch import GradingWorkers, grade_batch
from autograder.grading.grader import GradedSubmission
from autograder.grading.report_files import render_page
from autograder.grading.workers import local_workers
from autograder.sandbox.isolation import LIMITS_ONLY
from benchmarks.classroom import drop_speed_cases

KINDS: dict[str, Callable[[], GradingWorkers]] = {
    "here": lambda: local_workers(1),
    "fork": lambda: local_workers(2),
    "spawn": lambda: local_workers(2, start="spawn"),
    "dask": lambda: DaskWorkers(ClusterPlace(local=2)),
}
# A cluster's own threads and sockets may outlive a run by a moment.
pytestmark = pytest.mark.filterwarnings("ignore")
AT = datetime(2026, 10, 1, 12, tzinfo=UTC)


def graded(course: OpenCourse, kind: str) -> dict[str, tuple[dict[str, Any], str]]:
    """Report and page of every student, without what differs from run to run."""
    batch = [one for one in course.arrivals(NAME) if isinstance(one, Submission)]
    recipe = recipe_of(course, NAME, accept_level=LIMITS_ONLY)
    with closing(grade_batch(batch, recipe, KINDS[kind]())) as done:
        return {one.report.student: masked(one, course.course) for one in done}


def masked(graded: GradedSubmission, course: Course) -> tuple[dict[str, Any], str]:
    """Report and page without moments, durations, versions and layers; the page that came is its own."""
    report = graded.report
    assert graded.page == render_page(report, course)
    report = replace(
        report,
        receipt=replace(report.receipt, received=AT),
        graded=AT,
        seconds=0.0,
        versions=(),
        isolation=Isolation(0),
        cells=tuple(map(masked_cell, report.cells)),
    )
    return to_json(report), render_page(report, course)


def masked_cell(cell: CellRun) -> CellRun:
    """What a cell did, without how long that took (`%time` prints it) and what it printed at random."""
    printed = re.sub(r"(CPU times|Wall time): .*|(relative error) [^:]+", r"\1\2", cell.printed)
    masked = replace(cell, seconds=0.0, printed=printed)
    # Where an endless loop is interrupted is chance.
    return replace(masked, traceback="", line=0) if cell.ending is CellEnding.TIMED_OUT else masked


def compare(folder: Path, *, size: int) -> None:
    course, _ = make_demo(folder, size=size)
    module = course.module(NAME)  # what time decides differs from run to run
    module.write_text(drop_speed_cases(module.read_text(encoding="utf-8")), encoding="utf-8")
    found = {kind: graded(course, kind) for kind in KINDS}
    assert len(found["here"]) >= size - 1, "one of the class may hand in what is no notebook"
    for kind in KINDS:
        assert found[kind].keys() == found["here"].keys()
        for student, told in found[kind].items():
            here = found["here"][student]
            assert json.dumps(told, sort_keys=True) == json.dumps(here, sort_keys=True), (kind, student)


@pytest.mark.soak
def test_a_few_students_get_the_same_reports_wherever_they_are_graded(tmp_path: Path) -> None:
    compare(tmp_path / "class", size=6)


@pytest.mark.soak
def test_the_sample_class_gets_the_same_reports_wherever_it_is_graded(tmp_path: Path) -> None:
    compare(tmp_path / "class", size=60)
