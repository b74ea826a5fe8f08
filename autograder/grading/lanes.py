"""Two lanes of judging: a quick one for what is done soon, and a slow one for what takes longer.

In one queue a few endless loops would keep a whole class waiting. What takes longer than `QUICK` is given up
in the quick lane and begun again in the slow one, whose work comes after all other.
"""

import gc
import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from typing import Any, Generic, TypeVar

from autograder.domain.submission import Submission
from autograder.errors import AutograderError
from autograder.grading.grader import GradedSubmission, GraderRecipe, SubmissionGrader
from autograder.grading.in_worker import begin
from autograder.sandbox.forkserver import ForkServer
from autograder.sandbox.patience import OutOfPatience

Piece = TypeVar("Piece")
QUICK = 1.0
"""Seconds of a processor for which student code is borne in the quick lane. Most notebooks take a tenth; a
few endless loops that come together hold every place for as long."""
_SLOW_PLACES = 2
_COMES_AFTER = 9
"""How much nicer the slow lane is: beside it, others have nine tenths of a processor that both want."""


@dataclass(frozen=True, slots=True)
class LanePiece:
    """A submission, and for how many seconds its code is borne; None is as long as the course allows."""

    submission: Submission
    patience: float | None


class LaneGrader:
    """Grades what comes in either lane; of what takes too long for its lane it says nothing."""

    def __init__(self, grader: SubmissionGrader) -> None:
        self._grader = grader

    def __call__(self, piece: LanePiece) -> GradedSubmission | None:
        """The report, or None where the submission takes longer than is borne."""
        if piece.patience is None:
            return self._grader(piece.submission)
        try:
            with self._grader.runner.patient(piece.patience):
                return self._grader(piece.submission)
        except OutOfPatience:
            return None

    def close(self) -> None:
        """Stop the grader."""
        self._grader.close()


@dataclass(frozen=True, slots=True)
class LaneRecipe:
    """Makes the grader of an assignment for the lanes; equal to another where it would make the same."""

    recipe: GraderRecipe
    shared: ForkServer | None = field(default=None, compare=False, repr=False)
    """Off which the grader's fork server is split, in forks of this process: left out of what is pickled."""

    def __call__(self) -> LaneGrader:
        """A grader of its own, where it is called."""
        grader = self.recipe()
        if self.shared is not None:
            grader.runner.split_off(self.shared)
        return LaneGrader(grader)

    def __reduce__(self) -> tuple[Any, ...]:
        return LaneRecipe, (self.recipe,)


OpenExecutor = Callable[[LaneRecipe], Executor]
"""Opens workers, told which recipe comes first."""


@dataclass(slots=True)
class Lane(Generic[Piece]):
    """Places for work, with the workers that stand there and what they are busy with."""

    places: Callable[[], int]
    """How many pieces may be under way now."""
    open_executor: OpenExecutor
    patience: float | None = None
    """Seconds for which the code of a submission is borne here."""
    by_recipe: bool = False
    """Whether workers share what the recipe has opened with which they began, and so are changed with it."""
    running: dict["Future[GradedSubmission | None]", Piece] = field(default_factory=dict)
    executor: Executor | None = None
    opened_for: LaneRecipe | None = None

    @property
    def is_full(self) -> bool:
        """Whether every place is taken."""
        return len(self.running) >= self.places()

    def ensure_executor(self, recipe: LaneRecipe) -> Executor:
        """The workers for a piece that comes with this recipe."""
        if self.by_recipe and self.opened_for != recipe:
            if not self.running:
                self.close()
            self.opened_for = None  # a worker that is told another recipe shares nothing any more
        if self.executor is None:
            self.executor, self.opened_for = self.open_executor(recipe), recipe
        return self.executor

    def close(self) -> None:
        """Let the workers go, as soon as they are done."""
        if self.executor is not None:
            self.executor.shutdown(cancel_futures=True)
        self.executor = None


@dataclass(frozen=True, slots=True)
class Lanes(Generic[Piece]):
    """Where a service judges: what waits comes into the quick lane first."""

    quick: Lane[Piece]
    slow: Lane[Piece]
    """Where that is judged again which took too long."""
    trouble: Callable[[], str] = str
    """Tells why nothing is judged now; empty while all is well."""
    let_go: Callable[[], object] = lambda: None
    """Ends what the workers of both shared."""

    def close(self) -> None:
        """Let all workers go, as soon as they are done."""
        self.quick.close()
        self.slow.close()
        self.let_go()


class _SharedServer:
    """The fork server off which those of all local workers are split: of the recipe that came last.

    Saves half the memory of four workers, and two seconds of a processor for each that begins.
    """

    def __init__(self) -> None:
        self._open = ExitStack()
        self._shared: LaneRecipe | None = None

    def join(self, recipe: LaneRecipe) -> LaneRecipe:
        """The recipe, with what its workers share."""
        if self._shared != recipe:
            self.close()
            self._shared = recipe
            with suppress(AutograderError):  # each worker tries it by itself then, and says what is wrong
                server = self._open.enter_context(recipe.recipe().runner.shared_server())
                self._shared = replace(recipe, shared=server)
        return self._shared

    def close(self) -> None:
        """End it; what was split off it goes on."""
        self._open.close()
        self._shared = None


def local_lanes(jobs: int) -> Lanes[Piece]:
    """A quick lane of so many workers, and a slow one: forks of this process, which share what it opened."""
    server = _SharedServer()

    def open_pool(begin: Callable[[LaneRecipe, int], None], workers: int, recipe: LaneRecipe) -> Executor:
        begun = (server.join(recipe), os.getpid())
        # A collection writes into every object that it visits: each page so written is shared no more.
        gc.collect()
        gc.freeze()
        return ProcessPoolExecutor(workers, get_context("fork"), initializer=begin, initargs=begun)

    return Lanes(
        # One place more than there are workers: whoever is done goes on at once, while that is recorded.
        Lane(lambda: jobs + 1, partial(open_pool, begin, jobs), QUICK, by_recipe=True),
        Lane(lambda: _SLOW_PLACES, partial(open_pool, begin_after_others, _SLOW_PLACES), by_recipe=True),
        let_go=server.close,
    )


def begin_after_others(recipe: LaneRecipe, leader: int) -> None:
    """Begin as a worker of the slow lane: it and all that it starts come after whoever waits."""
    os.nice(_COMES_AFTER)
    begin(recipe, leader)
