"""What came back, in words a student may read: nothing their code chose during a hidden call gets through.

A class name, a type of text or a length is the student's word, and could carry a hidden argument out. So
types are named from a closed list, lengths by letters, and exceptions only if Python has them built in.
"""

import builtins
from typing import Any

import numpy as np

from autograder.domain.answer import Opaque

_WORDS = {
    "bool": "a truth value",
    "int": "a whole number",
    "float": "a number",
    "complex": "a complex number",
    "str": "a string",
    "bytes": "a byte string",
    "list": "a list",
    "tuple": "a tuple",
    "dict": "a dictionary",
    "ndarray": "an array",
    "set": "a set",
    "frozenset": "a set",
    "range": "a range",
    "map": "a map object, not its values",
    "zip": "a zip object, not its values",
    "filter": "a filter object, not its values",
    "generator": "a generator, not its values",
    "function": "a function, not its value",
    "builtin_function_or_method": "a function, not its value",
    "method": "a method, not its value",
    "type": "a class",
    "module": "a module",
    "slice": "a slice",
    "ellipsis": "`...`",
}
_ARRAY_KINDS = {
    "b": "truth values",
    "c": "complex numbers",
    "U": "text",
    "S": "text",
    "O": "parts that are not numbers",
}
_MOST_DIMENSIONS = 4


def name_kind(answer: Any) -> str:
    """The kind of an answer, with its article: "a list"."""
    if isinstance(answer, np.generic):
        answer = answer.item()
    name = answer.type_name if isinstance(answer, Opaque) else type(answer).__name__
    return _WORDS.get(name, "an object of another kind")


def name_content(array: np.ndarray[Any, Any]) -> str:
    """What an array that holds no real numbers holds."""
    return _ARRAY_KINDS.get(array.dtype.kind, "parts that are not numbers")


def name_error(name: str) -> str:
    """The name of a built-in exception, or "an error"."""
    known = getattr(builtins, name, None)
    return name if isinstance(known, type) and issubclass(known, BaseException) else "an error"


def describe_shapes(given: tuple[int, ...], asked: tuple[int, ...]) -> str:
    """Two shapes side by side, lengths as letters: "shape (1, d) instead of (d,)"."""
    lengths = _lengths(asked)
    letters = dict(zip(lengths, "d" if len(lengths) == 1 else "ndabce", strict=False))
    strangers = [length for length in _lengths(given) if length not in letters]
    letters |= dict(zip(strangers, "mkpqrs", strict=False))
    return f"{_shape(given, letters)} instead of {_shape(asked, letters).removeprefix('shape ')}"


def _lengths(shape: tuple[int, ...]) -> list[int]:
    """The lengths above 1, each once."""
    return list(dict.fromkeys(length for length in shape if length > 1))


def _shape(shape: tuple[int, ...], letters: dict[int, str]) -> str:
    if not shape:
        return "no dimension (a number)"
    if len(shape) > _MOST_DIMENSIONS:
        return f"more than {_MOST_DIMENSIONS} dimensions"
    parts = [letters.get(length, "?") if length > 1 else str(length) for length in shape]
    return f"shape ({', '.join(parts)}{',' if len(parts) == 1 else ''})"
