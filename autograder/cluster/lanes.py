"""The lanes of a grading service whose submissions are judged on a cluster.

A cluster may be gone for a while, as may a scheduler: meanwhile there is no place in either lane, what was
under way waits again, and the cluster is looked for until it is there.
"""

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from autograder.cluster.client import ClusterClient
from autograder.course.recipe import AdoptedRecipe, GraderRecipe
from autograder.errors import AutograderError, ClusterError
from autograder.grading.grader import GradedSubmission
from autograder.grading.lanes import QUICK, Lane, LanePiece, LaneRecipe, Lanes
from autograder.grading.service import BegunSubmission

_AGAIN = 5.0
"""Seconds after which a cluster that was not there is looked for again."""
Judged = GradedSubmission | None


class ClusterLanes:
    """Hands out what comes in both lanes; of what waits on the cluster, the quick lane's is begun first.

    Args:
        reach: speaks to the cluster. Raises ClusterError where it is not there.
    """

    def __init__(self, reach: Callable[[], ClusterClient]) -> None:
        self._reach = reach
        self._cluster: ClusterClient | None = None
        self._seeker = ThreadPoolExecutor(1)
        self._reaching: Future[ClusterClient] | None = None
        self._sought = float("-inf")
        self._under_way: dict[Any, Future[Judged]] = {}
        self._trouble = ""

    def open(self) -> Lanes[BegunSubmission]:
        """A quick lane, with two pieces for each thread that works, and a slow one, which may fill half."""
        return Lanes(
            Lane(lambda: 2 * self._threads(), lambda _recipe: _LaneExecutor(self, priority=1), QUICK),
            Lane(lambda: (self._threads() + 1) // 2, lambda _recipe: _LaneExecutor(self, priority=0)),
            self.trouble,
        )

    def trouble(self) -> str:
        """Why nothing is judged, as it is seen now; empty while the cluster is there."""
        self._threads()  # it may have gone while nothing waits, but what it was judging
        return self._trouble

    def _threads(self) -> int:
        """How many threads work there now; none while the cluster is not there."""
        if self._cluster is None and not self._is_found():
            return 0
        assert self._cluster is not None  # noqa: S101 - it was found
        try:
            return self._cluster.threads
        except ClusterError as error:
            self.give_up(error)
            return 0

    def _is_found(self) -> bool:
        """Look for the cluster beside all else, and again after a while."""
        if self._reaching is None:
            if time.monotonic() >= self._sought + _AGAIN:
                self._reaching = self._seeker.submit(self._reach)
            return False
        if not self._reaching.done():
            return False
        reached, self._reaching, self._sought = self._reaching, None, time.monotonic()
        try:
            self._cluster, self._trouble = reached.result(), ""
        except AutograderError as error:
            self._trouble = str(error)
        return self._cluster is not None

    def submit(self, recipe: LaneRecipe, piece: LanePiece, priority: int) -> Future[Judged]:
        """Hand out a submission; where the cluster is gone, its future holds ClusterError."""
        judged: Future[Judged] = Future()
        judged.set_running_or_notify_cancel()
        assert isinstance(recipe.recipe, GraderRecipe | AdoptedRecipe)  # noqa: S101 - all that a course has
        try:
            if self._cluster is None:
                raise ClusterError(self._trouble)
            remote = self._cluster.submit(recipe.recipe, [piece], priority=priority)
        except AutograderError as error:  # a file of the course may have changed, too
            judged.set_exception(error)
            return judged
        self._under_way[remote] = judged
        remote.add_done_callback(self._settle)
        return judged

    def _settle(self, remote: Any) -> None:
        """Take what is done; called in a thread of the client's."""
        judged, cluster = self._under_way.pop(remote, None), self._cluster
        if judged is None or cluster is None:
            return
        with suppress(InvalidStateError):  # it was given up a moment ago
            try:
                (done,) = cluster.take(remote)
                judged.set_result(done.result())
            except Exception as error:  # noqa: BLE001 - of the cluster, or whatever the work raised
                judged.set_exception(error)

    def give_up(self, error: ClusterError) -> None:
        """Leave the cluster, which is gone; what is under way there waits again."""
        self._trouble, self._sought = str(error), time.monotonic()
        cluster, self._cluster = self._cluster, None
        lost, self._under_way = self._under_way, {}
        for judged in lost.values():
            with suppress(InvalidStateError):
                judged.set_exception(error)
        if cluster is not None:
            with suppress(Exception):  # of what is gone nothing need be heard
                cluster.close()

    def close(self) -> None:
        """Leave the cluster."""
        self.give_up(ClusterError("grading has ended"))
        if self._reaching is not None:
            with suppress(AutograderError):
                self._reaching.result().close()
        self._seeker.shutdown()


class _LaneExecutor(Executor):
    """One lane's way to the cluster."""

    def __init__(self, lanes: ClusterLanes, priority: int) -> None:
        self._lanes, self._priority = lanes, priority

    def submit(self, fn: Any, /, *work: Any, **_none: Any) -> Any:
        """Hand out a piece: `fn` is `grading.in_worker.do`, and done there by the worker's own."""
        recipe, piece = work
        return self._lanes.submit(recipe, piece, self._priority)
