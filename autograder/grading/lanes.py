"""Two lanes of judging: a quick one for what is done soon, and a slow one for what takes longer.

In one queue a few endless loops would keep a whole class waiting. What takes longer than `QUICK` is given up
in the quick lane and begun again in the slow one, whose processes come after all others.
"""

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from autograder.domain.submission import Submission
from autograder.grading.grader import GradedSubmission, GraderRecipe, SubmissionGrader
from autograder.grading.in_worker import begin
from autograder.sandbox.patience import OutOfPatience

Piece = TypeVar("Piece")
QUICK = 2.0
"""Seconds for which student code is borne in the quick lane."""
SLOW_PLACES = 2
_COMES_AFTER = 10
"""How nice the slow lane is: beside it, others have nine tenths of a processor that both want."""


class QuickGrader:
    """Grades what is done soon; of all else it says nothing."""

    def __init__(self, grader: SubmissionGrader) -> None:
        self._grader = grader

    def __call__(self, submission: Submission) -> GradedSubmission | None:
        """The report, or None where the submission takes too long for this lane."""
        try:
            with self._grader.runner.patient(QUICK):
                return self._grader(submission)
        except OutOfPatience:
            return None

    def close(self) -> None:
        """Stop the grader."""
        self._grader.close()


@dataclass(frozen=True, slots=True)
class QuickRecipe:
    """Makes the quick grader of an assignment; equal to another where it would make the same."""

    recipe: GraderRecipe

    def __call__(self) -> QuickGrader:
        """A grader of its own, where it is called."""
        return QuickGrader(self.recipe())


LaneRecipe = GraderRecipe | QuickRecipe
OpenExecutor = Callable[[LaneRecipe, int], Executor]
"""Opens a pool of so many workers, told which recipe comes first."""


@dataclass(slots=True)
class Lane(Generic[Piece]):
    """So many places, with the workers that stand there and what they are busy with."""

    places: int
    open_executor: OpenExecutor
    running: dict["Future[GradedSubmission | None]", Piece] = field(default_factory=dict)
    executor: Executor | None = None

    @property
    def is_full(self) -> bool:
        """Whether every place is taken."""
        return len(self.running) >= self.places


def begin_after_others(recipe: LaneRecipe, leader: int) -> None:
    """Begin as a worker of the slow lane: it and all that it starts come after whoever waits."""
    os.nice(_COMES_AFTER)
    begin(recipe, leader)
