"""How long a function may take: a share of what the grader's own loop takes on this machine, now.

Its clock starts when its arguments are sent. So it has, beside that share, what anybody needs to make them.
"""

import math
import time
import zlib

import numpy as np

from autograder.domain.answer import Call
from autograder.questions.arguments import make_argument
from autograder.questions.cases import Pace
from autograder.questions.in_process import run_here

_CURRENT = 30.0
"""Seconds for which a timing of the loop is trusted to acquit; to convict it is taken anew."""


_RECEIVING = 0.005
"""Processor seconds that any process may take to receive small arguments."""


class Stopwatch:
    """Times the grader's own looped versions, and remembers the last time for a little while."""

    def __init__(self) -> None:
        self._taken: dict[int, tuple[float, float]] = {}

    def limit(self, pace: Pace, *, recalibrate: bool) -> float:
        """Processor seconds a student's function may take."""
        if pace.looped is None:
            return pace.seconds or math.inf
        taken_at, spent = self._taken.get(id(pace), (-math.inf, 0.0))
        if recalibrate or time.monotonic() - taken_at > _CURRENT:
            call = Call(pace.small)
            spent = min(run_here(pace.looped, call, seconds=60.0).seconds for _ in range(2))
            self._taken[id(pace)] = (time.monotonic(), spent)
        return pace.share * pace.work * spent


def seconds_to_receive(call: Call) -> float:
    """Processor seconds that it may take to receive the arguments of a call, before it begins.

    Twice what it takes here to make what is built on both sides and to look through the arrays once: in a
    fresh process every page of them is new.
    """
    start = time.thread_time()
    for _, argument in call.named():
        value = make_argument(argument)
        if isinstance(value, np.ndarray):
            zlib.crc32(np.ascontiguousarray(value).data.cast("B"))
    return _RECEIVING + 2 * (time.thread_time() - start)
