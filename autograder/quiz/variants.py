"""What one student sees of a question: drawn values and shuffled lines, from a stream of its own.

A variant stores what was drawn, not only the seed: a later version of this program may draw otherwise,
and what a student was asked must not change. The stream is made of SHA-256, so that neither Python's
version nor another question of the quiz changes it.
"""

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from typing import Any, TypeVar

from autograder.quiz.model import QuestionKind, QuizQuestion

T = TypeVar("T")
LETTERS = string.ascii_lowercase


@dataclass(frozen=True, slots=True)
class Variant:
    """One question as one student meets it."""

    question: str
    version: str
    seed: str
    values: tuple[tuple[str, Fraction], ...] = ()
    order: tuple[int, ...] = ()
    """Indices of the lines in the order shown: choices, items to put in order, or partners (match)."""

    @property
    def drawn(self) -> dict[str, Fraction]:
        """The drawn values by name."""
        return dict(self.values)


class Stream:
    """Integers that follow from a seed alone, the same on every machine."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed, 0

    def below(self, size: int) -> int:
        """A number from 0 to size - 1; the bias of a 256-bit remainder is nothing."""
        self._count += 1
        return int.from_bytes(sha256(f"{self._seed}#{self._count}".encode()).digest()) % size

    def shuffled(self, items: Sequence[T]) -> tuple[T, ...]:
        """The items in another order."""
        left = list(items)
        return tuple(left.pop(self.below(len(left))) for _ in items)


def draw(question: QuizQuestion, seed: str, *, shuffle: bool = True) -> Variant:
    """The variant of a question for a seed such as `quiz/student/attempt`, from a stream of its own."""
    full = f"{seed}/{question.id}"
    values = tuple(
        (parameter.name, parameter.value(Stream(f"{full}@{parameter.name}").below(parameter.size)))
        for parameter in question.parameters
    )
    lines = tuple(range(_shown(question)))
    if shuffle or question.kind in (QuestionKind.ORDER, QuestionKind.MATCH):
        lines = _shuffled(question, full)
    return Variant(question.id, question.version, full, values, lines)


def _shuffled(question: QuizQuestion, seed: str) -> tuple[int, ...]:
    """The lines in another order; lines to put in order never come in the right one."""
    lines = Stream(seed).shuffled(range(_shown(question)))
    right = all(question.choices[index].rank == place for place, index in enumerate(lines, 1))
    return lines[1:] + lines[:1] if question.kind is QuestionKind.ORDER and right else lines


def plain(question: QuizQuestion, values: Mapping[str, Fraction] | None = None) -> Variant:
    """The question as it is written, with given values; those not given are the first of their range."""
    given = values or {}
    drawn = tuple((p.name, given.get(p.name, p.value(0))) for p in question.parameters)
    return Variant(question.id, question.version, "plain", drawn, tuple(range(_shown(question))))


def shared(question: QuizQuestion) -> Variant:
    """What everybody meets on paper and in a notebook: first values, the written order of choices.

    Lines to put in order, and partners to match, would give the answer away as they are written: those are
    shuffled, alike for all.
    """
    variant = plain(question)
    moves = question.kind in (QuestionKind.ORDER, QuestionKind.MATCH)
    return replace(variant, order=_shuffled(question, f"everybody/{question.id}")) if moves else variant


def _shown(question: QuizQuestion) -> int:
    """How many lines have a letter."""
    return len(question.partners) if question.kind is QuestionKind.MATCH else len(question.choices)


def letters(variant: Variant) -> dict[str, int]:
    """Which line, by its index as written, each letter shown stands for."""
    return dict(zip(LETTERS, variant.order, strict=False))


def letter_of(variant: Variant, index: int) -> str:
    """The letter shown before the line with this index."""
    return LETTERS[variant.order.index(index)]


def to_json(variant: Variant) -> dict[str, Any]:
    """The variant as plain data; `from_json` gives it back exactly."""
    return {
        "question": variant.question,
        "version": variant.version,
        "seed": variant.seed,
        "values": {name: str(value) for name, value in variant.values},
        "order": list(variant.order),
    }


def from_json(data: Mapping[str, Any]) -> Variant:
    """The variant that `to_json` wrote."""
    values = tuple((name, Fraction(value)) for name, value in data["values"].items())
    return Variant(data["question"], data["version"], data["seed"], values, tuple(data["order"]))
