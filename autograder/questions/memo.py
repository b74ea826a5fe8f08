"""A memo of judged answers, by a fingerprint of every bit: who answers alike is judged once.

The score of a case follows from the answer alone. In a class most right answers, and most known mistakes,
give the very same numbers.
"""
# A guest, for speed alone: of 300 submissions of homework 1 it saves 4.5 % of the processor time (2.4 ms of
# 53.5 each), measured with and without it in turns in one run. Without it every answer is judged by itself.

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import numpy as np

from autograder.domain.answer import Answer

_MOST_KEPT = 128
_MOST_BYTES = 32 << 10
_PER_PART = 64
"""Bytes that any part of a fingerprint takes, roughly."""
_PLAIN = frozenset((type(None), bool, int, float, str, complex))
Found = TypeVar("Found")


class Memo(Generic[Found]):
    """What was found of answers, by their fingerprints; the least recently used go first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Found] = OrderedDict()

    def get(self, key: tuple[object, ...] | None) -> Found | None:
        """What was found of answers with this fingerprint, if any."""
        found = self._kept.get(key) if key is not None else None
        if key is not None and found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: tuple[object, ...] | None, found: Found) -> None:
        """Keep what was found, for the next who answers so."""
        if key is not None:
            self._kept[key] = found
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)


def fingerprint(answers: Sequence[Answer]) -> tuple[object, ...] | None:
    """What two series of answers share only if they are alike to the last bit.

    What was asked on the way is part of them. None where there is too much of it, or where it was timed.
    """
    parts: list[object] = []
    room = _MOST_BYTES
    for answer in answers:
        room -= len(answer.message) + _PER_PART
        if answer.seconds or room < 0:
            return None
        value, room = _fingerprint((answer.value, dict(answer.asked)), room)
        if value is None:
            return None
        parts += (answer.ending, answer.exception, answer.message, answer.changed, answer.limit, value)
    return tuple(parts)


def _fingerprint(value: Any, room: int) -> tuple[object | None, int]:
    """The fingerprint of a value, and the room that is left for others; None where there is not enough."""
    kind = type(value)
    room -= _PER_PART
    if kind in _PLAIN:
        if kind is str:
            room -= len(value)
        return (None if room < 0 else (kind, repr(value))), room  # of 0.0 and -0.0, of NaN and NaN
    if kind is np.ndarray:
        room -= value.nbytes
        return (None if room < 0 else (value.dtype.str, value.shape, value.tobytes())), room
    if isinstance(value, np.generic):
        room -= value.nbytes
        return (None if room < 0 else (kind, value.tobytes())), room
    if kind is dict:
        value = [*value, *value.values()]
    elif kind is not tuple and kind is not list:
        return None, room
    if value and {*map(type, value)} == {float}:
        room -= 8 * len(value)
        return (None if room < 0 else (kind, array("d", value).tobytes())), room
    parts: list[object] = [kind]
    for item in value:
        part, room = _fingerprint(item, room)
        if part is None:
            return None, room
        parts.append(part)
    return tuple(parts), room
