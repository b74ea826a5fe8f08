"""The workers of a Dask cluster, as `grading.workers` speaks to any."""

from collections.abc import Iterator
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any

from autograder.cluster.client import ClusterClient
from autograder.cluster.place import ClusterPlace, Trust
from autograder.course.recipe import AdoptedRecipe, GraderRecipe
from autograder.domain.submission import Submission
from autograder.grading.grader import GradedSubmission
from autograder.grading.lanes import LanePiece
from autograder.grading.workers import Recipe

_LOOK_SECONDS = 5.0


class DaskWorkers:
    """Grades on a cluster. Its methods are those of `grading.workers.Workers`.

    What is done is taken from the cluster at once.
    """

    deaths: tuple[type[BaseException], ...] = ()
    """None: a piece whose worker died is done again by the cluster itself."""

    def __init__(self, place: ClusterPlace, trust: Trust | None = None) -> None:
        """Reach the cluster. Raises ClusterError where nobody answers, or other versions do."""
        lost = "what is recorded stays; run the command again to go on"
        self.cluster = ClusterClient(place, trust, if_lost=lost)
        self._arrived: SimpleQueue[Any] = SimpleQueue()
        self._under_way: dict[Any, str] = {}

    @property
    def room(self) -> int:
        """Two pieces for each thread that works."""
        return 2 * max(1, self.cluster.threads)

    def submit(self, key: str, recipe: Recipe[Submission, GradedSubmission], piece: Submission) -> None:
        """Hand out a submission. Raises ClusterError where the cluster is gone."""
        assert isinstance(recipe, GraderRecipe | AdoptedRecipe)  # noqa: S101 - all that a course has
        future = self.cluster.submit(recipe, LanePiece(piece, None))
        self._under_way[future] = key
        future.add_done_callback(self._arrived.put)

    def as_completed(self) -> Iterator[tuple[str, Future[GradedSubmission]]]:
        """Every submission that is under way, as it is graded. Raises ClusterError as `submit`."""
        while self._under_way:
            try:
                future = self._arrived.get(timeout=_LOOK_SECONDS)
            except Empty:
                self.cluster.look()
                continue
            if future in self._under_way:
                key = self._under_way.pop(future)
                yield key, self.cluster.take(future)  # type: ignore[misc] # None is of impatience alone

    def cancel(self) -> None:
        """Take back what no worker has begun."""
        for future in self._under_way:
            future.release()
        self._under_way.clear()

    def close(self) -> None:
        """Leave the cluster."""
        self.cluster.close()
