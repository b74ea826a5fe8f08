"""Right numbers in another container: what `np.asarray` or `float` makes of an answer is what is sent.

An object array of floats, a Series, a Fraction or a tensor holds the numbers that are asked for. They are
made plain here, on the untrusted side: nothing new has to be trusted. Text and bytes are never numbers.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence, ValuesView
from fractions import Fraction
from typing import Any

import numpy as np

_PLAIN = (type(None), bool, int, float, complex, str, bytes, bytearray, np.generic)
_ITEMS = (list, tuple, dict)
_MOST_DEPTH = 8


def make_plain(value: Any, depth: int = 0) -> Any:
    """The value with every container of numbers as an array or a number; what holds none stays as it is.

    Runs student code (`__array__`, `__float__`) but raises nothing of it.
    """
    if isinstance(value, _PLAIN) or depth > _MOST_DEPTH:
        return value
    if isinstance(value, np.ndarray):
        return _plain_array(value, depth)
    try:
        if isinstance(value, _ITEMS):
            return _plain_items(value, depth)
        return _converted(value, depth)
    except Exception:  # noqa: BLE001 - student code: what cannot be made plain is sent as what it is
        return value


def _plain_items(value: Any, depth: int) -> Any:
    """A list, tuple or dictionary; the same object where nothing in it had to be made plain."""
    items = value.values() if isinstance(value, dict) else value
    if all(type(item) in _PLAIN for item in items):
        return value
    made = [make_plain(item, depth + 1) for item in items]
    if all(new is old for new, old in zip(made, items, strict=True)):
        return value
    if isinstance(value, dict):
        return dict(zip(value, made, strict=True))
    return tuple(made) if isinstance(value, tuple) else made


def _plain_array(value: np.ndarray, depth: int) -> Any:
    """An array of numbers as it is; a text of no dimension as text; objects as the numbers that they are."""
    if value.dtype.kind == "U" and value.ndim == 0:
        return value.item()
    if not value.dtype.hasobject or value.dtype.kind != "O":
        return value
    if value.ndim == 0:
        return make_plain(value.item(), depth + 1)
    return _array_of(value, depth)


def _array_of(values: np.ndarray, depth: int) -> Any:
    """An object array as one of numbers, if numbers (or arrays of one shape) are all it holds."""
    items = [make_plain(item, depth + 1) for item in values.ravel()]
    parts = [np.asarray(item) for item in items if not isinstance(item, str | bytes | bytearray)]
    if len(parts) < len(items) or any(part.dtype.kind not in "biufc" for part in parts):
        return values
    if len({part.shape for part in parts}) != 1:
        if not parts:
            return np.empty(values.shape)
        # A number and an array, or two arrays: a pair. Lists of several lengths are a matrix with holes.
        pair = values.ndim == 1 and not any(isinstance(item, list | tuple) for item in values)
        return items if pair else values
    return np.stack(parts).reshape(*values.shape, *parts[0].shape)


def _converted(value: Any, depth: int) -> Any:
    """What numpy, or Python's float, makes of an object of another library."""
    detach = getattr(value, "detach", None)  # a tensor that remembers how it was computed
    if callable(detach):
        value = detach()
        value = value.cpu() if callable(getattr(value, "cpu", None)) else value
    if hasattr(value, "__array__") or hasattr(value, "__array_interface__"):
        made = make_plain(np.asarray(value), depth + 1)
        return value if isinstance(made, np.ndarray) and made.dtype.hasobject else made
    if isinstance(value, Mapping):
        return make_plain(dict(value), depth + 1)
    if isinstance(value, Fraction) or hasattr(type(value), "__float__"):
        return float(value)
    for method in _CONVERSIONS:
        if callable(getattr(value, method, None)):
            return make_plain(getattr(value, method)(), depth + 1)
    if _is_sequence(value):
        items = [make_plain(item, depth + 1) for item in value]
        return np.asarray(items) if all(type(item) in _PLAIN for item in items) else items
    return value


_CONVERSIONS = ("toarray", "to_numpy", "numpy")
"""Methods by which other libraries give their numbers away: SciPy's sparse matrices, tensors, tables."""


def _is_sequence(value: Any) -> bool:
    """Whether it has a length and items by number, as NumPy asks; or is a view of a dictionary's values."""
    if isinstance(value, type | Iterator):
        return False
    if isinstance(value, deque | range | memoryview | Sequence | ValuesView):
        return True
    return hasattr(type(value), "__len__") and hasattr(type(value), "__getitem__")
