"""Where the generators stand that a seed sets, numpy's old one and Python's: one goes on from another's.

Most calls draw a few numbers or none. Then it is told where a generator stands in its keys, and not the keys,
of which each has 624.
"""

import random
from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.sandbox.worker.values import Node

_KEYS = 624
Standing = tuple[bytes, list[Any]]
"""The keys of a generator, and where it stands in them."""


def find_standings() -> list[Standing]:
    """Where both generators stand."""
    state: Any = np.random.get_state(legacy=True)
    _, keys, position, has_gauss, gauss = state
    _, (*inner, inner_position), rest = random.getstate()
    return [
        (keys.tobytes(), [int(position), int(has_gauss), float(gauss)]),
        (array("I", inner).tobytes(), [inner_position, rest]),
    ]


def stand_at(standings: Sequence[Standing | None]) -> None:
    """Have them go on from there, but for one of which nothing is said.

    Raises:
        ValueError, TypeError: that is nowhere.
    """
    for which, standing in zip(("numpy", "python"), standings, strict=True):
        if standing is None:
            continue
        keys, (position, *rest) = np.frombuffer(standing[0], np.uint32), standing[1]
        if not 0 <= position <= _KEYS:
            raise ValueError("beyond the buffer, which numpy does not check")
        if which == "numpy":
            np.random.set_state(("MT19937", keys, position, *rest))
        else:
            random.setstate((3, (*keys.tolist(), position), *rest))


class Generators:
    """What two processes know of where the generators stand."""

    def __init__(self, known: Sequence[Standing | None] = (None, None)) -> None:
        self._known = [*known]
        """As both know it; until the other has answered, as it was found here: what is changed is told."""
        self._answered = False

    def tell(self) -> list[Node]:
        """What has changed of each, None for one that stands where it stood."""
        found = find_standings()
        told = [self._tell_one(now, before) for now, before in zip(found, self._known, strict=True)]
        self._known = [*found]
        return told

    def _tell_one(self, now: Standing, before: Standing | None) -> Node:
        if now == before:
            return None
        keys, place = now
        if before is not None and self._answered and keys == before[0]:
            return [place]
        return [place, np.frombuffer(keys, np.uint32)]

    def follow(self, told: Sequence[Node]) -> None:
        """Go on from where the other process stands. Raises ValueError or TypeError where that is nowhere."""
        found: list[Standing | None] = []
        for node, known in zip(told, self._known, strict=True):
            match node, known:
                case None, _:
                    found.append(None)
                case [[int(), *_] as place], (bytes(keys), _):
                    found.append((keys, place))
                case [[int(), *_] as place, np.ndarray() as keys], _:
                    found.append((keys.astype(np.uint32).tobytes(), place))
                case _:
                    raise ValueError("no state of a generator")
        stand_at(found)
        self._known = [now or before for now, before in zip(found, self._known, strict=True)]
        self._answered = True
