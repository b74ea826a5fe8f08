"""How a typed answer ends: states, codes, and the sentence of each code."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


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


SENTENCES: Mapping[ReasonCode, str] = {
    ReasonCode.AMBIGUOUS: "This can be read in two ways, as {first} or as {second}: put the brackets.",
    ReasonCode.UNDECIDED: "I cannot tell whether this condition is the right one: write it in another way.",
    ReasonCode.ECHO: "This is the question's own expression.",
    ReasonCode.RIGHT: "Right.",
    ReasonCode.LISTED: "This is a known mistake.",
    ReasonCode.ROW: "This is the transpose of the answer: mind which vectors are columns and which are rows.",
    ReasonCode.SYMMETRIC: "This is right only when {names} is symmetric; here it is any matrix.",
    ReasonCode.ROW_SYMMETRIC: "This is a row, not a column, and right only when {names} is symmetric.",
    ReasonCode.ONE_DIMENSION: "This is right only in dimension 1.",
    ReasonCode.SIGN: "This is minus the answer.",
    ReasonCode.FACTOR: "This is {factor} times the answer.",
    ReasonCode.SHAPE: "The answer should be {wanted}; yours is {given}.",
    ReasonCode.UNDEFINED: "This has no value: it divides by zero, or inverts a matrix that has no inverse.",
    ReasonCode.WRONG: "This is not the answer.",
}
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
    message: str
    reading: str = ""
    """What was understood, as one line of text; empty where nothing was."""
    reading_mathml: str = ""
    fingerprint: str = ""
    """Equal for equal answers, however they are written."""


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
