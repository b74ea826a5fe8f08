"""The workers of a Dask cluster, as `grading.workers` speaks to any.

Pieces are named by their content, so that what is handed out twice is graded once. What is done is taken
from the cluster at once, since results live on workers and die with them; what died is done again elsewhere.
Student code never runs in a worker's process: a worker that dies did so for another reason, and a piece on
which three of them died is given back as a failure, which a person looks at.
"""

import hashlib
import pickle
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from queue import Empty, SimpleQueue
from typing import Any

from autograder.cluster.carried import CarriedCourse, grade_carried, tell_versions
from autograder.cluster.place import ClusterPlace, Trust, open_client
from autograder.course.recipe import AdoptedRecipe, GraderRecipe
from autograder.domain.submission import Submission
from autograder.errors import ClusterError
from autograder.grading.grader import GradedSubmission
from autograder.grading.versions import versions_here
from autograder.grading.workers import Recipe

_LOOK_SECONDS = 5.0
_PATIENCE = 120.0
"""Seconds in which a cluster that has lost all its workers may get another."""


class DaskWorkers:
    """Grades on a cluster. Its methods are those of `grading.workers.Workers`.

    Raises:
        ClusterError: nobody answers, or the workers have other versions.
    """

    deaths: tuple[type[BaseException], ...] = ()
    """None: a piece whose worker died is done again by the cluster itself."""

    def __init__(self, place: ClusterPlace, trust: Trust | None = None) -> None:
        self._place = place
        self._stack = ExitStack()
        self._arrived: SimpleQueue[Any] = SimpleQueue()
        self._under_way: dict[Any, str] = {}
        self._carried: CarriedCourse | None = None
        self._threads, self._looked = 1, float("-inf")
        self._alive = time.monotonic()
        with ExitStack() as opening:
            self._client = open_client(place, trust or Trust(), opening)
            other = tell_versions(self._client.run(versions_here), versions_here())
            if other:
                raise ClusterError(f"{place.name}: {other}")
            self._stack = opening.pop_all()

    @property
    def room(self) -> int:
        """Two pieces for each thread that works."""
        if time.monotonic() > self._looked + _LOOK_SECONDS:
            self._look()
        return 2 * max(1, self._threads)

    def _look(self) -> None:
        """See who works there. Raises ClusterError where nobody has for long."""
        self._looked = time.monotonic()
        if self._client.status != "running":
            raise self._lost("the scheduler is gone")
        try:
            self._threads = sum(self._client.nthreads().values())
        except (OSError, TimeoutError) as error:
            raise self._lost("the scheduler is gone") from error
        if self._threads:
            self._alive = self._looked
        elif self._looked > self._alive + _PATIENCE:
            raise self._lost(f"no worker has been there for {_PATIENCE:g} s")

    def _lost(self, what: str) -> ClusterError:
        advice = "what is recorded stays; run the command again to go on"
        return ClusterError(f"{self._place.name}: {what} ({advice})")

    def submit(self, key: str, recipe: Recipe[Submission, GradedSubmission], piece: Submission) -> None:
        """Hand out a submission, to be graded by the recipe of the first."""
        if self._carried is None:
            assert isinstance(recipe, GraderRecipe | AdoptedRecipe)  # noqa: S101 - all that a course has
            carried = CarriedCourse.of(recipe)
            self._client.register_plugin(carried, name=carried.name)
            self._carried = carried
        name = self._carried.name
        content = hashlib.sha256(pickle.dumps((name, piece))).hexdigest()
        future = self._client.submit(grade_carried, name, piece, key=f"{name}-{content}", pure=True)
        self._under_way[future] = key
        future.add_done_callback(self._arrived.put)

    def as_completed(self) -> Iterator[tuple[str, Future[GradedSubmission]]]:
        """Every submission that is under way, as it is graded."""
        while self._under_way:
            try:
                future = self._arrived.get(timeout=_LOOK_SECONDS)
            except Empty:
                self._look()
                continue
            if future in self._under_way:
                key = self._under_way.pop(future)
                yield key, self._take(future)

    def _take(self, future: Any) -> Future[GradedSubmission]:
        from distributed import CancelledError

        taken: Future[GradedSubmission] = Future()
        try:
            taken.set_result(future.result())
        except (CancelledError, OSError, TimeoutError) as error:
            raise self._lost("the scheduler is gone") from error
        except Exception as error:  # noqa: BLE001 - a future holds whatever the work raised
            taken.set_exception(error)
        future.release()
        return taken

    def cancel(self) -> None:
        """Take back what no worker has begun."""
        for future in self._under_way:
            future.release()
        self._under_way.clear()

    def close(self) -> None:
        """Take the course from the workers, and leave."""
        try:
            if self._carried is not None and self._client.status == "running":
                self._client.unregister_worker_plugin(self._carried.name)
        finally:
            self._stack.close()
