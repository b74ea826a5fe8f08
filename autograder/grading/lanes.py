"""Two lanes of judging: a quick one for what is done soon, and a slow one for what takes longer.

In one queue a few endless loops would keep a whole class waiting. What takes longer than `QUICK` is given up
in the quick lane and begun again in the slow one, whose work comes after all other.
"""

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Generic, TypeVar

from autograder.domain.submission import Submission
from autograder.grading.grader import GradedSubmission, GraderRecipe, SubmissionGrader
from autograder.grading.in_worker import begin
from autograder.sandbox.patience import OutOfPatience

Piece = TypeVar("Piece")
QUICK = 2.0
"""Seconds for which student code is borne in the quick lane."""
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

    def __call__(self) -> LaneGrader:
        """A grader of its own, where it is called."""
        return LaneGrader(self.recipe())


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
    running: dict["Future[GradedSubmission | None]", Piece] = field(default_factory=dict)
    executor: Executor | None = None

    @property
    def is_full(self) -> bool:
        """Whether every place is taken."""
        return len(self.running) >= self.places()


@dataclass(frozen=True, slots=True)
class Lanes(Generic[Piece]):
    """Where a service judges: what waits comes into the quick lane first."""

    quick: Lane[Piece]
    slow: Lane[Piece]
    """Where that is judged again which took too long."""
    trouble: Callable[[], str] = str
    """Tells why nothing is judged now; empty while all is well."""


def local_lanes(jobs: int) -> Lanes[Piece]:
    """A quick lane of so many workers, and a slow one: forks of this process, which share what it opened."""

    def open_quick(recipe: LaneRecipe) -> Executor:
        return ProcessPoolExecutor(
            jobs, get_context("fork"), initializer=begin, initargs=(recipe, os.getpid())
        )

    def open_slow(recipe: LaneRecipe) -> Executor:
        begun = (recipe, os.getpid())
        return ProcessPoolExecutor(
            _SLOW_PLACES, get_context("fork"), initializer=begin_after_others, initargs=begun
        )

    return Lanes(Lane(lambda: jobs, open_quick, QUICK), Lane(lambda: _SLOW_PLACES, open_slow))


def begin_after_others(recipe: LaneRecipe, leader: int) -> None:
    """Begin as a worker of the slow lane: it and all that it starts come after whoever waits."""
    os.nice(_COMES_AFTER)
    begin(recipe, leader)
