"""Submissions travel to a cluster in batches, and each fares as if it had travelled alone."""

import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autograder.cluster.carried import CarriedCourse, grade_carried
from autograder.cluster.client import ClusterClient, LostBatchError
from autograder.cluster.place import ClusterPlace
from autograder.cluster.workers import DaskWorkers
from autograder.course.recipe import GraderRecipe, LocalFolder
from autograder.domain.submission import ReceivedBy, Submission
from autograder.errors import CourseError
from autograder.grading.lanes import LanePiece
from autograder.grading.workers import complete

AT = datetime(2026, 12, 10, 9, tzinfo=UTC)
RECIPE = GraderRecipe("small", (), LocalFolder(Path("/")), 1)


def hand_in(*students: str, size: int = 0) -> list[Submission]:
    content = b" " * size
    return [Submission(each, "small", content, AT, ReceivedBy.FILE_TIME) for each in students]


def whose(count: int) -> list[str]:
    return [f"s{number:03}" for number in range(count)]


class Batch:
    """Stands for a future of Dask's, done as soon as anybody asks."""

    def __init__(self, students: list[str]) -> None:
        self.students = students

    def add_done_callback(self, tell: Callable[[Any], object]) -> None:
        tell(self)

    def release(self) -> None:
        """Nothing is kept."""


class FakeCluster:
    """Stands for a cluster of two threads, on which workers die of whoever is named `poison`."""

    threads = 2

    def __init__(self, *, begun: int = 100) -> None:
        """`begun` is how many of a batch a worker begins before it sends the batch back."""
        self._begun = begun
        self.batches: list[list[str]] = []
        self.under_way: list[int] = []
        """How many batches there were when each was handed out, itself counted."""
        self.next_out: list[tuple[str, str]] = []
        """Who came first of what was not begun, and who was handed out first after that."""
        self._out, self._left = 0, ""

    def submit(self, _recipe: Any, pieces: Sequence[LanePiece]) -> Batch:
        self.batches.append([piece.submission.student for piece in pieces])
        self._out += 1
        if self._left:
            self.next_out.append((self._left, self.batches[-1][0]))
        self._left = ""
        self.under_way.append(self._out)
        return Batch(self.batches[-1])

    def take(self, batch: Batch) -> list[Future[str]]:
        self._out -= 1
        if any(student.startswith("poison") for student in batch.students):
            raise LostBatchError
        self._left = next(iter(batch.students[self._begun :]), "")
        done = list[Future[str]]()
        for student in batch.students[: self._begun]:
            done.append(Future())
            done[-1].set_result(student)
        return done

    def look(self) -> None:
        """All are there."""

    def close(self) -> None:
        """Nothing to leave."""

    @property
    def sizes(self) -> list[int]:
        return [len(batch) for batch in self.batches]


def grade(
    cluster: FakeCluster, submissions: list[Submission], monkeypatch: pytest.MonkeyPatch
) -> dict[str, Future[Any]]:
    """What came of each, which is one thing."""
    monkeypatch.setattr("autograder.cluster.workers.ClusterClient", lambda *_place, **_trust: cluster)
    workers = DaskWorkers(ClusterPlace(2))
    done = [(piece.student, future) for piece, future in complete(submissions, RECIPE, workers)]
    assert sorted(student for student, _ in done) == sorted(one.student for one in submissions)
    return dict(done)


def test_batches_grow_while_they_come_back_in_time_and_shrink_where_few_are_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So the first reports come at once, most travel with many, and all threads are done together."""
    cluster = FakeCluster()
    done = grade(cluster, hand_in(*whose(400)), monkeypatch)
    assert all(future.result() == student for student, future in done.items())
    assert cluster.sizes[:4] == [1] * 4
    assert cluster.sizes.count(16) > 10
    ending = cluster.sizes[len(cluster.sizes) - cluster.sizes[::-1].index(16) :]
    assert ending == sorted(ending, reverse=True)
    assert ending[-4:] == [1] * 4


def test_two_batches_for_each_thread_are_on_the_cluster_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = FakeCluster()
    grade(cluster, hand_in(*whose(200)), monkeypatch)
    assert max(cluster.under_way) == 4


def test_a_small_class_is_dealt_out_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = FakeCluster()
    grade(cluster, hand_in(*whose(8)), monkeypatch)
    assert cluster.sizes == [1] * 8


def test_what_a_worker_did_not_get_to_goes_out_again_before_all_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And the next batches hold what was done in time, or twice as many to see whether that can be, too."""
    cluster = FakeCluster(begun=3)
    grade(cluster, hand_in(*whose(100)), monkeypatch)
    assert max(cluster.sizes) <= 6
    assert len(cluster.next_out) > 5
    assert all(left == out for left, out in cluster.next_out)


