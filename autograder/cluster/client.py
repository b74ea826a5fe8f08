"""A cluster that can be graded on: its workers have our versions, and hold the courses that they grade.

Pieces are named by their content, so that what is handed out twice is graded once. What died is done again
elsewhere by the cluster itself. Student code never runs in a worker's process: a worker that dies did so for
another reason, and a piece on which three of them died fails.
"""

import hashlib
import pickle
import time
from concurrent.futures import Future
from contextlib import ExitStack
from typing import Any

from autograder.cluster.carried import CarriedCourse, grade_carried, tell_versions
from autograder.cluster.place import ClusterPlace, Trust, open_client
from autograder.course.recipe import AdoptedRecipe, GraderRecipe
from autograder.errors import ClusterError
from autograder.grading.grader import GradedSubmission
from autograder.grading.lanes import LanePiece
from autograder.grading.versions import versions_here

_LOOK_SECONDS = 5.0
_PATIENCE = 120.0
"""Seconds in which a cluster that has lost all its workers may get another."""


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

    def submit(self, recipe: GraderRecipe | AdoptedRecipe, piece: LanePiece, *, priority: int = 0) -> Any:
        """Hand out a submission; of what waits there, that of the highest priority is begun first.

        Returns:
            A `distributed.Future`, to be taken with `take`.
        """
        name = self._carry(recipe)
        content = hashlib.sha256(pickle.dumps((name, piece))).hexdigest()
        key = f"{name}-{content}"
        return self._client.submit(grade_carried, name, piece, key=key, pure=True, priority=priority)

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

    def take(self, future: Any) -> Future[GradedSubmission | None]:
        """What came of a piece that is done, off the cluster: results die with the workers they lie on.

        Raises:
            ClusterError: the scheduler is gone.
        """
        from distributed import CancelledError

        taken: Future[GradedSubmission | None] = Future()
        try:
            taken.set_result(future.result())
        except (CancelledError, OSError, TimeoutError) as error:
            raise self._lost("the scheduler is gone") from error
        except Exception as error:  # noqa: BLE001 - a future holds whatever the work raised
            taken.set_exception(error)
        future.release()
        return taken

    def close(self) -> None:
        """Take the courses from the workers, and leave."""
        try:
            for _, carried in self._carried.values():
                if self._client.status == "running":
                    self._client.unregister_worker_plugin(carried.name)
        finally:
            self._stack.close()
