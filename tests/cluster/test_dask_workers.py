"""Grading on a cluster of this machine's own: as here, whatever dies meanwhile."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from deadly_recipe import DeadlyRecipe

from autograder.cluster.carried import CarriedCourse, tell_versions
from autograder.cluster.place import ClusterPlace
from autograder.cluster.workers import DaskWorkers
from autograder.course.opened import OpenCourse
from autograder.course.recipe import GraderRecipe, recipe_of
from autograder.demo.course import NAME, make_demo
from autograder.domain.report import Report
from autograder.domain.submission import Submission
from autograder.errors import ClusterError
from autograder.grading.batch import grade_batch
from autograder.grading.lanes import LanePiece
from autograder.sandbox.isolation import LIMITS_ONLY

SAMPLES = Path(__file__).parents[1] / "samples"
# Its own threads and sockets may outlive a run by a moment.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> OpenCourse:
    course, _ = make_demo(tmp_path_factory.mktemp("demo") / "course", size=6)
    return course


def submissions(course: OpenCourse) -> list[Submission]:
    return [one for one in course.arrivals(NAME) if isinstance(one, Submission)]


def deadly(course: OpenCourse) -> DeadlyRecipe:
    recipe = recipe_of(course, NAME, accept_level=LIMITS_ONLY)
    return DeadlyRecipe(
        recipe.assignment, recipe.files, recipe.source, recipe.accept_level, "", recipe.others, recipe.opened
    )


@pytest.mark.soak
def test_a_submission_on_which_workers_die_blames_nobody_else(
    course: OpenCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three workers die on its batch, and three on it alone; then a person looks at it.

    All others have their reports, and those that travelled with it, too.
    """
    monkeypatch.setenv("PYTHONPATH", str(SAMPLES))
    sample = submissions(course)[:4]
    many = [replace(sample[number % 4], student=f"s{number:02}") for number in range(60)]
    poison = replace(sample[0], student="poison")
    workers = DaskWorkers(ClusterPlace(2))
    workers._in_time = 8  # as of a cluster that has done some
    submit, batches = workers.cluster.submit, list[list[str]]()

    def note(recipe: GraderRecipe, pieces: list[LanePiece]) -> Any:
        batches.append([piece.submission.student for piece in pieces])
        return submit(recipe, pieces)

    monkeypatch.setattr(workers.cluster, "submit", note)
    with closing(grade_batch([*many[:20], poison, *many[20:]], deadly(course), workers)) as done:
        reports = {one.report.student: one.report for one in done}
    *together, alone = [batch for batch in batches if "poison" in batch]
    assert len(together[0]) > 1
    assert alone == ["poison"]
    assert set(reports) == {one.student for one in many} | {"poison"}
    assert [student for student, report in reports.items() if report.needs_person] == ["poison"]


@contextmanager
def killed(workers: DaskWorkers, *, after: float) -> Iterator[list[int]]:
    """Kill a worker's process each so many seconds while this runs."""
    over, dead = threading.Event(), list[int]()

    def work() -> None:
        while not over.wait(after) and len(dead) < 3:
            for process in workers.cluster._client.run(os.getpid).values():
                if process not in dead:
                    dead.append(process)
                    os.kill(process, signal.SIGKILL)
                    break

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield dead
    finally:
        over.set()
        thread.join()


@pytest.mark.soak
def test_a_worker_that_is_killed_costs_no_report(course: OpenCourse) -> None:
    batch, workers = submissions(course), DaskWorkers(ClusterPlace(2))
    recipe = recipe_of(course, NAME, accept_level=LIMITS_ONLY)
    reports = list[Report]()
    with killed(workers, after=0.5) as dead, closing(grade_batch(batch, recipe, workers)) as done:
        reports.extend(one.report for one in done)
    assert dead
    assert sorted(report.student for report in reports) == sorted(one.student for one in batch)
    assert not any(report.needs_person for report in reports)


def test_what_is_carried_lies_where_its_owner_alone_reads(course: OpenCourse) -> None:
    recipe = recipe_of(course, NAME, accept_level=LIMITS_ONLY)
    carried = CarriedCourse.of(recipe)
    carried.setup(None)
    folder = carried.unpack(recipe.files)
    assert folder.stat().st_mode & 0o777 == 0o700
    inside = list(folder.rglob("*"))
    assert all(path.stat().st_mode & 0o077 == 0 for path in inside)
    assert {str(path.relative_to(folder)) for path in inside if path.is_file()} == {
        f.path for f in recipe.files
    }
    carried.teardown(None)
    assert not folder.exists()


def test_workers_of_another_version_are_told() -> None:
    here = (("autograder", "1.0"), ("numpy", "2.4"))
    assert tell_versions({"tls://a": here}, here) == ""
    told = tell_versions({"tls://a": here, "tls://b": (("autograder", "0.9"), ("numpy", "2.4"))}, here)
    assert "tls://b has autograder 0.9 (here 1.0)" in told
    assert "numpy" not in told


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.cluster.place._PATIENCE", 1.0)
    with pytest.raises(ClusterError, match="no scheduler can be spoken to"):
        DaskWorkers(ClusterPlace(address="tcp://127.0.0.1:9"))


@pytest.mark.soak
def test_a_run_that_is_killed_is_completed_by_the_next(tmp_path: Path) -> None:
    """The one that leads, at some moment; nothing is graded twice, and nothing is lost."""
    course, _ = make_demo(tmp_path / "course", size=10)
    command = [
        sys.executable,
        "-m",
        "autograder",
        "grade",
        NAME,
        "--on",
        "dask:local=2",
        "--accept-isolation",
        "1",
    ]
    folder = course.folder.path
    for seconds in (6.0, 9.0):
        with subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as run:
            time.sleep(seconds)
            run.kill()
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert told.returncode in (0, 1), told.stderr
    reports = {path.parent.name for path in (folder / "reports" / NAME).glob("*/report.json")}
    assert reports == {one.student for one in submissions(course)}


@pytest.mark.soak
def test_what_was_sent_is_not_kept_by_the_thousand(course: OpenCourse) -> None:
    """Neither by the command nor by a scheduler of its own: the notebooks of a class would lie in memory."""
    sent, workers = submissions(course)[0], DaskWorkers(ClusterPlace(1))
    many = [replace(sent, student=f"s{number}") for number in range(30)]
    recipe, kept = recipe_of(course, NAME, accept_level=LIMITS_ONLY), list[int]()
    with closing(grade_batch(many, recipe, workers)) as done:
        for _ in done:
            client = workers.cluster._client
            streams = [client.scheduler_comm, *client.cluster.scheduler.stream_comms.values()]
            kept += [len(stream.recent_message_log) for stream in streams]
    assert 5 < max(kept) <= 10


@pytest.mark.soak
def test_a_cluster_of_this_machine_shows_nobody_what_it_does() -> None:
    """Dask's own pages are plain HTTP, and other users of the machine reach its ports."""
    workers = DaskWorkers(ClusterPlace(1))
    try:
        port = workers.cluster._client.scheduler_info()["services"]["dashboard"]
        for page in ("info/main/workers.html", "json/identity.json", "metrics", "health"):
            with pytest.raises(HTTPError, match="404"):
                urlopen(f"http://127.0.0.1:{port}/{page}")
    finally:
        workers.close()
