"""What most right answers are known by at a glance: numbers of the right shape, close enough.

Made once for every case. Who passes is right; of who does not, nothing is said: the full comparison says it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.domain.answer import Answer, Ending
from autograder.questions.compare import TINY, Real, largest


@dataclass(frozen=True, slots=True, eq=False)
class Yardstick:
    """One array or number of a reference, with the error an answer may have."""

    reference: Real
    number: float
    """The reference, where it is one number."""
    size: float
    right: float

    def passes(self, answer: Any) -> bool:
        """Whether the answer is surely right. Warnings of numpy are the caller's to silence."""
        if isinstance(answer, float):
            return self.reference.ndim == 0 and abs(float(answer) - self.number) / self.size <= self.right
        if type(answer) is not np.ndarray or answer.dtype != np.float64:
            return False
        if answer.shape != self.reference.shape:
            return False
        return float(np.abs(answer - self.reference).max(initial=0.0)) / self.size <= self.right


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """The yardsticks of a reference that returns several values."""

    parts: tuple["Yardstick | Row", ...]

    def passes(self, answer: Any) -> bool:
        """Whether each value is surely right."""
        return (
            isinstance(answer, tuple)
            and len(answer) == len(self.parts)
            and all(part.passes(value) for part, value in zip(self.parts, answer, strict=True))
        )


def yardstick_of(expected: Answer, scale: Any, right: float) -> Yardstick | Row | None:
    """The yardstick of one case, for values that are compared by scaled error; None where there is none."""
    return _of(expected.value, scale, right) if expected.ending is Ending.RETURNED else None


def _of(reference: Any, scale: Any, right: float) -> Yardstick | Row | None:
    if isinstance(reference, tuple):
        scales: Sequence[Any] = scale if isinstance(scale, tuple | list) else (scale,) * len(reference)
        if len(scales) != len(reference):
            return None
        parts = [_of(*pair, right) for pair in zip(reference, scales, strict=True)]
        known = tuple(part for part in parts if part is not None)
        return Row(known) if len(known) == len(parts) else None
    if isinstance(reference, bool | np.bool_) or not isinstance(
        reference, int | float | np.number | np.ndarray
    ):
        return None
    numbers = np.asarray(reference)
    if numbers.dtype.kind not in "iuf":
        return None
    real = numbers.astype(np.float64)
    try:
        size = max(largest(real if scale is None else scale), TINY)
    except (TypeError, ValueError):  # the full comparison says what is wrong with this scale
        return None
    return Yardstick(real, float(real) if real.ndim == 0 else float("nan"), size, right)
