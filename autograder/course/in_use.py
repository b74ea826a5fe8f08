"""That commands are at work in a course: any number of them at once, but none beside one that erases.

What a run has read of a person before they are erased would come back when it is recorded or written.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from autograder.access import find_holders
from autograder.errors import CourseError, Flaw

_PAUSE = 0.05


@contextmanager
def in_use(
    here: Path,
    *,
    alone: bool = False,
    patience: float = 600.0,
    waits: Callable[[Sequence[str]], object] = lambda _: None,
) -> Iterator[None]:
    """Be at work in the course in which a folder lies, if it lies in one.

    Args:
        here: the folder.
        alone: let nobody else be at work in it.
        patience: how many seconds to wait for others.
        waits: called once, when there is somebody to wait for, with who that is as far as it is known.

    Raises:
        CourseError: others did not end in time.
    """
    # A lock of the system on a file that every course has: it goes with the program, however that ends.
    file = next((f for folder in (here, *here.parents) if (f := folder / "course.toml").is_file()), None)
    if file is None:
        yield
        return
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # what reads it says so
        yield
        return
    try:
        _lock(descriptor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH, patience, waits, file.parent)
        yield
    finally:
        os.close(descriptor)


def _lock(
    descriptor: int, kind: int, patience: float, waits: Callable[[Sequence[str]], object], course: Path
) -> None:
    end, told = time.monotonic() + patience, False
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                alone = kind == fcntl.LOCK_EX
                what = "another command is still at work" if alone else "somebody is being erased"
                who = ", ".join(find_holders(course / "course.toml"))
                what = f"{what}: {who}" if who else what
                raise CourseError([Flaw(str(course), what, "start again when it has ended")]) from None
            if not told:
                waits(find_holders(course / "course.toml"))
                told = True
            time.sleep(_PAUSE)
        except OSError:
            return  # a file system without locks, as some that are shared over a network
        else:
            return
