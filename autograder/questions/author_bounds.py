"""Bounds on an author's functions that are asked of students' values: a rule, a property, a picture.

A student's value may be one that is slow to look at. Where it is no larger than an honest one, the function
is interrupted in this process, which costs nothing. Where it is larger, one call into a library could take
for ever, and no interruption reaches that: the function works in a process of its own, which is killed.
"""

import ctypes
import math
import os
import pickle
import resource
import select
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import numpy as np

from autograder.domain.answer import Answer
from autograder.errors import JudgingError
from autograder.timeout import WALL, MemoryBound, TimeIsUpError, Timeout

Made = TypeVar("Made")
_FREE = 1024
"""Numbers that any answer may hold without being called large."""
_LARGE_NUMBER = 1e6
"""By this much a number of Python's is larger than any in the reference where it is called large: somebody
could count up to it."""
_LETTERS = 8
"""By so many letters a text may be longer than the reference's: patterns can be slow to match with 40."""
_CHUNK = 1 << 16
_LOOK_SECONDS = 0.1
_PRCTL = getattr(ctypes.CDLL(None), "prctl", None)
"""Found here: between a fork of a process with threads and its end nothing may be loaded.

The sandbox has `die_with` for this, which needs Linux; authors try their questions on other systems too.
"""
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def bound(function: Callable[[], Made], *, seconds: float, large: bool) -> Made:
    """What a function returns; `large` tells that it looks at more than an honest answer holds.

    What it returns must be data that can be pickled.

    Raises:
        TimeIsUpError: it took longer.
        JudgingError: it raised that, or died.
    """
    return bound_in_fork(function, seconds=seconds) if large else _bound_here(function, seconds)


def _bound_here(function: Callable[[], Made], seconds: float) -> Made:
    timeout, memory = Timeout(), MemoryBound()
    memory.begin()
    try:
        timeout.start(seconds)
        try:
            timeout.armed = True
            return function()
        finally:
            timeout.armed = False  # the time may be up just here
    finally:
        timeout.clear()
        memory.end()


def bound_in_fork(function: Callable[[], Made], *, seconds: float) -> Made:
    """What a function returns, worked out in a process of its own that is killed when the time is over.

    Raises:
        TimeIsUpError: it took longer.
        JudgingError: it raised that, or died.
    """
    read, write = os.pipe()
    parent, pid = os.getpid(), os.fork()
    if pid == 0:
        _work(function, write, seconds, parent)
    os.close(write)
    try:
        said = _read_all(read, pid, seconds)
    finally:
        os.close(read)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    if said is None:
        raise TimeIsUpError
    if not said:
        raise JudgingError("a rule of the author's ended its process")
    ended, value = pickle.loads(said)  # noqa: S301 - from a process that runs our code and the author's alone
    if ended == "raised":
        raise JudgingError(value)
    made: Made = value
    return made


def _work(function: Callable[[], Any], write: int, seconds: float, parent: int) -> None:
    """All that the process does; it never comes back into the caller's code."""
    try:
        # Where the parent is such a process itself and is killed, nobody else would end this one.
        if _PRCTL is not None:
            _PRCTL(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            return
        # Whoever would kill it may be killed first.
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        most = int(seconds) + 2 if hard == resource.RLIM_INFINITY else min(int(seconds) + 2, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
        MemoryBound().begin()
        try:
            said = pickle.dumps(("returned", function()))
        except JudgingError as error:
            said = pickle.dumps(("raised", str(error)))
        except Exception as error:  # noqa: BLE001 - author's code meets a student's value
            said = pickle.dumps(("raised", repr(error)))
        while said:
            said = said[os.write(write, said[:_CHUNK]) :]
    finally:
        os._exit(0)


def _read_all(read: int, pid: int, seconds: float) -> bytes | None:
    """All that is written until the other end is closed; None where the process takes longer.

    Its processor time counts, so that a busy machine leaves nobody unjudged; the wall clock is a backstop.
    """
    found, end = bytearray(), time.monotonic() + WALL * seconds
    clock = (~pid << 3) | 2  # the processor time of another process, as clock_getcpuclockid(3) names it
    while True:
        ready, _, _ = select.select([read], [], [], _LOOK_SECONDS)
        if not ready:
            if time.monotonic() > end or time.clock_gettime(clock) > seconds:
                return None
            continue
        chunk = os.read(read, _CHUNK)
        if not chunk:
            return bytes(found)
        found += chunk


def any_large(answers: Iterable[Answer], expected: Iterable[Answer]) -> bool:
    """Whether one of these answers, with what it asked on its way, holds more than an honest one would."""
    pairs = zip(answers, expected, strict=True)
    return any(_is_large(answer, known) for answer, known in pairs)


def _is_large(answer: Answer, known: Answer) -> bool:
    # What is small beside any reference is told without looking at this one: most answers are, and it saves
    # the grader of homework 1 a twentieth of its time.
    value, asked = answer.value, answer.asked
    count = count_numbers(value) + count_numbers(asked)
    if count > _FREE and count > _FREE + 4 * (count_numbers(known.value) + count_numbers(known.asked)):
        return True
    # Where it was asked counts as well: a rule sees both.
    most = max(_largest(value), _largest(asked))
    if most > _LARGE_NUMBER and most > _LARGE_NUMBER * max(_largest(known.value), _largest(known.asked)):
        return True
    longest = _longest(value)
    return longest > _LETTERS and longest > _LETTERS + _longest(known.value)


def count_numbers(value: Any) -> int:
    """How many numbers a value holds, roughly; of texts and long integers, how many words."""
    if type(value) is float:  # asked first here and below: of a list of thousands it saves nine tenths
        return 1
    if isinstance(value, np.ndarray):
        return int(value.size)
    if isinstance(value, list | tuple):
        return 1 + sum(map(count_numbers, value))
    if isinstance(value, Mapping):
        return 1 + sum(map(count_numbers, value.values()))
    if isinstance(value, str):
        return 1 + len(value) // 8
    return 1 + value.bit_length() // 64 if type(value) is int else 1


def _largest(value: Any) -> float:
    """The largest number in a value, by its size; infinity is one, NaN is none."""
    if type(value) is float:
        return 0.0 if math.isnan(value) else abs(value)
    if isinstance(value, np.ndarray):
        sizes = np.abs(value.astype(complex)) if value.dtype.kind in "iufc" and value.size else np.zeros(1)
        return float(np.fmax.reduce(sizes, axis=None, initial=0.0))
    if isinstance(value, int | float | complex | np.number):
        with suppress(OverflowError):
            size = abs(complex(value))
            return 0.0 if math.isnan(size) else size
        return math.inf
    if isinstance(value, list | tuple):
        return max(map(_largest, value), default=0.0)
    if isinstance(value, Mapping):
        return max((_largest(one) for pair in value.items() for one in pair), default=0.0)
    return 0.0


def _longest(value: Any) -> int:
    """How many letters the longest text in a value has."""
    if type(value) is float:
        return 0
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list | tuple):
        return max(map(_longest, value), default=0)
    if isinstance(value, Mapping):
        return max((_longest(one) for pair in value.items() for one in pair), default=0)
    return 0
