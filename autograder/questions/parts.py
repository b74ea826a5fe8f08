"""What an answer of several parts earns: a tuple, a dictionary, a pair of a loss and its gradient.

Each part has its share, so that a right objective beside a wrong gradient is worth half. Where all parts are
truth values or words, half of them are right by chance: there what is wrong is taken from what is right.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.domain.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class ScoredPart:
    """One part of an answer that has no parts itself."""

    credit: Fraction
    is_guessable: bool
    """Whether it is a truth value or a word."""


PartsRule = Callable[[Sequence[ScoredPart]], Fraction]
"""From the credits of all parts to that of the whole, between 0 and 1."""


def share_parts(parts: Sequence[ScoredPart]) -> Fraction:
    """The mean credit; of parts that can be guessed, less the share of the wrong ones."""
    mean = sum((part.credit for part in parts), Fraction(0)) / len(parts)
    if all(part.is_guessable for part in parts):
        return max(Fraction(0), mean - Fraction(sum(not part.credit for part in parts), len(parts)))
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


def name_parts(value: Any) -> list[Sentence]:
    """What the parts of an answer are called in a sentence."""
    if isinstance(value, Mapping):
        return [say("part.entry", entry=repr(key)) for key in value]
    total = len(list_parts(value))
    return [say("part.value", number=k, total=total) for k in range(1, total + 1)]


def list_parts(value: Any, *, like: Any = None) -> tuple[Any, ...]:
    """The parts of a tuple, a list or a dictionary; of anything else, none.

    Those of a dictionary in the order of another one's keys, `like`; none where its keys are others.
    """
    if isinstance(like, Mapping):
        same = isinstance(value, Mapping) and value.keys() == like.keys()
        return tuple(value[key] for key in like) if same else ()
    if isinstance(value, Mapping):
        return tuple(value.values())
    return tuple(value) if isinstance(value, tuple | list) else ()
