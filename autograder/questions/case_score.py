"""The score of one case, and how exact an answer must be."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from autograder.domain.sentences import SILENT, Sentence, authored
from autograder.questions.parts import ScoredPart

FULL, DIGITS_LOST, WRONG_SHAPE, NOTHING = Fraction(1), Fraction(9, 10), Fraction(1, 2), Fraction(0)


class Finding(StrEnum):
    """What was found of one case."""

    RIGHT = "right"
    DIGITS = "digits"
    SHAPE = "shape"
    ORDER = "order"
    """Right values in another order."""
    VALUE = "value"
    KIND = "kind"
    NONE = "none"
    NOT_FINITE = "not finite"
    PROPERTY = "property"
    REASON = "reason"
    SLOW = "slow"
    RAISED = "raised"
    ENDED = "ended"
    """Timed out, out of memory, crashed."""


@dataclass(frozen=True, slots=True)
class CaseScore:
    """The score of one case: its credit, and a sentence that says why, free of hidden values."""

    credit: Fraction
    """Between 0 and 1."""
    finding: Finding
    sentence: Sentence = SILENT
    parts: tuple[ScoredPart, ...] = ()
    """Of an answer that has parts, how each went."""


RIGHT = CaseScore(FULL, Finding.RIGHT)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Scaled errors: up to `right` is right; up to `digits` is the right formula with digits lost."""

    right: float = 1e-8
    digits: float | None = 1e-4


def partly(worth: Fraction | float | str, sentence: str) -> CaseScore:
    """What `.accepts` returns for an answer that is partly right: `partly(0.9, "...")`."""
    exact = Fraction(str(worth))
    if not 0 <= exact <= 1:
        raise ValueError(f"partly({worth}, ...): the worth must lie between 0 and 1")
    return CaseScore(exact, Finding.REASON, authored(sentence))


def wrong(finding: Finding, sentence: Sentence) -> CaseScore:
    """A score of nothing."""
    return CaseScore(NOTHING, finding, sentence)
