"""What came back, in words a student may read: nothing their code chose during a hidden call gets through.

A class name, a type of text or a length is the student's word, and could carry a hidden argument out. So
types are named from a closed list, and exceptions only if Python has them built in.
"""

import builtins
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.domain.answer import Opaque
from autograder.domain.sentences import TEMPLATES, Sentence, say

_KINDS = frozenset(key.removeprefix("kind.") for key in TEMPLATES if key.startswith("kind."))
"""Names of the types that are named."""
_CONTENTS = {"b": "truth", "c": "complex", "U": "text", "S": "text"}
"""What arrays of these kinds hold."""
_SOLVED = ({"success", "message"}, {"root", "converged"})
"""Keys of what SciPy's solvers return: a dictionary that holds the solution beside much else."""


def name_kind(answer: Any) -> Sentence:
    """The kind of an answer, with its article: "a list"."""
    if isinstance(answer, np.generic):
        answer = answer.item()
    if isinstance(answer, Mapping) and any(keys <= answer.keys() for keys in _SOLVED):
        return say("kind.solution")
    name = answer.type_name.partition(" (")[0] if isinstance(answer, Opaque) else type(answer).__name__
    return say(f"kind.{name}" if name in _KINDS else "kind.other")


def tell_opaque(answer: Opaque) -> Sentence:
    """What is said of an answer that is not data, or that did not fit on the wire, whose type says why."""
    return say("too_large" if " (" in answer.type_name else "returned", what=name_kind(answer))


def name_content(array: np.ndarray[Any, Any]) -> Sentence:
    """What an array that holds no real numbers holds."""
    return say(f"content.{_CONTENTS.get(array.dtype.kind, 'other')}")


def name_error(name: str) -> str | Sentence:
    """The name of a built-in exception, or "an error"."""
    known = getattr(builtins, name, None)
    return name if isinstance(known, type) and issubclass(known, BaseException) else say("an_error")
