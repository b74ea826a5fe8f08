"""How a typed answer ends: states, codes, and the sentence of each code."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from autograder.domain.sentences import Sentence


class JudgementState(StrEnum):
    """What an answer is worth at a glance."""

    CORRECT = "correct"
    PARTIAL = "partial"
    WRONG = "wrong"
    UNREADABLE = "unreadable"
    """Costs no attempt: what was read is shown, and the answer may be given again."""


class ReasonCode(StrEnum):
    """Why; for the sentence, and for the statistics of a class."""

    UNREADABLE = "unreadable"
    UNKNOWN_SYMBOL = "unknown_symbol"
    ILL_TYPED = "ill_typed"
    AMBIGUOUS = "ambiguous"
    UNDECIDED = "undecided"
    ECHO = "echo"
    RIGHT = "right"
    LISTED = "listed"
    ROW = "row"
    SYMMETRIC = "symmetric"
    ROW_SYMMETRIC = "row_symmetric"
    ONE_DIMENSION = "one_dimension"
    SIGN = "sign"
    FACTOR = "factor"
    NEIGHBOUR = "neighbour"
    SHAPE = "shape"
    UNDEFINED = "undefined"
    WRONG = "wrong"


CREDITS: Mapping[ReasonCode, Fraction] = {
    ReasonCode.RIGHT: Fraction(1),
    ReasonCode.ROW: Fraction(1, 2),
    ReasonCode.SYMMETRIC: Fraction(1, 2),
    ReasonCode.ROW_SYMMETRIC: Fraction(1, 4),
}
"""What is earned where no listed wrong answer says otherwise; 0 for the rest."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one answer."""

    state: JudgementState
    credit: Fraction
    code: ReasonCode
    said: Sentence
    reading: str = ""
    """What was understood, as one line of text; empty where nothing was."""
    reading_mathml: str = ""
    fingerprint: str = ""
    """Equal for equal answers, however they are written."""

    @property
    def message(self) -> str:
        """What is said, in the language that is spoken."""
        return str(self.said)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of an answer, for the echo while it is typed."""

    text: str
    mathml: str
    shape: str
    """In words, such as "a column vector (d×1)"."""


def state_of(credit: Fraction) -> JudgementState:
    """Right, partly right or wrong, by what is earned."""
    if credit >= 1:
        return JudgementState.CORRECT
    return JudgementState.PARTIAL if credit > 0 else JudgementState.WRONG
