"""What one student sees of a question: drawn values and shuffled lines, from a stream of its own.

A variant stores what was drawn, not only the seed: a later version of this program may draw otherwise,
and what a student was asked must not change. The stream is made of SHA-256, so that neither Python's
version nor another question of the quiz changes it.
"""

import json
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from typing import Any, TypeVar

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


# What was drawn for an attempt never changes, and the pages of a class read the attempts again and again: it
# is nearly half of what they take while a quiz is taken.
@lru_cache(maxsize=5_000)
def read_variants(text: str) -> tuple[Variant, ...]:
    """The variants of an attempt, from a JSON list of what `to_json` wrote."""
    return tuple(from_json(variant) for variant in json.loads(text))
