"""Pages whose submissions are judged on a cluster: quick ones first, and whatever becomes of the cluster."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from class_course import RIGHT, ClassCourse, notebook
from click.testing import CliRunner

from autograder.cli.main import group
from autograder.cluster.lanes import ClusterLanes
from autograder.course.opened import OpenCourse, open_course
from autograder.errors import ClusterError
from autograder.grading.in_worker import KeptTool
from autograder.grading.lanes import QUICK, LanePiece, LaneRecipe
from autograder.services.grading_service import serve_pending
from autograder.services.hand_in import hand_in
from autograder.services.health import read_grader

LOOP = "while True:\n    pass"


class OneWorker:
    """Stands for a cluster with one worker, which is a thread of this process; lea's code takes long."""

    def __init__(self, *, goes: bool = False) -> None:
        self.handed_out: list[tuple[str, float | None, int]] = []
        self.gone, self._goes = False, goes
        self._tool = KeptTool()
        self._worker = ThreadPoolExecutor(1)

    @property
    def threads(self) -> int:
        """One, until it is gone."""
        if self.gone:
            raise ClusterError("the scheduler is gone")
        return 1

    def submit(self, recipe: Any, pieces: Sequence[LanePiece], *, priority: int) -> Any:
        """Judge it; of what a cluster has that goes, nobody hears again."""
        (piece,) = pieces  # whoever handed in waits for their own alone
        self.handed_out.append((piece.submission.student, piece.patience, priority))
        if self._goes:
            self.gone = True
            return Future[None]()
        if piece.submission.student == "lea" and piece.patience is not None:
            return self._worker.submit(lambda: None)  # as of what takes too long
        return self._worker.submit(self._tool.use, LaneRecipe(recipe), piece)

    def take(self, future: Any) -> Any:
        """As it came."""
        return [future]

    def close(self) -> None:
        """End the worker."""
        self._worker.shutdown()
        self._tool.close()


@pytest.fixture
def course(tmp_path: Path) -> OpenCourse:
    made = ClassCourse(tmp_path)
    toml = tmp_path / "course.toml"
    toml.write_text(toml.read_text() + "\n[assignments.small.limits]\nseconds_per_cell = 3\n")
    (tmp_path / "students.csv").write_text("id\nada\nlea\n")
    return open_course(made.folder)


def wait_for(condition: Callable[[], object]) -> None:
    """Wait for an event; only a broken program takes this long."""
    end = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.1)


def send(course: OpenCourse, student: str, content: bytes) -> None:
    at = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
    with course.gradebook() as book:
        hand_in(course, book, student, "small", filename="small.ipynb", content=content, received=at)


def all_are_judged(course: OpenCourse) -> bool:
    with course.gradebook() as book:
        return not book.ungraded()


@contextmanager
def judging(course: OpenCourse, lanes: ClusterLanes) -> Iterator[None]:
    """A grading service with these lanes, while this runs."""
    stop = Event()
    terms = {"jobs": 1, "level": 1, "stop": stop, "lanes": lanes.open()}
    service = Thread(target=serve_pending, args=(course.folder.path,), kwargs=terms)
    service.start()
    try:
        yield
    finally:
        stop.set()
        service.join()
        lanes.close()


def test_what_takes_long_there_is_begun_again_and_comes_after_all_others(course: OpenCourse) -> None:
    send(course, "lea", notebook(**RIGHT))
    send(course, "ada", notebook(**RIGHT))
    cluster: Any = OneWorker()
    with judging(course, ClusterLanes(lambda: cluster)):
        wait_for(lambda: all_are_judged(course))
    assert sorted(cluster.handed_out[:2]) == [("ada", QUICK, 1), ("lea", QUICK, 1)]
    assert cluster.handed_out[2:] == [("lea", None, 0)]


def test_a_cluster_that_goes_is_told_of_and_waited_for(
    course: OpenCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it was judging waits again, and is judged once by the next."""
    monkeypatch.setattr("autograder.cluster.lanes._AGAIN", 0.2)
    monkeypatch.setattr("autograder.grading.service._RENEW", timedelta(0))
    first, second, back = OneWorker(goes=True), OneWorker(), Event()

    def reach() -> Any:
        if not first.gone:
            return first
        if back.is_set():
            return second
        raise ClusterError("nobody answers at tls://head:8786")

    def told() -> str:
        with course.transient() as store:
            said = read_grader(store)
        return said.flaws.get("--on", "") if said else ""

    send(course, "ada", notebook(**RIGHT))
    with judging(course, ClusterLanes(reach)):
        wait_for(lambda: "nobody answers" in told())
        assert not all_are_judged(course)
        back.set()
        wait_for(lambda: all_are_judged(course))
        wait_for(lambda: not told())
    assert [student for student, *_ in (*first.handed_out, *second.handed_out)] == ["ada", "ada"]
    with course.gradebook(read_only=True) as book:
        assert [report.needs_person for report in book.reports("small")] == [False]


@pytest.mark.soak
def test_a_program_beside_the_pages_grades_on_a_cluster_of_its_own(course: OpenCourse) -> None:
    """With real workers, one endless loop among what is handed in."""
    send(course, "lea", notebook(**RIGHT | {"root": LOOP}))
    command = [sys.executable, "-m", "autograder.cluster.grading_service", str(course.folder.path)]
    with subprocess.Popen([*command, "1", "1", str(os.getpid()), "dask:local=1", "", "0"]) as program:
        try:
            send(course, "ada", notebook(**RIGHT))
            wait_for(lambda: all_are_judged(course))
        finally:
            program.terminate()
    with course.gradebook(read_only=True) as book:
        marks = {report.student: report.score == report.points for report in book.reports("small")}
    assert marks == {"ada": True, "lea": False}


def test_a_place_that_is_none_is_refused_before_anything_is_served(
    course: OpenCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course.folder.path)
    told = CliRunner().invoke(group, ["serve", "--on", "slurm:12"])
    assert isinstance(told.exception, ClusterError)
    assert "--on slurm:12: is no place that is known (write dask:local=N" in str(told.exception)
