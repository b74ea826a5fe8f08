"""A cluster that can be graded on: its workers have our versions, and hold the courses that they grade.

Pieces go out in batches, since to hand out a task and to take what came of it costs the cluster as much as a
tenth of a submission. Batches are named by their content, so that what is handed out twice is graded once.
What died is done again elsewhere by the cluster itself. Student code never runs in a worker's process: a
worker that dies did so for another reason, and a batch fails on which as many of them died as the scheduler
allows: three, or Dask's four on a scheduler that was started by hand.
"""

import hashlib
import pickle
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from typing import Any

from autograder.cluster.carried import CarriedCourse, grade_carried, tell_versions
from autograder.cluster.place import ClusterPlace, Trust, open_client
from autograder.course.recipe import AdoptedRecipe, GraderRecipe
from autograder.errors import AutograderError, ClusterError
from autograder.grading.grader import GradedSubmission
from autograder.grading.lanes import LanePiece
from autograder.grading.versions import versions_here

_LOOK_SECONDS = 5.0
_PATIENCE = 120.0
"""Seconds in which a cluster that has lost all its workers may get another."""


class LostBatchError(Exception):
    """A batch of which nothing came: its workers died, or it could not be sent there and back."""


class ClusterClient:
    """Speaks to a cluster.

    Raises:
        ClusterError: nobody answers, or the workers have other versions.
    """

    def __init__(self, place: ClusterPlace, trust: Trust | None = None, *, if_lost: str) -> None:
        """`if_lost` says what becomes of the work, or what to do, where the cluster is gone."""
        self._place, self._if_lost = place, if_lost
        self._stack = ExitStack()
        self._carried: dict[str, tuple[GraderRecipe | AdoptedRecipe, CarriedCourse]] = {}
        """By the name of the assignment."""
        self._lost_batches = set[str]()
        self._threads, self._looked = 1, float("-inf")
        self._alive = time.monotonic()
        with ExitStack() as opening:
            self._client = open_client(place, trust or Trust(), opening)
            other = tell_versions(self._client.run(versions_here), versions_here())
            if other:
                raise ClusterError(f"{place.name}: {other}")
            self._stack = opening.pop_all()

    @property
    def threads(self) -> int:
        """How many pieces can be done at once, looked at every few seconds. Raises ClusterError as `look`."""
        if time.monotonic() > self._looked + _LOOK_SECONDS:
            self.look()
        return self._threads

    def look(self) -> None:
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
        return ClusterError(f"{self._place.name}: {what} ({self._if_lost})")

    def submit(
        self, recipe: GraderRecipe | AdoptedRecipe, pieces: Sequence[LanePiece], *, priority: int = 0
    ) -> Any:
        """Hand out a batch of submissions; of what waits there, that of the highest priority is begun first.

        Returns:
            A `distributed.Future`, to be taken with `take`.
        """
        name, packed = self._carry(recipe), pickle.dumps(tuple(pieces))
        key = f"{name}-{hashlib.sha256(packed).hexdigest()}"
        while key in self._lost_batches:  # under its old name it would be told to have failed
            key += "-again"
        return self._client.submit(grade_carried, name, packed, key=key, pure=True, priority=priority)

    def _carry(self, recipe: GraderRecipe | AdoptedRecipe) -> str:
        """See to it that the workers hold the course, and not as it was before; its name there."""
        kept, before = self._carried.get(recipe.assignment, (None, None))
        if before is not None and kept == recipe:
            return before.name
        carried = CarriedCourse.of(recipe)
        self._client.register_plugin(carried, name=carried.name)
        self._carried[recipe.assignment] = recipe, carried
        if before is not None and before.name != carried.name:
            self._client.unregister_worker_plugin(before.name)
        return carried.name

    def take(self, future: Any) -> list[Future[GradedSubmission | None]]:
        """What came of a batch that is done, off the cluster: results die with the workers they lie on.

        Returns:
            What came of its first pieces, at least one; with the rest the worker has not begun.

        Raises:
            ClusterError: the scheduler is gone, or a worker has other versions.
            CourseError: a worker has lost the course.
            LostBatchError: nothing came of it.
        """
        from distributed import CancelledError

        try:
            came = future.result()
        except (CancelledError, OSError, TimeoutError) as error:
            raise self._lost("the scheduler is gone") from error
        except Exception as error:
            future.release()
            if isinstance(error, AutograderError):
                raise
            self._lost_batches.add(future.key)
            raise LostBatchError("nothing came of a batch of submissions") from error
        future.release()
        return [_unpack(one) for one in came]

    def close(self) -> None:
        """Take the courses from the workers, and leave."""
        try:
            for _, carried in self._carried.values():
                if self._client.status == "running":
                    self._client.unregister_worker_plugin(carried.name)
        finally:
            self._stack.close()


def _unpack(came: bytes) -> Future[GradedSubmission | None]:
    done: Future[GradedSubmission | None] = Future()
    outcome = pickle.loads(came)  # noqa: S301 - of a worker that holds the course with all its secrets
    if isinstance(outcome, Exception):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)
    return done
