"""How a typed answer ends: states, codes, and the sentence of each code."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class State(StrEnum):
    """What an answer is worth at a glance."""

    CORRECT = "correct"
    PARTIAL = "partial"
    WRONG = "wrong"
    UNREADABLE = "unreadable"
    """Costs no attempt: what was read is shown, and the answer may be given again."""


class Code(StrEnum):
    """Why; for the sentence, and for the statistics of a class."""

    UNREADABLE = "unreadable"
    UNKNOWN_SYMBOL = "unknown_symbol"
    ILL_TYPED = "ill_typed"
    AMBIGUOUS = "ambiguous"
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


SENTENCES: Mapping[Code, str] = {
    Code.AMBIGUOUS: "This can be read in two ways: put brackets below the slash or in the exponent.",
    Code.ECHO: "This is the question's own expression.",
    Code.RIGHT: "Right.",
    Code.LISTED: "This is a known mistake.",
    Code.ROW: "This is the transpose of the answer: mind which vectors are columns and which are rows.",
    Code.SYMMETRIC: "This is right only when {names} is symmetric; here it is any matrix.",
    Code.ROW_SYMMETRIC: "This is a row, not a column, and right only when {names} is symmetric.",
    Code.ONE_DIMENSION: "This is right only in dimension 1.",
    Code.SIGN: "This is minus the answer.",
    Code.FACTOR: "This is {factor} times the answer.",
    Code.SHAPE: "The answer should be {wanted}; yours is {given}.",
    Code.UNDEFINED: "This has no value: it divides by zero, or inverts a matrix that has no inverse.",
    Code.WRONG: "This is not the answer.",
}
CREDITS: Mapping[Code, Fraction] = {
    Code.RIGHT: Fraction(1),
    Code.ROW: Fraction(1, 2),
    Code.SYMMETRIC: Fraction(1, 2),
    Code.ROW_SYMMETRIC: Fraction(1, 4),
}
"""What is earned where no listed wrong answer says otherwise; 0 for the rest."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on one answer."""

    state: State
    credit: Fraction
    code: Code
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


def state_of(credit: Fraction) -> State:
    """Right, partly right or wrong, by what is earned."""
    if credit >= 1:
        return State.CORRECT
    return State.PARTIAL if credit > 0 else State.WRONG
