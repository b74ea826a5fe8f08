"""A limit that was exceeded: of a closed list of kinds, with its value."""

from dataclasses import dataclass
from enum import StrEnum

from autograder.domain.sentences import Sentence, say, words


class LimitKind(StrEnum):
    """What was limited: the end of a key of the sentences."""

    CELL = "cell"
    NOTEBOOK = "notebook"
    CASE = "case"
    QUESTION = "question"
    QUESTIONS = "questions"
    EXAMPLES = "examples"
    MEMORY = "memory"
    FILES = "files"
    ANSWERS = "answers"
    PROCESSOR = "processor"
    MACHINE = "machine"
    """Its memory, of which nobody says how much there is."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of the course: seconds, or MB."""

    kind: LimitKind
    amount: float = 0.0

    @property
    def sentence(self) -> Sentence:
        """As a part of other sentences."""
        if self.kind is LimitKind.MACHINE:
            return say("limit.machine")
        return say(f"limit.{self.kind}", amount=f"{self.amount:g}")

    def __str__(self) -> str:
        return words(self.sentence)


def limit_from_text(text: str) -> Limit | None:
    """The limit that a report of an earlier program names in words; None where it is no limit."""
    if text == str(Limit(LimitKind.MACHINE)):
        return Limit(LimitKind.MACHINE)
    number, _, _ = text.partition(" ")
    try:
        amount = float(number)
    except ValueError:
        return None
    return next((one for one in (Limit(kind, amount) for kind in LimitKind) if str(one) == text), None)
