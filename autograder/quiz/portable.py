"""A question in the words that quiz programs share, from which every export is written.

A kind of question says here what it becomes elsewhere, so that no export knows our kinds.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Form(StrEnum):
    """How other programs let a question be answered."""

    ONE_CHOICE = "one choice"
    SEVERAL_CHOICES = "several choices"
    NUMBER = "number"
    SHORT_TEXT = "short text"
    """A line that is compared letter by letter."""
    MATCHING = "matching"
    ORDERING = "ordering"
    ESSAY = "essay"
    """A text that a person reads: what is left for everything else."""


@dataclass(frozen=True, slots=True)
class PortableAnswer:
    """A choice, or a text that is accepted or recognised."""

    text: str
    credit: Fraction
    """1 for a right answer; what a choice adds where several are chosen, negative for a wrong one."""
    feedback: str = ""

    @property
    def right(self) -> bool:
        """Whether a choice is one to choose."""
        return self.credit > 0


@dataclass(frozen=True, slots=True)
class PortableNumber:
    """A number that is accepted, or recognised as wrong, in the unit of the question."""

    value: Fraction
    low: Fraction
    high: Fraction
    credit: Fraction
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class PortableQuestion:
    """What other programs need of a question beside its prompt, points, hints and solution."""

    form: Form
    answers: tuple[PortableAnswer, ...] = ()
    numbers: tuple[PortableNumber, ...] = ()
    """The accepted ones first."""
    pairs: tuple[tuple[str, str], ...] = ()
    """Lines with their partners, or with their places; a line that is empty is a partner too many."""
    unit: str = ""
    monospaced: bool = False
    """Whether an essay is code."""
    lost: str = ""
    """What the kind loses everywhere, in a sentence."""
