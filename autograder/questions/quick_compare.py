"""A quick comparison by which most right answers are known: numbers of the right shape, close enough.

Made once for every case. Who passes is right; of who does not, nothing is said: the full comparison says it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.questions.compare import TINY, largest

QuickComparison = Callable[[Any], bool]
"""Whether an answer is surely right. Warnings of numpy are the caller's to silence."""


def make_quick_comparison(reference: Any, scale: Any, right: float) -> QuickComparison | None:
    """The quick comparison with a reference by scaled error; None where there is none."""
    if isinstance(reference, tuple):
        return _compare_each(reference, scale, right)
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
    number = float(real) if real.ndim == 0 else None

    def passes(answer: Any) -> bool:
        if isinstance(answer, float):
            return number is not None and abs(float(answer) - number) / size <= right
        if type(answer) is not np.ndarray or answer.dtype != np.float64 or answer.shape != real.shape:
            return False
        return float(np.abs(answer - real).max(initial=0.0)) / size <= right

    return passes


def _compare_each(reference: tuple[Any, ...], scale: Any, right: float) -> QuickComparison | None:
    """Of a reference that returns several values: each must pass."""
    scales: Sequence[Any] = scale if isinstance(scale, tuple | list) else (scale,) * len(reference)
    if len(scales) != len(reference):
        return None
    found = [make_quick_comparison(*pair, right) for pair in zip(reference, scales, strict=True)]
    parts = [part for part in found if part is not None]
    if len(parts) < len(reference):
        return None

    def passes(answer: Any) -> bool:
        return (
            isinstance(answer, tuple)
            and len(answer) == len(parts)
            and all(part(value) for part, value in zip(parts, answer, strict=True))
        )

    return passes
