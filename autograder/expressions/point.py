"""A point: what every symbol and every size is, where expressions are evaluated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.expressions.matrices import Value
from autograder.expressions.number_systems import NumberSystem


@dataclass(frozen=True, slots=True)
class Point:
    """What every symbol and every size is at one point."""

    numbers: NumberSystem
    sizes: Mapping[str, int]
    values: Mapping[str, Value]
    functions: Mapping[str, Any] = field(default_factory=dict)
    """Coefficients of each function of the question, a polynomial: see `polynomial_at`."""

    def size(self, name: str) -> int:
        """How many rows or columns a size means here."""
        return int(name) if name.isdigit() else self.sizes[name]
