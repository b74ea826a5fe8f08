"""How much time a notebook has: for its cells, for running them once more, for its questions.

The questions have time of their own: whatever the cells have used up, what they define is asked.
"""

from autograder.domain.course import Limits
from autograder.domain.limit import Limit, LimitKind


class Budget:
    """Seconds of a notebook's time for one purpose; spent by all processes that run it."""

    def __init__(self, seconds: float, limit: Limit) -> None:
        self.left = seconds
        self.limit = limit
        """The limit that whoever uses it up has exceeded."""

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self.left <= 0.0

    def spend(self, seconds: float) -> None:
        """Take off what was used."""
        self.left -= seconds


class NotebookBudgets:
    """The budgets of one notebook, shared by all runs of it."""

    def __init__(self, limits: Limits) -> None:
        whole = Limit(LimitKind.NOTEBOOK, limits.seconds)
        self.cells = Budget(limits.seconds, whole)
        self.replays = Budget(limits.seconds, whole)
        """For running cells once more where a process was lost."""
        seconds = limits.seconds_of_questions
        self.questions = Budget(seconds, Limit(LimitKind.QUESTIONS, seconds))
        self.examples = Budget(seconds, Limit(LimitKind.EXAMPLES, seconds))
