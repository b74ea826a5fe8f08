"""The state of the class, worked out once for all who ask for it in the same minute."""

import threading
from dataclasses import dataclass
from datetime import datetime

from autograder.course.class_state import ClassState, read_class_state
from autograder.course.opened import OpenCourse
from autograder.gradebook.store import Gradebook


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
            entry = gradebook.last_entry()
            kept = self._kept
            if kept is None or (kept.entry, kept.minute) != (entry, minute) or kept.course is not course:
                kept = self._kept = _Kept(entry, minute, course, read_class_state(course, gradebook, minute))
            return kept.state
