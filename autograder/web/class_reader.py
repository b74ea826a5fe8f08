"""The state of the class, and of its questions, worked out once for all who ask while nothing changes."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from autograder.analytics.homework import SeenClass
from autograder.course.opened import OpenCourse
from autograder.gradebook.store import Gradebook
from autograder.services.class_state import ClassState, read_class_state

_MOST_LOOKS = 30


@dataclass(frozen=True, slots=True)
class _Kept:
    entry: int
    minute: datetime
    course: OpenCourse
    state: ClassState


class ClassReader:
    """Keeps what was read last. Safe to be used by many threads: one works it out, the others wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: _Kept | None = None

    def read(self, course: OpenCourse, gradebook: Gradebook, now: datetime) -> ClassState:
        """The class at the beginning of the minute, with all that is recorded.

        Raises:
            CourseError: a quiz that counts cannot be read.
            StoreError: the gradebook cannot be read.
        """
        minute = now.replace(second=0, microsecond=0)
        with self._lock:
            # Asked first: what is recorded while the rest is read makes the next one read anew.
            kept = self._kept
            entry = gradebook.last_decisive_entry(since=kept.entry if kept else 0)
            if kept is None or (kept.entry, kept.minute) != (entry, minute) or kept.course is not course:
                before = kept.state if kept else None
                state = read_class_state(course, gradebook, minute, before=before)
                kept = self._kept = _Kept(entry, minute, course, state)
            return kept.state


class LookReader:
    """Keeps what was seen of the last questions that were looked at. Safe to be used by many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[Hashable, SeenClass]] = {}

    def read(self, which: Hashable, version: Hashable, look: Callable[[], SeenClass]) -> SeenClass:
        """What is seen of a question by somebody, looked at again where its version is another."""
        with self._lock:
            kept = self._kept.pop(which, None)
        found = kept if kept is not None and kept[0] == version else (version, look())
        with self._lock:
            self._kept[which] = found
            while len(self._kept) > _MOST_LOOKS:
                del self._kept[next(iter(self._kept))]
        return found[1]


class RowsDrawn:
    """Keeps the rows of a table as they were drawn last: of a large class most are what they were.

    Safe to be used by many threads: at worst two of them draw a row.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[object, Markup]] = {}

    def get(self, which: Hashable, shown: object, draw: Callable[[], str]) -> Markup:
        """A row, drawn again where what it shows is not the same object as before."""
        kept = self._kept.get(which)
        if kept is None or kept[0] is not shown:
            kept = self._kept[which] = shown, Markup(draw())  # noqa: S704 - a template drew it
        return kept[1]
