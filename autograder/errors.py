"""What can go wrong on our side of the wall, as a tree of exceptions.

    AutograderError
    ├── CourseError        what an author wrote is wrong: course.toml, solutions/, assignments/, quiz/
    ├── JudgingError       a rule, an oracle or a reference of the author's failed on an answer
    ├── SubmissionError    this file cannot be graded: unreadable, too large, not a notebook
    ├── AttemptError       a quiz cannot be begun, answered or handed in at this moment
    ├── LookRefusedError   a second look at a question cannot be asked for at this moment
    ├── SandboxError       student code could not be run, through no fault of the student
    │   └── IsolationError the machine cannot seal student code as well as demanded
    ├── ServerError        a server of web pages cannot be reached, or did not take what was sent
    ├── ClusterError       no cluster can be graded on: its place, its trust, its versions, or it is gone
    └── StoreError         the gradebook cannot be read or written
        └── OvertakenError somebody else recorded something since it was looked at

Whatever a student's code does is never one of these: it is an `Answer` or an `Outcome`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


class AutograderError(Exception):
    """Base of all errors that a user of the program reads: what, where, what to do."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One mistake of an author: where it is, what is wrong, what is allowed instead."""

    where: str
    what: str
    allowed: str = ""

    def __str__(self) -> str:
        advice = f" ({self.allowed})" if self.allowed else ""
        return f"{self.where}: {self.what}{advice}"


class CourseError(AutograderError):
    """Everything that is wrong with what an author wrote, all at once."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__("\n".join(str(flaw) for flaw in self.flaws))


class JudgingError(AutograderError):
    """A rule, an oracle or a reference of the author's failed: no student is judged by it."""


class SubmissionError(AutograderError):
    """A submitted file that cannot be read as a notebook; the sentence is written for its student."""

    def __init__(self, sentence: Any) -> None:
        """`sentence` is one of domain/sentences.py, a room above this one."""
        self.sentence = sentence
        super().__init__(sentence)


class AttemptError(AutograderError):
    """A quiz cannot be begun, answered or handed in at this moment; the message is for its student."""


class LookRefusedError(AutograderError):
    """A student cannot ask for a second look as they did: why, in a sentence for them."""


class SandboxError(AutograderError):
    """Student code could not be run, and the student is not to blame."""


class IsolationError(SandboxError):
    """The machine cannot seal student code as well as demanded; the message names the missing layer."""


class ServerError(AutograderError):
    """A server of web pages cannot be reached, or did not take what was sent; the message says what to do."""


class ClusterError(AutograderError):
    """A cluster cannot be graded on; the message says why and what to do."""


class StoreError(AutograderError):
    """The gradebook cannot be read or written; the message says what to do."""


class ErasedError(StoreError):
    """A report belongs to a submission that is not recorded any more: its student was erased meanwhile."""


class OvertakenError(StoreError):
    """What was decided on is not what is recorded any more: look again, and decide again."""

    def __init__(
        self, what: str = "it has changed since it was shown: look at it again, and confirm it then"
    ) -> None:
        super().__init__(what)
