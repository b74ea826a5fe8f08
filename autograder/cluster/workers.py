"""The workers of a Dask cluster, as `grading.workers` speaks to any.

Submissions go out in batches, which grow while they come back in time, and shrink where few are left: so
small classes are not slowed, and all threads are done at nearly one time.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any

from autograder.cluster.client import ClusterClient, LostBatchError
from autograder.cluster.place import ClusterPlace, Trust
from autograder.course.recipe import AdoptedRecipe, GraderRecipe
from autograder.domain.submission import Submission
from autograder.grading.grader import GradedSubmission
from autograder.grading.lanes import LanePiece
from autograder.grading.workers import Recipe

_LOOK_SECONDS = 5.0
_MOST = 16
"""Submissions in a batch: of what Dask costs for each task, so many bear the part."""
_BATCHES = 2
"""For each thread, so many batches are under way, and work for as many lies ready."""
_LARGE = 2 << 20
"""Bytes of the notebooks in a batch, on average: those that are ready and under way lie in memory."""
_Piece = tuple[str, GraderRecipe | AdoptedRecipe, Submission]


class DaskWorkers:
    """Grades on a cluster. Its methods are those of `grading.workers.Workers`.

    What is done is taken from the cluster at once.
    """

    deaths: tuple[type[BaseException], ...] = (LostBatchError,)
    """Where a worker dies, its batch is done again by the cluster itself. One that fails holds a submission
    that is to blame, or lay on as many workers that died as the scheduler allows: each of it is tried alone,
    with nothing beside it."""

    def __init__(self, place: ClusterPlace, trust: Trust | None = None) -> None:
        """Reach the cluster. Raises ClusterError where nobody answers, or other versions do."""
        lost = "what is recorded stays; run the command again to go on"
        self.cluster = ClusterClient(place, trust, if_lost=lost)
        self._arrived: SimpleQueue[Any] = SimpleQueue()
        self._waiting: deque[_Piece] = deque()
        self._under_way: dict[Any, list[_Piece]] = {}
        self._in_time, self._submitted, self._bytes = 1, 0, 0

    @property
    def room(self) -> int:
        """What is under way, and as much that waits here: the queue on the cluster stays short."""
        return 2 * self._places * self._limit

    @property
    def _places(self) -> int:
        """How many batches may be under way."""
        return _BATCHES * max(1, self.cluster.threads)

    @property
    def _limit(self) -> int:
        """How many submissions a batch may hold."""
        fitting = _LARGE * self._submitted // max(1, self._bytes)
        return max(1, min(_MOST, self._in_time, fitting))

    def submit(self, key: str, recipe: Recipe[Submission, GradedSubmission], piece: Submission) -> None:
        """Hand out a submission. Raises ClusterError where the cluster is gone."""
        assert isinstance(recipe, GraderRecipe | AdoptedRecipe)  # noqa: S101 - all that a course has
        self._waiting.append((key, recipe, piece))
        self._submitted += 1
        self._bytes += len(piece.content)
        self._hand_out()

    def _hand_out(self) -> None:
        """Hand out batches while there is a place; of what waits, each takes so little that all get some."""
        places = self._places
        while self._waiting and len(self._under_way) < places:
            size, recipe = min(self._limit, len(self._waiting) // places), self._waiting[0][1]
            batch = [self._waiting.popleft()]
            while len(batch) < size and self._waiting[0][1] == recipe:
                batch.append(self._waiting.popleft())
            future = self.cluster.submit(recipe, [LanePiece(piece, None) for _, _, piece in batch])
            self._under_way[future] = batch
            future.add_done_callback(self._arrived.put)

    def as_completed(self) -> Iterator[tuple[str, Future[GradedSubmission]]]:
        """Every submission that is under way, as it is graded. Raises ClusterError as `submit`."""
        while self._under_way or self._waiting:
            self._hand_out()
            try:
                future = self._arrived.get(timeout=_LOOK_SECONDS)
            except Empty:
                self.cluster.look()
                continue
            if future in self._under_way:
                yield from self._take(future, self._under_way.pop(future))

    def _take(self, future: Any, batch: list[_Piece]) -> Iterator[tuple[str, Future[GradedSubmission]]]:
        """What came of a batch; the rest of it goes out again before all else."""
        try:
            came = self.cluster.take(future)
        except LostBatchError as error:
            lost: Future[Any] = Future()
            lost.set_exception(error)
            came = [lost] * len(batch)
        rest = batch[len(came) :]
        self._in_time = len(came) if rest else max(self._in_time, 2 * len(batch))
        self._waiting.extendleft(reversed(rest))
        for (key, _, _), done in zip(batch, came, strict=False):
            yield key, done  # type: ignore[misc] # None is of impatience alone

    def cancel(self) -> None:
        """Take back what no worker has begun."""
        for future in self._under_way:
            future.release()
        self._under_way.clear()
        self._waiting.clear()

    def close(self) -> None:
        """Leave the cluster."""
        self.cluster.close()
