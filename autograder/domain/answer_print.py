"""A print of what a student's function answered to the hidden cases: enough to tell who answers alike.

It holds no answer whole and no expected value. It is kept with the instructor, beside no report: whether two
students make one mistake is seen from their prints, without running anything again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod, sqrt
from typing import Any

AGREE = 1e-6
"""Numbers agree up to this part of the largest."""
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class NumbersPrint:
    """An array: its form, its size, and its entries where they are few; else weighted sums of them."""

    shape: tuple[int, ...]
    truth: bool
    """Whether it holds truth values."""
    finite: str
    """Which entries are finite; empty where all are."""
    size: float
    """The largest finite size among its entries."""
    sums: tuple[float, ...]

    def agrees(self, other: "NumbersPrint") -> bool:
        """Whether the numbers are equal up to `AGREE`."""
        if (self.shape, self.truth, self.finite) != (other.shape, other.truth, other.finite):
            return False
        bound = AGREE * max(self.size, other.size, _TINY)
        # Roundings of many entries partly cancel in a sum.
        apart = bound * sqrt(max(1, prod(self.shape)))
        return abs(self.size - other.size) <= bound and all(
            abs(a - b) <= apart for a, b in _in_pairs(self.sums, other.sums)
        )


@dataclass(frozen=True, slots=True)
class ValuePrint:
    """One value; of a tuple, a list or a dictionary each part as well."""

    kind: str
    """What it is: "none", "word", "numbers", "tuple", "list", "entries", or "other", which equals nothing."""
    word: str = ""
    """A digest: of a text, of the name of a type, of the keys of a dictionary."""
    numbers: NumbersPrint | None = None
    parts: tuple["ValuePrint", ...] = ()

    def agrees(self, other: "ValuePrint") -> bool:
        """Whether two values have one structure and equal numbers."""
        kinds = {self.kind, other.kind}
        if kinds <= {"tuple", "list"} and "tuple" in kinds:
            return len(self.parts) == len(other.parts) and all(
                mine.agrees(theirs) for mine, theirs in zip(self.parts, other.parts, strict=True)
            )
        if self.numbers is not None and other.numbers is not None:
            return self.numbers.agrees(other.numbers)
        if self.kind != other.kind or self.word != other.word or self.kind not in ("none", "word", "entries"):
            return False
        return all(mine.agrees(theirs) for mine, theirs in zip(self.parts, other.parts, strict=True))


@dataclass(frozen=True, slots=True)
class CasePrint:
    """The answer to one case."""

    ending: str
    exception: str = ""
    changed: bool = False
    """Whether it changed its arguments."""
    value: ValuePrint = ValuePrint("none")

    def agrees(self, other: "CasePrint") -> bool:
        """Whether both ended alike, with equal values."""
        if (self.ending, self.changed) != (other.ending, other.changed):
            return False
        return self.value.agrees(other.value) if self.returned else self.exception == other.exception

    @property
    def returned(self) -> bool:
        """Whether a value came back."""
        return self.ending == "returned"


@dataclass(frozen=True, slots=True)
class AnswerPrint:
    """A wrong answer to one question: its mistake, where that is known, or else a print of every case."""

    question: str
    mistake: str = ""
    """The declared mistake that it is, in all its parts."""
    cases: tuple[CasePrint, ...] = ()
    """Empty where the mistake is known."""
    references: tuple[str, ...] = ()
    """Earlier functions in whose place references stood."""
    symptoms: str = ""
    """Where a rule of the author's judges, a digest of how every case went; empty where it tells nothing."""
    looks: str = ""
    """There, what is seen of the numbers."""

    def agrees(self, other: "AnswerPrint") -> bool:
        """Whether two students answer alike in every case; after a limit of time nothing was asked."""
        if not self.cases or len(self.cases) != len(other.cases):
            return False
        for mine, theirs in zip(self.cases, other.cases, strict=True):
            if not mine.agrees(theirs):
                return False
            if mine.ending == "timed_out":
                break
        return True

    def to_json(self) -> list[Any]:
        """It as plain JSON values."""
        cases = [[c.ending, c.exception, int(c.changed), _value_to_json(c.value)] for c in self.cases]
        return [self.question, self.mistake, cases, list(self.references), self.symptoms, self.looks]


def print_from_json(stored: Any) -> AnswerPrint:
    """The print that `to_json` wrote. Raises ValueError, TypeError or KeyError for anything else."""
    question, mistake, cases, references, symptoms, looks = stored
    return AnswerPrint(
        question,
        mistake,
        tuple(CasePrint(e, x, bool(c), _value_from_json(value)) for e, x, c, value in cases),
        tuple(references),
        symptoms,
        looks,
    )


def _value_to_json(value: ValuePrint) -> Any:
    if value.kind == "numbers" and value.numbers is not None:
        return _numbers_to_json(value.numbers)
    numbers = None if value.numbers is None else _numbers_to_json(value.numbers)
    return [value.kind, value.word, numbers, [_value_to_json(part) for part in value.parts]]


def _numbers_to_json(numbers: NumbersPrint) -> list[Any]:
    return [list(numbers.shape), int(numbers.truth), numbers.finite, numbers.size, list(numbers.sums)]


def _value_from_json(stored: Any) -> ValuePrint:
    if isinstance(stored[0], list):
        return ValuePrint("numbers", numbers=_numbers_from_json(stored))
    kind, word, numbers, parts = stored
    read = None if numbers is None else _numbers_from_json(numbers)
    return ValuePrint(kind, word, read, tuple(map(_value_from_json, parts)))


def _numbers_from_json(stored: Any) -> NumbersPrint:
    shape, truth, finite, size, sums = stored
    return NumbersPrint(tuple(shape), bool(truth), finite, size, tuple(sums))


def _in_pairs(one: tuple[float, ...], other: tuple[float, ...]) -> Iterable[tuple[float, float]]:
    """Both sums side by side; a real number has an imaginary part of 0."""
    length = max(len(one), len(other))
    return zip(one + (0.0,) * (length - len(one)), other + (0.0,) * (length - len(other)), strict=True)
