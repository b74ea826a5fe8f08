"""Random variables: each takes eight values, its atoms, with unequal weights, jointly with all others.

An expectation is then a finite sum, exact where its terms are, and obeys every law that expectations obey in
general: it is linear, and no two variables are independent by accident. The atoms are made of the value that
the variable has at the point, so that they grow and shrink with it.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from autograder.expressions.matrices import Value
from autograder.expressions.point import Point

_ATOMS = 8
"""More than a vector has entries at sample points, so that covariances have inverses."""
WEIGHTS = tuple(Fraction(2 * k + 3, 80) for k in range(_ATOMS))
"""With which the atoms are taken; 1 together."""


@dataclass(frozen=True, slots=True)
class RandomVariable:
    """A name over which expectations run, and the bound that its values stay above, if it has one."""

    name: str
    above: Fraction | None = None


def at_atom(point: Point, variables: Iterable[RandomVariable], atom: int) -> Point:
    """The point at which the random variables have their values of one atom."""
    drawn = {variable.name: _drawn(point, variable, atom) for variable in variables}
    return replace(point, values={**point.values, **drawn})


def _drawn(point: Point, variable: RandomVariable, atom: int) -> Value:
    numbers, value = point.numbers, point.values[variable.name]
    bound = numbers.from_fraction(variable.above or Fraction(0))

    def moved(entry: Any, row: int, column: int) -> Any:
        stretch = numbers.from_fraction(
            _stretch(variable.name, atom, row, column, signed=variable.above is None)
        )
        return numbers.reduce(bound + numbers.reduce((entry - bound) * stretch))

    if not isinstance(value, list):
        return moved(value, 0, 0)
    # The smaller place first: a symmetric matrix stays one. A column has one number in a row.
    return [
        [moved(entry, *((min(i, j), max(i, j)) if len(row) > 1 else (i, 0))) for j, entry in enumerate(row)]
        for i, row in enumerate(value)
    ]


@lru_cache(maxsize=4096)
def _stretch(name: str, atom: int, row: int, column: int, *, signed: bool) -> Fraction:
    """By how much an entry is nearer to its bound than at the point, or on the other side of zero."""
    source = random.Random(f"{name} {atom} {row} {column}")  # noqa: S311 -- no secret, only spread out
    size = Fraction(source.randrange(40, 1000), 1000)
    return -size if signed and source.random() < 0.5 else size