def test_large_notebooks_travel_in_small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are under way lie in memory."""
    monkeypatch.setattr("autograder.cluster.workers._LARGE", 3000)
    cluster = FakeCluster()
    grade(cluster, hand_in(*whose(100), size=1000), monkeypatch)
    assert max(cluster.sizes) == 3


def test_of_a_batch_on_which_workers_died_each_is_tried_again_with_nothing_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One of them is to blame, and no other."""
    cluster = FakeCluster()
    students = [*whose(100), "poison", *(f"t{number}" for number in range(100))]
    done = grade(cluster, hand_in(*students), monkeypatch)
    assert [student for student, future in done.items() if future.exception()] == ["poison"]
    first = next(place for place, batch in enumerate(cluster.batches) if "poison" in batch)
    assert len(cluster.batches[first]) > 1
    for student in cluster.batches[first]:
        (again,) = [
            place
            for place, batch in enumerate(cluster.batches)
            if student in batch and place != first and batch == [student]
        ]
        assert cluster.under_way[again] == 1
    assert cluster.batches.count(["poison"]) == 1


@dataclass(frozen=True)
class TalkingRecipe(GraderRecipe):
    """Makes a grader that says who handed in; over some it raises."""

    def __call__(self) -> Any:
        return Talker()


class Talker:
    """Says the name of whoever handed in."""

    def __call__(self, submission: Submission) -> str:
        if submission.student == "raises":
            raise ValueError(submission.student)
        if submission.student == "unpicklable":
            raise ValueError(lambda: None)
        return submission.student

    def close(self) -> None:
        """Nothing was started."""


def work(*students: str) -> list[Any]:
    """What a worker sends back of a batch, as it arrives."""
    recipe = TalkingRecipe("small", (), LocalFolder(Path("/")), 1)
    carried = CarriedCourse(recipe, {})
    carried.setup(None)
    try:
        packed = pickle.dumps([LanePiece(one, None) for one in hand_in(*students)])
        return [pickle.loads(one) for one in grade_carried(carried.name, packed)]
    finally:
        carried.teardown(None)


def test_one_that_raises_harms_none_of_its_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it raised arrives, and where: in words, if it cannot be sent."""
    monkeypatch.setattr("autograder.cluster.carried._LONG", float("inf"))
    first, raised, told, last = work("ada", "raises", "unpicklable", "bob")
    assert (first, last) == ("ada", "bob")
    assert isinstance(raised, ValueError)
    assert raised.args == ("raises",)
    assert "in __call__" in raised.__notes__[0]
    assert isinstance(told, RuntimeError)
    assert "in __call__" in str(told)


@pytest.mark.parametrize("bound", ["_LONG", "_LARGE"])
def test_a_batch_that_takes_long_or_grows_large_is_sent_back_as_far_as_it_has_come(
    bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is done waits for what was begun, and for nothing else; one at least is always done."""
    monkeypatch.setattr("autograder.cluster.carried._LONG", float("inf"))
    assert work("ada", "bob", "cal") == ["ada", "bob", "cal"]
    monkeypatch.setattr(f"autograder.cluster.carried.{bound}", -1)
    assert work("ada", "bob", "cal") == ["ada"]


class DaskFuture(Future[Any]):
    """Stands for one of Dask's."""

    key = ""

    def release(self) -> None:
        """Nothing is kept."""


class FakeDask:
    """Stands for a client of Dask's, which does what is handed out at once, as `ends` says."""

    status = "running"

    def __init__(self, ends: Callable[[], Any]) -> None:
        self._ends = ends
        self.keys: list[str] = []

    def run(self, ask: Callable[[], Any]) -> dict[str, Any]:
        return {"tls://a": ask()}

    def submit(self, _work: Any, _name: str, _packed: bytes, *, key: str, **_how: Any) -> DaskFuture:
        self.keys.append(key)
        future = DaskFuture()
        future.key = key
        try:
            future.set_result(self._ends())
        except Exception as error:  # whatever the test has thought of
            future.set_exception(error)
        return future

    def register_plugin(self, *_plugin: Any, **_how: Any) -> None:
        """It is there."""

    unregister_worker_plugin = register_plugin


def client_that(ends: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> tuple[ClusterClient, FakeDask]:
    dask = FakeDask(ends)
    monkeypatch.setattr("autograder.cluster.client.open_client", lambda *_where: dask)
    return ClusterClient(ClusterPlace(1), if_lost="run it again"), dask


def raises(error: Exception) -> Callable[[], Any]:
    def end() -> None:
        raise error

    return end


def test_a_batch_has_one_name_until_it_fails_and_then_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under its own a cluster would tell at once that it has failed, whoever was to blame."""
    client, dask = client_that(raises(RuntimeError("three workers died")), monkeypatch)
    pieces = [LanePiece(one, None) for one in hand_in("ada", "bob")]
    futures = [client.submit(RECIPE, pieces) for _ in range(2)]
    assert dask.keys[0] == dask.keys[1]
    for future in futures:
        with pytest.raises(LostBatchError):
            client.take(future)
    again = client.submit(RECIPE, pieces)
    assert again.key not in dask.keys[:2]
    with pytest.raises(LostBatchError):
        client.take(again)
    assert len({*dask.keys, client.submit(RECIPE, pieces).key}) == 3


def test_a_worker_that_has_lost_the_course_ends_the_run_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, _ = client_that(lambda: grade_carried("another", pickle.dumps([])), monkeypatch)
    future = client.submit(RECIPE, [LanePiece(one, None) for one in hand_in("ada")])
    with pytest.raises(CourseError, match="a worker has lost the course"):
        client.take(future)
