"""What an answer of several parts earns: a tuple, a dictionary, a pair of a loss and its gradient.

Each part has its share, so that a right objective beside a wrong gradient is worth half. Where all parts are
truth values or words, half of them are right by chance: there what is wrong is taken from what is right.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class ScoredPart:
    """One part of an answer that has no parts itself."""

    credit: Fraction
    is_guessable: bool
    """Whether it is a truth value or a word."""


PartsRule = Callable[[Sequence[ScoredPart]], Fraction]
"""From the credits of all parts to that of the whole, between 0 and 1."""


def share_parts(parts: Sequence[ScoredPart]) -> Fraction:
    """The mean credit; of parts that can be guessed, the right ones less the wrong ones."""
    mean = sum((part.credit for part in parts), Fraction(0)) / len(parts)
    if all(part.is_guessable for part in parts):
        return max(Fraction(0), 2 * mean - 1)
    return mean


def take_worst_part(parts: Sequence[ScoredPart]) -> Fraction:
    """Nothing is right unless all is."""
    return min(part.credit for part in parts)


PARTS_RULES: Mapping[str, PartsRule] = {"share": share_parts, "worst": take_worst_part}
"""By the name that authors write as `parts=`."""


def parts_rule_of(parts: str | PartsRule) -> PartsRule:
    """The rule an author asks for, by name or as a function of their own.

    Raises:
        ValueError: there is none of that name.
    """
    if not isinstance(parts, str):
        return parts
    if parts not in PARTS_RULES:
        raise ValueError(f"parts={parts!r}: must be a function or one of {', '.join(PARTS_RULES)}")
    return PARTS_RULES[parts]


def split(credit: Fraction, reference: Any) -> tuple[ScoredPart, ...]:
    """The parts that are asked for by a reference, all with one credit."""
    if isinstance(reference, Mapping):
        reference = tuple(reference.values())
    if isinstance(reference, tuple) and reference:
        return tuple(part for item in reference for part in split(credit, item))
    guessable = isinstance(reference, bool | np.bool_ | str)
    return (ScoredPart(credit, guessable),)
